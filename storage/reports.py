"""Reports: added, never changed but for their state of review."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from storage.db import next_id
from storage.engines import select_columns
from storage.entities import Entities
from storage.prepared import Prepared
from storage.tables import Report

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


def count_on(session: Session, since: object, projects: list[int]) -> int:
    """How many projects had a report said since this moment."""
    where = (col(Report.project).in_(projects), col(Report.said_at) >= since, col(Report.source) != "import")
    return int(
        session.execute(select_columns(sa.func.count(sa.distinct(col(Report.project)))).where(*where)).scalar_one()
    )
