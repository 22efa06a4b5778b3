"""Outcomes put in order (016: 以项目论英雄): like with like, and who met the target is never blamed (绵阳, 枣庄, 烟台).

A project is compared with those of its own kind and size. No person is ranked, and nobody by use of the bot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.rules.plan import share
from bot.rules.words import Kind

SIZES = ("large", "middle", "small")


@dataclass(frozen=True)
class Outcome:
    """What a project came to by a day, 元. planned: the plan to date; behind: percentage points of the year's plan it lags, negative
    when ahead; on_plan: it met the target. middle, large: 元 of total investment from which it is compared with the middling, the large ones."""

    project: int
    kind: Kind
    total: int | None
    unit: int
    year_plan: int
    planned: int
    actual: int
    month: int | None
    behind: Decimal | None
    on_plan: bool
    middle: int = 100_000_000
    large: int = 1_000_000_000

    @property
    def size(self) -> str:
        total = self.total or 0
        return SIZES[0] if total >= self.large else SIZES[1] if total >= self.middle else SIZES[2]

    @property
    def of_plan(self) -> Decimal | None:
        """Percent of the year's plan."""
        return share(self.actual, self.year_plan)


def groups(outcomes: Iterable[Outcome]) -> dict[tuple[Kind, str], list[Outcome]]:
    """(kind, size) -> its projects, the furthest along its plan first; what has no plan is in no group."""
    found: dict[tuple[Kind, str], list[Outcome]] = {}
    for one in outcomes:
        if one.year_plan > 0:
            found.setdefault((one.kind, one.size), []).append(one)
    order = [(kind, size) for kind in Kind for size in SIZES]
    return {key: sorted(found[key], key=_first) for key in order if key in found}


def _first(one: Outcome) -> tuple[Decimal, int]:
    return -(one.of_plan or Decimal(0)), one.project


def ahead(outcomes: Iterable[Outcome], most: int) -> list[Outcome]:
    """Those on plan, of each group the furthest first, the groups taking turns: no group takes all the praise."""
    lines = [[one for one in group if one.on_plan and one.actual > 0] for group in groups(outcomes).values()]
    found: list[Outcome] = []
    for at in range(max(map(len, lines), default=0)):
        found += [line[at] for line in lines if at < len(line)]
    return found[:most]


def behind(outcomes: Iterable[Outcome], most: int) -> list[Outcome]:
    """Those that have not met the target, the furthest behind first; never one that has."""
    late = [one for one in outcomes if not one.on_plan and one.year_plan > 0]
    return sorted(late, key=lambda one: (-(one.behind or Decimal(0)), one.project))[:most]


@dataclass(frozen=True)
class UnitOutcome:
    """What the projects a unit leads came to together, 元."""

    unit: int
    projects: int
    on_plan: int
    year_plan: int
    planned: int
    actual: int
    of_plan: Decimal | None


def units(outcomes: Iterable[Outcome]) -> list[UnitOutcome]:
    """By unit, the furthest along its plan first; a unit without any plan stands last."""
    by_unit: dict[int, list[Outcome]] = {}
    for one in outcomes:
        by_unit.setdefault(one.unit, []).append(one)
    found = [_unit(unit, mine) for unit, mine in by_unit.items()]
    return sorted(found, key=lambda one: (one.of_plan is None, -(one.of_plan or Decimal(0)), one.unit))


def _unit(unit: int, mine: Sequence[Outcome]) -> UnitOutcome:
    plan, actual = sum(one.year_plan for one in mine), sum(one.actual for one in mine)
    met = sum(one.on_plan for one in mine)
    return UnitOutcome(unit, len(mine), met, plan, sum(one.planned for one in mine), actual, share(actual, plan))
