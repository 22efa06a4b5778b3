"""文稿: papers drawn outside the writer, and what becomes of them: files for who asked, a draft, a publication."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.messages import Address, Card, plain
from bot.rules.entitlement import Action
from bot.rules.periods import Period, read
from bot.rules.words import MessageClass, PeriodKind
from handlers import bulletin, order_forms, paper_words, parties, project_page
from handlers.desk import Desk, Turn
from storage import board, matters, people, projects
from storage import papers as stored
from storage.board import Reach
from storage.tables import Paper

FORMS = ("order", "supervision", "escalation")
PERIODS = {"bulletin": PeriodKind.MONTH, "ten_days": PeriodKind.TEN_DAYS}
EDITIONS = ("docx", "pdf")
PARTS = bulletin.STEPS - 1
"""Of which composing the words of a paper of a period consists."""

# --- asked for ------------------------------------------------------------------------------------------------------------


def ask(turn: Turn, kind: str, **payload: Any) -> None:
    """A paper is to be drawn for the speaker."""
    turn.errand(
        "paper", {"person": turn.person, "kind": kind, **payload},
        key=f"paper:{turn.incoming.channel}:{turn.incoming.account}:{turn.incoming.dedup}:{kind}", person=turn.person, address=turn.incoming.address,
    )  # fmt: skip
    turn.toast = turn.words("export.writing")


def period_of(kind: str, text: str, today: date) -> Period | None:
    """The period of a kind of paper that a text names; "": the newest that has begun."""
    found = read(text or ("本月" if kind == "bulletin" else "本旬"), today)
    return found if found is not None and found.kind is PERIODS[kind] and found.first <= today else None


# --- drawn, outside the writer -----------------------------------------------------------------------------------------------


def write(
    desk: Desk, place: Path, payload: Mapping[str, Any], step: bulletin.Step = lambda: None
) -> tuple[dict[str, Path], dict[str, Any]]:
    """Draws what an errand asks for below a folder. Returns edition -> file, and what else is to be told. step: told after each of the
    `bulletin.STEPS` parts of a paper of a period."""
    kind = payload["kind"]
    if kind in PERIODS:
        return _of_period(desk, place, payload, step)
    if kind == "lines":
        return _put(desk, place, "bulletin", _lines(desk, payload)), {}
    if kind == "project":
        row = projects.by_id(desk.session, payload["project"])
        return (_put(desk, place, kind, project_page.values(desk, row)) if row else {}), {}
    paper = stored.by_id(desk.session, payload["paper"])
    matter = matters.by_id(desk.session, paper.matter) if paper and paper.matter else None
    return (_put(desk, place, kind, order_forms.values(desk, matter, paper)) if matter and paper else {}), {}


def _put(desk: Desk, place: Path, kind: str, values: dict[str, Any]) -> dict[str, Path]:
    made = {}
    for edition in EDITIONS:
        made[edition] = place / f"paper.{edition}"
        bulletin.put(desk, kind, made[edition], values)
    return made


def _of_period(
    desk: Desk, place: Path, payload: Mapping[str, Any], step: bulletin.Step
) -> tuple[dict[str, Path], dict[str, Any]]:
    """月通报, 旬报: composed anew, or with the words of a draft; compose: only the words."""
    kind, unit = payload["kind"], payload.get("unit")
    period = read(payload["period"], desk.today)
    assert period is not None
    meant = unit_reach(desk, unit) if unit else board.reach(desk.standing(payload["person"]), Action.BOARD)
    facts = bulletin.gathered(desk, period, meant, unit, step)
    paper = stored.by_id(desk.session, payload["paper"]) if payload.get("paper") else None
    sections = paper.sections if paper and not payload.get("compose") else paper_words.sections(desk, facts)
    told = {"facts": {name: facts[name] for name in TOLD}, "title": facts["title"]}
    if payload.get("compose"):
        return {}, {**told, "sections": sections}
    if paper is not None:
        facts["title"] = paper.title
    made = _put(desk, place, kind, bulletin.values(desk, facts, sections))
    if payload.get("groups"):
        made["group"] = place / "group.pdf"
        bulletin.put(desk, kind, made["group"], bulletin.values(desk, facts, paper_words.for_groups(sections)))
    return made, told


TOLD = ("period", "count", "plan", "actual", "share", "in_month", "on_plan", "standing", "closed")
"""The figures at the head of a paper, kept with it."""


def _lines(desk: Desk, payload: Mapping[str, Any]) -> dict[str, Any]:
    """一句话进展 of every project the asker sees, by unit."""
    found = board.projects(desk.session, board.reach(desk.standing(payload["person"]), Action.BOARD))
    names = people.unit_names(desk.session)
    by_unit: dict[str, list[dict[str, str]]] = {}
    for row in found:
        by_unit.setdefault(names.get(row.lead_unit or row.unit, ""), []).append({"text": project_page.line(desk, row)})
    today = f"{desk.today.year}年{desk.today.month}月{desk.today.day}日"
    root = people.root_unit(desk.session)
    facts = {
        "title": plain(desk.text("paper.lines_title")), "period": today, "unit": root.name if root else "", "day": today, "span": "", "until": today,
        "standing": plain(desk.text("paper.lines_standing")), "units": [], "groups": [],
    }  # fmt: skip
    return bulletin.values(
        desk, facts, [{"name": unit, "title": unit, "lines": lines} for unit, lines in by_unit.items()]
    )


def unit_reach(desk: Desk, unit: int) -> Reach:
    """The projects of a unit and of those below it."""
    return Reach(people.subtree(desk.session, unit), led=False)


# --- come back ----------------------------------------------------------------------------------------------------------------


def delivered(turn: Turn) -> None:
    """The files, to who asked for them."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    payload = facts["payload"]
    known = people.account_of(turn.session, person)
    if known is None or not _still_may(turn, person, payload):
        return
    name = name_of(turn, payload, known.locale)
    done = facts["ok"] and facts.get("files")
    text = turn.text("paper.done" if done else "paper.failed", known.locale, name=name)
    files = attached(facts["files"], name) if done else ()
    answer(turn, Card(text, files=files), person, key=f"paper:{facts['errand']}")


def _still_may(turn: Turn, person: int, payload: Mapping[str, Any]) -> bool:
    if payload["kind"] == "project":
        return turn.may(person, Action.LIGHTS, payload["project"])
    if payload["kind"] in FORMS:
        matter = matters.by_id(turn.session, payload["matter"])
        return matter is not None and parties.may_issue(turn, person, matter)
    return turn.may(person, Action.BOARD)


def answer(turn: Turn, card: Card, person: int, *, key: str, **options: Any) -> None:
    """Says what became of an errand where it was asked for."""
    address = Address(turn.incoming.channel, turn.incoming.chat, turn.incoming.thread, turn.incoming.person)
    turn.say(MessageClass.ANSWER, card, person=person, address=address if address.chat else None, key=key, **options)


def attached(files: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The files of a card: Word and PDF under the paper's name."""
    return tuple(place(files[edition], f"{name}.{edition}") for edition in EDITIONS if edition in files)


def place(sha256: str, name: str) -> str:
    return f"files/{sha256[:2]}/{sha256}|{name}"


def name_of(desk: Desk, payload: Mapping[str, Any], locale: str = "") -> str:
    """What the files are called."""
    period = read(str(payload.get("period", "")), desk.today)
    return plain(
        desk.text(
            "paper.name",
            locale,
            kind=payload["kind"],
            period=period.zh if period else "",
            name=payload.get("name", ""),
        )
    )


def title_of(desk: Desk, paper: Paper, locale: str = "") -> str:
    """月通报 2026年10月."""
    return plain(
        desk.text(
            "paper.kind", locale, kind=paper.kind, period=span(paper).zh if paper.first else "", number=paper.title
        )
    )


def span(paper: Paper) -> Period:
    """The period of a paper that has one."""
    assert paper.period_kind and paper.first and paper.until
    return Period(paper.period_kind, paper.first, paper.until)
