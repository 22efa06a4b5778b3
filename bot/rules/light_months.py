"""Lights over time: since when one stands, the months in which it was not green, the lamp each month of a year keeps, and a unit's months."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.rules.plan import Month, by_month
from bot.rules.words import Light

Change = tuple[date, Light]
"""A day, and the light it had at the end of it: one a day."""
Figures = Sequence[tuple[date, int]]

# --- the lights it had --------------------------------------------------------------------------------------------------


def at(changes: Iterable[Change], day: date) -> Light | None:
    """The light at the end of a day; None before the first change."""
    return max((one for one in changes if one[0] <= day), key=lambda one: one[0], default=(day, None))[1]


def since(changes: Iterable[Change], day: date) -> date | None:
    """Since when the light of a day stands (红灯 since 11-03); None where it never changed."""
    ordered = sorted((one for one in changes if one[0] <= day), key=lambda one: one[0])
    start = len(ordered) - 1
    while start > 0 and ordered[start - 1][1] is ordered[start][1]:
        start -= 1
    return ordered[start][0] if ordered else None


def turned_red(changes: Iterable[Change], year: int, month: int) -> bool:
    """Whether it turned red within a month."""
    return any(light is Light.RED and (day.year, day.month) == (year, month) for day, light in changes)


def months_not_green(changes: Sequence[Change], day: date) -> int:
    """At how many ends of months running, back from the month before that of `day`, the light was not green (江东: two 黄 make 红)."""
    count, end = 0, day.replace(day=1) - timedelta(days=1)
    while at(changes, end) not in (None, Light.GREEN):
        count, end = count + 1, end.replace(day=1) - timedelta(days=1)
    return count


# --- the lamps of the months ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthLight:
    """The lamp of a month that is over, 元. since: the first month its figure tells of. caught_up: the day of the figure by which what it
    had missed was made up for; None: it was not, or there was nothing to make up for."""

    month: int
    since: int
    light: Light
    planned: int
    actual: int
    caught_up: date | None = None


def month_lights(
    plan: Mapping[int, int], told: Figures, changes: Sequence[Change], day: date
) -> tuple[MonthLight, ...]:
    """瓯海: a month that met its plan is green, one that missed it red; missed and then caught up it stays yellow for good, and so does one
    that had turned red before its figure came. Months that no figure tells of have no lamp."""
    found = []
    for one in by_month(plan, told, day):
        if one.actual is None or one.month >= day.month:
            continue
        planned = _planned(plan, one)
        later = [
            as_of
            for as_of, money in sorted(told)
            if as_of > _end(day.year, one.month) and money >= one.planned_so_far and as_of <= day
        ]
        if one.actual < planned:
            light, made_up = (Light.YELLOW, later[0]) if later else (Light.RED, None)
        else:
            light, made_up = (Light.YELLOW if turned_red(changes, day.year, one.month) else Light.GREEN), None
        found.append(MonthLight(one.month, one.since, light, planned, one.actual, made_up))
    return tuple(found)


def _planned(plan: Mapping[int, int], one: Month) -> int:
    return sum(plan.get(month, 0) for month in range(one.since, one.month + 1))


def _end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


# --- the months of a unit -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitMonth:
    """A month that is over, of the projects whose figures tell of it, 元."""

    month: int
    planned: int
    actual: int
    projects: int

    @property
    def missed(self) -> bool:
        return self.actual < self.planned


def unit_months(projects: Iterable[tuple[Mapping[int, int], Figures]], day: date) -> tuple[UnitMonth, ...]:
    """The months of a unit from the (plan, figures) of its projects; a month of which nobody told anything is left out."""
    sums: dict[int, list[int]] = {}
    for plan, told in projects:
        for one in by_month(plan, told, day):
            planned = _planned(plan, one)
            if one.actual is not None and one.month < day.month and planned:
                month = sums.setdefault(one.month, [0, 0, 0])
                month[0], month[1], month[2] = month[0] + planned, month[1] + one.actual, month[2] + 1
    return tuple(UnitMonth(month, *sums[month]) for month in sorted(sums))


def missed_running(months: Sequence[UnitMonth]) -> int:
    """How many months running were missed, back from the last."""
    count = 0
    for at_, one in enumerate(reversed(months)):
        if not one.missed or one.month != months[-1].month - at_:
            break
        count += 1
    return count
