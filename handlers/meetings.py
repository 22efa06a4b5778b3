"""会议: the last meetings and what became of what they settled, what goes before the next one; as text and as a workbook (S6, 004)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.messages import Address, Card, plain
from bot.rules.entitlement import Action
from bot.rules.matters import WORKING
from bot.rules.words import MatterState, MessageClass, Post, Rung
from handlers.desk import Desk, Turn
from handlers.matters import age, named, number_of, project_of, rung_of, seen_state, title_of, unit_name
from handlers.minute_items import kept
from storage import board, matters, meetings, people
from storage.tables import Matter, Meeting

LAST = 3
"""Meetings on the first card."""
LINES = 10
"""Items in one message; the workbook has all of them."""

# --- what became of an item -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """How an item stands. limit: the day agreed last. answered: the day of the answer that stands. late: working days past the limit."""

    matter: Matter
    limit: date | None
    answered: date | None
    late: int

    @property
    def done(self) -> bool:
        return self.matter.state is MatterState.CLOSED

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Worst first: open past its limit by days, open by rung, then what was late, then the rest."""
        kind = 3 if self.done and not self.late else 2 if self.done else 0 if self.late else 1
        return kind, -self.late, -self.matter.rung, self.matter.id


def outcome(desk: Desk, matter: Matter) -> Outcome:
    """How an item stands today: on time is what was answered, and so done, by the day that was agreed."""
    limit = matter.promised_on or (date.fromisoformat(matter.earlier_dates[-1]) if matter.earlier_dates else None)
    over = (MatterState.ANSWERED, MatterState.CLOSED)
    at = (matter.answered_at or matter.closed_at) if matter.state in over else None
    answered = desk.calendar.day(at) if at else None
    late = max(0, desk.calendar.workdays_between(limit, answered or desk.today)) if limit else 0
    return Outcome(matter, limit, answered, late)


def outcomes(desk: Desk, meeting: Meeting) -> list[Outcome]:
    """What became of everything a meeting settled, the worst first."""
    found = [outcome(desk, matter) for matter in meetings.items(desk.session, meeting.id)]
    return sorted(found, key=lambda one: one.rank)


def counts(found: Sequence[Outcome]) -> dict[str, int]:
    """all; done, of them on time and late; open, of them past their limit."""
    done = [one for one in found if one.done]
    return {
        "all": len(found), "done": len(done), "late": sum(bool(one.late) for one in done), "on_time": sum(not one.late and one.limit is not None for one in done),
        "open": len(found) - len(done), "over": sum(bool(one.late) and not one.done for one in found),
    }  # fmt: skip


# --- the cards ----------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """会议: the last meetings in numbers, the agenda of the next one."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    held = meetings.latest(turn.session, _units(turn), LAST)
    keys = [
        turn.key("record_minutes", "meeting.start", "primary"),
        turn.key("agenda_list", "meeting.agenda"),
        *([turn.key("last_results", "meeting.last")] if held else []),
    ]
    turn.reply(
        "meeting.card", [keys], reusable=True, held=[(row, counts(outcomes(turn, row))) for row in held],
        agenda=[_line(turn, matter) for matter in _agenda(turn)[:LINES]], count=len(_agenda(turn)), begun=kept(turn) is not None,
    )  # fmt: skip


def _units(turn: Turn) -> frozenset[int]:
    """The units that the speaker dispatches."""
    return frozenset[int]().union(
        *(units for post, units in turn.standing(turn.person).posts if post is Post.DISPATCHER)
    )


def _agenda(turn: Turn) -> list[Matter]:
    return meetings.agenda(turn.session, board.reach(turn.standing(turn.person), Action.DISPATCH))


def _line(turn: Turn, matter: Matter) -> dict[str, Any]:
    return {
        "number": number_of(turn, matter), "title": title_of(turn, matter, turn.locale), "heading": _title(turn, matter), "words": matter.words, "days": age(turn, matter),
        "tried": tried(turn, matter), "proposal": matter.proposal, "unit": unit_name(turn, matter.unit), "since": matter.agenda_at,
    }  # fmt: skip


def tried(desk: Desk, matter: Matter) -> list[Rung]:
    """The rungs a matter has been on, lowest first, as its log has them; the one where it stands is the last."""
    rungs = [rung_of(matter)]
    for entry in matters.history(desk.session, desk.house.sealer, matter):
        if entry.row.kind == "matter.climbed":
            rungs += [Rung.of(str(entry.facts.get(name, ""))) for name in ("from", "to")]
    known = {rung for rung in rungs if rung is not None}
    return [rung for rung in Rung if rung in known]


def agenda(turn: Turn) -> None:
    """议题清单: what goes before the next meeting, each with what was tried; and the workbook."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    found = _agenda(turn)
    turn.reply(
        "meeting.agenda", [[turn.key("record_minutes", "meeting.start"), turn.key("last_results", "meeting.last")]], reusable=True,
        lines=[_line(turn, matter) for matter in found[:LINES]], count=len(found), **_seen(found),
    )  # fmt: skip
    if found:
        _ask_workbook(turn, next(iter(meetings.latest(turn.session, _units(turn), 1)), None))


def last(turn: Turn) -> None:
    """上次落实: what became of what the last meeting settled, the worst first; and the workbook."""
    held = meetings.latest(turn.session, _units(turn), 1) if turn.may(turn.person, Action.DISPATCH) else []
    wanted = meetings.by_id(turn.session, turn.args["meeting"]) if turn.args.get("meeting") else next(iter(held), None)
    if wanted is None or wanted.unit not in _units(turn):
        turn.reply("meeting.none" if held == [] and turn.may(turn.person, Action.DISPATCH) else "start.no_such_thing")
        return
    found = outcomes(turn, wanted)
    turn.reply(
        "meeting.last", [[turn.key("agenda_list", "meeting.agenda"), turn.key("record_minutes", "meeting.start")]], reusable=True,
        row=wanted, chair=people.name_of(turn.session, wanted.chair), counts=counts(found), more=max(0, len(found) - LINES),
        lines=[_standing(turn, one) for one in found[:LINES]], **_seen([one.matter for one in found]),
    )  # fmt: skip
    _ask_workbook(turn, wanted)


def _title(turn: Turn, matter: Matter) -> str:
    """The name of its project, where its own words do not say it."""
    project = project_of(turn, matter)
    return "" if project is None or project.name in matter.words else project.name


def _standing(turn: Turn, one: Outcome) -> dict[str, Any]:
    matter = one.matter
    return {
        "number": number_of(turn, matter), "title": _title(turn, matter), "words": matter.words,
        "unit": unit_name(turn, matter.unit), "state": seen_state(turn, matter, turn.person), "limit": one.limit, "late": one.late, "done": one.done,
        "rung": rung_of(matter) if matter.rung and matter.state in WORKING else None, "days": age(turn, matter), "answered": one.answered,
    }  # fmt: skip


def _seen(found: Sequence[Matter]) -> dict[str, Any]:
    return {"projects": [matter.project for matter in found if matter.project is not None]}


# --- the workbook -------------------------------------------------------------------------------------------------------------

WIDTHS = ((6, 40, 22, 18, 20, 16, 12, 22, 32, 12, 14), (6, 9, 22, 44, 18, 10, 30, 32))


def _ask_workbook(turn: Turn, meeting: Meeting | None) -> None:
    """Written outside the writer; it comes as a file."""
    sheets = [_items_sheet(turn, meeting)] if meeting else []
    sheets.append(_agenda_sheet(turn))
    turn.errand(
        "workbook", {"sheets": sheets, "name": plain(turn.words("meeting.file", day=turn.today))},
        key=f"meeting:{turn.incoming.channel}:{turn.incoming.account}:{turn.incoming.dedup}", person=turn.person, address=turn.incoming.address,
    )  # fmt: skip


def _columns(turn: Turn, name: str) -> list[str]:
    return plain(turn.words(name)).split("|")


def _items_sheet(turn: Turn, meeting: Meeting) -> dict[str, Any]:
    """月例会台账: what the meeting settled, in its order, with 任务、时限、责任人、成效."""
    rows = []
    for number, matter in enumerate(meetings.items(turn.session, meeting.id), 1):
        one = outcome(turn, matter)
        parts = "、".join(unit_name(turn, part.unit) for part in matters.parts_of(turn.session, matter.id))
        rows.append([
            number, f"{number_of(turn, matter)} {matter.words}", title_of(turn, matter, turn.locale), unit_name(turn, matter.unit), parts, named(turn, matter.person),
            one.limit.isoformat() if one.limit else "", matter.standard, _progress(turn, matter), seen_state(turn, matter, turn.person).zh
            if turn.locale == "zh_CN" else str(matter.state), plain(turn.words("meeting.on_time", one=one)),
        ])  # fmt: skip
    title = plain(turn.words("meeting.sheet_title", row=meeting, chair=people.name_of(turn.session, meeting.chair)))
    return {
        "name": plain(turn.words("meeting.items_sheet")),
        "headers": _columns(turn, "meeting.items_columns"),
        "rows": rows,
        "title": title,
        "widths": WIDTHS[0],
    }


def _progress(turn: Turn, matter: Matter) -> str:
    """成效: the answer; else what was last fed back; else the plan, or what a leader or a meeting decided."""
    if matter.answer and matter.state in (MatterState.ANSWERED, MatterState.DISPUTED, MatterState.CLOSED):
        return (
            f"{matter.answer}（{matter.basis}）"
            if matter.basis and matter.basis not in matter.answer
            else matter.answer
        )
    said = [
        "；".join((entry.words or {}).values())
        for entry in matters.history(turn.session, turn.house.sealer, matter)
        if entry.row.kind == "matter.feedback"
    ]
    return next((words for words in reversed(said) if words), matter.plan or matter.decision)


def _agenda_sheet(turn: Turn) -> dict[str, Any]:
    lines = [_line(turn, matter) for matter in _agenda(turn)]
    rows = [
        [at, one["number"], one["title"], one["words"], one["unit"], one["days"], plain(turn.words("meeting.tried", tried=one["tried"])), one["proposal"]]
        for at, one in enumerate(lines, 1)
    ]  # fmt: skip
    return {
        "name": plain(turn.words("meeting.agenda_sheet")),
        "headers": _columns(turn, "meeting.agenda_columns"),
        "rows": rows,
        "title": "",
        "widths": WIDTHS[1],
    }


def written(turn: Turn) -> None:
    """The workbook is there."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    known = people.account_of(turn.session, person)
    if known is None or not turn.may(person, Action.DISPATCH):
        return
    text = turn.text("meeting.workbook" if facts["ok"] else "meeting.no_workbook", known.locale)
    files = (f"files/{facts['sha256'][:2]}/{facts['sha256']}|{facts['payload']['name']}.xlsx",) if facts["ok"] else ()
    address = Address(turn.incoming.channel, turn.incoming.chat, turn.incoming.thread, turn.incoming.person)
    turn.say(
        MessageClass.ANSWER, Card(text, files=files), person=person, address=address if address.chat else None, key=f"workbook:{facts['errand']}",
    )  # fmt: skip
