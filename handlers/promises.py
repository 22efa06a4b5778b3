"""首次答复 and 申请延期: a plan with the day it will be done by, and another day asked for in time (莱州、泉州: 限时办结, 延期须提前一个工作日)."""

from datetime import date
from typing import Any

from bot.rules.limits import end_of
from bot.rules.words import MatterState
from handlers import ladder, limits
from handlers.desk import Desk, Turn
from handlers.handling import signed
from handlers.matters import buttons_for, in_rows, marks, number_of, show
from handlers.parties import givers
from handlers.telling import hand_to, record, ruling, take_back, tell_doer, tell_raiser
from storage.tables import Matter


def first_answer(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """首次答复: what will be done, and by which day; the limit runs to the end of that day from now."""
    day = date.fromisoformat(draft["day"])
    if _too_far(turn, matter, day, said):
        return
    signed(turn, matter)
    matter.state, matter.plan = MatterState.PROMISED, said
    matter.first_answered_at = matter.first_answered_at or turn.now
    _promise(turn, matter, day)
    entry = record(
        turn, matter, "promised", person=turn.person, facts={"day": day, "files": len(draft["files"])}, words=said
    )
    tell_raiser(turn, matter, entry, "promised", said=said)
    take_back(turn, matter)
    show(turn, matter, heading="promised")


def _promise(desk: Desk, matter: Matter, day: date) -> None:
    """The day a result is promised by; the limit runs to its end from now."""
    _date(matter, day)
    limits.start(desk, matter, end_of(day, desk.calendar))


def _date(matter: Matter, day: date) -> None:
    """The day a result is due by; the one it takes the place of stays visible."""
    if matter.promised_on is not None and matter.promised_on != day:
        matter.earlier_dates = [*matter.earlier_dates, matter.promised_on.isoformat()]
    matter.promised_on = day


def _too_far(turn: Turn, matter: Matter, day: date, said: str) -> bool:
    """Whether a promise names a day beyond what the policy, or the order, allows; the holder is told what to do instead."""
    ordered = _ordered(matter)
    furthest = turn.calendar.add_workdays(turn.today, turn.policy.limits.furthest(matter.category, matter.procedure))
    latest = min(furthest, ordered) if ordered else furthest
    if day <= latest:
        return False
    turn.reply(
        "promise.too_far", in_rows(buttons_for(turn, matter, turn.person, turn.locale)), number=number_of(turn, matter), day=day, latest=latest,
        ordered=ordered is not None and day > ordered, said=said, **marks(matter),
    )  # fmt: skip
    return True


def _ordered(matter: Matter) -> date | None:
    """The day that a matter was ordered by; a blocker's day is but its holder's promise."""
    return matter.promised_on if matter.origin.ordered else None


# --- another day --------------------------------------------------------------------------------------------------------


def extend(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """申请延期: who gave the matter is asked for another day; the limit goes on until they agree."""
    day = date.fromisoformat(draft["day"])
    if matter.promised_on is None or day <= matter.promised_on:
        turn.reply(
            "promise.not_later", in_rows(buttons_for(turn, matter, turn.person, turn.locale)), number=number_of(turn, matter), day=day,
            promised=matter.promised_on, said=said, **marks(matter),
        )  # fmt: skip
        return
    _ask_for(turn, matter, day, said)
    show(turn, matter, heading="extension_asked")


def _ask_for(turn: Turn, matter: Matter, day: date, said: str) -> None:
    """Who gave the matter is asked for another day."""
    matter.promise_open = day
    facts = {"day": day, "before": matter.promised_on}
    entry = record(turn, matter, "extension_asked", person=turn.person, facts=facts, words=said)
    for person in givers(turn, matter):
        hand_to(turn, matter, entry, person, "extension", said=said)


def agree_date(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """同意延期: counted, and the old day stays visible. Before a first answer that limit of the rung stands, up to the new day."""
    day, before = matter.promise_open, matter.promised_on
    assert day is not None and before is not None
    matter.promise_open, matter.extensions = None, matter.extensions + 1
    if matter.plan and turn.calendar.day(matter.due_at) == turn.calendar.workday_on_or_after(before):
        _promise(turn, matter, day)
    else:
        _date(matter, day)
        ladder.end_with_rung(turn, matter)
    entry = record(turn, matter, "extended", person=turn.person, facts={"day": day, "before": before})
    take_back(turn, matter, ruling(matter))
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "extended", told=0)
    tell_raiser(turn, matter, entry, "extended", by=turn.person)
    tell_doer(turn, matter, "extended")


def refuse_date(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """不同意延期: the day stands."""
    matter.promise_open = None
    entry = record(
        turn, matter, "extension_refused", person=turn.person, facts={"before": matter.promised_on}, words=said
    )
    take_back(turn, matter, ruling(matter))
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "extension_refused", said=said, told=0)
    tell_doer(turn, matter, "extension_refused")


# --- a legal procedure --------------------------------------------------------------------------------------------------


def procedures(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """The legal procedures of the policy, with their limits."""
    known = turn.policy.limits.procedures
    return [
        (at, turn.words("promise.procedure", name=one.name, days=one.days)) for at, one in enumerate(known.values())
    ]


def begin_procedure(turn: Turn, matter: Matter, at: int) -> None:
    """法定审批: its own limit runs from today in the place of the rung's: no limit may force a false answer. A day that was ordered
    stands until who ordered it agrees to the other."""
    code = list(turn.policy.limits.procedures)[at]
    procedure = turn.policy.limits.procedures[code]
    signed(turn, matter)
    matter.procedure, matter.state = code, MatterState.PROMISED
    matter.plan = matter.plan or procedure.name
    matter.first_answered_at = matter.first_answered_at or turn.now
    wanted, ordered = turn.calendar.add_workdays(turn.today, procedure.days), _ordered(matter)
    day = min(wanted, ordered) if ordered else wanted
    _promise(turn, matter, day)
    entry = record(turn, matter, "procedure", person=turn.person, facts={"day": day, "procedure": code})
    tell_raiser(turn, matter, entry, "promised", said=procedure.name)
    take_back(turn, matter)
    if wanted > day:
        _ask_for(turn, matter, wanted, procedure.name)
    show(turn, matter, heading="extension_asked" if wanted > day else "promised")
