"""Where somebody is missing: the roles that are held in projects, and the open matters that nobody has."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import Role
from storage import matters
from storage.board import Reach
from storage.engines import select_columns
from storage.tables import Assignment, Matter, Person, Project


def roles(session: Session, meant: Reach, on: date) -> dict[int, set[Role]]:
    """project -> the roles that somebody who is still there holds on this day; projects without any are left out."""
    held = (col(Assignment.since) <= on, sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on))
    statement = (
        select_columns(Assignment.project, Assignment.role)
        .join(Person, col(Person.id) == col(Assignment.person))
        .join(Project, col(Project.id) == col(Assignment.project))
        .where(meant.where, *held, col(Person.active).is_(True))
        .distinct()
    )
    found: dict[int, set[Role]] = {}
    for project, role in session.execute(statement):
        found.setdefault(project, set()).add(role)
    return found


def unmanned(session: Session, meant: Reach) -> list[Matter]:
    """The open matters that nobody has, or somebody who has left, longest open first; with those that are about no project."""
    general = sa.and_(col(Matter.project).is_(None), col(Matter.unit_scope).in_(meant.units))
    statement = (
        select(Matter)
        .join(Project, col(Project.id) == col(Matter.project), isouter=True)
        .join(Person, col(Person.id) == col(Matter.person), isouter=True)
        .where(
            matters.OPEN,
            sa.or_(meant.ever, general),
            sa.or_(col(Matter.person).is_(None), col(Person.active).is_(False)),
        )
        .order_by(col(Matter.raised_at), col(Matter.id))
    )
    return list(session.exec(statement))
