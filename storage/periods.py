"""Closed periods (定稿): the figures that every table, answer and paper tells of them, and what was told later."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.calendar import DAY
from bot.rules.periods import Closing, Figure, Period
from bot.rules.words import PeriodKind, ReportState
from storage.db import next_id
from storage.engines import select_columns
from storage.tables import ClosedFigure, ClosedPeriod, Report

FEW = 500
"""So many projects are asked for by number; more are picked out of all."""
_STANDING = col(ClosedPeriod.state) == "closed"
_NAMES = [name for name in Figure.__dataclass_fields__ if name not in ("entry", "closed_at")]
_FIGURE = [col(getattr(ClosedFigure, name)) for name in _NAMES]

# --- the periods --------------------------------------------------------------------------------------------------------


def by_id(session: Session, period: int) -> ClosedPeriod | None:
    return session.get(ClosedPeriod, period)


def of_unit(session: Session, unit: int, period: Period) -> ClosedPeriod | None:
    """The closing of a period that stands for a unit."""
    where = (ClosedPeriod.unit == unit, ClosedPeriod.kind == period.kind, ClosedPeriod.first == period.first, _STANDING)
    return session.exec(select(ClosedPeriod).where(*where).order_by(col(ClosedPeriod.id).desc())).first()


def latest(session: Session, units: Iterable[int], limit: int) -> list[ClosedPeriod]:
    """The closings of these units, reopened ones too, the newest first."""
    statement = select(ClosedPeriod).where(
        col(ClosedPeriod.unit).in_(list(units)), col(ClosedPeriod.state) != "closing"
    )
    return list(session.exec(statement.order_by(col(ClosedPeriod.id).desc()).limit(limit)).all())


def standing(session: Session, period: Period) -> list[ClosedPeriod]:
    """Every closing of a period that stands, of whichever unit, the first one first."""
    where = (ClosedPeriod.kind == period.kind, ClosedPeriod.first == period.first, _STANDING)
    return list(session.exec(select(ClosedPeriod).where(*where).order_by(col(ClosedPeriod.id))).all())


def earlier(session: Session, period: Period) -> list[ClosedPeriod]:
    """The closings that stand of the periods of a kind before this one, back to January (in January to December), oldest first."""
    january = date(period.first.year, 1, 1) if period.first.month > 1 else date(period.first.year - 1, 12, 1)
    where = (_STANDING, ClosedPeriod.kind == period.kind, col(ClosedPeriod.first).between(january, period.first - DAY))
    return list(
        session.exec(select(ClosedPeriod).where(*where).order_by(col(ClosedPeriod.first), col(ClosedPeriod.id))).all()
    )


def begin(session: Session, unit: int, period: Period, entry: int, by: int, now: datetime) -> ClosedPeriod:
    """A period that is being closed: nothing tells it yet. entry: up to which entry of the log its figures stand. What an earlier attempt
    left of it is thrown away."""
    where = (ClosedPeriod.unit == unit, ClosedPeriod.kind == period.kind, ClosedPeriod.first == period.first, col(ClosedPeriod.state) == "closing")  # fmt: skip
    for left in session.exec(select(ClosedPeriod).where(*where)).all():
        throw_away(session, left)
    row = ClosedPeriod(
        id=next_id(session, ClosedPeriod), unit=unit, kind=period.kind, first=period.first, until=period.until, state="closing", entry=entry,
        closed_by=by, closed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def throw_away(session: Session, row: ClosedPeriod) -> None:
    """What was being closed is not."""
    session.execute(sa.delete(ClosedFigure).where(col(ClosedFigure.period) == row.id))
    session.delete(row)
    session.flush()


def put(session: Session, period: int, figures: Collection[Figure]) -> None:
    """Writes figures of a period that is being closed down."""
    if figures:
        values = [{"period": period, **{name: getattr(one, name) for name in _NAMES}} for one in figures]
        session.execute(sa.insert(ClosedFigure), values)


def replace_figures(session: Session, period: int, projects: Collection[int], figures: Collection[Figure]) -> None:
    """Other figures of these projects in a period that is being closed; those left out are not on its list."""
    session.execute(
        sa.delete(ClosedFigure).where(col(ClosedFigure.period) == period, col(ClosedFigure.project).in_(projects))
    )
    put(session, period, figures)


def figures_of(session: Session, period: int) -> list[Figure]:
    """The figures written down in one closing, whatever became of it."""
    rows = session.execute(select_columns(*_FIGURE).where(col(ClosedFigure.period) == period))
    return [Figure(*row) for row in rows]


def close(session: Session, row: ClosedPeriod, digest: str, entry: int, now: datetime) -> None:
    """From now on the figures of a period are those written down."""
    count = select_columns(sa.func.count()).where(col(ClosedFigure.period) == row.id)
    row.state, row.digest, row.entry, row.closed_at = "closed", digest, entry, now
    row.projects = int(session.execute(count).scalar_one())
    session.flush()


def reopen(session: Session, row: ClosedPeriod, by: int, reason: str, now: datetime) -> None:
    """The figures of the period move again; what was closed stays in the store."""
    row.state, row.reopened_by, row.reopened_at, row.reason = "reopened", by, now, reason
    session.flush()


def digest(figures: Iterable[Figure]) -> str:
    """What the log keeps of closed figures: the hash of all but free text."""
    told = [
        [one.project, one.year_plan, one.plan, one.planned, one.actual, one.done, str(one.as_of), _text(one.progress), one.light.value, one.doubt]
        for one in sorted(figures, key=lambda one: one.project)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


# --- the figures --------------------------------------------------------------------------------------------------------


def closed_figures(session: Session, projects: Collection[int], period: Period) -> dict[int, Figure]:
    """project -> its figures of a period, where that is closed: what every table, answer and paper tells. Where it was closed for a unit
    and for one above it, the first closing counts, from which the other took its figures."""
    where = (col(ClosedPeriod.kind) == period.kind, col(ClosedPeriod.first) == period.first)
    return _figures(session, projects, *where)


def closed_by(session: Session, projects: Collection[int], until: date) -> dict[int, Figure]:
    """project -> what stood at the end of a closed period that ended on this day, of whichever kind."""
    return _figures(session, projects, col(ClosedPeriod.until) == until)


def _figures(session: Session, projects: Collection[int], *where: Any) -> dict[int, Figure]:
    wanted = set(projects)
    among = [col(ClosedFigure.project).in_(wanted)] if len(wanted) <= FEW else []
    statement = (
        select_columns(*_FIGURE, ClosedPeriod.entry, ClosedPeriod.closed_at)
        .join(ClosedPeriod, col(ClosedPeriod.id) == col(ClosedFigure.period))
        .where(*where, *among, _STANDING)
        .order_by(col(ClosedPeriod.id).desc())
    )
    found = (Figure(*row) for row in session.execute(statement))
    return {one.project: one for one in found if one.project in wanted}


def closed_plans(session: Session, projects: Collection[int], year: int) -> dict[int, dict[int, int]]:
    """project -> month -> the plan, 元, of each month of a year that is closed."""
    among = [col(ClosedFigure.project).in_(projects)] if len(projects) <= FEW else []
    statement = (
        select_columns(ClosedFigure.project, ClosedPeriod.first, ClosedFigure.plan)
        .join(ClosedPeriod, col(ClosedPeriod.id) == col(ClosedFigure.period))
        .where(
            _STANDING, col(ClosedPeriod.kind) == PeriodKind.MONTH, col(ClosedPeriod.first).between(date(year, 1, 1), date(year, 12, 31)), *among,
        )
        .order_by(col(ClosedPeriod.id).desc())
    )  # fmt: skip
    found: dict[int, dict[int, int]] = {}
    for project, first, plan in session.execute(statement):
        if project in projects:
            found.setdefault(project, {})[first.month] = plan
    return found


def listed(session: Session, period: Period, units: Iterable[int]) -> set[int]:
    """The projects that were on the list of a period when it was closed for these units."""
    where = (
        col(ClosedPeriod.kind) == period.kind, col(ClosedPeriod.first) == period.first, _STANDING, col(ClosedPeriod.unit).in_(list(units)),
    )  # fmt: skip
    statement = select_columns(ClosedFigure.project).join(
        ClosedPeriod, col(ClosedPeriod.id) == col(ClosedFigure.period)
    )
    return {row[0] for row in session.execute(statement.where(*where))}


def closings(session: Session, projects: Collection[int], year: int) -> dict[int, list[Closing]]:
    """project -> what was closed of it in a year, for `bot.rules.periods.settled`."""
    among = [col(ClosedFigure.project).in_(projects)] if len(projects) <= FEW else []
    statement = (
        select_columns(
            ClosedFigure.project, ClosedPeriod.first, ClosedPeriod.until, ClosedPeriod.closed_at, ClosedFigure.as_of, ClosedFigure.actual
        )
        .join(ClosedPeriod, col(ClosedPeriod.id) == col(ClosedFigure.period))
        .where(_STANDING, col(ClosedPeriod.first).between(date(year, 1, 1), date(year, 12, 31)), *among)
        .order_by(col(ClosedPeriod.id).desc())
    )  # fmt: skip
    found: dict[int, dict[tuple[date, date], Closing]] = {}
    for project, *values in session.execute(statement):
        if project in projects:
            found.setdefault(project, {})[values[0], values[1]] = Closing(*values)
    return {project: list(spans.values()) for project, spans in found.items()}


def in_review(session: Session, projects: Collection[int], period: Period) -> int:
    """How many reports of these projects, of a day of the period, wait for their unit's word."""
    where = (col(Report.state) == ReportState.REVIEW, col(Report.as_of).between(period.first, period.until))
    return sum(row[0] in projects for row in session.execute(select_columns(Report.project).where(*where)))


# --- what was told later ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amended:
    """A closed figure that was put right afterwards: when that was said, what was closed, what it is now (as of the same period)."""

    project: int
    name: str
    first: date
    until: date
    said_at: datetime
    was_actual: int | None
    actual: int | None
    was_progress: Decimal | None
    progress: Decimal | None


def amended(session: Session, rows: Sequence[ClosedPeriod], projects: Collection[int] | None = None) -> list[Amended]:
    """What reports said of closed periods after their closing, where it changes a closed figure; by period and project."""
    found: list[Amended] = []
    for row in rows:
        late = _late(session, row, projects)
        figures = _figures(session, late, col(ClosedPeriod.id) == row.id)
        for project, said_at in sorted(late.items()):
            if project in figures and (one := _amended(session, row, figures[project], said_at)):
                found.append(one)
    return found


def _late(session: Session, row: ClosedPeriod, projects: Collection[int] | None) -> dict[int, datetime]:
    """project -> when something was last said of the period after its closing."""
    where = [
        col(ClosedFigure.period) == row.id, col(Report.state) == ReportState.COUNTS, col(Report.said_at) > row.closed_at,
        col(Report.as_of).between(date(row.until.year, 1, 1), row.until),
    ]  # fmt: skip
    statement = (
        select_columns(Report.project, Report.said_at)
        .join(ClosedFigure, col(ClosedFigure.project) == col(Report.project))
        .where(*where)
        .order_by(col(Report.said_at))
    )
    late = {row[0]: row[1] for row in session.execute(statement)}
    return late if projects is None else {project: at for project, at in late.items() if project in projects}


def _amended(session: Session, row: ClosedPeriod, was: Figure, said_at: datetime) -> Amended | None:
    actual = _newest(session, was.project, row.until, Report.invested_year)
    progress = _newest(session, was.project, row.until, Report.progress)
    now_actual = actual if actual is not None else was.actual
    now_progress = progress if progress is not None else was.progress
    if (now_actual, now_progress) == (was.actual, was.progress):
        return None
    return Amended(
        was.project, was.name, row.first, row.until, said_at, was.actual, now_actual, was.progress, now_progress
    )


def _newest(session: Session, project: int, until: date, column: Any) -> Any:
    """The newest value told of the year of a day, up to that day."""
    where = (
        col(Report.project) == project, col(Report.as_of).between(date(until.year, 1, 1), until), col(Report.state) == ReportState.COUNTS,
        col(column).is_not(None),
    )  # fmt: skip
    statement = select_columns(column).where(*where).order_by(col(Report.as_of).desc(), col(Report.id).desc()).limit(1)
    return session.execute(statement).scalar()
