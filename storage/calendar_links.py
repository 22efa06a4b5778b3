"""Links to somebody's dates: only a token's hash is kept; a link that is revoked or too old gives nothing."""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from storage.tables import CalendarLink, Person


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add(session: Session, token: str, person: int, project: int | None, now: datetime, until: datetime) -> CalendarLink:
    """Keeps a link; those the person had of the same kind stop working."""
    revoke(session, person, now, project=project)
    row = CalendarLink(token_hash=token_hash(token), person=person, project=project, created_at=now, expires_at=until)
    session.add(row)
    session.flush()
    return row


def live(session: Session, person: int, now: datetime) -> list[CalendarLink]:
    """A person's links that work, the oldest first."""
    where = (CalendarLink.person == person, col(CalendarLink.revoked_at).is_(None), col(CalendarLink.expires_at) > now)
    return list(session.exec(select(CalendarLink).where(*where).order_by(col(CalendarLink.created_at))).all())


def by_token(session: Session, token: str, now: datetime) -> CalendarLink | None:
    """The link of a token, if it works and its person is still there."""
    statement = (
        select(CalendarLink)
        .join(Person, col(Person.id) == col(CalendarLink.person))
        .where(
            col(CalendarLink.token_hash) == token_hash(token), col(CalendarLink.revoked_at).is_(None), col(CalendarLink.expires_at) > now,
            col(Person.active).is_(True),
        )
    )  # fmt: skip
    return session.exec(statement).first()


def revoke(session: Session, person: int, now: datetime, *, project: int | None = None, every: bool = False) -> int:
    """Ends a person's links: that of their own dates (project: of one project; every: all). Returns how many worked until now."""
    where = [
        col(CalendarLink.person) == person,
        col(CalendarLink.revoked_at).is_(None),
        col(CalendarLink.expires_at) > now,
    ]
    if not every:
        where.append(col(CalendarLink.project).is_(None) if project is None else col(CalendarLink.project) == project)
    rows = session.exec(select(CalendarLink).where(*where)).all()
    session.execute(
        sa.update(CalendarLink)
        .where(col(CalendarLink.token_hash).in_([row.token_hash for row in rows]))
        .values(revoked_at=now)
    )
    return len(rows)
