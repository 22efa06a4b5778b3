"""Reports: added, never changed but for their state of review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.rules.words import ReportState, Source
from storage.db import next_id
from storage.engines import select_columns
from storage.entities import Entities
from storage.prepared import Prepared
from storage.tables import Report

FEW = 500
"""So many projects are asked for by number; more are picked out of all."""

_REPORTS = Entities(Report)
_INVESTED = Prepared(
    select_columns(Report.as_of, Report.invested_year)
    .where(
        col(Report.project) == sa.bindparam("project"),
        col(Report.as_of) < sa.bindparam("before"),
        col(Report.invested_year).is_not(None),
        sa.literal_column("report.state = 'counts'"),
    )
    .order_by(col(Report.as_of).desc(), col(Report.id).desc())
    .limit(1)
)


def add(session: Session, **values: Any) -> Report:
    """Writes a report; every column but the id is given."""
    return _REPORTS.add(session, {"id": next_id(session, Report), **values})


def invested_before(session: Session, project: int, before: date) -> tuple[date, int] | None:
    """As-of date and 元 since January of the newest counting report of an earlier day that tells the investment."""
    row = _INVESTED.row(session, project=project, before=before)
    return (row[0], row[1]) if row else None


def of_project(session: Session, project: int, limit: int = 20) -> list[Report]:
    """Newest first."""
    return list(
        session.exec(select(Report).where(Report.project == project).order_by(col(Report.id).desc()).limit(limit)).all()
    )


def of_person(session: Session, person: int, limit: int = 5) -> list[Report]:
    """What a person reported last."""
    return list(
        session.exec(select(Report).where(Report.person == person).order_by(col(Report.id).desc()).limit(limit)).all()
    )


@dataclass(frozen=True)
class Correction:
    """A report put right: when, of which day, what stood and what stands now."""

    project: int
    at: datetime
    as_of: date
    inspection: bool
    was_progress: Decimal | None
    progress: Decimal | None
    was_invested: int | None
    invested: int | None

    @property
    def changes(self) -> bool:
        return (self.was_progress, self.was_invested) != (self.progress, self.invested)


def corrections(session: Session, projects: Iterable[int], since: datetime) -> list[Correction]:
    """What was put right after that moment, oldest first."""
    old = aliased(Report)
    statement = (
        select(Report, old)
        .join(old, col(old.id) == col(Report.corrects))
        .where(
            col(Report.project).in_(list(projects)), col(Report.said_at) > since, col(Report.state) == ReportState.COUNTS
        )
        .order_by(col(Report.id))
    )  # fmt: skip
    return [
        Correction(
            new.project, new.said_at, was.as_of, new.source is Source.INSPECTION, was.progress, new.progress, was.invested_year,
            new.invested_year,
        )
        for new, was in session.exec(statement)
    ]  # fmt: skip


def last_correction(session: Session, project: int, since: datetime) -> Correction | None:
    found = corrections(session, [project], since)
    return found[-1] if found else None


def standing(session: Session, *where: Any, since: date, limit: int = 60) -> list[Report]:
    """Counting reports with figures or words that were not put right since, newest first."""
    newer = aliased(Report)
    superseded = sa.exists().where(col(newer.corrects) == col(Report.id), col(newer.state) == ReportState.COUNTS)
    statement = (
        select(Report)
        .where(*where, col(Report.as_of) >= since, col(Report.state) == ReportState.COUNTS, ~superseded)
        .order_by(col(Report.id).desc())
        .limit(limit)
    )
    return list(session.exec(statement).all())


def standing_of_person(session: Session, person: int, since: date) -> list[Report]:
    """What a person reported, or had reported in their name, that stands as they said it."""
    return standing(session, col(Report.person) == person, since=since)


def standing_of_project(session: Session, project: int, since: date) -> list[Report]:
    return standing(session, col(Report.project) == project, since=since)


def correction_of(session: Session, report: int) -> Report | None:
    """The report that puts this one right, or is to once it is reviewed."""
    where = (Report.corrects == report, Report.state != ReportState.RETURNED)
    return session.exec(select(Report).where(*where).limit(1)).first()


def said_in(session: Session, person: int, message: str, since: date) -> Report | None:
    """The report of this person that a message of theirs was part of."""
    return next((row for row in standing_of_person(session, person, since) if message in row.messages), None)


def count_on(session: Session, since: object, projects: list[int]) -> int:
    """How many projects had a report said since this moment."""
    where = (col(Report.project).in_(projects), col(Report.said_at) >= since, col(Report.source) != "import")
    return int(
        session.execute(select_columns(sa.func.count(sa.distinct(col(Report.project)))).where(*where)).scalar_one()
    )


def told_after(session: Session, moment: datetime, day: date) -> set[int]:
    """The projects of which something of a day up to this one, in its year, was told only after a moment."""
    where = (
        col(Report.said_at) > moment, col(Report.as_of).between(day.replace(month=1, day=1), day), col(Report.state) == ReportState.COUNTS,
    )  # fmt: skip
    return set(session.execute(select_columns(Report.project).where(*where).distinct()).scalars())


def progress_until(session: Session, projects: Iterable[int], day: date) -> dict[int, tuple[Decimal | None, str]]:
    """project -> overall progress in percent and a ledger's words for it, by the newest counting report up to that day that tells either."""
    wanted = set(projects)
    few = [col(Report.project).in_(wanted)] if len(wanted) <= FEW else []
    imported = col(Report.source) == Source.IMPORT
    where = (
        *few, col(Report.as_of) <= day, col(Report.state) == ReportState.COUNTS,
        sa.or_(col(Report.progress).is_not(None), sa.and_(imported, col(Report.words) != "")),
    )  # fmt: skip
    statement = select_columns(Report.project, Report.progress, sa.case((imported, Report.words), else_="")).where(
        *where
    )
    rows = session.execute(statement.order_by(col(Report.as_of), col(Report.id)))
    return {project: (progress, words) for project, progress, words in rows if project in wanted}
