"""Reports: added, never changed but for their state of review."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import ReportState
from storage.engines import select_columns
from storage.tables import Report


def latest(
    session: Session, project: int, *, before: date | None = None, with_investment: bool = False
) -> Report | None:
    """The newest counting report: the newest as-of date wins, then the newest entry. `before`: only those as of an earlier day."""
    statement = select(Report).where(Report.project == project, Report.state == ReportState.COUNTS)
    if before is not None:
        statement = statement.where(Report.as_of < before)
    if with_investment:
        statement = statement.where(col(Report.invested_year).is_not(None))
    return session.exec(statement.order_by(col(Report.as_of).desc(), col(Report.id).desc()).limit(1)).first()


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
