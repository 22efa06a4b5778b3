"""What changed on the list of projects (清单调整): rows that are only ever added."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from storage.board import Reach
from storage.db import next_id
from storage.engines import select_columns
from storage.tables import ListChange, Project


def add(session: Session, **values: Any) -> ListChange:
    """Writes a change; every column but the id is given."""
    row = ListChange(id=next_id(session, ListChange), **values)
    session.add(row)
    session.flush()
    return row


def of_project(session: Session, project: int) -> list[ListChange]:
    """A project's changes, oldest first."""
    where = ListChange.project == project
    return list(session.exec(select(ListChange).where(where).order_by(col(ListChange.day), col(ListChange.id))).all())


def within(session: Session, meant: Reach | None, first: date, last: date) -> list[tuple[ListChange, Project]]:
    """The changes of a stretch of days with their projects, those that have left included; meant: None for every project."""
    where: list[sa.ColumnElement[bool]] = [col(ListChange.day).between(first, last)]
    if meant is not None:
        where.append(meant.ever)
    statement = select(ListChange, Project).join(Project, col(Project.id) == col(ListChange.project)).where(*where)
    found = session.exec(statement.order_by(col(ListChange.day), col(ListChange.id)))
    return [(change, project) for change, project in found]


def counted(
    session: Session, where: Iterable[sa.ColumnElement[bool]], first: date, last: date
) -> dict[tuple[date, str], int]:
    """(day, kind) -> how many projects of those meant came, left or came back in a stretch of days."""
    columns = select_columns(ListChange.day, ListChange.kind, sa.func.count(sa.distinct(col(ListChange.project))))
    statement = (
        columns.join(Project, col(Project.id) == col(ListChange.project))
        .where(*where, col(ListChange.kind) != "renamed", col(ListChange.day).between(first, last))
        .group_by(col(ListChange.day), col(ListChange.kind))
        .order_by(col(ListChange.day), col(ListChange.kind))
    )
    return {(day, kind): count for day, kind, count in session.execute(statement)}


def former_names(session: Session, projects: Iterable[int] | None = None) -> dict[int, list[str]]:
    """project -> the names it had before, oldest first."""
    where = [col(ListChange.kind) == "renamed"]
    if projects is not None:
        where.append(col(ListChange.project).in_(list(projects)))
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select_columns(ListChange.project, ListChange.old_name).where(*where).order_by(col(ListChange.id))
    )
    for project, name in rows:
        found.setdefault(project, []).append(name)
    return found
