"""How long a matter took, and who got an answer (000: 件件有着落、事事有回音): arithmetic over its moments, in working minutes.

While a paper lies with the level above (报上级待批) or the office has suspended the matter (中止), and between a closing and the day it
came back (回头看), nobody's time runs: these are gaps, and taken out.

回音率 of a month: of the matters raised in it whose first limit has passed, the share that got a first answer, or a result, within
that limit. The first limit is that of the rung on which the matter began, counted from its raising; a day that was ordered from above
ends it earlier.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import TypeVar

from bot.rules.calendar import MINUTE, WorkCalendar
from bot.rules.words import Category, Rung

SIGNED = frozenset({"signed", "promised", "procedure", "referred", "feedback", "answered", "seen"})
"""Steps by which whoever has a matter takes it up: the first of them signs for it."""
ANSWERED = frozenset({"promised", "procedure", "answered"})
"""Steps that answer it: a plan with a day, a legal procedure with its end, a result."""
CLOSED = frozenset({"solved", "closed", "closed_with"})
STOPS = frozenset({"referred", "suspended"}) | CLOSED
STARTS = frozenset({"resumed", "answered", "reopened"})
AGES = (3, 10, 30)
"""The steps of age in the monthly table, working days: up to 3, 4-10, 11-30, more."""

Gap = tuple[datetime, datetime | None]
Key = TypeVar("Key", bound=Hashable)

# --- one matter ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """An entry of the log about one matter: what happened (the kind without "matter."), and when."""

    what: str
    at: datetime


@dataclass(frozen=True)
class Times:
    """Working minutes from its raising until it was signed for, first answered, solved: the answer that was the last before its closing,
    or the closing itself; None: not yet. climbed, extended: how often."""

    sign: int | None
    first: int | None
    solve: int | None
    climbed: int
    extended: int


def times(moments: Sequence[Moment], calendar: WorkCalendar) -> Times:
    """The times of a matter, from all its moments in order; the first is its raising."""
    raised, stands = moments[0].at, gaps(moments)

    def until(kinds: frozenset[str]) -> int | None:
        found = next((one.at for one in moments if one.what in kinds), None)
        return None if found is None else spent(raised, found, stands, calendar)

    counted = [one.what for one in moments]
    solved = _solved(moments)
    return Times(
        until(SIGNED),
        until(ANSWERED),
        None if solved is None else spent(raised, solved, stands, calendar),
        counted.count("climbed"),
        counted.count("extended"),
    )


def _solved(moments: Sequence[Moment]) -> datetime | None:
    """When what closed it was answered; None while it is open."""
    closed = max((at for at, one in enumerate(moments) if one.what in CLOSED), default=-1)
    if closed < 0 or any(one.what == "reopened" for one in moments[closed:]):
        return None
    again = max((at for at, one in enumerate(moments) if one.what == "reopened"), default=0)
    return next((one.at for one in reversed(moments[again:closed]) if one.what == "answered"), moments[closed].at)


def gaps(moments: Iterable[Moment]) -> tuple[Gap, ...]:
    """The spans in which nobody's time runs, in order; the last may be open."""
    found: list[Gap] = []
    since: datetime | None = None
    for one in moments:
        if since is None and one.what in STOPS:
            since = one.at
        elif since is not None and one.what in STARTS:
            found.append((since, one.at))
            since = None
    return (*found, (since, None)) if since is not None else tuple(found)


def spent(start: datetime, end: datetime, stands: Iterable[Gap], calendar: WorkCalendar) -> int:
    """Working minutes from `start` to `end` less those within the gaps."""
    lost = 0
    for since, until in stands:
        first, last = max(since, start), end if until is None else min(until, end)
        if first < last:
            lost += calendar.working_minutes(first, last)
    return calendar.working_minutes(start, end) - lost


# --- many ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """What the table needs of one matter, or of a co-unit's part of one. limit: of its first rung, working minutes. ordered: the end of the
    day it was ordered by. first: when it was first answered; solved: when what closed it was answered."""

    unit: int | None
    category: Category
    rung: Rung | None
    part: bool
    raised: datetime
    limit: int
    ordered: datetime | None
    first: datetime | None
    solved: datetime | None
    closed: datetime | None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Span:
    """A month, as far as it has come: what happens at `until` or later is not in it. now: the moment from which it is looked at, which
    decides whose limits have passed."""

    since: datetime
    until: datetime
    now: datetime

    def __contains__(self, at: datetime | None) -> bool:
        return at is not None and self.since <= at < self.until


@dataclass(frozen=True)
class Figures:
    """raised, solved: within the month; open: at its end, ages: how many of these in each step of AGES. days: the median of working days
    that the solved ones took. due: raised within it, first limit passed; echoed: those of them answered within that limit."""

    raised: int
    solved: int
    open: int
    ages: tuple[int, ...]
    days: Decimal | None
    due: int
    echoed: int

    @property
    def rate(self) -> Decimal | None:
        """回音率, percent; None where no limit has passed yet."""
        return Decimal(100 * self.echoed) / self.due if self.due else None


def echoed(case: Case, at: datetime, calendar: WorkCalendar) -> bool | None:
    """Whether a matter got its answer within its first limit; None while that limit has not passed. What stands still after the first
    answer moves that limit no more."""
    stands = [gap for gap in case.gaps if case.first is None or gap[0] < case.first]
    late = case.ordered is not None and (case.first or at) > case.ordered
    if spent(case.raised, at, stands, calendar) <= case.limit and (case.ordered is None or at <= case.ordered):
        return None
    if case.first is None or case.first > at or late:
        return False
    return spent(case.raised, case.first, stands, calendar) <= case.limit


def figures(cases: Iterable[Case], month: Span, calendar: WorkCalendar) -> Figures:
    """What these matters come to."""
    known = [case for case in cases if case.raised < month.until]
    raised = [case for case in known if case.raised in month]
    solved = [case for case in known if case.closed in month]
    left = [case for case in known if case.closed is None or case.closed >= month.until]
    end = calendar.day(month.until - MINUTE)
    ages = Counter(bisect_left(AGES, calendar.workdays_between(calendar.day(case.raised), end)) for case in left)
    took = [spent(case.raised, case.solved or case.closed or case.raised, case.gaps, calendar) for case in solved]
    answers = [answer for case in raised if (answer := echoed(case, month.now, calendar)) is not None]
    return Figures(
        len(raised),
        len(solved),
        len(left),
        tuple(ages[step] for step in range(len(AGES) + 1)),
        days(median(took), calendar) if took else None,
        len(answers),
        sum(answers),
    )


def days(minutes: float, calendar: WorkCalendar) -> Decimal:
    """Working minutes as working days, to a tenth."""
    return (Decimal(minutes) / calendar.minutes_per_day).quantize(Decimal("0.1"))


def grouped(
    cases: Iterable[Case], key: Callable[[Case], Key], month: Span, calendar: WorkCalendar
) -> dict[Key, Figures]:
    """The figures of each group, in the order in which they are met; groups in which nothing happened are left out."""
    groups: dict[Key, list[Case]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    found = {name: figures(some, month, calendar) for name, some in groups.items()}
    return {name: some for name, some in found.items() if some.raised or some.solved or some.open}
