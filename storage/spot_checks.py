"""Spot checks (抽查): samples that were drawn, and what inspectors found."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import ReportState, Source
from storage.board import Reach
from storage.db import next_id
from storage.engines import select_columns
from storage.tables import Project, Report, SpotCheck


def add(session: Session, **values: Any) -> SpotCheck:
    row = SpotCheck(id=next_id(session, SpotCheck), **values)
    session.add(row)
    return row


def by_id(session: Session, check: int) -> SpotCheck | None:
    return session.get(SpotCheck, check)


def open_for(session: Session, inspector: int) -> list[tuple[SpotCheck, Project, Report]]:
    """What an inspector has still to check, in the order it was drawn."""
    return _open(session, col(SpotCheck.inspector) == inspector)


def open_of(session: Session, meant: Reach) -> list[tuple[SpotCheck, Project, Report]]:
    """What has not been checked yet of these projects."""
    return _open(session, meant.where)


def _open(session: Session, *where: Any) -> list[tuple[SpotCheck, Project, Report]]:
    statement = (
        select(SpotCheck, Project, Report)
        .join(Project, col(Project.id) == col(SpotCheck.project))
        .join(Report, col(Report.id) == col(SpotCheck.report))
        .where(col(SpotCheck.state) == "open", *where)
        .order_by(col(SpotCheck.id))
    )
    return [(check, project, report) for check, project, report in session.exec(statement)]


def follow(session: Session, old: int, new: int) -> None:
    """A report that is being checked was put right: the check is of what stands now."""
    statement = select(SpotCheck).where(SpotCheck.report == old, SpotCheck.state == "open")
    for row in session.exec(statement):
        row.report = new
    session.flush()


def count_open(session: Session, meant: Reach) -> int:
    statement = (
        select_columns(sa.func.count())
        .select_from(SpotCheck)
        .join(Project, col(Project.id) == col(SpotCheck.project))
        .where(col(SpotCheck.state) == "open", meant.where)
    )
    return int(session.execute(statement).scalar_one())


def to_draw_from(session: Session, meant: Reach, since: date) -> dict[int, tuple[int, str, int]]:
    """project number -> (project, its mark, newest report with figures since that day): what can be checked and is not being checked.

    What an inspection found is not checked again."""
    being_checked = select_columns(SpotCheck.project).where(col(SpotCheck.state) == "open")
    statement = (
        select_columns(Project.number, Project.id, Project.doubt, Report.id, Report.source)
        .join(Report, col(Report.project) == col(Project.id))
        .where(
            meant.where, col(Report.state) == ReportState.COUNTS, col(Report.as_of) >= since, col(Project.id).not_in(being_checked),
            sa.or_(col(Report.progress).is_not(None), col(Report.invested_year).is_not(None)),
        )
        .order_by(col(Report.as_of), col(Report.id))
    )  # fmt: skip
    found = {row[0]: row for row in session.execute(statement)}
    return {
        number: (row[1], row[2], row[3]) for number, row in sorted(found.items()) if row[4] is not Source.INSPECTION
    }
