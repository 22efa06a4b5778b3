"""How projects stood on the last day of a period, beside its money: light, doubt, stage, open matters, and what counts in the rates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.rules import rates
from bot.rules.calendar import DAY
from bot.rules.periods import Figure, Period
from bot.rules.stages import Life, stopped
from bot.rules.words import Light
from handlers import watching
from handlers.desk import Desk
from handlers.reasons import stored
from storage import doubts, lights, matters, projects, reports, stages
from storage.tables import Matter, Milestone, Project

MOMENT = timedelta(microseconds=1)
Told = Mapping[int, Sequence[tuple[date, int]]]
"""project -> (day, 元 since January) of a year, oldest first."""


def end_of(desk: Desk, period: Period) -> datetime:
    """The last moment of a period, or now where it still runs."""
    return min(desk.calendar.at(period.until + DAY, time.min) - MOMENT, desk.now)


def completed(
    desk: Desk, found: Sequence[Project], period: Period, figures: Mapping[int, Figure], told: Told
) -> dict[int, Figure]:
    """The same figures with how each project stood at the end of the period; of a period that is over that of its last day."""
    day, end = min(period.until, desk.today), end_of(desk, period)
    ids = [row.id for row in found]
    rated = stages.rated_of(desk.session, found, day, end)
    flags = rates.flags(rated, tuple(desk.policy.file.stage.start), day)
    reached = {one.project: sum(period.first <= done <= period.until for _, done in one.life.done) for one in rated}
    opened = matters.open_at(desk.session, set(ids), end)
    whole = {
        row.id: replace(
            figures[row.id], category=row.category, chain=row.chain, town=row.town, invested_before=row.invested_before,
            matters=len(opened.get(row.id, ())), milestones=reached[row.id], rates=flags.get(row.id, {}),
        )
        for row in found
    }  # fmt: skip
    if period.until >= desk.today:
        return whole
    lives = {one.project: one.life for one in rated}
    colors = _lights(desk, found, day, end, told, lives, opened)
    marks = doubts.marks_by(desk.session, set(ids), day)
    return {
        project: replace(one, light=colors[project][0], reasons=colors[project][1], doubt=marks.get(project, ""), stage=_stage(lives[project]))
        for project, one in whole.items()
    }  # fmt: skip


def _stage(life: Life) -> str:
    reached = [event.stage for event in life.events if not event.stage.turn]
    return reached[-1].value if reached else ""


# --- the light of a day that is past ------------------------------------------------------------------------------------


def _lights(
    desk: Desk, found: Sequence[Project], day: date, end: datetime, told: Told, lives: Mapping[int, Life], opened: Mapping[int, Sequence[Matter]]
) -> dict[int, tuple[Light, Sequence[dict[str, Any]]]]:  # fmt: skip
    """project -> its light at the end of a day: as it was kept then; where a figure of the time before was told only afterwards, worked out
    anew as of that day. Why: worked out as of that day where that gives the same light, else as written down when it became so."""
    kept = lights.on(desk.session, [row.id for row in found], day)
    then = Desk(desk.session, end, desk.house)
    milestones = {
        project: [_milestone(one, day) for one in rows]
        for project, rows in projects.milestones(desk.session, [row.id for row in found]).items()
    }
    rows = [_as_of(row, day, told.get(row.id, ()), lives[row.id]) for row in found]
    there = {
        project: [one for one in mine if one.climbed_on is None or one.climbed_on <= day]
        for project, mine in opened.items()
    }
    judged = watching.judged(then, rows, milestones, there)
    late = reports.told_after(desk.session, end, day)
    colors: dict[int, tuple[Light, Sequence[dict[str, Any]]]] = {}
    for row, verdict in zip(found, judged, strict=True):
        light, reasons = kept.get(row.id, (row.light, []))
        anew = verdict.light is light or row.id in late
        colors[row.id] = (verdict.light, stored(verdict.reasons)) if anew else (light, reasons)
    return colors


def _as_of(row: Project, day: date, told: Sequence[tuple[date, int]], life: Life) -> Project:
    """A project as a light looks at it, on a day that is past. Never written."""
    of, last = next(((at, money) for at, money in reversed(told) if at <= day), (None, None))
    halt = stopped(life.events, day)
    return copied(
        row, invested_year=last, invested_as_of=of, stopped_on=halt.day if halt else None, resume_on=halt.resume_on if halt else None
    )  # fmt: skip


def as_of(row: Project, told: Figure) -> Project:
    """A project as a period tells it, for a table. A closing that did not keep all of it leaves today's."""
    kept = {name: getattr(told, name) for name in GROUPED} if told.entry is not None or told.closed_at is None else {}
    return copied(
        row, name=told.name, unit=told.unit, lead_unit=told.lead_unit, level=told.level, kind=told.kind, total=told.total, light=told.light,
        reasons=list(told.reasons), doubt=told.doubt, progress=told.progress, progress_words=told.progress_words, **kept,
    )  # fmt: skip


GROUPED = ("category", "chain", "town", "invested_before")


def _milestone(one: Milestone, day: date) -> Milestone:
    done = one.done_on if one.done_on is not None and one.done_on <= day else None
    return one if done == one.done_on else Milestone(**{**_values(one), "done_on": done})


def copied(row: Project, **values: Any) -> Project:
    """The same project with other values, beside the store: nothing of it is written."""
    return Project(**{**_values(row), **values})


def _values(row: Project | Milestone) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}
