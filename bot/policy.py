"""The policy file: read, validated, with the line and key of what is wrong."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from bot.rules.cadence import ReportPolicy
from bot.rules.ladder import LadderPolicy
from bot.rules.lights import LightPolicy
from bot.rules.limits import LimitPolicy, Procedure, as_shares
from bot.rules.truth import TruthPolicy
from bot.rules.words import Category, Level, Rung


class PolicyError(Exception):
    """The policy cannot be used; the text names file, line and key."""


def _clock(value: Any) -> Any:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _span(value: Any) -> Any:
    if isinstance(value, str) and "-" in value:
        start, end = value.split("-", 1)
        return (time.fromisoformat(start), time.fromisoformat(end))
    return value


Clock = Annotated[time, BeforeValidator(_clock)]
Span = Annotated[tuple[time, time], BeforeValidator(_span)]
Ratio = Annotated[Decimal, Field(gt=0, le=2)]
Weight = Annotated[Decimal, Field(ge=0, le=100)]
Days = Annotated[Decimal, Field(gt=0, le=365)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hours(Part):
    spans: tuple[Span, ...] = Field(min_length=1)
    bundle: Clock
    jitter_minutes: int = Field(ge=0, le=60)


class ReportPart(Part):
    monthly_day: int = Field(ge=1, le=28)
    weekly_day: int = Field(ge=1, le=7)
    remind_before: tuple[int, ...]
    remind_on_plan: tuple[int, ...]
    milestone_before: tuple[int, ...]
    milestone_overdue_times: int = Field(ge=0, le=20)
    ten_days_levels: frozenset[Level]
    stale_days: int = Field(ge=1)
    on_plan_running: int = Field(ge=0)
    draft_hours: int = Field(ge=1)
    review_units: tuple[str, ...]


Months = Annotated[int, Field(ge=0, le=24)]
Limit = Annotated[Decimal, Field(gt=0, le=100)]


class PresetPart(Part):
    """A rule of lights; what is left out is not measured."""

    name: str = Field(min_length=1, max_length=12)
    measure: Literal["share", "points", "month"] = "share"
    yellow: Limit | None = None
    red: Limit | None = None
    watch: Limit | None = None
    floor: int = Field(default=0, ge=0)
    caught_up: bool = False
    yellows: int = Field(default=0, ge=0, le=12)
    forecast: bool = False
    milestones: bool = False
    milestone_orange_days: int | None = Field(default=None, ge=0, le=365)
    milestone_red_days: int | None = Field(default=None, ge=0, le=365)
    milestone_calendar: bool = False
    matters: bool = False
    matter_red_rung: Rung | None = None
    start_yellow_months: Months | None = None
    start_red_months: Months | None = None
    statistics_yellow_months: Months | None = None
    statistics_red_months: Months | None = None
    paid_red: Ratio | None = None
    resume: bool = False
    unit_months: bool = False

    @field_validator("red")
    @classmethod
    def _worse(cls, red: Decimal | None, info: ValidationInfo) -> Decimal | None:
        """Red is worse than yellow: less of a share, more points behind."""
        yellow, points = info.data.get("yellow"), info.data.get("measure") == "points"
        if red is not None and yellow is not None and (red < yellow if points else red > yellow):
            raise ValueError(f"red ({red}) must be {'at least' if points else 'at most'} yellow ({yellow})")
        return red


class LightPart(Part):
    on_plan_ratio: Ratio
    yellow_ratio: Ratio
    red_ratio: Ratio
    milestone_red_days: int = Field(ge=0)
    matter_red_rung: Rung
    resume: bool
    unit_yellow: Ratio
    unit_red: Ratio
    preset: dict[str, PresetPart]
    use: str

    @field_validator("use")
    @classmethod
    def _known(cls, use: str, info: ValidationInfo) -> str:
        """ "own", or the code or name of a preset."""
        presets = info.data.get("preset", {})
        if use != OWN and preset_code(presets, use) is None:
            raise ValueError(f"there is no preset {use}: {', '.join((OWN, *presets))}")
        return use


OWN = "own"
"""The district's own rule: the keys of [light] itself."""


def preset_code(presets: Mapping[str, PresetPart], named: str) -> str | None:
    """The code of the preset with this code or name (wuhan, 武汉)."""
    return next((code for code, part in presets.items() if named in (code, part.name)), None)


class StagePart(Part):
    start: Annotated[tuple[Literal["permit", "piling", "reported"], ...], Field(min_length=1)]


class LadderPart(Part):
    section: Days
    deputy_head: Days
    head: Days
    general_dispatcher: Days
    general_coordinator: Days
    meeting: Days
    level_above: Days
    urgent_factor: Ratio
    hold_days: Days
    silence_days: Days


class MatterPart(Part):
    sign_days: Days
    reassign_days: Days
    pass_days: Days
    extension_days: Days
    promise_days: int = Field(ge=1, le=750)
    reminders: Annotated[tuple[Fraction, ...], BeforeValidator(as_shares)]
    wait_days: int = Field(ge=1, le=60)
    review_days: int = Field(ge=1, le=730)
    fast_minutes: int = Field(ge=1, le=2000)
    night: frozenset[Literal["safety", "mass", "other"]]


class LimitsPart(Part):
    """Limits of one category, in the place of the general ones."""

    promise_days: int | None = Field(default=None, ge=1, le=750)
    section: Days | None = None
    deputy_head: Days | None = None
    head: Days | None = None
    general_dispatcher: Days | None = None
    general_coordinator: Days | None = None
    meeting: Days | None = None
    level_above: Days | None = None
    urgent_factor: Ratio | None = None


class ProcedurePart(Part):
    name: str = Field(min_length=1, max_length=20)
    days: int = Field(ge=1, le=750)


class PlanPart(Part):
    season: Annotated[tuple[Weight, ...], Field(min_length=12, max_length=12)]


class BulletinPart(Part):
    template: str


class PapersPart(Part):
    template: dict[Literal["bulletin", "ten_days", "project", "order", "supervision", "escalation"], str]
    number: str = Field(min_length=1, max_length=20)
    demand_days: int = Field(ge=1, le=60)
    reply_days: int = Field(ge=1, le=60)
    middle: int = Field(ge=1)
    large: int = Field(ge=1)

    @field_validator("large")
    @classmethod
    def _above_middle(cls, value: int, info: ValidationInfo) -> int:
        if value <= info.data.get("middle", 0):
            raise ValueError("must be more than middle")
        return value


class TablesPart(Part):
    template: dict[
        Literal["ledger", "yuebao", "xunbao", "problems", "summary", "statistical", "qianqi", "matters"], str
    ]


def _step(value: Any) -> Any:
    """["主体封顶", 90] or, with standard and task, ["主体封顶", 90, "主体结构验收合格", "完成主体结构"]."""
    if isinstance(value, list) and 2 <= len(value) <= 4:
        return dict(zip(("name", "days", "standard", "task"), value, strict=False))
    return value


class StepPart(Part):
    name: str = Field(min_length=1, max_length=40)
    days: int = Field(ge=0, le=2000)
    standard: str = Field(default="", max_length=200)
    task: str = Field(default="", max_length=200)


class TemplatePart(Part):
    name: str = Field(min_length=1, max_length=20)
    steps: Annotated[tuple[Annotated[StepPart, BeforeValidator(_step)], ...], Field(min_length=1, max_length=30)]


class SummaryPart(Part):
    draft_at: Clock
    send_at: Clock
    mode: Literal["auto", "review", "weekly", "changed"]
    attention: int = Field(ge=1, le=16)


class BoardPart(Part):
    code_minutes: int = Field(ge=1, le=1440)
    login_hours: int = Field(ge=1, le=2160)


class SpotWeights(Part):
    none: int = Field(ge=0, le=100)
    explained: int = Field(ge=0, le=100)
    open: int = Field(ge=0, le=100)


class TruthPart(Part):
    period_times: Decimal = Field(ge=1, le=100)
    year_plan_times: Decimal = Field(ge=1, le=100)
    total_times: Decimal = Field(ge=1, le=100)
    still_share: Ratio
    still_points: Decimal = Field(gt=0, le=100)
    same_periods: int = Field(ge=2, le=12)
    same_length: int = Field(ge=1, le=200)
    back_days: int = Field(ge=1, le=366)
    spike_days: int = Field(ge=1, le=15)
    spike_share: Ratio
    paid_share: Ratio
    statistical_share: Ratio
    photo_bits: int = Field(ge=0, le=20)
    photo_kilometres: Decimal = Field(gt=0, le=500)
    photo_days: int = Field(ge=0, le=366)
    spot_sample: int = Field(ge=1, le=20)
    spot_weights: SpotWeights
    correct_days: int = Field(ge=1, le=400)


class InvitePart(Part):
    hours: int = Field(ge=1)
    tries: int = Field(ge=1)
    pause_minutes: int = Field(ge=1)


class CalendarPart(Part):
    link_days: int = Field(ge=1, le=1000)


class PolicyFile(Part):
    hours: Hours
    report: ReportPart
    light: LightPart
    stage: StagePart
    ladder: LadderPart
    matter: MatterPart
    limits: dict[Category, LimitsPart]
    procedure: dict[str, ProcedurePart]
    route: dict[Category, tuple[str, ...]]
    routes: dict[str, Annotated[dict[Category, tuple[str, ...]], Field(min_length=1)]] = Field(default_factory=dict)
    plan: PlanPart
    bulletin: BulletinPart
    papers: PapersPart
    tables: TablesPart
    template: dict[str, TemplatePart]
    summary: SummaryPart
    board: BoardPart
    truth: TruthPart
    invite: InvitePart
    calendar: CalendarPart


@dataclass(frozen=True)
class Policy:
    """The policy in force, as the rules take it."""

    file: PolicyFile
    text: str

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def report(self) -> ReportPolicy:
        part = self.file.report
        return ReportPolicy(
            monthly_day=part.monthly_day,
            weekly_day=part.weekly_day,
            remind_before=part.remind_before,
            remind_on_plan=part.remind_on_plan,
            milestone_before=part.milestone_before,
            milestone_overdue_times=part.milestone_overdue_times,
            ten_days_levels=part.ten_days_levels,
            stale_days=part.stale_days,
            on_plan_running=part.on_plan_running,
        )

    @cached_property
    def light(self) -> LightPolicy:
        """The rule of lights in force."""
        rule = self.light_rule(self.file.light.use)
        assert rule is not None
        return rule

    def light_rule(self, named: str) -> LightPolicy | None:
        """The rule with this code or name ("own": the district's own); None where there is none."""
        part = self.file.light
        if named == OWN:
            rule = LightPolicy(
                yellow=part.yellow_ratio, red=part.red_ratio, milestone_red_days=part.milestone_red_days,
                matter_red_rung=part.matter_red_rung, resume=part.resume,
            )  # fmt: skip
        elif (code := preset_code(part.preset, named)) is not None:
            rule = LightPolicy(**part.preset[code].model_dump())
        else:
            return None
        return replace(rule, on_plan_ratio=part.on_plan_ratio, unit_yellow=part.unit_yellow, unit_red=part.unit_red)

    @cached_property
    def light_code(self) -> str:
        """The code of the rule in force: "own", or that of a preset."""
        return preset_code(self.file.light.preset, self.file.light.use) or OWN

    @cached_property
    def ladder(self) -> LadderPolicy:
        """The ladder of every category that has none of its own."""
        return _ladder(self.file.ladder, {})

    def ladder_of(self, category: Category) -> LadderPolicy:
        """The ladder with the limits of a category."""
        own = self.file.limits.get(category)
        return _ladder(self.file.ladder, own.model_dump(exclude_none=True)) if own else self.ladder

    @cached_property
    def limits(self) -> LimitPolicy:
        values = {name: value for name, value in self.file.matter if name != "night"}
        own = {category: part.promise_days for category, part in self.file.limits.items() if part.promise_days}
        procedures = {code: Procedure(part.name, part.days) for code, part in self.file.procedure.items()}
        return LimitPolicy(**values, promise_days_of=own, procedures=procedures)

    @cached_property
    def truth(self) -> TruthPolicy:
        values = self.file.truth.model_dump(exclude={"spot_sample", "spot_weights", "correct_days"})
        chances = self.file.truth.spot_weights
        weights = {"": chances.none, "explained": chances.explained, "open": chances.open}
        return TruthPolicy(**values, weights=weights)


def _ladder(part: LadderPart, own: dict[str, Any]) -> LadderPolicy:
    values = {**part.model_dump(), **{name: value for name, value in own.items() if name != "promise_days"}}
    limits = {rung: values.pop(rung.value) for rung in Rung}
    return LadderPolicy(limits=limits, **values)


def read_policy(path: Path | None = None) -> Policy:
    """The policy of a file, laid over the defaults (a file need only hold what differs). Raises PolicyError."""
    default = (files("bot") / "data" / "policy.toml").read_text("utf-8")
    values, text, name = tomllib.loads(default), default, "policy.toml"
    if path:
        name = str(path)
        try:
            text = path.read_text("utf-8")
            own = tomllib.loads(text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise PolicyError(f"{name}: {error}") from error
        values = _over(values, own)
    try:
        return Policy(PolicyFile.model_validate(values), text)
    except ValidationError as error:
        first = error.errors()[0]
        where = [str(step) for step in first["loc"] if step != "[key]"]
        raise PolicyError(f"{name}, line {_line(text, where)}, {'.'.join(where)}: {first['msg']}") from error


def _over(values: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """One's own values laid over the others, table by table."""
    return {
        **values,
        **{name: _over(values.get(name, {}), part) if isinstance(part, dict) else part for name, part in own.items()},
    }


def _line(text: str, where: list[str]) -> int:
    """The line a key stands on: the heading of its table first, the longest that fits, then the key below it; 1 where neither is written."""
    lines = text.splitlines()
    for depth in range(len(where), 0, -1):
        heading = r"\s*\.\s*".join(rf'"?{re.escape(part)}"?' for part in where[:depth])
        for at, line in enumerate(lines):
            if re.match(rf"\s*\[\s*{heading}\s*\]", line):
                return _key_line(lines, at, where[depth:])
    return 1


def _key_line(lines: list[str], at: int, rest: list[str]) -> int:
    for number in range(at, len(lines)):
        if rest and re.match(rf'\s*"?{re.escape(rest[0])}"?\s*=', lines[number]):
            return number + 1
    return at + 1
