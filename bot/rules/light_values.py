"""What a light is worked out from, by which rule, and what comes of it: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.rules.reason import Reason
from bot.rules.words import Category, Light, Rung

RUNGS = tuple(Rung)
SEVERITY = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}


@dataclass(frozen=True)
class LightPolicy:
    """One rule of lights; every part that is None, 0 or False is not measured.

    on_plan_ratio: below this share of the plan to date a project is not on plan (达序时), whatever the lights' rule.
    measure: how the investment is judged: "share" of the plan to date, "points" of the year's plan behind it, "month": share of the
    plan of the month (or of the months since the last figure). yellow, red: below this share, or from so many points on (yellow) and
    beyond so many (red); watch: below this share it stays green and is named (跟踪督导). floor: 元, a smaller year's plan is not judged.
    caught_up: a month in which it stood red stays yellow. yellows: so many months running not green make red. forecast: yellow where the year will
    not reach its plan at the present pace.
    milestone_red_days: red when a milestone is overdue by more days; milestone_orange_days: named orange beyond; milestone_calendar: in
    calendar days, not working days. matter_red_rung: red when a matter has climbed so far.
    start_*, statistics_*: whole months after the planned month of the start, or after the start without an entry in the statistics.
    paid_red: red below this share of the plan to date that was paid. resume: yellow when the planned day of resuming has passed.
    unit_yellow, unit_red: a unit is so where this share of its projects is not green, red; one red makes it yellow. unit_months: a
    unit is judged by its months instead: one missed is yellow, two running red.
    """

    on_plan_ratio: Decimal = Decimal("0.90")
    yellow: Decimal | None = Decimal("0.90")
    red: Decimal | None = Decimal("0.70")
    milestone_red_days: int | None = 10
    matter_red_rung: str | None = "head"
    name: str = ""
    measure: str = "share"
    watch: Decimal | None = None
    floor: int = 0
    caught_up: bool = False
    yellows: int = 0
    forecast: bool = False
    milestones: bool = True
    milestone_orange_days: int | None = None
    milestone_calendar: bool = False
    matters: bool = True
    start_yellow_months: int | None = None
    start_red_months: int | None = None
    statistics_yellow_months: int | None = None
    statistics_red_months: int | None = None
    paid_red: Decimal | None = None
    resume: bool = True
    unit_yellow: Decimal = Decimal("0.30")
    unit_red: Decimal = Decimal("0.30")
    unit_months: bool = False

    @property
    def money(self) -> bool:
        """Whether the investment is judged at all."""
        return any(limit is not None for limit in (self.yellow, self.red, self.watch))

    @property
    def wants_figures(self) -> bool:
        """Whether it needs the year's figures one by one, not only the newest."""
        return self.measure == "month" or self.forecast

    @property
    def wants_history(self) -> bool:
        return self.caught_up or self.yellows > 0

    @property
    def wants_life(self) -> bool:
        """Whether it needs the day of the start, the statistics and what was paid."""
        limits = (
            self.start_yellow_months,
            self.start_red_months,
            self.statistics_yellow_months,
            self.statistics_red_months,
        )
        return any(limit is not None for limit in limits) or self.paid_red is not None


@dataclass(frozen=True)
class MilestoneStanding:
    """A milestone and its limit; None where it has none."""

    due: date | None
    done: bool
    name: str
    done_on: date | None = None


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

    told: (as-of date, 元 since January) of the year's figures, one a day; changes: (day, light) of the lights it had. start_due: the planned day of a
    new project's start; started_on: when it started; in_statistics: whether a statistical figure of it is known; paid: 元 since January.
    stopped_on, resume_on: 停工 since, and the planned day of resuming. The order of entries never matters.
    """

    year_plan: Mapping[int, int] = field(default_factory=dict)
    invested_year: int | None = None
    invested_as_of: date | None = None
    milestones: tuple[MilestoneStanding, ...] = ()
    matters: tuple[MatterStanding, ...] = ()
    paused: bool = False
    first_due: date | None = None
    told: tuple[tuple[date, int], ...] = ()
    changes: tuple[tuple[date, Light], ...] = ()
    start_due: date | None = None
    started_on: date | None = None
    in_statistics: bool = False
    paid: int | None = None
    stopped_on: date | None = None
    resume_on: date | None = None


@dataclass(frozen=True)
class Verdict:
    """A light and why, the worst first; reds: how many of the reasons make it red by themselves. There is always a reason; on a green light it
    tells what makes it green."""

    light: Light
    on_plan: bool
    reasons: tuple[Reason, ...]
    reds: int = 0


Found = tuple[Light, Reason]
"""One thing that makes a light, and why."""
