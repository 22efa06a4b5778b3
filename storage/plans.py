"""The year's investment plan of a project, month by month, and the figures told against it."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlmodel import Session, col, select

from bot.rules.words import ReportState
from storage.engines import select_columns
from storage.tables import Plan, Report


def told(session: Session, project: int, year: int) -> list[tuple[date, int]]:
    """(as-of date, 元 since January) of every counting report of a year that tells the investment, oldest first."""
    where = (
        col(Report.project) == project,
        col(Report.as_of).between(date(year, 1, 1), date(year, 12, 31)),
        col(Report.invested_year).is_not(None),
        col(Report.state) == ReportState.COUNTS,
    )
    statement = select_columns(Report.as_of, Report.invested_year).where(*where)
    return [(row[0], row[1]) for row in session.execute(statement.order_by(col(Report.as_of), col(Report.id)))]


def told_of(session: Session, projects: Iterable[int], year: int) -> dict[int, list[tuple[date, int]]]:
    """project -> what `told` gives, in one statement for any number of projects."""
    found: dict[int, list[tuple[date, int]]] = {}
    wanted = set(projects)
    where = (
        col(Report.as_of).between(date(year, 1, 1), date(year, 12, 31)),
        col(Report.invested_year).is_not(None),
        col(Report.state) == ReportState.COUNTS,
    )
    statement = select_columns(Report.project, Report.as_of, Report.invested_year).where(*where)
    for project, as_of, money in session.execute(statement.order_by(col(Report.as_of), col(Report.id))):
        if project in wanted:
            found.setdefault(project, []).append((as_of, money))
    return found


def set_months(session: Session, project: int, year: int, months: Mapping[int, int]) -> list[Plan]:
    """Gives these months these amounts, 元; returns the rows that changed."""
    where = (Plan.project == project, Plan.year == year)
    known = {row.month: row for row in session.exec(select(Plan).where(*where)).all()}
    changed = []
    for month, amount in months.items():
        row = known.get(month) or Plan(project=project, year=year, month=month, amount=-1)
        if row.amount != amount:
            row.amount = amount
            session.add(row)
            changed.append(row)
    session.flush()
    return changed
