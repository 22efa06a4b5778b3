"""The axis of time below a chart (000: 时间表、路线图): from which day to which, where a day stands on it, and what is written below."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

STEPS = (1, 3, 6, 12)
"""Months from one tick to the next: the first with which no more than MOST are needed."""
MOST = 14
BACK, AHEAD = 2, 3
"""Years before and after this one that an axis goes at most: what lies further away stands at its edge."""


@dataclass(frozen=True)
class Tick:
    """A line with what is written at it. at: 0 at the axis's beginning, 1 at its end; month: 0 where the year alone is said."""

    at: float
    year: int
    month: int


@dataclass(frozen=True)
class Axis:
    """first, last: whole months, the days of both count."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """Where the middle of a day stands, 0 to 1; what lies outside stands at the edge."""
        part = ((day - self.first).days + 0.5) / ((self.last - self.first).days + 1)
        return round(min(1.0, max(0.0, part)), 4)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def span(self, start: date, end: date) -> dict[str, float | bool] | None:
        """A bar from one day to another: where it begins and ends, and whether it goes on beyond an edge; None where none of it is here."""
        if end < start or end < self.first or start > self.last:
            return None
        return {
            "from": 0.0 if start <= self.first else self.at(start),
            "to": 1.0 if end >= self.last else self.at(end),
            "before": start < self.first,
            "after": end > self.last,
        }

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Each month, quarter, half-year or year, so that they can be read."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next((step for step in STEPS if months / step <= MOST), STEPS[-1])
        days = (self.last - self.first).days + 1
        found = []
        for number in range(months):
            year, month = divmod(self.first.year * 12 + self.first.month - 1 + number, 12)
            if month % step == 0:
                at = round((date(year, month + 1, 1) - self.first).days / days, 4)
                found.append(Tick(at, year, 0 if step == STEPS[-1] else month + 1))
        return tuple(found)


def around(days: Iterable[date], today: date) -> Axis:
    """The axis on which these days and today are seen: whole months, never more than BACK years back and AHEAD years on."""
    earliest, latest = date(today.year - BACK, 1, 1), date(today.year + AHEAD, 12, 31)
    found = [min(max(day, earliest), latest) for day in days] + [today]
    first, last = min(found), max(found)
    return Axis(first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1]))


def year(today: date) -> Axis:
    """The axis of a whole year."""
    return Axis(date(today.year, 1, 1), date(today.year, 12, 31))
