"""Who is who: units, persons, accounts, posts, invites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import Post
from storage.db import next_id
from storage.engines import select_columns
from storage.entities import Entities
from storage.prepared import Prepared
from storage.tables import Account, BindAttempt, Invite, Person, PostHeld, Unit


@dataclass(frozen=True)
class Known:
    """An account with its person, as the front door needs them."""

    account: int
    person: int
    name: str
    title: str
    locale: str
    channel: str
    identity: str
    chat: str
    unreachable: str
    used_at: datetime
    accounts: int


_OTHER = sa.alias(Account.__table__)  # type: ignore[attr-defined]
_KNOWN = (
    select_columns(
        Account.id,
        Account.person,
        Person.name,
        Person.title,
        Person.locale,
        Account.channel,
        Account.identity,
        Account.chat,
        Account.unreachable,
        Account.used_at,
        select_columns(sa.func.count(_OTHER.c.id)).where(_OTHER.c.person == col(Account.person)).scalar_subquery(),
    )
    .join(Person, col(Person.id) == col(Account.person))
    .where(col(Account.active).is_(True), col(Person.active).is_(True))
)
_AT = Prepared(
    _KNOWN.where(col(Account.channel) == sa.bindparam("channel"), col(Account.identity) == sa.bindparam("identity"))
)
_BY_ACCOUNT = Prepared(_KNOWN.where(col(Account.id) == sa.bindparam("account")))
_OF_PERSON = Prepared(
    _KNOWN.where(col(Account.person) == sa.bindparam("person")).order_by(
        col(Account.unreachable) != "", col(Account.used_at).desc()
    )
)
_ACCOUNTS = Entities(Account)
_IN_CHAT = Prepared(
    select_columns(Account.id).where(
        col(Account.person) == sa.bindparam("person"),
        col(Account.channel) == sa.bindparam("channel"),
        col(Account.chat) == sa.bindparam("chat"),
    )
)
_NAME = Prepared(select_columns(Person.name).where(col(Person.id) == sa.bindparam("person")))
USED_MINUTES = 10


def known_at(session: Session, channel: str, identity: str) -> Known | None:
    """The bound account with this identity at this channel."""
    row = _AT.row(session, channel=channel, identity=identity)
    return Known(*row) if row else None


def account_of(session: Session, person: int) -> Known | None:
    """The reachable account a person used last; the last used one where none is reachable; None: not bound."""
    row = _OF_PERSON.row(session, person=person)
    return Known(*row) if row else None


def accounts_of(session: Session, person: int) -> list[Known]:
    """Every account of a person, the reachable and last used first."""
    return [Known(*row) for row in _OF_PERSON.rows(session, person=person)]


def known_by_account(session: Session, account: int) -> Known | None:
    row = _BY_ACCOUNT.row(session, account=account)
    return Known(*row) if row else None


def name_of(session: Session, person: int | None) -> str:
    """A person's name; "" where nobody is meant."""
    row = _NAME.row(session, person=person) if person is not None else None
    return row[0] if row else ""


def used(session: Session, known: Known, now: datetime) -> None:
    """Notes that a person has just spoken with this account: it is the one to nudge, and it can be reached.

    Of a single account to the nearest ten minutes only: a burst is spared a write each.
    """
    if known.accounts > 1 or known.unreachable or now - known.used_at >= timedelta(minutes=USED_MINUTES):
        _ACCOUNTS.change(session, known.account, used_at=now, unreachable="")


def unreachable(session: Session, account: int, reason: str) -> None:
    _ACCOUNTS.change(session, account, unreachable=reason)


def account_at(session: Session, channel: str, chat: str, person: int | None) -> int | None:
    """The account whose direct chat this is."""
    row = _IN_CHAT.row(session, channel=channel, chat=chat, person=person) if person is not None else None
    return row[0] if row else None


def bind(session: Session, person: int, channel: str, identity: str, chat: str, name: str, now: datetime) -> int:
    """Binds an identity to a person; an identity bound before goes over to the new person. Returns the account."""
    row = session.exec(select(Account).where(Account.channel == channel, Account.identity == identity)).first()
    if row is None:
        row = Account(
            id=next_id(session, Account),
            person=person,
            channel=channel,
            identity=identity,
            chat=chat,
            name=name,
            bound_at=now,
            used_at=now,
        )
    else:
        row.person, row.chat, row.name, row.bound_at, row.used_at, row.active, row.unreachable = (
            person,
            chat,
            name,
            now,
            now,
            True,
            "",
        )
    session.add(row)
    session.flush()
    return row.id


def person_named(session: Session, name: str, unit: int | None = None) -> list[Person]:
    """The active persons of this name (in this unit, where given)."""
    statement = select(Person).where(Person.name == name, col(Person.active).is_(True))
    if unit is not None:
        statement = statement.where(Person.unit == unit)
    return list(session.exec(statement.order_by(col(Person.id))).all())


def active_names(session: Session) -> list[tuple[int, str]]:
    """(id, name) of every active person."""
    rows = session.execute(
        select_columns(Person.id, Person.name).where(col(Person.active).is_(True)).order_by(col(Person.id))
    )
    return [(row[0], row[1]) for row in rows]


def add_person(session: Session, name: str, unit: int | None, now: datetime, **values: Any) -> Person:
    person = Person(id=next_id(session, Person), name=name, unit=unit, created_at=now, **values)
    session.add(person)
    session.flush()
    return person


def unit_named(session: Session, name: str, *, make: bool = False, parent: int | None = None) -> Unit | None:
    """The unit of this name; made below `parent` where there is none and `make` is set."""
    unit = session.exec(select(Unit).where(Unit.name == name)).first()
    if unit is None and make:
        unit = Unit(id=next_id(session, Unit), name=name, parent=parent)
        session.add(unit)
        session.flush()
    return unit


def root_unit(session: Session) -> Unit | None:
    """The top of the tree: the district."""
    return session.exec(select(Unit).where(col(Unit.parent).is_(None)).order_by(col(Unit.id))).first()


def unit_names(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select_columns(Unit.id, Unit.name))}


def unit_name(session: Session, unit: int) -> str:
    row = _UNIT_NAME.row(session, unit=unit)
    return row[0] if row else ""


_UNIT_NAME = Prepared(select_columns(Unit.name).where(col(Unit.id) == sa.bindparam("unit")))
_CHILDREN = select_columns(Unit.id).where(col(Unit.parent) == sa.bindparam("unit")).cte("below", recursive=True)
_GRANDCHILDREN = select_columns(Unit.id).join(_CHILDREN, col(Unit.parent) == _CHILDREN.c.id)
_BELOW = Prepared(select_columns(_CHILDREN.union(_GRANDCHILDREN).c.id))


def subtree(session: Session, unit: int) -> frozenset[int]:
    """A unit with everything below it."""
    return frozenset([unit, *(row[0] for row in _BELOW.rows(session, unit=unit))])


def above(session: Session, unit: int) -> tuple[str, ...]:
    """The names of a unit and of those above it, the nearest first."""
    names: list[str] = []
    at: int | None = unit
    while at is not None and (row := session.get(Unit, at)) is not None and row.name not in names:
        names.append(row.name)
        at = row.parent
    return tuple(names)


def _held(on: date) -> list[Any]:
    return [col(PostHeld.since) <= on, sa.or_(col(PostHeld.until).is_(None), col(PostHeld.until) >= on)]


def had_post(session: Session, person: int, unit: int, post: Post) -> bool:
    """Whether a person has, or ever had, this post in a unit."""
    where = (PostHeld.person == person, PostHeld.unit == unit, PostHeld.role == post)
    return session.exec(select(PostHeld.id).where(*where)).first() is not None


def holders(session: Session, unit: int, role: Post, on: date) -> list[Person]:
    """Who holds a post in exactly this unit on this day, longest first."""
    statement = (
        select(Person)
        .join(PostHeld, col(PostHeld.person) == col(Person.id))
        .where(PostHeld.unit == unit, PostHeld.role == role, col(Person.active).is_(True), *_held(on))
    )
    return list(session.exec(statement.order_by(col(PostHeld.since), col(PostHeld.id))).all())


def everyone_with(session: Session, role: Post, on: date) -> list[tuple[Person, int]]:
    """(person, unit) for every holder of a post."""
    statement = (
        select(Person, PostHeld.unit)
        .join(PostHeld, col(PostHeld.person) == col(Person.id))
        .where(PostHeld.role == role, col(Person.active).is_(True), *_held(on))
    )
    return [(person, unit) for person, unit in session.exec(statement.order_by(col(PostHeld.id))).all()]


def posts_of(session: Session, person: int, on: date) -> Sequence[PostHeld]:
    return session.exec(select(PostHeld).where(PostHeld.person == person, *_held(on)).order_by(col(PostHeld.id))).all()


_HELD = Prepared(
    select_columns(PostHeld.role, PostHeld.unit)
    .where(
        col(PostHeld.person) == sa.bindparam("person"),
        col(PostHeld.since) <= sa.bindparam("on"),
        sa.or_(col(PostHeld.until).is_(None), col(PostHeld.until) >= sa.bindparam("on")),
    )
    .order_by(col(PostHeld.id))
)


def held_by(session: Session, person: int, on: date) -> list[tuple[Post, int]]:
    """(post, unit) of everything a person holds on this day."""
    return [(role, unit) for role, unit in _HELD.rows(session, person=person, on=on)]


def give_post(session: Session, person: int, unit: int, role: Post, since: date) -> PostHeld:
    """Gives a post; one held already is returned as it is."""
    held = session.exec(
        select(PostHeld).where(PostHeld.person == person, PostHeld.unit == unit, PostHeld.role == role, *_held(since))
    ).first()
    if held is None:
        held = PostHeld(id=next_id(session, PostHeld), person=person, unit=unit, role=role, since=since)
        session.add(held)
        session.flush()
    return held


def invite_by_hash(session: Session, code_hash: str) -> Invite | None:
    return session.exec(select(Invite).where(Invite.code_hash == code_hash)).first()


def open_invites(session: Session, person: int) -> list[Invite]:
    """Codes of a person that were neither used nor withdrawn."""
    return list(
        session.exec(
            select(Invite).where(
                Invite.person == person, col(Invite.used_at).is_(None), col(Invite.withdrawn).is_(False)
            )
        ).all()
    )


def attempts(session: Session, channel: str, identity: str) -> BindAttempt:
    """The stranger's record of wrong codes."""
    row = session.get(BindAttempt, (channel, identity))
    if row is None:
        row = BindAttempt(channel=channel, identity=identity)
        session.add(row)
    return row
