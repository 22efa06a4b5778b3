"""What a leader's Monday is made of: who leads, what stands with them, what they have ordered."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.matters import WORKING
from bot.rules.words import MatterState, Post, Role
from storage.engines import select_columns
from storage.matters import OPEN
from storage.tables import Assignment, Matter, Person, PostHeld, Project

LEADS = (Role.GENERAL_DISPATCHER, Role.GENERAL_COORDINATOR)


def leaders(session: Session, on: date) -> list[int]:
    """Who leads a unit, or a project as its 总调度人 or 总协调人, on this day."""

    def held(table: type[PostHeld] | type[Assignment]) -> tuple[sa.ColumnElement[bool], ...]:
        return col(table.since) <= on, sa.or_(col(table.until).is_(None), col(table.until) >= on)

    posts = select_columns(PostHeld.person).where(col(PostHeld.role) == Post.LEADER, *held(PostHeld))
    roles = select_columns(Assignment.person).where(col(Assignment.role).in_(LEADS), *held(Assignment))
    wanted = sa.or_(col(Person.id).in_(posts), col(Person.id).in_(roles))
    statement = select_columns(Person.id).where(col(Person.active).is_(True), wanted).order_by(col(Person.id))
    return list(session.execute(statement).scalars())


def held_by(session: Session, persons: Iterable[int]) -> list[Matter]:
    """The matters that these persons have and have yet to deal with, the oldest first."""
    where = (OPEN, col(Matter.person).in_(list(persons)), col(Matter.state).in_(WORKING))
    return list(session.exec(select(Matter).where(*where).order_by(col(Matter.raised_at), col(Matter.id))).all())


class Ordered(NamedTuple):
    """A matter somebody raised or ordered. project: its project's number, 0 where it is about none."""

    person: int
    project: int
    number: int
    state: MatterState
    closed_at: datetime | None


def ordered(session: Session, persons: Iterable[int], since: datetime) -> list[Ordered]:
    """What these persons raised or ordered since then, or what of it is still open; the oldest first."""
    theirs = (col(Matter.raised_by).in_(list(persons)), col(Matter.part_of).is_(None))
    statement = (
        select_columns(
            Matter.raised_by, sa.func.coalesce(col(Project.number), 0), Matter.number, Matter.state, Matter.closed_at
        )
        .join(Project, col(Project.id) == col(Matter.project), isouter=True)
        .where(*theirs, sa.or_(OPEN, col(Matter.raised_at) >= since))
        .order_by(col(Matter.raised_at), col(Matter.id))
    )
    return [Ordered(*found) for found in session.execute(statement)]
