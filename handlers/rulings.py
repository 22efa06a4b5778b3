"""What is decided on a matter: by who raised it, whether it is solved; by the office, where it goes from here."""

from typing import Any

from bot.rules.limits import review_day
from bot.rules.words import MatterState
from handlers import joint, ladder, reviews, seats, watchers
from handlers.desk import Turn
from handlers.handling import escalate
from handlers.matters import project_of, show
from handlers.telling import hand_to, inform, record, ruling, take_back, tell_doer, tell_raiser
from handlers.units import staffed
from storage import matters
from storage.tables import Matter

# --- who raised it ------------------------------------------------------------------------------------------------------


def solved(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """已解决: closed."""
    _close(turn, matter, "solved", "")


def unsolved(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """未解决: to the office, unseen by who answered."""
    ladder.dispute(turn, matter, by=turn.person, why=said)
    tell_doer(turn, matter, "disputed")


# --- the office ---------------------------------------------------------------------------------------------------------


def hold(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """暂缓提级, with the reason in the log; the matter is listed each working morning until it moves."""
    matter.held = True
    record(turn, matter, "held", person=turn.person, words=said, moves=False)
    take_back(turn, matter, ruling(matter))
    tell_doer(turn, matter, "held")


def climb_now(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """立即提级: the office need not wait half a day."""
    escalate(turn, matter, said, draft)


def targets(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """The units with somebody to answer, but for those that had it."""
    return [(unit, name) for unit, name in staffed(turn, matter) if unit not in (matter.unit, *matter.passed_on)]


def redirect(turn: Turn, matter: Matter, unit: int) -> None:
    """改派: to another unit, its ladder laid anew with the limits frozen at first."""
    before = matter.person
    matter.plan, matter.procedure = "", ""
    ladder.lay(turn, matter, project_of(turn, matter), unit)
    matters.concern(turn.session, matter.id, seats.everybody(matter))
    entry = record(turn, matter, "redirected", person=turn.person)
    take_back(turn, matter)
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "redirected")
    if before is not None and before not in (matter.person, turn.person):
        inform(turn, matter, entry, before, "passed_on")
    tell_raiser(turn, matter, entry, "redirected", by=turn.person)
    tell_doer(turn, matter, "redirected")


def keep(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """不同意改派: it stays where it is, with the reason."""
    matter.asked_at = None
    entry = record(turn, matter, "kept", person=turn.person, words=said)
    take_back(turn, matter)
    if matter.person is not None and matter.person != turn.person:
        hand_to(turn, matter, entry, matter.person, "kept", said=said)
    tell_doer(turn, matter, "kept")


def send_back(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """退回办理: to whoever has it, with a reason; the limit begins anew."""
    matter.state, matter.proposed_at, matter.held = MatterState.HANDLING, None, False
    matter.handed_at, matter.plan = turn.now, ""
    if matter.person is None:
        matter.asked_at = turn.now
    ladder.begin_anew(turn, matter)
    entry = record(turn, matter, "sent_back", person=turn.person, words=said)
    take_back(turn, matter)
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "sent_back", said=said)
    tell_raiser(turn, matter, entry, "sent_back", by=turn.person)
    tell_doer(turn, matter, "sent_back")


def close(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """销号 by the office, with a reason that the raiser hears."""
    _close(turn, matter, "closed", said)


def _close(turn: Turn, matter: Matter, what: str, said: str) -> None:
    matter.state, matter.closed_at = MatterState.CLOSED, turn.now
    matter.review_on = review_day(turn.today, turn.policy.limits, turn.calendar)
    entry = record(turn, matter, what, person=turn.person, words=said)
    take_back(turn, matter)
    joint.close_parts(turn, matter)
    for person in {matter.person, matter.answered_by} - {None, turn.person, matter.raised_by}:
        inform(turn, matter, entry, person, "closed")  # type: ignore[arg-type]
    tell_raiser(turn, matter, entry, "closed", said=said, by=turn.person)
    tell_doer(turn, matter, what)


# --- who may see it -----------------------------------------------------------------------------------------------------


def internal(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """内部: no group ever sees it."""
    _mark(turn, matter, True)


def public(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """No longer 内部."""
    _mark(turn, matter, False)


def _mark(turn: Turn, matter: Matter, internal: bool) -> None:
    matter.internal = internal
    record(turn, matter, "marked", person=turn.person, facts={"internal": internal}, moves=False)
    show(turn, matter)


def copy(turn: Turn, matter: Matter, person: int) -> None:
    """抄送: this person watches it from now on."""
    matters.watch(turn.session, matter.id, person)
    entry = record(turn, matter, "copied", person=turn.person, facts={"person": person}, moves=False)
    watchers.begin(turn, matter, person, entry)
    show(turn, matter)


def unwatch(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """不再关注."""
    matters.watch(turn.session, matter.id, turn.person if turn.acting is None else turn.acting, False)
    record(turn, matter, "unwatched", person=turn.person, moves=False)
    show(turn, matter)


# --- after closing ------------------------------------------------------------------------------------------------------


def still_solved(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """仍已解决: the end of it."""
    reviews.confirmed(turn, matter, turn.person)
    tell_doer(turn, matter, "still_solved")


def broken_again(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """又出现了: open again, one rung higher."""
    reviews.reopen(turn, matter, said, turn.person)
    tell_doer(turn, matter, "reopened")
