"""The clocks of a matter (事项时限): when somebody is to be reminded, and when more than a reminder is due.

Sources: 000 (限时办结), 001 (定时限); shares of a limit after 莱州's three reminders (提醒、督促、到期). All in working time.
Kinds of moments: sign (not signed for), shares ("share"), end (the morning of the last day), lent_back, asked, fast, due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from bot.rules.calendar import WorkCalendar
from bot.rules.words import Category, MatterState

LASTING = frozenset({"lent_back", "due"})
"""Moments that stay due until something is done about them; the others pass."""


@dataclass(frozen=True)
class Procedure:
    """A legal procedure (法定程序) with a limit of its own, working days: a limit must never force a false answer."""

    name: str
    days: int


@dataclass(frozen=True)
class LimitPolicy:
    """sign_days, reassign_days, pass_days, extension_days: working days to sign, to say that it belongs elsewhere, until a colleague's
    silence gives it back, before the end within which no extension is asked for. promise_days: the furthest day a promise may name.
    reminders: shares of a limit. wait_days: working days after which a paper with the level above is looked at. review_days: days
    after closing on which the raiser is asked again (回头看). fast_minutes: working minutes to say yes or no to 特办.
    """

    sign_days: Decimal = Decimal(1)
    reassign_days: Decimal = Decimal(1)
    pass_days: Decimal = Decimal(1)
    extension_days: Decimal = Decimal(1)
    promise_days: int = 30
    promise_days_of: Mapping[Category, int] = field(default_factory=lambda: MappingProxyType({}))
    reminders: tuple[Fraction, ...] = (Fraction(1, 3), Fraction(2, 3))
    wait_days: int = 10
    review_days: int = 30
    fast_minutes: int = 120
    procedures: Mapping[str, Procedure] = field(default_factory=lambda: MappingProxyType({}))

    def furthest(self, category: Category, procedure: str) -> int:
        """Working days ahead that a promise may name."""
        days = self.promise_days_of.get(category, self.promise_days)
        return max(days, self.procedures[procedure].days) if procedure in self.procedures else days


@dataclass(frozen=True)
class Running:
    """A limit that runs. since, due: its span. handed: since when the holder has it."""

    state: MatterState
    since: datetime
    due: datetime
    handed: datetime
    lent_until: datetime | None = None
    asked_at: datetime | None = None
    fast_at: datetime | None = None


def moments(limit: Running, policy: LimitPolicy, calendar: WorkCalendar) -> list[tuple[datetime, str]]:
    """Every moment of a limit at which something may have to be said or done, in order; the last is its end."""
    found = [(limit.due, "due")]
    if limit.state is MatterState.UNSIGNED:
        found.append((calendar.add_working_days(limit.handed, policy.sign_days), "sign"))
    if limit.state.working:
        found += [*_reminders(limit, policy, calendar), *_pending(limit, policy, calendar)]
    elif limit.state is MatterState.ANSWERED:
        found.append((_share(limit, policy.reminders[-1], calendar), "share"))
    return sorted(
        (moment, kind) for moment, kind in found if moment <= limit.due or kind in ("lent_back", "asked", "fast")
    )


def _pending(limit: Running, policy: LimitPolicy, calendar: WorkCalendar) -> list[tuple[datetime, str]]:
    """What waits for somebody else's word; not while the clock stands, nor once it is answered."""
    found = []
    if limit.lent_until is not None:
        found.append((limit.lent_until, "lent_back"))
    if limit.asked_at is not None:
        found.append((calendar.add_working_days(limit.asked_at, Decimal(1)), "asked"))
    if limit.fast_at is not None:
        found.append((calendar.add_minutes(limit.fast_at, policy.fast_minutes), "fast"))
    return found


def _reminders(limit: Running, policy: LimitPolicy, calendar: WorkCalendar) -> list[tuple[datetime, str]]:
    found = [(_share(limit, share, calendar), "share") for share in policy.reminders]
    morning = calendar.at(calendar.day(limit.due), calendar.hours[0][0])
    if calendar.day(limit.since) < calendar.day(limit.due):
        found.append((morning, "end"))
    return found


def _share(limit: Running, share: Fraction, calendar: WorkCalendar) -> datetime:
    minutes = calendar.working_minutes(limit.since, limit.due)
    return calendar.add_minutes(limit.since, max(1, round(minutes * share)))


def next_look(limit: Running, after: datetime, policy: LimitPolicy, calendar: WorkCalendar) -> datetime:
    """The next moment after `after`, or an earlier one that lasts."""
    found = [moment for moment, kind in moments(limit, policy, calendar) if moment > after or kind in LASTING]
    return min(found)


def passed(
    limit: Running, since: datetime, now: datetime, policy: LimitPolicy, calendar: WorkCalendar
) -> tuple[str, ...]:
    """The kinds of moments that came between the last look and now, each once; those that last in any case."""
    kinds = [
        kind
        for moment, kind in moments(limit, policy, calendar)
        if moment <= now and (moment >= since or kind in LASTING)
    ]
    return tuple(dict.fromkeys(kinds))


def early(due: datetime, now: datetime, policy: LimitPolicy, calendar: WorkCalendar) -> bool:
    """Whether an extension may still be asked for: a working day or more is left (泉州: one working day before the end)."""
    return calendar.add_working_days(now, policy.extension_days) <= due


def end_of(day: date, calendar: WorkCalendar) -> datetime:
    """When a promise for a day is broken: the end of its working hours; of a day off, those of the next working day."""
    return calendar.at(calendar.workday_on_or_after(day), calendar.hours[-1][1])


def review_day(closed: date, policy: LimitPolicy, calendar: WorkCalendar) -> date:
    """The working day on which a closed matter is looked at again (000: 成果巩固)."""
    return calendar.workday_on_or_after(closed + timedelta(days=policy.review_days))


def look_again(expected: date | None, now: datetime, policy: LimitPolicy, calendar: WorkCalendar) -> datetime:
    """When a paper that lies with the level above is looked at: every fortnight, and on the day it is expected back."""
    fortnight = calendar.add_working_days(now, Decimal(policy.wait_days))
    if expected is None or expected <= calendar.day(now):
        return fortnight
    return min(fortnight, calendar.at(calendar.workday_on_or_after(expected), calendar.hours[0][0]))


def as_shares(values: Sequence[str]) -> tuple[Fraction, ...]:
    """Shares as they stand in the policy file, "1/3". Raises ValueError for what is no share below one."""
    found = tuple(Fraction(value) for value in values)
    if not found or any(not 0 < share < 1 for share in found):
        raise ValueError("shares of a limit lie between 0 and 1")
    return tuple(sorted(found))
