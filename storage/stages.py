"""Stages reported with their day and evidence (阶段), and what is known of projects' lives: what `bot.rules.stages` and `bot.rules.rates` take."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.rates import Rated
from bot.rules.stages import Event, Life, stopped
from bot.rules.words import Kind, ReportState
from storage import projects
from storage.db import next_id
from storage.engines import select_columns
from storage.tables import Milestone, OutsideFigure, Project, Report, StageEvent

CHUNK = 400
"""Projects of one statement."""

# --- events ---------------------------------------------------------------------------------------------------------------


def add(session: Session, **values: Any) -> StageEvent:
    """An event; every column but the id is given."""
    row = StageEvent(id=next_id(session, StageEvent), **values)
    session.add(row)
    session.flush()
    return row


def _stands() -> sa.ColumnElement[bool]:
    """Not withdrawn, and told in a report that counts, or in none."""
    told = select_columns(Report.id).where(col(Report.state) == ReportState.COUNTS)
    in_force = sa.or_(col(StageEvent.report).is_(None), col(StageEvent.report).in_(told))
    return sa.and_(col(StageEvent.withdrawn_at).is_(None), in_force)


def of_project(session: Session, project: int) -> list[StageEvent]:
    """The events that stand, by their days."""
    where = (StageEvent.project == project, _stands())
    return list(session.exec(select(StageEvent).where(*where).order_by(col(StageEvent.day), col(StageEvent.id))).all())


def withdraw(session: Session, rows: Iterable[StageEvent], at: datetime) -> None:
    """Takes events back: they count no more, and are kept."""
    for row in rows:
        row.withdrawn_at = at
        session.add(row)
    session.flush()


def settle(session: Session, project: Project, day: date) -> None:
    """Brings the columns of a project in step with its events: the stage last reached, and whether it stands still."""
    events = of_project(session, project.id)
    life = [row for row in events if not row.stage.turn and row.day <= day]
    halt = stopped([as_event(row) for row in events], day)
    project.stage, project.stage_on = (life[-1].stage, life[-1].day) if life else (None, None)
    project.stopped_on, project.resume_on = (halt.day, halt.resume_on) if halt else (None, None)
    projects.save(session, project)


def as_event(row: StageEvent) -> Event:
    return Event(row.stage, row.day, row.basis, row.resume_on)


# --- lives ----------------------------------------------------------------------------------------------------------------


class Lived(Protocol):
    """What is needed of a project's row."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def progress(self) -> Decimal | None: ...
    @property
    def invested_year(self) -> int | None: ...
    @property
    def invested_as_of(self) -> date | None: ...


def lives(session: Session, rows: Sequence[Lived], day: date) -> dict[int, Life]:
    """project -> what is known of its life by the end of a day: a few statements for any number of projects."""
    found: dict[int, Life] = {}
    for at in range(0, len(rows), CHUNK):
        some = rows[at : at + CHUNK]
        ids = [row.id for row in some]
        events, done, worked = _events(session, ids, day), _done(session, ids, day), _worked(session, ids, day)
        left = _open(session, ids, day)
        paid = _paid(
            session, [row.id for row in some if row.invested_as_of is not None and row.invested_as_of > day], day
        )
        for row in some:
            of = row.invested_as_of
            this_year = of is not None and (
                row.id in paid if of > day else of.year == day.year and bool(row.invested_year)
            )
            reached = tuple(done.get(row.id, ()))
            moved = this_year or any(when.year == day.year for _, when in reached)
            found[row.id] = Life(
                row.kind, tuple(events.get(row.id, ())), reached, row.progress, worked.get(row.id), moved, tuple(left.get(row.id, ())),
            )  # fmt: skip
    return found


def _events(session: Session, ids: Sequence[int], day: date) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    where = (col(StageEvent.project).in_(ids), _stands(), col(StageEvent.day) <= day)
    for row in session.exec(select(StageEvent).where(*where).order_by(col(StageEvent.day), col(StageEvent.id))):
        found.setdefault(row.project, []).append(as_event(row))
    return found


def _done(session: Session, ids: Sequence[int], day: date) -> dict[int, list[tuple[str, date]]]:
    found: dict[int, list[tuple[str, date]]] = {}
    columns = select_columns(Milestone.project, Milestone.name, Milestone.done_on)
    where = (col(Milestone.project).in_(ids), col(Milestone.done_on) <= day)
    for project, name, done in session.execute(columns.where(*where).order_by(col(Milestone.position))):
        found.setdefault(project, []).append((name, done))
    return found


def _open(session: Session, ids: Sequence[int], day: date) -> dict[int, list[str]]:
    """Names of the milestones that are not done by that day."""
    found: dict[int, list[str]] = {}
    columns = select_columns(Milestone.project, Milestone.name)
    still = sa.or_(col(Milestone.done_on).is_(None), col(Milestone.done_on) > day)
    for project, name in session.execute(columns.where(col(Milestone.project).in_(ids), still)):
        found.setdefault(project, []).append(name)
    return found


def _worked(session: Session, ids: Sequence[int], day: date) -> dict[int, date]:
    """The day of the first counting report that tells of works."""
    columns = select_columns(Report.project, sa.func.min(Report.as_of))
    where = (
        col(Report.project).in_(ids), col(Report.state) == ReportState.COUNTS, col(Report.progress) > Decimal(0), col(Report.as_of) <= day,
    )  # fmt: skip
    rows = session.execute(columns.where(*where).group_by(col(Report.project)))
    return {project: date.fromisoformat(first) if isinstance(first, str) else first for project, first in rows}


def _paid(session: Session, ids: Sequence[int], day: date) -> set[int]:
    """Those of which money of the year was told of a day up to this one."""
    where = (
        col(Report.project).in_(ids), col(Report.state) == ReportState.COUNTS, col(Report.invested_year) > 0,
        col(Report.as_of).between(day.replace(month=1, day=1), day),
    )  # fmt: skip
    return set(session.execute(select_columns(Report.project).where(*where).distinct()).scalars()) if ids else set()


# --- rates ----------------------------------------------------------------------------------------------------------------


def rated(session: Session, meant: Sequence[sa.ColumnElement[bool]], day: date) -> list[Rated]:
    """The projects that are meant (as `storage.questions.where` and `storage.board.Reach.where` say it), by number, as the rates take them."""
    return rated_of(session, session.exec(select(Project).where(*meant).order_by(col(Project.number))).all(), day)


def rated_of(session: Session, rows: Sequence[Project], day: date, until: datetime | None = None) -> list[Rated]:
    """The same of projects in hand. until: funds told later are not known."""
    known, money = lives(session, rows, day), newest_outside(session, "funds", [row.id for row in rows], day, until)
    return [
        Rated(
            row.id, known[row.id], row.year_plan if row.year == day.year else None,
            row.invested_year if row.invested_as_of is not None and row.invested_as_of.year == day.year else None,
            money.get(row.id), row.finish_on,
        )
        for row in rows
    ]  # fmt: skip


def newest_outside(
    session: Session, kind: str, ids: Sequence[int], day: date, until: datetime | None = None
) -> dict[int, int]:
    """project -> the newest figure of others of a kind (funds, paid, statistical) in the year of a day, not of a later month, 元. until:
    told by that moment."""
    found: dict[int, int] = {}
    columns = select_columns(OutsideFigure.project, OutsideFigure.amount)
    months: list[sa.ColumnElement[bool]] = [col(OutsideFigure.month).between(f"{day.year}-01", f"{day:%Y-%m}")]
    months += [col(OutsideFigure.said_at) <= until] if until is not None else []
    for at in range(0, len(ids), CHUNK):
        where = (col(OutsideFigure.project).in_(ids[at : at + CHUNK]), col(OutsideFigure.kind) == kind, *months)
        rows = session.execute(columns.where(*where).order_by(col(OutsideFigure.month), col(OutsideFigure.id)))
        found |= {row[0]: row[1] for row in rows}
    return found
