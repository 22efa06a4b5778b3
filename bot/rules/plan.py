"""The arithmetic of a year's investment plan (004: 以月保季、以季保年). Money in whole 元."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

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
