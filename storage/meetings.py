"""Meetings (会议): their items, and what goes before the next one."""

from collections.abc import Container, Iterable
from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.rules.words import Post, Role
from storage import people
from storage.board import Reach, open_matters
from storage.db import next_id
from storage.tables import Assignment, Matter, Meeting, Person


def add(
    session: Session,
    unit: int,
    title: str,
    held_on: date,
    chair: int | None,
    document: str,
    words: str,
    by: int,
    now: datetime,
) -> Meeting:
    """A meeting as its minutes have it; `words` are the minutes."""
    row = Meeting(
        id=next_id(session, Meeting), unit=unit, title=title, held_on=held_on, chair=chair, document=document, words=words,
        recorded_by=by, recorded_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def by_id(session: Session, meeting: int) -> Meeting | None:
    return session.get(Meeting, meeting)


def latest(session: Session, units: Iterable[int], count: int) -> list[Meeting]:
    """The last meetings of these units, the newest first."""
    statement = select(Meeting).where(col(Meeting.unit).in_(list(units)))
    newest = statement.order_by(col(Meeting.held_on).desc(), col(Meeting.id).desc()).limit(count)
    return list(session.exec(newest).all())


def items(session: Session, meeting: int) -> list[Matter]:
    """What a meeting settled, in its order; the parts of co-units stand within their wholes."""
    statement = select(Matter).where(Matter.meeting == meeting, col(Matter.part_of).is_(None))
    return list(session.exec(statement.order_by(col(Matter.raised_at), col(Matter.id))).all())


def agenda(session: Session, meant: Reach) -> list[Matter]:
    """The open matters that go before the next meeting, the first put there first."""
    found = [row for row in open_matters(session, meant) if row.agenda_at is not None]
    return sorted(found, key=lambda row: (row.agenda_at is None or row.agenda_at, row.id))


def leaders(session: Session, projects: Container[int], on: date) -> list[Person]:
    """Who may take the chair: holders of a leader's post, and who leads one of these projects (总协调人, 总调度人); each once, by name."""
    found = {person.id: person for person, _ in people.everyone_with(session, Post.LEADER, on)}
    roles = (Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER)
    statement = select(Person, Assignment.project).join(Assignment, col(Assignment.person) == col(Person.id))
    held = (col(Assignment.role).in_(roles), col(Assignment.since) <= on, col(Person.active).is_(True))
    for person, project in session.exec(statement.where(*held)).all():
        if project in projects:
            found[person.id] = person
    return sorted(found.values(), key=lambda person: (person.name, person.id))
