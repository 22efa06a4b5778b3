"""导出: the tables officials keep, each as a file, from the same entries; only what the asker may see."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.messages import Address, Card
from bot.rules.entitlement import Action
from bot.rules.periods import month_of, of
from bot.rules.words import MessageClass
from handlers import (
    dispatch,
    ledger_table,
    matter_ledger,
    month_table,
    papers,
    preparation_ledger,
    problem_ledger,
    statistical_table,
    summary_table,
    ten_day_table,
)
from handlers.desk import Desk, Turn
from handlers.matter_table import read_month
from storage import board, people
from storage.board import Reach

TABLES: dict[str, Callable[[Desk, Path, date | None, Reach | None], dict[str, int]]] = {
    "ledger": ledger_table.write,
    "xunbao": ten_day_table.write,
    "yuebao": month_table.write,
    "summary": summary_table.write,
    "problems": problem_ledger.write,
    "qianqi": preparation_ledger.write,
    "statistical": statistical_table.write,
    "matters": matter_ledger.write,
}
"""What can be had as a workbook: 台账, 旬报表, 月报, 汇总表, 问题台账, 前期台账, 纳统对照, 事项台账."""
PAPERS = ("bulletin", "ten_days", "lines")
"""What can be had as Word and PDF: 月通报, 旬报, 一句话进展."""
NAMES = (*TABLES, *PAPERS)


TO_FILL_IN = ("xunbao",)
"""What a reporter gets of their own projects, to be filled in and returned (002: 旬汇报)."""


def _had_by(desk: Desk, person: int) -> tuple[str, ...]:
    """The tables and papers a person may have."""
    return NAMES if desk.may(person, Action.BOARD) else TO_FILL_IN if desk.may(person, Action.REPORT) else ()


def show(turn: Turn) -> None:
    """导出: which table; 导出 2026-10: of that month; 导出 月报 2026-10: that table at once."""
    rest = str(turn.args.get("rest", "")).strip()
    wanted = next(
        (name for name in _had_by(turn, turn.person) if rest.startswith(turn.label(f"export_{name}", turn.locale))), ""
    )
    rest = rest.removeprefix(turn.label(f"export_{wanted}", turn.locale)).strip() if wanted else rest
    if any(rest.startswith(turn.label(f"export_{name}", turn.locale)) for name in NAMES):
        turn.reply(
            "export.not_yours",
            words=rest,
            mine=[turn.label(f"export_{name}", turn.locale) for name in _had_by(turn, turn.person)],
        )
        return
    month = read_month(rest, turn.today) if rest else _month_shown(turn)
    if month is None or month > turn.today:
        turn.reply("export.no_month", words=rest)
        return
    if wanted:
        turn.args = {"name": wanted, "month": month.isoformat()}
        make(turn)
        turn.reply("export.writing")
        return
    keys = [
        turn.key(f"export_{name}", "export.make", name=name, month=month.isoformat())
        for name in _had_by(turn, turn.person)
    ]
    shown = dispatch.some(turn, keys, "export.show", month=month.isoformat())
    turn.reply(
        "export.which", [shown[:3], shown[3:]], reusable=True, month=month, mine=not turn.may(turn.person, Action.BOARD)
    )


def _month_shown(turn: Turn) -> date:
    """The month of the card whose 更多 was pressed; else this one."""
    return date.fromisoformat(turn.args["month"]) if "month" in turn.args else turn.today.replace(day=1)


def make(turn: Turn) -> None:
    """Written outside the writer; it comes as a file."""
    if turn.args["name"] not in _had_by(turn, turn.person):
        turn.reply("start.no_such_thing")
        return
    if turn.args["name"] in PAPERS:
        papers.ask(
            turn, turn.args["name"], period=_period(turn, turn.args["name"], date.fromisoformat(turn.args["month"]))
        )
        return
    turn.errand(
        "table", {"person": turn.person, "name": turn.args["name"], "month": turn.args["month"]},
        key=f"table:{turn.incoming.channel}:{turn.incoming.account}:{turn.incoming.dedup}", person=turn.person, address=turn.incoming.address,
    )  # fmt: skip
    turn.toast = turn.words("export.writing")


def _period(turn: Turn, name: str, month: date) -> str:
    """The period of a paper: the month; of a 旬报 its last 旬 that has begun; of what is told as it is now none."""
    if name not in papers.PERIODS:
        return ""
    last = min(month_of(month).until, turn.today)
    return of(papers.PERIODS[name], last).key


def write(desk: Desk, path: Path, payload: Mapping[str, Any]) -> int:
    """The table that an errand asks for, of what its person may see. Returns how many rows its first sheet has."""
    standing = desk.standing(payload["person"])
    whole = desk.may(payload["person"], Action.BOARD)
    meant = board.reach(standing, Action.BOARD) if whole else Reach(projects=standing.reports)
    counts = TABLES[payload["name"]](desk, path, date.fromisoformat(payload["month"]), meant)
    return next(iter(counts.values()))


def written(turn: Turn) -> None:
    """The file is there."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    known = people.account_of(turn.session, person)
    payload = facts["payload"]
    if known is None or payload["name"] not in _had_by(turn, person):
        return
    month = date.fromisoformat(payload["month"])
    name = turn.text("export.file", known.locale, name=payload["name"], month=month, at=turn.now).strip()
    if not facts["ok"] and facts["error"] == "form":
        text = turn.text(
            "export.form_refused",
            known.locale,
            name=name,
            **{part: facts[part] for part in ("why", "form", "names", "known")},
        )
    else:
        text = turn.text(
            "export.done" if facts["ok"] else "export.failed", known.locale, name=name, count=facts.get("count", 0)
        )
    files = (f"files/{facts['sha256'][:2]}/{facts['sha256']}|{name}.xlsx",) if facts["ok"] else ()
    address = Address(turn.incoming.channel, turn.incoming.chat, turn.incoming.thread, turn.incoming.person)
    turn.say(
        MessageClass.ANSWER, Card(text, files=files), person=person, address=address if address.chat else None,
        key=f"table:{facts['errand']}",
    )  # fmt: skip
