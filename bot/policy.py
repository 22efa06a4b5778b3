"""The policy file: read, validated, with the line and key of what is wrong."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.rules.cadence import ReportPolicy
from bot.rules.ladder import LadderPolicy
from bot.rules.lights import LightPolicy
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


class LightPart(Part):
    on_plan_ratio: Ratio
    yellow_ratio: Ratio
    red_ratio: Ratio
    milestone_red_days: int = Field(ge=0)
    matter_red_rung: Rung


class LadderPart(Part):
    section: Days
    deputy_head: Days
    head: Days
    general_dispatcher: Days
    general_coordinator: Days
    urgent_factor: Ratio
    hold_days: Days
    silence_days: Days


class SummaryPart(Part):
    draft_at: Clock
    send_at: Clock
    mode: Literal["auto", "review", "weekly", "changed"]
    attention: int = Field(ge=1, le=16)


class InvitePart(Part):
    hours: int = Field(ge=1)
    tries: int = Field(ge=1)
    pause_minutes: int = Field(ge=1)


class PolicyFile(Part):
    hours: Hours
    report: ReportPart
    light: LightPart
    ladder: LadderPart
    route: dict[Category, tuple[str, ...]]
    summary: SummaryPart
    invite: InvitePart


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
        return LightPolicy(**self.file.light.model_dump())

    @cached_property
    def ladder(self) -> LadderPolicy:
        part = self.file.ladder
        return LadderPolicy(
            limits={rung: getattr(part, rung.value) for rung in Rung},
            urgent_factor=part.urgent_factor,
            hold_days=part.hold_days,
            silence_days=part.silence_days,
        )


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
        for section, part in own.items():
            values[section] = {**values.get(section, {}), **part} if isinstance(part, dict) else part
    try:
        return Policy(PolicyFile.model_validate(values), text)
    except ValidationError as error:
        first = error.errors()[0]
        where = [str(step) for step in first["loc"]]
        raise PolicyError(f"{name}, line {_line(text, where)}, {'.'.join(where)}: {first['msg']}") from error


def _line(text: str, where: list[str]) -> int:
    """The line a key stands on: its section's heading first, then the key below it; 1 where neither is written."""
    lines, at = text.splitlines(), 0
    for number, line in enumerate(lines):
        if re.match(rf"\s*\[{re.escape(where[0])}\]", line):
            at = number
            break
    for number in range(at, len(lines)):
        if len(where) > 1 and re.match(rf"\s*{re.escape(where[1])}\s*=", lines[number]):
            return number + 1
    return at + 1
