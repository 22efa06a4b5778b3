"""What changed on the list of projects (清单调整): rows that are only ever added."""

from collections.abc import Iterable
from datetime import date, datetime
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
    """(day, kind) -> how many projects of those meant came, left or came back in a stretch of days. Of several days on which a project is
    said to have come the one said last counts."""
    columns = select_columns(ListChange.project, ListChange.kind, ListChange.day)
    statement = columns.join(Project, col(Project.id) == col(ListChange.project)).where(
        *where, col(ListChange.kind) != "renamed"
    )
    came: dict[int, date] = {}
    found: list[tuple[date, str]] = []
    for project, kind, day in session.execute(statement.order_by(col(ListChange.id))):
        if kind == "added":
            came[project] = day
        else:
            found.append((day, kind))
    found += [(day, "added") for day in came.values()]
    within = [one for one in found if first <= one[0] <= last]
    return {one: within.count(one) for one in sorted(set(within))}


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


def listed_before(session: Session, moment: datetime) -> bool:
    """Whether there was a list before that moment."""
    statement = select_columns(Project.id).where(col(Project.created_at) < moment).limit(1)
    return session.execute(statement).first() is not None
