"""The arithmetic of a year's investment plan (004: 以月保季、以季保年). Money in whole 元."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bot.rules.calendar import WorkCalendar

ONE_DECIMAL = Decimal("0.1")


def plan_to_date(months: Mapping[int, int], day: date, year: int) -> int:
    """What was to be invested by the end of `day`, 元: past months whole, this month pro rata by calendar days (序时进度).

    months: month → 元 in `year`. Nothing before that year, all of it after.
    """
    if day.year != year:
        return sum(months.values()) if day.year > year else 0
    past = sum(money for month, money in months.items() if month < day.month)
    return past + months.get(day.month, 0) * day.day // monthrange(day.year, day.month)[1]


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent, to one decimal; None where there is no whole."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(ONE_DECIMAL, ROUND_HALF_UP) if whole > 0 else None


def behind_points(actual: int, months: Mapping[int, int], day: date, year: int) -> Decimal | None:
    """By how many percentage points of the year's plan `actual` (元 since January) lags behind the plan to date (低于序时).

    Negative where it is ahead; None where the year has no plan.
    """
    return share(plan_to_date(months, day, year) - actual, sum(months.values()))


# --- the year, month by month -------------------------------------------------------------------------------------------

MONTHS = range(1, 13)
PACE_MONTHS = 3
"""Months with figures whose mean is the pace of a forecast."""


@dataclass(frozen=True)
class Month:
    """One month of a year, 元. actual: what was invested since the end of the month before `since`; None where no figure of it was told.
    since: the month itself, or the first of those before it that were not told. planned_so_far, actual_so_far: since January; the
    latter as the newest figure up to the month's end tells it."""

    month: int
    planned: int
    since: int
    actual: int | None
    planned_so_far: int
    actual_so_far: int | None


def by_month(plan: Mapping[int, int], told: Iterable[tuple[date, int]], day: date) -> tuple[Month, ...]:
    """The months of the year of `day` up to its own. told: (as-of date, 元 since January), in any order, the newest of a day last.

    A month without a figure shares in the next one that has: what is not known is not guessed.
    """
    newest: dict[int, tuple[date, int]] = {}
    for as_of, money in told:
        if as_of.year == day.year and as_of <= day and newest.get(as_of.month, (date.min, 0))[0] <= as_of:
            newest[as_of.month] = (as_of, money)
    found, planned, known, since = list[Month](), 0, None, 1
    for month in range(1, day.month + 1):
        planned += plan.get(month, 0)
        figure = newest.get(month)
        actual = None if figure is None else figure[1] - (known or 0)
        known = known if figure is None else figure[1]
        found.append(Month(month, plan.get(month, 0), month if figure is None else since, actual, planned, known))
        since = since if figure is None else month + 1
    return tuple(found)


def in_quarter(months: Sequence[Month], day: date) -> int | None:
    """What was invested in the quarter of a day so far, 元; None where the figures do not tell it from what was before."""
    first = quarter_end(day) - 2
    told = [month for month in months if month.actual is not None and month.month >= first]
    if any(month.since < first for month in told):
        return None
    return sum(month.actual or 0 for month in told)


def needed(plan: Mapping[int, int], actual: int, day: date, through: int) -> int:
    """What must be invested in each month from now on, this one included, so that the plan through month `through` is met, 元.

    004: 以月保季、以季保年. Rounded up, never negative.
    """
    left = through - day.month + 1
    short = sum(money for month, money in plan.items() if month <= through) - actual
    return max(0, -(-short // left)) if left > 0 else max(0, short)


def quarter_end(day: date) -> int:
    """The last month of the quarter of a day."""
    return (day.month + 2) // 3 * 3


@dataclass(frozen=True)
class Outlook:
    """What the year will come to at the present pace, 元. pace: per month, the mean of the last months that have figures; months: how many
    those were. year_end: the forecast. landing: the first day of the month in which the total will be invested; None where nothing says.
    first, last: the months the pace is of; left: what of the total is still to be invested (None: no total is known)."""

    pace: int
    months: int
    year_end: int
    landing: date | None
    first: int = 0
    last: int = 0
    left: int | None = None


def outlook(months: Sequence[Month], day: date, total: int | None, invested_before: int | None) -> Outlook | None:
    """The forecast of a year; None without figures. Whole months count, and the running one only where there is no other."""
    known = [
        (one.month, one.actual_so_far) for one in months if one.actual is not None and one.actual_so_far is not None
    ]
    if not known:
        return None
    pace, span, last, year_end = paced(known, day)
    so_far = known[-1][1]
    left = max(0, total - (invested_before or 0) - so_far) if total is not None else None
    landing = _landing(pace, so_far, day, total, invested_before)
    return Outlook(pace, span, year_end, landing, last - span + 1, last, left)


def paced(known: Sequence[tuple[int, int]], day: date) -> tuple[int, int, int, int]:
    """(元 per month, of how many months, up to which, what the year comes to) of (month, 元 since January) in order, at least one."""
    whole = [one for one in known if one[0] < day.month] or known
    (first, _), (last, told) = whole[-PACE_MONTHS:][0], whole[-1]
    month, before = max((one for one in known if one[0] < first), default=(0, 0))
    pace = max(0, (told - before) // max(1, last - month))
    return pace, last - month, last, max(known[-1][1], told + pace * (12 - last))


def _landing(pace: int, so_far: int, day: date, total: int | None, invested_before: int | None) -> date | None:
    """The month in which what is left of the total will be invested at this pace."""
    if total is None or pace <= 0:
        return None
    left = total - (invested_before or 0) - so_far
    ahead = max(0, -(-left // pace) - 1) + day.month - 1
    return date(day.year + ahead // 12, ahead % 12 + 1, 1) if left > 0 else day.replace(day=1)


@dataclass(frozen=True)
class Stretch:
    """A month, quarter or year, 元. planned: all of it; due: of that until today, pro rata; actual: invested in it so far, None where
    the figures do not tell it from what was before."""

    planned: int
    due: int
    actual: int | None

    @property
    def short(self) -> int | None:
        """What it is behind its plan to date, negative where it is ahead."""
        return None if self.actual is None else self.due - self.actual


@dataclass(frozen=True)
class Course:
    """How a year stands against its plan (以月保季、以季保年), 元. as_of: of the newest figure, None where none was told. carried: what the months that are
    over were short of, to be made up for now; negative where they were ahead, None without a figure. for_month, for_quarter, for_year: what each
    month from now on, this one included, must bring so that each holds."""

    day: date
    as_of: date | None
    actual: int
    month: Stretch
    quarter: Stretch
    year: Stretch
    carried: int | None
    for_month: int
    for_quarter: int
    for_year: int
    months: tuple[Month, ...]
    outlook: Outlook | None


def course(
    plan: Mapping[int, int], told: Iterable[tuple[date, int]], day: date, total: int | None = None, invested_before: int | None = None
) -> Course:  # fmt: skip
    """The whole arithmetic of a year on a day. plan, told: as `by_month` takes them; total, invested_before: of the project, 元."""
    figures = [one for one in told if one[0].year == day.year and one[0] <= day]
    months, end = by_month(plan, figures, day), quarter_end(day)
    actual, this = months[-1].actual_so_far or 0, months[-1]
    before = months[-2] if len(months) > 1 else None
    behind = 0 if before is None else before.planned_so_far - (before.actual_so_far or 0)
    in_month = this.actual if this.since == this.month else None
    return Course(
        day, max((as_of for as_of, _ in figures), default=None), actual,
        Stretch(this.planned, _due(plan, day, day.month), in_month),
        Stretch(sum(plan.get(month, 0) for month in range(end - 2, end + 1)), _due(plan, day, end - 2), in_quarter(months, day)),
        Stretch(sum(plan.values()), _due(plan, day, 1), actual if figures else None),
        behind if figures else None, needed(plan, actual, day, day.month), needed(plan, actual, day, end), needed(plan, actual, day, 12),
        months, outlook(months, day, total, invested_before),
    )  # fmt: skip


def _due(plan: Mapping[int, int], day: date, first: int) -> int:
    """The plan from the beginning of a month to `day`."""
    return plan_to_date({month: money for month, money in plan.items() if month >= first}, day, day.year)


def spread(total: int, weights: Mapping[int, Decimal]) -> dict[int, int]:
    """`total` 元 over months by their weights: whole 元 that add up to the total, whatever the weights. Raises ValueError where none weighs."""
    whole = sum(weights.values())
    if whole <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("months need weights")
    shares = {month: int(total * weight / whole) for month, weight in weights.items()}
    left = total - sum(shares.values())
    heavy = sorted(weights, key=lambda month: (-(total * weights[month] / whole % 1), month))
    for month in heavy[:left]:
        shares[month] += 1
    return shares


# --- milestones, backwards from an end ------------------------------------------------------------------------------------


def backwards(steps: Sequence[tuple[str, int]], end: date, calendar: WorkCalendar) -> list[tuple[str, date]]:
    """(name, due day) of each step so that the last ends on `end`. steps: (name, working days it takes) in order (004: 以目标倒排任务)."""
    found: list[tuple[str, date]] = []
    due = calendar.workday_on_or_before(end)
    for name, days in reversed(steps):
        found.append((name, due))
        due = calendar.add_workdays(due, -days)
    return found[::-1]
