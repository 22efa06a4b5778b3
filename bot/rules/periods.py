"""期次: the months and 旬 whose figures are told, closed and published (002: 旬汇报、每月一通报), and what a closing does to figures told later."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.rules.calendar import DAY, WorkCalendar
from bot.rules.ten_days import NAMES
from bot.rules.ten_days import ends as ten_day_ends
from bot.rules.words import Kind, Level, Light, PeriodKind

MONTH = re.compile(
    r"(?:(?P<year>20\d\d)\s*[-年./])?\s*(?P<month>1[0-2]|0?[1-9])\s*月?份?\s*(?P<part>[上中下]旬|-[123])?"
)
LAST_MONTH = ("上月", "上个月", "last month")
THIS_MONTH = ("本月", "这个月", "this month")
LAST_TEN_DAYS = ("上一旬", "上旬报", "last ten days")
THIS_TEN_DAYS = ("本旬", "这一旬", "these ten days")


@dataclass(frozen=True)
class Period:
    """A month or a 旬: from its first day to its last."""

    kind: PeriodKind
    first: date
    until: date

    @property
    def part(self) -> int:
        """Which 旬 of its month it is: 0, 1, 2; of a month the last."""
        return 2 if self.kind is PeriodKind.MONTH else (self.first.day - 1) // 10

    @property
    def zh(self) -> str:
        """2026年11月, 2026年11月中旬."""
        tail = "" if self.kind is PeriodKind.MONTH else NAMES[self.part]
        return f"{self.first.year}年{self.first.month}月{tail}"

    def share_of(self, plan: int) -> int:
        """The part of a month's plan, 元, that falls on the period: of a 旬 by its days, so that the three add up to the month."""
        if self.kind is PeriodKind.MONTH:
            return plan
        days = monthrange(self.first.year, self.first.month)[1]
        return plan * self.until.day // days - plan * (self.first.day - 1) // days

    @property
    def key(self) -> str:
        """2026-11, 2026-11-2: as `read` takes it."""
        tail = "" if self.kind is PeriodKind.MONTH else f"-{self.part + 1}"
        return f"{self.first:%Y-%m}{tail}"


def month_of(day: date) -> Period:
    """The month of a day."""
    return Period(PeriodKind.MONTH, day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def ten_days_of(day: date) -> Period:
    """The 旬 of a day."""
    part = min((day.day - 1) // 10, 2)
    return Period(PeriodKind.TEN_DAYS, day.replace(day=part * 10 + 1), ten_day_ends(day)[part])


def of(kind: PeriodKind, day: date) -> Period:
    """The period of a kind in which a day lies."""
    return month_of(day) if kind is PeriodKind.MONTH else ten_days_of(day)


def before(period: Period) -> Period:
    """The one of its kind that ended the day before it began."""
    return of(period.kind, period.first - DAY)


def read(text: str, today: date) -> Period | None:
    """The period that is meant: "2026-11", "11月" (the last one there was), "11月中旬", "2026-11-2", "上月", "本旬"; None where none is."""
    words = text.strip()
    if words in (*LAST_MONTH, *THIS_MONTH):
        month = month_of(today)
        return before(month) if words in LAST_MONTH else month
    if words in (*LAST_TEN_DAYS, *THIS_TEN_DAYS):
        ten_days = ten_days_of(today)
        return before(ten_days) if words in LAST_TEN_DAYS else ten_days
    if words in NAMES:
        return ten_days_of(today.replace(day=NAMES.index(words) * 10 + 1))
    found = MONTH.fullmatch(words)
    if found is None:
        return None
    number = int(found["month"])
    first = date(int(found["year"]) if found["year"] else today.year - (number > today.month), number, 1)
    if not found["part"]:
        return month_of(first)
    part = NAMES.index(found["part"]) if found["part"] in NAMES else int(found["part"][1]) - 1
    return ten_days_of(first.replace(day=part * 10 + 1))


def may_close(period: Period, today: date, calendar: WorkCalendar) -> bool:
    """Whether a period is over, or its last working day has come."""
    return today >= calendar.workday_on_or_before(period.until)


def latest(kind: PeriodKind, today: date, calendar: WorkCalendar) -> Period:
    """The newest period of a kind that may be closed."""
    running = of(kind, today)
    return running if may_close(running, today, calendar) else before(running)


# --- figures ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """What is told of one project for one period; money in whole 元.

    plan: of the period; planned: of the year up to the day of the figure (序时). actual: since January; done: in the period; None where no
    figure was told. points: percentage points of the year's plan by which it lags, negative when ahead; met: at least the policy's share of
    `planned`. stage: its code, "" where none is known. as_of: the day of the newest figure. plan_so_far: of the months up to and with the
    period's; matters: not closed at its end; milestones: done in it; rates: code of a rate -> whether it counts there (left out: it is not among those measured).
    entry: up to which entry of the log a closed figure stands, None where that was not kept; closed_at: when it was closed (定稿); None: it
    still moves.
    """

    project: int
    name: str
    unit: int
    lead_unit: int | None
    level: Level
    kind: Kind
    total: int | None
    year_plan: int
    plan: int
    planned: int
    actual: int | None
    done: int | None
    as_of: date | None
    points: Decimal | None
    met: bool
    progress: Decimal | None
    progress_words: str
    stage: str
    light: Light
    reasons: Sequence[dict[str, Any]]
    doubt: str
    category: str = ""
    chain: str = ""
    town: str = ""
    invested_before: int | None = None
    plan_so_far: int | None = None
    matters: int = 0
    milestones: int = 0
    rates: Mapping[str, bool] = field(default_factory=dict)
    entry: int | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """A figure of a report: the day it is of, 元 since January, when it was said; counts: the day from which it does."""

    day: date
    money: int
    said_at: datetime
    said_on: date
    counts: date


@dataclass(frozen=True)
class Closing:
    """What was closed for one project: the span, the figure that stood, and when. as_of None: no figure was told."""

    first: date
    until: date
    closed_at: datetime
    as_of: date | None
    actual: int | None


def settled(told: Iterable[Told], closings: Iterable[Closing]) -> list[tuple[date, int]]:
    """(day, 元 since January), oldest first: what was told, with each closed period as it was closed.

    What was told of a closed period only after its closing counts from the day it was told, in the next period: so a closed table never
    moves, the current figure is right, and the periods of a year still add up. told: by day, the newest of a day last.
    """
    entries = list(told)
    for closing in sorted(closings, key=lambda one: (one.until, -one.first.toordinal())):
        entries = _closed(entries, closing)
    found: list[tuple[date, int]] = []
    newest = date.min
    for one in sorted(entries, key=lambda one: one.counts):
        if one.day >= newest:
            newest = one.day
            found.append((one.counts, one.money))
    return found


def _closed(entries: Sequence[Told], closing: Closing) -> list[Told]:
    """The entries with one period closed. Known then was what had been said, up to the day of the figure that stood."""
    stood = closing.as_of if closing.as_of and closing.as_of >= closing.first and closing.actual is not None else None
    kept, replaced = list[Told](), list[Told]()
    for one in entries:
        if one.counts > closing.until:
            kept.append(one)
        elif one.said_at > closing.closed_at or one.counts > (stood or closing.first - DAY):
            kept.append(replace(one, counts=max(one.said_on, closing.until + DAY)))
        elif one.counts == stood:
            replaced.append(one)
        else:
            kept.append(one)
    if stood is not None and closing.actual is not None:
        day = max((one.day for one in replaced), default=stood)
        kept.append(Told(day, closing.actual, closing.closed_at, stood, stood))
    return sorted(kept, key=lambda one: (one.counts, one.day, one.said_at))
