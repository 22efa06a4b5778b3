"""本月未调度 (S12, 004: 月月有调度、月月有督促): the projects about which nobody said or did anything in a month."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from bot.messages import Button, plain
from bot.rules.calendar import DAY
from bot.rules.entitlement import Action
from bot.rules.periods import Period, month_of, read
from bot.rules.words import Kind, PeriodKind
from handlers import periods
from handlers.desk import Desk, Turn
from storage import board, people
from storage.board import Reach
from storage.dispatched import dispatched
from storage.tables import Project

PAGE = 4


def among(desk: Desk, found: Sequence[Project], period: Period) -> list[Project]:
    """Those of these projects that were not dispatched in a period, by unit and number; not those of the reserve, nor paused ones."""
    until = min(desk.calendar.at(period.until + DAY, time.min), desk.now)
    there = dispatched(desk.session, desk.calendar.at(period.first, time.min), until)
    left = [row for row in found if row.id not in there and row.kind is not Kind.RESERVE and not _paused(row, period)]
    return sorted(left, key=lambda row: (row.lead_unit or row.unit, row.number))


def _paused(row: Project, period: Period) -> bool:
    return row.paused_until is not None and row.paused_until >= period.until


def of(desk: Desk, meant: Reach | None, period: Period) -> tuple[list[Project], int]:
    """(the projects that were not dispatched, of how many)."""
    found = periods.listed(desk, meant, period)
    return among(desk, found, period), sum(row.kind is not Kind.RESERVE for row in found)


def show(turn: Turn) -> None:
    """本月未调度: this month's; 本月未调度 2026-10: that one's. A number opens the project."""
    rest = str(turn.args.get("rest", "")).strip()
    period = (
        read(rest or str(turn.args.get("month", "")), turn.today)
        if rest or "month" in turn.args
        else month_of(turn.today)
    )
    if period is None or period.kind is not PeriodKind.MONTH or period.first > turn.today:
        turn.reply("undispatched.unread", words=rest)
        return
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    found, of_all = of(turn, board.reach(turn.standing(turn.person), Action.BOARD), period)
    pages = max(1, -(-len(found) // PAGE))
    page = int(turn.args.get("page", 0)) % pages
    shown = found[page * PAGE :][:PAGE]
    numbers = [Button(str(at), "project.show", {"project": row.id, "fresh": True}) for at, row in enumerate(shown, 1)]
    ways = [turn.key("more", "undispatched.show", month=period.key, page=page + 1)] if pages > 1 else []
    names = people.unit_names(turn.session)
    turn.reply(
        "undispatched.list", [numbers, ways], reusable=True, period=period.zh, count=len(found), of=of_all, page=page + 1, pages=pages,
        rows=[(row, names.get(row.lead_unit or row.unit, "")) for row in shown], projects=[row.id for row in shown],
    )  # fmt: skip


def sentence(desk: Desk, found: Sequence[Project], names: Any, most: int) -> str:
    """The projects by name; of many how many each unit has."""
    where = [names.get(row.lead_unit or row.unit, "") for row in found]
    counted = {unit: where.count(unit) for unit in dict.fromkeys(where)}
    named = [(row.name, unit) for row, unit in zip(found, where, strict=True)] if len(found) <= most else []
    return plain(
        desk.text(
            "undispatched.sentence",
            named=named,
            counted=sorted(counted.items(), key=lambda one: -one[1]),
            count=len(found),
        )
    )
