"""What the rules of truth work on: what is claimed, what is known, from when on a figure is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class TruthPolicy:
    """period_times: what a month, 旬 or week has more than so many times of its plan. year_plan_times, total_times: of the year's plan, of
    the total. still_share: money grown by more than this share of the year's plan while the works stand still; still_points: works
    grown by so many percentage points while the money stands still. same_periods: so many periods running in the same words of at
    least same_length characters. back_days: a figure of a day longer ago. spike_days, spike_share: more than this share of a month's
    money told in its last so many days. paid_share: paid less than this share of what is invested. statistical_share: a gap of more
    than this share. photo_bits: so few of 64 bits apart, two photos look alike. photo_kilometres: farther from the site; photo_days:
    taken so many days before the period began. weights: how much likelier a project with an open, an explained doubt is drawn."""

    period_times: Decimal = Decimal(2)
    year_plan_times: Decimal = Decimal("1.2")
    total_times: Decimal = Decimal(1)
    still_share: Decimal = Decimal("0.05")
    still_points: Decimal = Decimal(5)
    same_periods: int = 3
    same_length: int = 6
    back_days: int = 15
    spike_days: int = 3
    spike_share: Decimal = Decimal("0.7")
    paid_share: Decimal = Decimal("0.5")
    statistical_share: Decimal = Decimal("0.3")
    photo_bits: int = 6
    photo_kilometres: Decimal = Decimal(5)
    photo_days: int = 7
    weights: Mapping[str, int] = field(default_factory=lambda: {"": 1, "explained": 3, "open": 5})


@dataclass(frozen=True)
class Told:
    """An earlier report that counts and was not put right since. Money in 元 since January of the year of as_of."""

    as_of: date
    period: str = ""
    progress: Decimal | None = None
    invested_year: int | None = None
    words: str = ""


@dataclass(frozen=True)
class OpenMilestone:
    id: int
    name: str


@dataclass(frozen=True)
class Known:
    """What is known of a project before the claim. told: newest first. month_plan: 元 planned for the month of the claim. statistical,
    paid: 元 since January as of the newest month told (入库纳统, 支付). paused: it need not report (已暂停)."""

    told: tuple[Told, ...] = ()
    invested_before: int | None = None
    year_plan: int | None = None
    total: int | None = None
    month_plan: int | None = None
    milestones: tuple[OpenMilestone, ...] = ()
    paused: bool = False
    statistical: int | None = None
    paid: int | None = None

    def progress_before(self) -> Told | None:
        """The newest report that tells how far the works are."""
        return next((one for one in self.told if one.progress is not None), None)

    def money_before(self, year: int) -> Told | None:
        """The newest report of this year that tells the money."""
        return next((one for one in self.told if one.invested_year is not None and one.as_of.year == year), None)


@dataclass(frozen=True)
class Claim:
    """What a report says. as_of: the day it counts for; said_on: the day it was said; named_day: the day the words give for their
    figures (截至…). invested_period: 元 in the month, ten_days or week named by `span`; period: the key of the period it counts for.
    in_use: words of a stage that comes after completion, told as done (投产)."""

    as_of: date
    said_on: date
    period: str = ""
    progress: Decimal | None = None
    invested_year: int | None = None
    invested_period: int | None = None
    span: str = ""
    done: frozenset[int] = frozenset()
    in_use: str = ""
    words: str = ""
    named_day: date | None = None
    statistical: int | None = None
    paid: int | None = None
