"""转办: to a colleague, from whom it comes back if it is not taken within a working day."""

from handlers import ladder
from handlers.desk import Desk, Turn
from handlers.telling import hand_to, inform, record, take_back, tell_doer, tell_raiser
from storage import matters
from storage.tables import Matter


def pass_on(turn: Turn, matter: Matter, person: int) -> None:
    """A colleague answers for it from now, if they sign for it; the limit goes on."""
    matter.lent_by = matter.person
    matter.lent_until = turn.calendar.add_working_days(turn.now, turn.policy.limits.pass_days)
    ladder.reseat(matter, person)
    ladder.hold(turn, matter, person)
    matters.concern(turn.session, matter.id, [person])
    entry = record(turn, matter, "passed_on", person=turn.person, facts={"person": person})
    take_back(turn, matter)
    hand_to(turn, matter, entry, person, "passed_on")
    tell_raiser(turn, matter, entry, "assigned", by=turn.person)
    tell_doer(turn, matter, "passed_on")


def give_back(desk: Desk, matter: Matter) -> None:
    """It was not taken: whoever passed it on has it again, and signs for it again."""
    colleague, owner = matter.person, matter.lent_by
    if owner is None:
        return
    ladder.reseat(matter, owner)
    ladder.hold(desk, matter, owner)
    matter.lent_by, matter.lent_until = None, None
    entry = record(desk, matter, "given_back", facts={"person": owner})
    take_back(desk, matter)
    hand_to(desk, matter, entry, owner, "given_back")
    if colleague is not None:
        inform(desk, matter, entry, colleague, "given_back")
