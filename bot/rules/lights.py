"""The traffic light of a project (红黄绿灯) and whether it is on plan (达序时), always with the arithmetic.

Codes of reasons. Red or yellow: matter_climbed, matter_overdue (matter, category, rung, days: working days open),
milestone_overdue (milestone: its name, due, days: working days since), behind_plan (points: percentage points of the year's plan,
negative when ahead; actual, planned: 元; percent: of the plan to date; as_of), no_figure (planned, first_due). On a green light:
on_plan, behind_plan (as above), figure_awaited (first_due), no_plan, paused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.rules.calendar import WorkCalendar
from bot.rules.plan import behind_points, plan_to_date, share
from bot.rules.reason import Fact, Reason
from bot.rules.words import Category, Light, Rung

RUNGS = tuple(Rung)
SEVERITY = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}


@dataclass(frozen=True)
class LightPolicy:
    """on_plan_ratio, yellow_ratio, red_ratio: below this share of the plan to date a project is not on plan, yellow, red.
    milestone_red_days: red when a milestone is overdue by more working days. matter_red_rung: red when a matter has climbed so far.
    """

    on_plan_ratio: Decimal = Decimal("0.90")
    yellow_ratio: Decimal = Decimal("0.90")
    red_ratio: Decimal = Decimal("0.70")
    milestone_red_days: int = 10
    matter_red_rung: str = "head"


@dataclass(frozen=True)
class MilestoneStanding:
    """A milestone and its limit; None where it has none."""

    due: date | None
    done: bool
    name: str


@dataclass(frozen=True)
class MatterStanding:
    """An open matter. overdue: past the limit of its rung. days: working days open. climbed: False while it is where it began, so
    that a unit whose first rung is its head does not turn projects red."""

    number: str
    category: Category
    overdue: bool
    rung: Rung
    days: int
    climbed: bool = True


@dataclass(frozen=True)
class Standing:
    """Where a project stands. year_plan: month → 元, of the year of the day asked about. invested_year: 元 since January of the
    year of invested_as_of. first_due: the day by which the year's first figure was wanted; None: the end of January.
    """

    year_plan: Mapping[int, int] = field(default_factory=dict)
    invested_year: int | None = None
    invested_as_of: date | None = None
    milestones: tuple[MilestoneStanding, ...] = ()
    matters: tuple[MatterStanding, ...] = ()
    paused: bool = False
    first_due: date | None = None


@dataclass(frozen=True)
class Verdict:
    """A light and why, the worst first. There is always a reason; on a green light it tells what makes it green."""

    light: Light
    on_plan: bool
    reasons: tuple[Reason, ...]


def light(standing: Standing, day: date, policy: LightPolicy, calendar: WorkCalendar) -> Verdict:
    """The light of a project on `day`.

    Money is judged as of the day its figure was given for, so that nobody turns red by the age of a figure (its absence is what
    reminders are for). Without any figure of this year the project is taken at its word until `first_due`; after that it is not on
    plan, and yellow, never red: what is not known is not a lag. A milestone is overdue from the first working day after its limit.
    A paused project is not measured by time: only what holds it up, its matters, counts.
    """
    found = list(_matters(standing, policy))
    on_plan = not found
    if standing.paused:
        found.append((Light.GREEN, Reason("paused")))
    else:
        overdue = list(_milestones(standing, day, policy, calendar))
        color, reason, enough = _money(standing, day, policy)
        found += [*overdue, (color, reason)]
        on_plan = on_plan and not overdue and enough
    worst = min((color for color, _ in found), key=SEVERITY.__getitem__)
    shown = [item for item in found if item[0] is not Light.GREEN] or found
    shown.sort(key=lambda item: SEVERITY[item[0]])
    return Verdict(worst, on_plan, tuple(reason for _, reason in shown))


def _matters(standing: Standing, policy: LightPolicy) -> Iterator[tuple[Light, Reason]]:
    """Highest rung first, then longest open."""
    red_from = RUNGS.index(Rung(policy.matter_red_rung))
    for matter in sorted(standing.matters, key=lambda matter: (-RUNGS.index(matter.rung), -matter.days)):
        facts: dict[str, Fact] = {
            "matter": matter.number,
            "category": matter.category,
            "rung": matter.rung,
            "days": matter.days,
        }
        if matter.climbed and RUNGS.index(matter.rung) >= red_from:
            yield Light.RED, Reason("matter_climbed", facts)
        elif matter.overdue:
            yield Light.YELLOW, Reason("matter_overdue", facts)


def _milestones(
    standing: Standing, day: date, policy: LightPolicy, calendar: WorkCalendar
) -> Iterator[tuple[Light, Reason]]:
    """Longest overdue first."""
    open_ones = [(one.due, one.name) for one in standing.milestones if one.due and not one.done]
    for due, name in sorted(open_ones):
        days = calendar.workdays_between(due, day)
        if days > 0:
            color = Light.RED if days > policy.milestone_red_days else Light.YELLOW
            yield color, Reason("milestone_overdue", {"milestone": name, "due": due, "days": days})


def _money(standing: Standing, day: date, policy: LightPolicy) -> tuple[Light, Reason, bool]:
    """The light that the investment alone would give, why, and whether it is on plan."""
    if sum(standing.year_plan.values()) <= 0:
        return Light.GREEN, Reason("no_plan"), True
    actual, as_of = standing.invested_year, standing.invested_as_of
    if actual is None or as_of is None or as_of.year != day.year:
        return _without_figure(standing, day)
    planned = plan_to_date(standing.year_plan, as_of, as_of.year)
    facts: dict[str, Fact] = {
        "points": behind_points(actual, standing.year_plan, as_of, as_of.year),
        "actual": actual,
        "planned": planned,
        "percent": share(actual, planned),
        "as_of": as_of,
    }
    on_plan = actual >= policy.on_plan_ratio * planned
    for color, ratio in ((Light.RED, policy.red_ratio), (Light.YELLOW, policy.yellow_ratio)):
        if actual < ratio * planned:
            return color, Reason("behind_plan", facts), on_plan
    return Light.GREEN, Reason("on_plan" if on_plan else "behind_plan", facts), on_plan


def _without_figure(standing: Standing, day: date) -> tuple[Light, Reason, bool]:
    first_due = standing.first_due or date(day.year, 1, 31)
    planned = plan_to_date(standing.year_plan, day, day.year)
    if day <= first_due or planned == 0:
        return Light.GREEN, Reason("figure_awaited", {"first_due": first_due}), True
    return Light.YELLOW, Reason("no_figure", {"planned": planned, "first_due": first_due}), False
