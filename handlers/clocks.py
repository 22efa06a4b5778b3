"""What the clock does with matters: it reminds, gives back what was not taken, climbs, resumes, and asks once more after closing."""

from collections.abc import Callable
from datetime import date

from bot.rules.limits import passed
from bot.rules.matters import WORKING
from bot.rules.words import MatterState, Urgency
from handlers import fast_lane, joint, ladder, limits, passing, pauses, reviews
from handlers.desk import Desk
from handlers.matters import about, rung_of
from handlers.parties import office
from handlers.telling import hand_to, raisers_of, ruling
from storage import matters
from storage.tables import Matter

REMINDERS = frozenset({"sign", "share", "end"})
OF_A_LEADER = frozenset({"end"})
"""Leaders have their Monday card; beside it they are reminded on the last day alone."""

# --- the tick ---------------------------------------------------------------------------------------------------------


def look(desk: Desk) -> int:
    """Asks what has become of every open matter whose moment has come. Returns how many there were."""
    found = matters.due(desk.session, desk.now)
    for matter in found:
        _look_at(desk, matter)
    reviews.look(desk)
    return len(found)


def _look_at(desk: Desk, matter: Matter) -> None:
    kinds = passed(limits.running(matter), matter.look_at, desk.now, desk.policy.limits, desk.calendar)
    version = matter.version
    if "lent_back" in kinds:
        passing.give_back(desk, matter)
    elif "due" in kinds:
        ENDED[matter.state](desk, matter)
    elif REMINDERS & set(kinds):
        remind(desk, matter, frozenset(kinds))
    if "fast" in kinds and matter.version == version:
        fast_lane.tell_dispatcher(desk, matter)
    if "asked" in kinds and matter.version == version:
        _remind_office(desk, matter)
    limits.plan_look(desk, matter)
    desk.session.flush()


# --- reminders --------------------------------------------------------------------------------------------------------


def remind(desk: Desk, matter: Matter, kinds: frozenset[str]) -> None:
    """Mentions a limit that runs to whoever must act: in the bundle, once for all moments before it; at once where it is urgent."""
    person = _whom(desk, matter, kinds)
    if person is None:
        return
    if matter.urgency is Urgency.URGENT and desk.calendar.in_hours(desk.now):
        hand_to(desk, matter, 0, person, "due", key=f"limit:{matter.id}:{matter.look_at:%Y%m%d%H%M}:{person}")
    else:
        day = ladder.next_morning(desk)
        desk.remind(
            person, "matter_due", key=f"limit:{matter.id}:{day}:{person}", about=about(matter), project=matter.project,
            matter=matter.id, day=day,
        )  # fmt: skip


def _whom(desk: Desk, matter: Matter, kinds: frozenset[str]) -> int | None:
    """Who is to be reminded: whoever has it; after the answer who raised it, unless it waits for co-units."""
    if matter.state in WORKING:
        rung = rung_of(matter)
        return None if rung and rung.district_leader and not kinds & OF_A_LEADER else matter.person
    return None if joint.waits(desk, matter) else raisers_of(desk, matter)[0]


def _remind_office(desk: Desk, matter: Matter) -> None:
    """申请改派 is decided the same day; what was left lying is in the office's next bundle."""
    day: date = ladder.next_morning(desk)
    for person in office(desk, matter):
        desk.remind(
            person, "matter_due", key=f"asked:{matter.id}:{matter.asked_at:%Y%m%d%H%M}:{person}", about=ruling(matter),
            project=matter.project, matter=matter.id, day=day,
        )  # fmt: skip


# --- the end of a limit -------------------------------------------------------------------------------------------------


def _answered(desk: Desk, matter: Matter) -> None:
    """The raiser is silent: to the office. What waits for others goes on waiting: their own clocks run."""
    if not joint.waits(desk, matter):
        ladder.dispute(desk, matter)


ENDED: dict[MatterState, Callable[[Desk, Matter], None]] = {
    MatterState.UNSIGNED: ladder.settle,
    MatterState.HANDLING: ladder.settle,
    MatterState.PROMISED: ladder.settle,
    MatterState.REFERRED: pauses.ask_again,
    MatterState.SUSPENDED: pauses.go_on,
    MatterState.ANSWERED: _answered,
    MatterState.DISPUTED: ladder.list_again,
}
"""What happens at the end of a limit, by state."""
