"""What an administrator asks of people: who is not bound yet, what somebody holds, and how somebody leaves."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import MessageClass, Post, Role
from storage import people
from storage.engines import select_columns
from storage.outbox import PENDING
from storage.tables import (
    Account,
    Assignment,
    Conversation,
    Invite,
    NudgeRow,
    Outbox,
    Person,
    PostHeld,
    Project,
    Unit,
    WebSession,
)


def units(session: Session) -> list[str]:
    """Every unit's name."""
    return list(session.execute(select_columns(Unit.name).order_by(col(Unit.id))).scalars())


def names(session: Session) -> list[str]:
    """Every active person's name."""
    return sorted(set(session.execute(select_columns(Person.name).where(col(Person.active).is_(True))).scalars()))


def everybody(session: Session) -> list[Person]:
    """Every active person, by unit."""
    where = col(Person.active).is_(True)
    return list(session.exec(select(Person).where(where).order_by(col(Person.unit), col(Person.id))).all())


def named(session: Session, project: int, on: date) -> dict[Role, list[tuple[str, str]]]:
    """role -> (name, telephone) of who holds it in a project on this day, who answers first."""
    statement = (
        select_columns(Assignment.role, Person.name, Person.phone)
        .join(Person, col(Person.id) == col(Assignment.person))
        .where(
            col(Assignment.project) == project,
            col(Assignment.since) <= on,
            sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on),
        )
        .order_by(col(Assignment.rank), col(Assignment.id))
    )
    found: dict[Role, list[tuple[str, str]]] = {}
    for role, name, phone in session.execute(statement):
        found.setdefault(role, []).append((name, phone))
    return found


def unbound(session: Session, unit: int) -> list[Person]:
    """The active persons of exactly this unit who have no account yet."""
    bound = select_columns(Account.person).where(col(Account.active).is_(True))
    where = (Person.unit == unit, col(Person.active).is_(True), col(Person.id).not_in(bound))
    return list(session.exec(select(Person).where(*where).order_by(col(Person.id))).all())


def head_count(session: Session, unit: int) -> int:
    """How many active persons belong to exactly this unit."""
    where = (col(Person.unit) == unit, col(Person.active).is_(True))
    return int(session.execute(select_columns(sa.func.count()).where(*where)).scalar_one())


def accounts(session: Session, person: int) -> list[Account]:
    """A person's active accounts, the one used last first."""
    where = (Account.person == person, col(Account.active).is_(True))
    return list(session.exec(select(Account).where(*where).order_by(col(Account.used_at).desc())).all())


def assignments(session: Session, person: int, on: date) -> list[tuple[Assignment, Project]]:
    """What a person holds in projects on this day, by the projects' numbers."""
    statement = (
        select(Assignment, Project)
        .join(Project, col(Project.id) == col(Assignment.project))
        .where(
            Assignment.person == person,
            col(Assignment.since) <= on,
            sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on),
        )
    )
    return [(held, row) for held, row in session.exec(statement.order_by(col(Project.number), col(Assignment.id)))]


def end_post(session: Session, post: PostHeld, today: date) -> None:
    """A post ends now: yesterday was its last day."""
    post.until = today - timedelta(days=1)
    session.add(post)
    session.flush()


def only_administrator(session: Session, person: int, on: date) -> bool:
    """Whether nobody else could administer from a chat (where this person can), or at all."""
    holders = {row.id for row, _ in people.everyone_with(session, Post.ADMINISTRATOR, on)}
    if person not in holders:
        return False
    bound = {other for other in holders if accounts(session, other)}
    return not ((bound if person in bound else holders) - {person})


def leave(session: Session, person: Person, now: datetime) -> None:
    """A person leaves: no account, no login, no code, no draft, nothing on its way to them."""
    person.active = False
    own = [account.id for account in accounts(session, person.id)]
    session.execute(sa.update(Account).where(col(Account.id).in_(own)).values(active=False))
    forget_talk(session, own)
    session.execute(
        sa.update(Invite).where(col(Invite.person) == person.id, col(Invite.used_at).is_(None)).values(withdrawn=True)
    )
    session.execute(
        sa.update(Outbox).where(PENDING, col(Outbox.person) == person.id).values(state="cancelled", changed_at=now)
    )
    session.execute(
        sa.update(NudgeRow)
        .where(col(NudgeRow.person) == person.id, col(NudgeRow.state).in_(("open", "shown")))
        .values(state="withdrawn")
    )
    session.flush()


def forget_talk(session: Session, accounts: Iterable[int]) -> None:
    """These accounts begin anew: logins end, drafts are gone."""
    own = list(accounts)
    session.execute(sa.delete(WebSession).where(col(WebSession.account).in_(own)))
    session.execute(
        sa.update(Conversation).where(col(Conversation.account).in_(own)).values(step="", draft={}, expires_at=None)
    )


def waiting(session: Session, person: int) -> int:
    """How many reminders are open for a person."""
    where = (col(NudgeRow.person) == person, col(NudgeRow.state).in_(("open", "shown")))
    return int(session.execute(select_columns(sa.func.count()).where(*where)).scalar_one())


def noise(session: Session, since: datetime) -> list[tuple[MessageClass, int, int, int]]:
    """(class, messages, persons, the most that one person got) of what was said since; edits are no messages of their own."""
    per_person = (
        select_columns(Outbox.klass, Outbox.person, sa.func.count().label("count"))
        .where(col(Outbox.sent_at) >= since, col(Outbox.edits).is_(None), col(Outbox.person).is_not(None))
        .group_by(col(Outbox.klass), col(Outbox.person))
        .subquery()
    )
    columns = per_person.c
    rows = session.execute(
        select_columns(columns.klass, sa.func.sum(columns.count), sa.func.count(), sa.func.max(columns.count))
        .group_by(columns.klass)
        .order_by(columns.klass)
    )
    return [(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]
