"""The year's investment as a curve (004: 以月保季、以季保年): planned, told, needed from now on, and expected. Money in whole 元."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.rules.plan import MONTHS, needed, paced, plan_to_date

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
    """planned: month → what was to be invested by its end. told: the months with figures of their own. so_far: the newest sum.

    due: what the projects that told a figure were to have invested by the day of theirs; of: their year's plan: a figure is compared with
    its own day, as lights are. each: what is needed in each month from now on, this one included, to meet the year's plan; 0 where there is
    none. forecast: what the year of those that told will come to at the pace of each; None where nobody told.
    """

    planned: Mapping[int, int]
    told: tuple[Told, ...]
    so_far: int | None
    due: int
    of: int
    each: int
    forecast: int | None

    @property
    def whole(self) -> int:
        """The year's plan."""
        return self.planned[12]

    @property
    def most(self) -> int:
        return max(self.whole, self.so_far or 0, self.forecast or 0)


Figures = Mapping[int, Sequence[tuple[date, int]]]
"""project → (as-of date, 元 since January) of what it told, the newest of a day last."""


def curve(plans: Mapping[int, Mapping[int, int]], figures: Figures, day: date) -> Curve:
    """plans: project → month → plan of the year of `day`; figures of other years and of days to come do not count."""
    known = {
        project: [one for one in told if one[0].year == day.year and one[0] <= day] for project, told in figures.items()
    }
    known = {project: told for project, told in known.items() if told}
    months = dict.fromkeys(MONTHS, 0)
    for plan in plans.values():
        for month, money in plan.items():
            months[month] += money
    planned, total = {}, 0
    for month in MONTHS:
        total += months[month]
        planned[month] = total
    newest = {project: _by_month(told) for project, told in known.items()}
    told = summed(newest)
    so_far = told[-1].money if told else None
    last = {project: max(one[0] for one in one_told) for project, one_told in known.items()}
    return Curve(
        planned, told, so_far, sum(plan_to_date(plans.get(one, {}), as_of, day.year) for one, as_of in last.items()),
        sum(sum(plans.get(one, {}).values()) for one in newest), needed(months, so_far or 0, day, 12) if total else 0,
        sum(paced(list(one_told.items()), day)[3] for one_told in newest.values()) if newest else None,
    )  # fmt: skip


def _by_month(told: Sequence[tuple[date, int]]) -> dict[int, int]:
    """month → its newest figure, in order."""
    return {as_of.month: money for as_of, money in sorted(told, key=lambda one: one[0])}


def summed(figures: Mapping[int, Mapping[int, int]]) -> tuple[Told, ...]:
    """What was invested since January by the end of each month in which somebody told it; figures: project → month → the newest of it, in order.
    A month in which a project tells nothing keeps the one before."""
    more, new = dict.fromkeys(MONTHS, 0), dict.fromkeys(MONTHS, 0)
    for months in figures.values():
        before = None
        for month, money in months.items():
            more[month] += money - (before or 0)
            new[month] += before is None
            before = money
    seen = {month for months in figures.values() for month in months}
    return cumulated([(month, more[month], new[month]) for month in seen])


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
