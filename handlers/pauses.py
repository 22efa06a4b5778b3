"""报上级待批 and 中止: the clock stands, what was left of the limit comes back, and nothing is said at the moment it does."""

from datetime import date
from typing import Any

from bot.rules.limits import look_again
from bot.rules.words import MatterState
from handlers import ladder, limits
from handlers.desk import Desk, Turn
from handlers.handling import signed
from handlers.matters import about, show
from handlers.telling import inform, record, take_back, tell_doer, tell_raiser
from storage.tables import Matter

# --- with the level above -----------------------------------------------------------------------------------------------


def refer(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """报上级: the paper was sent up (its number is among the words) and is expected back on a day; it is looked at every fortnight."""
    signed(turn, matter)
    _stop(turn, matter, MatterState.REFERRED, said, date.fromisoformat(draft["day"]))
    limits.start(turn, matter, look_again(matter.paused_until, turn.now, turn.policy.limits, turn.calendar))
    entry = record(turn, matter, "referred", person=turn.person, facts={"day": matter.paused_until}, words=said)
    take_back(turn, matter)
    tell_raiser(turn, matter, entry, "referred", said=said)
    show(turn, matter, heading="referred")


def ask_again(desk: Desk, matter: Matter) -> None:
    """A fortnight is over, or the day has come: whoever has it says how it stands. No climbing."""
    limits.start(desk, matter, look_again(matter.paused_until, desk.now, desk.policy.limits, desk.calendar))
    record(desk, matter, "paused_look", moves=False)
    if matter.person is not None:
        desk.remind(
            matter.person, "matter_due", key=f"referred:{matter.id}:{desk.today}", about=about(matter), project=matter.project,
            matter=matter.id, day=ladder.next_morning(desk),
        )  # fmt: skip


def still_waiting(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """仍在等: with the day it is expected now."""
    matter.paused_until = date.fromisoformat(draft["day"])
    limits.start(turn, matter, look_again(matter.paused_until, turn.now, turn.policy.limits, turn.calendar))
    entry = record(
        turn, matter, "still_waiting", person=turn.person, facts={"day": matter.paused_until}, words=said, moves=False
    )
    turn.withdraw(about(matter))
    tell_raiser(turn, matter, entry, "still_waiting")
    show(turn, matter)


# --- suspended ----------------------------------------------------------------------------------------------------------


def suspend(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """中止, by the office: a reason and until when; then it goes on by itself."""
    day = date.fromisoformat(draft["day"])
    _stop(turn, matter, MatterState.SUSPENDED, said, day)
    first = turn.calendar.next_workday(day)
    limits.start(turn, matter, turn.calendar.at(first, turn.calendar.hours[0][0]))
    entry = record(turn, matter, "suspended", person=turn.person, facts={"day": day}, words=said)
    take_back(turn, matter)
    if matter.person is not None and matter.person != turn.person:
        inform(turn, matter, entry, matter.person, "suspended", said=said)
    tell_raiser(turn, matter, entry, "suspended", said=said, by=turn.person)
    tell_doer(turn, matter, "suspended")


def _stop(desk: Desk, matter: Matter, state: MatterState, said: str, until: date) -> None:
    """The clock stands: what is left of the limit is kept. Another day that was asked for (申请延期) is no longer the question."""
    matter.left_minutes = max(1, desk.calendar.working_minutes(desk.now, matter.due_at))
    matter.paused_state, matter.state = matter.state.value, state
    matter.paused_reason, matter.paused_until = said, until
    matter.promise_open = None


def resume(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """已批复 or 恢复办理: what was left of the limit runs from now."""
    entry = _go_on(turn, matter, turn.person)
    take_back(turn, matter)
    if matter.person is not None and matter.person != turn.person:
        inform(turn, matter, entry, matter.person, "resumed")
    tell_raiser(turn, matter, entry, "resumed", by=turn.person)
    show(turn, matter)


def go_on(desk: Desk, matter: Matter) -> None:
    """The day until which it was suspended is over."""
    entry = _go_on(desk, matter, None)
    if matter.person is not None:
        inform(desk, matter, entry, matter.person, "resumed")
    tell_raiser(desk, matter, entry, "resumed")


def _go_on(desk: Desk, matter: Matter, by: int | None) -> int:
    matter.state = MatterState(matter.paused_state or MatterState.HANDLING)
    left = matter.left_minutes or 1
    matter.paused_state, matter.paused_reason, matter.paused_until, matter.left_minutes = "", "", None, None
    if matter.lent_until is not None:
        matter.lent_until = desk.calendar.add_working_days(desk.now, desk.policy.limits.pass_days)
    limits.start(desk, matter, desk.calendar.add_minutes(desk.now, left))
    if matter.promised_on is not None:
        later = max(matter.promised_on, desk.calendar.day(matter.due_at))
        if later != matter.promised_on:
            matter.earlier_dates = [*matter.earlier_dates, matter.promised_on.isoformat()]
            matter.promised_on = later
    return record(desk, matter, "resumed", person=by)
