"""What a reading consists of: frozen values, each with the words it was read from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from bot.rules.words import Category, Precision

AmountRole = Literal["month", "ten_days", "week", "quarter", "ytd", "total", "plan", "invest", "part", "other"]
Status = Literal["done", "doing", "planned", "ready", "not"]
DurationKind = Literal["delay", "stop", "wait", "duration"]
Intent = Literal["progress", "blocker", "help", "delay_notice", "plan", "question", "chatter"]
WorkingDay = Callable[[date], bool]


@dataclass(frozen=True)
class Amount:
    """A sum of money in whole 元, and what it is the sum of: `ytd` 年初以来, `total` 累计, `plan` 年计划, `part` 其中."""

    yuan: int
    role: AmountRole
    text: str


@dataclass(frozen=True)
class Deadline:
    """A day still ahead; of an inexact date (月底, 中旬) the last day that counts."""

    day: date
    text: str
    precision: Precision = Precision.DAY


@dataclass(frozen=True)
class Period:
    """A span that is over or running, both days included."""

    first: date
    last: date
    text: str


@dataclass(frozen=True)
class Duration:
    """A length in calendar days (a month 30, a year 365)."""

    days: int
    kind: DurationKind
    text: str


@dataclass(frozen=True)
class StageMention:
    """`share`: how much of the stage is told to be done, percent: 桩基打完八成."""

    stage: str
    status: Status
    text: str
    share: Decimal | None = None


@dataclass(frozen=True)
class MilestoneMention:
    """`index` counts in the project's own milestones, in the order they were given. `whole`: it was called by its own name, not by
    another one that fits (封顶 for 厂房主体结构封顶)."""

    index: int
    status: Status
    text: str
    whole: bool = True


@dataclass(frozen=True)
class Hindrance:
    """What holds the project up: its kind in the lexicon (环评), and the category a matter about it is filed under."""

    kind: str
    category: Category
    text: str


@dataclass(frozen=True)
class Reading:
    """All that was found in one report. Nothing here is guessed: what is ambiguous stands in `questions`.

    `percent` is the overall progress (形象进度), `percents` every share, `plan_share` that of the year's plan.
    `unread` quotes the clauses in which nothing was recognised. `questions` holds codes: percent_range (六七成),
    percent_unclear (two different ones), percent_over_100, amount_range (两三千万), unit_missing (完成3800),
    negative, milestone_unclear (several names fit).
    """

    percent: Decimal | None = None
    percents: tuple[Decimal, ...] = ()
    plan_share: Decimal | None = None
    amounts: tuple[Amount, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    past: tuple[date, ...] = ()
    periods: tuple[Period, ...] = ()
    durations: tuple[Duration, ...] = ()
    stages: tuple[StageMention, ...] = ()
    milestones: tuple[MilestoneMention, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()
    help: bool = False
    intent: Intent = "chatter"
    on_plan: bool = False
    unread: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def blockers(self) -> tuple[str, ...]:
        """The kinds of its hindrances, each once."""
        return tuple(dict.fromkeys(one.kind for one in self.hindrances))
