"""Papers of the office: drafts, what was published, papers of matters; and what a paper wants beside a project's own figures."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.periods import Period
from storage.db import next_id
from storage.engines import select_columns
from storage.tables import Account, Paper, Person, PostHeld, Report, StoredFile


def by_id(session: Session, paper: int) -> Paper | None:
    return session.get(Paper, paper)


def add(session: Session, **values: Any) -> Paper:
    row = Paper(id=next_id(session, Paper), **values)
    session.add(row)
    session.flush()
    return row


def draft(session: Session, unit: int, kind: str, period: Period) -> Paper | None:
    """The draft of a paper of a period that a unit has in hand."""
    where = (
        Paper.unit == unit, Paper.kind == kind, Paper.first == period.first, Paper.until == period.until, col(Paper.state).in_(("draft", "publishing")),
    )  # fmt: skip
    return session.exec(select(Paper).where(*where).order_by(col(Paper.id).desc())).first()


def drafts(session: Session, units: Iterable[int]) -> list[Paper]:
    """What these units have in hand, the newest first."""
    where = (col(Paper.unit).in_(list(units)), col(Paper.state).in_(("draft", "publishing")))
    return list(session.exec(select(Paper).where(*where).order_by(col(Paper.id).desc())).all())


def published(session: Session, units: Iterable[int]) -> list[Paper]:
    """What was published for these units, the newest first."""
    where = (col(Paper.unit).in_(list(units)), Paper.state == "published")
    return list(session.exec(select(Paper).where(*where).order_by(col(Paper.published_at).desc())).all())


def of_period(session: Session, unit: int, kind: str, period: Period) -> list[Paper]:
    """What was published of a period for a unit, oldest first."""
    where = (
        Paper.unit == unit, Paper.kind == kind, Paper.first == period.first, Paper.until == period.until, Paper.state == "published",
    )  # fmt: skip
    return list(session.exec(select(Paper).where(*where).order_by(col(Paper.id))).all())


def next_number(session: Session, unit: int, kind: str, year: int) -> int:
    """The next number of a kind of paper of a unit in a year."""
    where = (col(Paper.unit) == unit, col(Paper.kind) == kind, col(Paper.year) == year)
    return (
        int(session.execute(select_columns(sa.func.coalesce(sa.func.max(Paper.number), 0)).where(*where)).scalar_one())
        + 1
    )


def of_matter(session: Session, matter: int) -> list[Paper]:
    """The papers of a matter, oldest first."""
    return list(session.exec(select(Paper).where(Paper.matter == matter).order_by(col(Paper.id))).all())


def photos(session: Session, project: int) -> int:
    """How many photos of a project are kept."""
    statement = (
        select_columns(sa.func.count(col(StoredFile.id)))
        .join(Report, col(Report.id) == col(StoredFile.report))
        .where(col(Report.project) == project, col(StoredFile.kind) == "photo", col(StoredFile.state) == "stored")
    )
    return int(session.execute(statement).scalar_one())


def readers(session: Session, units: Iterable[int], now: datetime) -> list[Person]:
    """Who holds a post in one of these units and can be written to, by name."""
    day = now.date()
    held = (
        col(PostHeld.unit).in_(list(units)), col(PostHeld.since) <= day, sa.or_(col(PostHeld.until).is_(None), col(PostHeld.until) >= day),
    )  # fmt: skip
    statement = (
        select(Person)
        .where(
            col(Person.active).is_(True),
            sa.exists().where(col(PostHeld.person) == col(Person.id), *held),
            sa.exists().where(col(Account.person) == col(Person.id), col(Account.active).is_(True)),
        )
        .order_by(col(Person.name), col(Person.id))
    )
    return list(session.exec(statement).all())


def key_of(paper: int, group: int) -> str:
    """The key of a published paper's message to a group."""
    return f"paper:{paper}:group:{group}"


def of_key(key: str | None) -> int:
    """The paper whose message to a group has this key; 0: none."""
    kind, _, rest = (key or "").partition(":")
    number, _, where = rest.partition(":")
    return int(number) if kind == "paper" and where.startswith("group:") and number.isdecimal() else 0
