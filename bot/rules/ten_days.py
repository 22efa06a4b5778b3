"""The 旬 of a month (002: 旬汇报) and the figures of one of them, 元: whole numbers, nothing guessed."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.rules.plan import share

NAMES = ("上旬", "中旬", "下旬")


def ends(month: date) -> tuple[date, date, date]:
    """The last days of the three 旬 of a month."""
    last = monthrange(month.year, month.month)[1]
    return month.replace(day=10), month.replace(day=20), month.replace(day=last)


@dataclass(frozen=True)
class TenDays:
    """One 旬. done: invested in it; None where no figure of it was told. so_far: in the month up to its end; the shares are of the
    month's plan, percent."""

    planned: int
    done: int | None
    done_share: Decimal | None
    so_far: int | None
    so_far_share: Decimal | None


def of_month(told: Sequence[tuple[date, int]], planned: int, month: date, at: int) -> TenDays:
    """The 旬 number `at` (0, 1, 2) of a month. told: (as-of date, 元 since January) of the year, oldest first.

    What is not known stays unknown: a 旬 without a figure has none, and the first figure of a year counts from nothing.
    """
    last = ends(month)[at]
    first = ends(month)[at - 1] if at else month.replace(day=1)
    fresh = [money for day, money in told if (first < day if at else first <= day) and day <= last]
    before = _known(told, ends(month)[at - 1] if at else None, month)
    start = _known(told, None, month)
    newest = _newest(told, last)
    done = fresh[-1] - (before or 0) if fresh else None
    in_month = any(month.replace(day=1) <= day <= last for day, _ in told)
    so_far = (newest or 0) - (start or 0) if in_month else None
    return TenDays(planned, done, _share(done, planned), so_far, _share(so_far, planned))


def _known(told: Sequence[tuple[date, int]], day: date | None, month: date) -> int | None:
    """The newest figure up to `day`; without one, of the months before."""
    return (
        _newest(told, day) if day else next((money for at, money in reversed(told) if at < month.replace(day=1)), None)
    )


def _newest(told: Sequence[tuple[date, int]], day: date) -> int | None:
    return next((money for at, money in reversed(told) if at <= day), None)


def _share(part: int | None, whole: int) -> Decimal | None:
    return None if part is None else share(part, whole)
