"""Joint matters (000: 分工不分家, 补位不缺位): one lead unit and co-units, each answering for its part; it is done when all are."""

from bot.rules.words import MatterState
from handlers import limits, opening
from handlers.desk import Desk, Turn
from handlers.matters import number_of, show, unit_name
from handlers.parties import asked
from handlers.telling import hand_to, inform, record, take_back
from handlers.units import staffed
from storage import dispatch_log, matters
from storage.tables import Matter


def candidates(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """The units with somebody to answer that have no part in it yet."""
    taken = {matter.unit, *(part.unit for part in matters.parts_of(turn.session, matter.id))}
    return [(unit, name) for unit, name in staffed(turn, matter) if unit not in taken]


def join(turn: Turn, matter: Matter, unit: int) -> None:
    """协办: this unit has a part of its own, with a number, a ladder and limits of its own."""
    opening.add_part(turn, matter, unit, by=turn.person)
    if matter.person is not None and matter.person != turn.person:
        inform(turn, matter, dispatch_log.head(turn.session)[0], matter.person, "joined", said=unit_name(turn, unit))
    show(turn, matter)


def part_answered(desk: Desk, part: Matter, entry: int) -> None:
    """A part is done: whoever has the whole hears it; with the last one, and the lead's answer, who raised it is asked."""
    whole = matters.by_id(desk.session, part.part_of or 0)
    if whole is None:
        return
    if whole.person is not None and whole.person != part.person:
        inform(desk, part, entry, whole.person, "part_answered", said=part.answer)
    if whole.state is MatterState.ANSWERED and not matters.open_parts(desk.session, whole.id):
        limits.start(desk, whole, desk.calendar.add_working_days(desk.now, desk.policy.ladder.silence_days))
        ask_raisers(desk, whole, record(desk, whole, "all_answered"))


def ask_raisers(desk: Desk, matter: Matter, entry: int) -> None:
    """Who raised it, or wrote it down, is asked whether it is solved."""
    for person in asked(desk, matter):
        hand_to(desk, matter, entry, person, "answered", told=0)


def waits(desk: Desk, matter: Matter) -> bool:
    """Whether an answer waits for others: a part's for the whole, the lead's for its co-units. The raiser is not asked yet."""
    return matter.part_of is not None or bool(matters.open_parts(desk.session, matter.id))


def close_parts(turn: Turn, matter: Matter) -> None:
    """With the whole, its parts are closed; those that were never answered too, and who has them is told."""
    for part in matters.parts_of(turn.session, matter.id):
        if part.state is MatterState.CLOSED:
            continue
        part.state, part.closed_at = MatterState.CLOSED, turn.now
        entry = record(turn, part, "closed_with", person=turn.person, facts={"whole": matter.id})
        take_back(turn, part)
        if part.person is not None and part.person != turn.person:
            inform(turn, part, entry, part.person, "closed", said=number_of(turn, matter))
