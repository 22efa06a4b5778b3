"""Who can be played in the demonstration: every bound person, with posts and parts in projects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.rules.words import Post, Role
from storage.engines import select_columns
from storage.tables import Account, Assignment, ChatSeen, Outbox, Person, PostHeld, Unit
from storage.webchat import Mark


@dataclass(frozen=True)
class Persona:
    """A person with an account at a channel. posts: (post, unit) pairs; roles: role -> in how many projects the person answers."""

    account: int
    person: int
    name: str
    title: str
    unit: str
    posts: tuple[tuple[Post, int], ...]
    roles: Mapping[Role, int]

    def holds(self, post: Post, unit: int | None = None) -> bool:
        return any(held == post and unit in (None, where) for held, where in self.posts)


def personas(session: Session, channel: str, on: date) -> list[Persona]:
    """Everybody with an account at this channel, in the order of the ledger."""
    posts: dict[int, list[tuple[Post, int]]] = {}
    held = select_columns(PostHeld.person, PostHeld.role, PostHeld.unit).where(*_on(PostHeld, on))
    for person, role, unit in session.execute(held.order_by(col(PostHeld.id))):
        posts.setdefault(person, []).append((role, unit))
    roles: dict[int, dict[Role, int]] = {}
    parts = select_columns(Assignment.person, Assignment.role, sa.func.count()).where(
        col(Assignment.rank) == 0, *_on(Assignment, on)
    )
    for person, role, count in session.execute(parts.group_by(Assignment.person, Assignment.role)):  # type: ignore[arg-type]
        roles.setdefault(person, {})[role] = count
    people = (
        select_columns(Account.id, Person.id, Person.name, Person.title, sa.func.coalesce(Unit.name, ""))
        .join(Person, col(Person.id) == col(Account.person))
        .outerjoin(Unit, col(Unit.id) == col(Person.unit))
        .where(col(Account.channel) == channel, col(Account.active).is_(True), col(Person.active).is_(True))
    )
    return [
        Persona(account, person, name, title, unit, tuple(posts.get(person, ())), roles.get(person, {}))
        for account, person, name, title, unit in session.execute(people.order_by(col(Person.id)))
    ]


def waiting(session: Session, channel: str) -> dict[int, int]:
    """account -> how many messages of its direct chat were not seen yet, for those with any."""
    seen = sa.and_(col(ChatSeen.account) == col(Account.id), col(ChatSeen.chat) == col(Account.chat))
    rows = (
        select_columns(Account.id, sa.func.count(col(Outbox.id)))
        .join(Outbox, sa.and_(col(Outbox.chat) == col(Account.chat), col(Outbox.person) == col(Account.person)))
        .outerjoin(ChatSeen, seen)
        .where(
            col(Account.channel) == channel,
            col(Outbox.channel) == channel,
            col(Outbox.edits).is_(None),
            col(Outbox.sent_at) > sa.func.coalesce(col(ChatSeen.at), Mark.changed),
        )
        .group_by(col(Account.id))
    )
    return {row[0]: row[1] for row in session.execute(rows)}


def unbound(session: Session, channel: str) -> list[int]:
    """The active persons without an account at this channel."""
    bound = select_columns(Account.person).where(col(Account.channel) == channel)
    rows = select_columns(Person.id).where(col(Person.active).is_(True), col(Person.id).not_in(bound))
    return list(session.execute(rows.order_by(col(Person.id))).scalars())


def _on(table: type[PostHeld] | type[Assignment], on: date) -> list[sa.ColumnElement[bool]]:
    return [col(table.since) <= on, sa.or_(col(table.until).is_(None), col(table.until) >= on)]
