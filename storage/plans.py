"""The year's investment plan of a project, month by month, and the figures told against it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.periods import Told, settled
from bot.rules.words import ReportState
from storage import periods
from storage.engines import select_columns
from storage.tables import Plan, Report

FEW = 500
"""So many projects are asked for by number; more are picked out of all."""


Day = Callable[[datetime], date]
"""The day a moment lies on where the project is (calendar.day)."""


def told(session: Session, project: int, year: int, day_of: Day = datetime.date) -> list[tuple[date, int]]:
    """(as-of date, 元 since January) of every counting report of a year that tells the investment, oldest first; closed periods as they
    were closed (`bot.rules.periods.settled`)."""
    return told_of(session, [project], year, day_of).get(project, [])


def told_of(
    session: Session, projects: Iterable[int], year: int, day_of: Day = datetime.date
) -> dict[int, list[tuple[date, int]]]:
    """project -> what `told` gives, in three statements for any number of projects. When a thing was said matters only where something
    was closed."""
    wanted = set(projects)
    closings = periods.closings(session, wanted, year)
    closed = said_of(session, wanted & closings.keys(), year, day_of) if closings else {}
    return {
        **_figures(session, wanted - closings.keys(), year),
        **{project: settled(entries, closings[project]) for project, entries in closed.items()},
    }


def _figures(session: Session, projects: Collection[int], year: int) -> dict[int, list[tuple[date, int]]]:
    """project -> (as-of date, 元 since January) of every counting report of a year, by day, the newest of a day last."""
    columns = select_columns(Report.project, Report.as_of, Report.invested_year).where(*_counting(projects, year))
    found: dict[int, list[tuple[date, int]]] = {}
    for project, as_of, money in session.execute(columns.order_by(col(Report.as_of), col(Report.id))):
        if project in projects:
            found.setdefault(project, []).append((as_of, money))
    return found


def _counting(projects: Collection[int], year: int) -> list[sa.ColumnElement[bool]]:
    """Counting reports of a year that tell the investment, of these projects where they are few."""
    among = [col(Report.project).in_(projects)] if len(projects) <= FEW else []
    return [
        col(Report.as_of).between(date(year, 1, 1), date(year, 12, 31)), col(Report.invested_year).is_not(None),
        col(Report.state) == ReportState.COUNTS, *among,
    ]  # fmt: skip


def said_of(
    session: Session, projects: Collection[int], year: int, day_of: Day = datetime.date
) -> dict[int, list[Told]]:  # fmt: skip
    """project -> what was told of a year as it was told, by day, the newest of a day last."""
    columns = select_columns(Report.project, Report.as_of, Report.invested_year, Report.said_at)
    found: dict[int, list[Told]] = {}
    for project, as_of, money, said_at in session.execute(
        columns.where(*_counting(projects, year)).order_by(col(Report.as_of), col(Report.id))
    ):
        if project in projects:
            found.setdefault(project, []).append(Told(as_of, money, said_at, day_of(said_at), as_of))
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
