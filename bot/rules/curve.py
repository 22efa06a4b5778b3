"""The year's investment as a curve (004: 以月保季、以季保年): planned, told, and needed from now on. Money in whole 元."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.rules.plan import MONTHS, needed, plan_to_date

STEPS = (1, 2, 4, 5, 10)
LINES = 5
"""Lines that a scale has at most, without its zero."""


@dataclass(frozen=True)
class Told:
    """How much was told by the end of a month, since January. projects: of how many projects there was a figure by then."""

    month: int
    money: int
    projects: int


@dataclass(frozen=True)
class Curve:
    """planned: month → what was to be invested by its end. told: the months with figures of their own. so_far: the newest sum. due: the
    plan to date. each: what is needed in each month from now on, this one included, to meet the year's plan; 0 where there is none."""

    planned: Mapping[int, int]
    told: tuple[Told, ...]
    so_far: int | None
    due: int
    each: int

    @property
    def whole(self) -> int:
        """The year's plan."""
        return self.planned[12]

    @property
    def most(self) -> int:
        return max(self.whole, self.so_far or 0)


def curve(months: Mapping[int, int], told: Sequence[Told], day: date) -> Curve:
    """months: month → plan; told: in the order of the months, none after that of `day`."""
    planned, total = {}, 0
    for month in MONTHS:
        total += months.get(month, 0)
        planned[month] = total
    so_far = told[-1].money if told else None
    each = needed(months, so_far or 0, day, 12) if total else 0
    return Curve(planned, tuple(told), so_far, plan_to_date(months, day, day.year), each)


def cumulated(changes: Sequence[tuple[int, int, int]]) -> tuple[Told, ...]:
    """(month, how much more was told in it than before, projects told of for the first time) of the months with figures → sums."""
    found, money, projects = [], 0, 0
    for month, more, new in sorted(changes):
        money, projects = money + more, projects + new
        found.append(Told(month, money, projects))
    return tuple(found)


def in_month(told: Sequence[Told]) -> dict[int, int | None]:
    """month → what was invested in it; None where the month before has no figure, or not of the same projects: it cannot be told apart."""
    found: dict[int, int | None] = {}
    before = Told(0, 0, told[0].projects if told else 0)
    for one in told:
        known = one.month == before.month + 1 and one.projects == before.projects
        found[one.month] = one.money - before.money if known else None
        before = one
    return found


def x_of(day: date) -> float:
    """Where a day stands in its year, 0 to 1; the last of a month at the month's end."""
    return round((day.month - 1 + day.day / monthrange(day.year, day.month)[1]) / 12, 4)


def scale(most: int) -> tuple[int, ...]:
    """The lines of a scale from 0 to the first round number that is not below `most`, at most LINES above its zero."""
    if most <= 0:
        return (0, 1)
    unit = 1
    while True:
        for step in STEPS:
            if step * unit * LINES >= most:
                lines = -(-most // (step * unit))
                return tuple(step * unit * number for number in range(lines + 1))
        unit *= 10
