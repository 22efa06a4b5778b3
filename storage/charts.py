"""What the charts show (000: 挂图作战): figures of many projects in few rows, whatever their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.rules.words import Category, Kind, Light, MatterState, Rung
from storage.board import Reach
from storage.engines import select_columns
from storage.tables import LogEntry, Matter, Project

UNIT = sa.func.coalesce(Project.lead_unit, Project.unit)
"""The unit a project stands under: the one that leads it, else the one it belongs to."""
SEVERITY = sa.case((col(Project.light) == Light.RED, 0), (col(Project.light) == Light.YELLOW, 1), else_=2)


@dataclass(frozen=True)
class Ages:
    """Of how many projects; the oldest and the newest day of their figures; how many have none."""

    count: int
    oldest: date | None
    newest: date | None
    without: int


def ages(session: Session, meant: Reach) -> Ages:
    of = col(Project.as_of)
    without = sa.func.coalesce(sa.func.sum(sa.case((of.is_(None), 1), else_=0)), 0)
    columns = select_columns(sa.func.count(), sa.func.min(of), sa.func.max(of), without)
    count, oldest, newest, none = session.execute(columns.where(meant.where)).one()
    return Ages(count, oldest, newest, int(none))


def newest_entry(session: Session) -> int:
    """The newest entry of the log: every change of a project, plan, report or matter has one."""
    return int(session.execute(select_columns(sa.func.coalesce(sa.func.max(LogEntry.id), 0))).scalar_one())


# --- lights -----------------------------------------------------------------------------------------------------------


def lights_of_units(session: Session, meant: Reach) -> dict[int, dict[Light, int]]:
    """unit -> light -> projects."""
    found: dict[int, dict[Light, int]] = {}
    statement = (
        select_columns(UNIT, Project.light, sa.func.count()).where(meant.where).group_by(UNIT, col(Project.light))
    )
    for unit, light, count in session.execute(statement):
        found.setdefault(unit, dict.fromkeys(Light, 0))[light] = count
    return found


@dataclass(frozen=True)
class Row:
    """A project as a chart needs it."""

    id: int
    number: int
    name: str
    unit: int
    light: Light
    reasons: Sequence[Mapping[str, Any]]
    doubt: str
    progress: Decimal | None
    as_of: date | None
    start_on: date | None
    finish_on: date | None


_ROW = (
    Project.id, Project.number, Project.name, UNIT, Project.light, Project.reasons, Project.doubt, Project.progress, Project.as_of,
    Project.start_on, Project.finish_on,
)  # fmt: skip


def worst_first(session: Session, meant: Reach, limit: int | None = None) -> list[Row]:
    """Red, yellow, green; by number."""
    statement = select_columns(*_ROW).where(meant.where).order_by(SEVERITY, col(Project.number)).limit(limit)
    return [Row(*row) for row in session.execute(statement)]


def order(session: Session, meant: Reach, light: Light | None = None) -> list[int]:
    """The ids of these projects, or of those with one light: red, yellow, green; by number."""
    where = [meant.where] if light is None else [meant.where, col(Project.light) == light]
    statement = select_columns(Project.id).where(*where).order_by(SEVERITY, col(Project.number))
    return [row[0] for row in session.execute(statement)]


def districts(session: Session, meant: Reach) -> list[int]:
    """The districts of these projects."""
    statement = select_columns(Project.unit).where(meant.where).distinct().order_by(col(Project.unit))
    return [row[0] for row in session.execute(statement)]


# --- money ------------------------------------------------------------------------------------------------------------


def numbers(session: Session, meant: Reach) -> list[int]:
    """The ids of these projects."""
    return [row[0] for row in session.execute(select_columns(Project.id).where(meant.where))]


# --- stages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Staged:
    """A project as `storage.stages.lives` needs it, with its light and its total investment, 元."""

    id: int
    kind: Kind
    progress: Decimal | None
    invested_year: int | None
    invested_as_of: date | None
    light: Light
    total: int


def staged(session: Session, meant: Reach) -> list[Staged]:
    columns = select_columns(
        Project.id, Project.kind, Project.progress, Project.invested_year, Project.invested_as_of, Project.light,
        sa.func.coalesce(Project.total, 0),
    )  # fmt: skip
    return [Staged(*row) for row in session.execute(columns.where(meant.where))]


# --- blockers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blocker:
    """An open matter. project, name: its project's number and name."""

    number: int
    project: int
    name: str
    category: Category
    state: MatterState
    rung: Rung | None
    raised_at: datetime
    due_at: datetime

    def overdue(self, now: datetime) -> bool:
        """Past its limit, while its clock runs."""
        return self.state.working and self.due_at <= now


def blockers(session: Session, meant: Reach, *, internal: bool = True) -> list[Blocker]:
    """The open matters of these projects, the longest open first; a joint one once. internal: with those marked so."""
    shown = [] if internal else [col(Matter.internal).is_(False)]
    statement = (
        select_columns(
            Matter.number, Project.number, Project.name, Matter.category, Matter.state, Matter.steps, Matter.rung,
            Matter.raised_at, Matter.due_at,
        )
        .join(Project, col(Project.id) == col(Matter.project))
        .where(meant.where, col(Matter.state) != MatterState.CLOSED, col(Matter.part_of).is_(None), *shown)
        .order_by(col(Matter.raised_at), col(Matter.id))
    )  # fmt: skip
    return [
        Blocker(number, project, name, category, state, Rung(steps[rung]["rung"]) if steps else None, raised_at, due_at)
        for number, project, name, category, state, steps, rung, raised_at, due_at in session.execute(statement)
    ]
