"""What a leader does with a matter that has come to their rung, one tap each: 阅, 同意, 请…研究, 上会, 一事一议 (001)."""

from typing import Any

from bot.rules.words import MatterState, Rung
from handlers import ladder, seats
from handlers.desk import Desk, Turn
from handlers.matters import project_of, show
from handlers.parties import office
from handlers.telling import hand_to, inform, record, take_back, tell_doer, tell_raiser
from handlers.units import staffed
from storage import matters
from storage.tables import Matter

# --- the office prepares --------------------------------------------------------------------------------------------------


def propose(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """拟办意见: what the office proposes; the leader agrees with one tap."""
    matter.proposal = said
    entry = record(turn, matter, "suggested", person=turn.person, words=said)
    take_back(turn, matter)
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "suggested", told=0)
    tell_doer(turn, matter, "suggested")


# --- the leader decides -----------------------------------------------------------------------------------------------------


def seen(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """阅: taken note of; it stays with the leader."""
    matter.state, matter.signed_at = MatterState.HANDLING, turn.now
    record(turn, matter, "seen", person=turn.person)
    show(turn, matter)


def agree(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """同意: the office's proposal is the decision."""
    _decided(turn, matter, "agreed", matter.proposal)


def decide(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """一事一议: a decision in the leader's own words."""
    _decided(turn, matter, "decided", said)


def outcome(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """记录结果: what the meeting decided, in the office's words; it leaves the agenda."""
    _decided(turn, matter, "decided", said)


def _decided(turn: Turn, matter: Matter, what: str, decision: str) -> None:
    conclude(turn, matter, what, decision)
    tell_doer(turn, matter, "decided")


def conclude(turn: Turn, matter: Matter, what: str, decision: str, unit: int | None = None) -> None:
    """Whoever sits highest below the leaders carries it out, or this other unit; the office hears of it."""
    matter.decision, matter.agenda_at = decision, None
    if unit is not None and unit != matter.unit:
        matter.plan, matter.procedure = "", ""
        ladder.lay(turn, matter, project_of(turn, matter), unit)
        matters.concern(turn.session, matter.id, seats.everybody(matter))
    else:
        ladder.send_down(turn, matter)
    entry = record(turn, matter, what, person=turn.person, words=decision)
    take_back(turn, matter)
    if matter.person is not None and matter.person != turn.person:
        hand_to(turn, matter, entry, matter.person, "decided", said=decision)
    _tell_office(turn, matter, entry, "decided", decision, turn.person)
    tell_raiser(turn, matter, entry, "decided", by=turn.person)


def units(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """Whom the leader may ask to study it: every unit with somebody to answer, the one that had it first."""
    found = staffed(turn, matter)
    return sorted(found, key=lambda one: one[0] != matter.unit)


def study(turn: Turn, matter: Matter, unit: int) -> None:
    """请…研究: this unit takes it up, at the leader's word."""
    matter.plan, matter.procedure = "", ""
    ladder.lay(turn, matter, project_of(turn, matter), unit)
    matters.concern(turn.session, matter.id, seats.everybody(matter))
    entry = record(turn, matter, "studied", person=turn.person)
    take_back(turn, matter)
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "studied")
    _tell_office(turn, matter, entry, "studied", "")
    tell_raiser(turn, matter, entry, "redirected", by=turn.person)
    tell_doer(turn, matter, "studied")


def to_meeting(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """上会: the office puts it before the next meeting, and answers for that."""
    matter.agenda_at = turn.now
    rung = ladder.rung_at(matter, Rung.MEETING)
    if rung is not None:
        ladder.stand(turn, matter, rung)
        matter.climbed_on = turn.today
    entry = record(turn, matter, "to_meeting", person=turn.person)
    take_back(turn, matter)
    told = set()
    if rung is not None and matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "to_meeting")
        told.add(matter.person)
    for person in office(turn, matter):
        if person not in told | {turn.person}:
            hand_to(turn, matter, entry, person, "to_meeting")
    tell_raiser(turn, matter, entry, "to_meeting", by=turn.person)
    tell_doer(turn, matter, "to_meeting")


def _tell_office(desk: Desk, matter: Matter, entry: int, what: str, said: str, by: int | None = None) -> None:
    for person in office(desk, matter):
        if person not in (matter.person, by):
            inform(desk, matter, entry, person, what, said=said)
