"""Who stands in for whom (委托, AB角): the delegations of a day, and what they lead to."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.messages import Card
from storage.db import finish, next_id
from storage.engines import select_columns
from storage.prepared import Prepared
from storage.tables import Account, Assignment, CardToken, Delegation, Outbox, Person

FOR = "for"
"""Among the facts of a message to a deputy, and of what a deputy did: for whom."""
GOES_ON: sa.ColumnElement[bool] = sa.literal_column("delegation.ended = ''")
_DAY = sa.bindparam("day", type_=sa.Date)
_RUNNING = Prepared(
    select_columns(Delegation.person, Delegation.deputy)
    .join(Person, col(Person.id) == col(Delegation.deputy))
    .where(
        GOES_ON,
        col(Delegation.since) <= _DAY,
        sa.or_(col(Delegation.until).is_(None), col(Delegation.until) >= _DAY),
        col(Person.active).is_(True),
    )
    .order_by(col(Delegation.id))
)


def deputies(session: Session, day: date) -> Mapping[int, int]:
    """person -> the deputy they have named for this day; asked once for each transaction. Deputies who have left are left out."""
    known: dict[date, dict[int, int]] = session.info.setdefault("deputies", {})
    if day not in known:
        known[day] = dict(_RUNNING.rows(session, day=day))
    return known[day]


def forget(session: Session) -> None:
    """To be called where a delegation was changed: what was asked before no longer holds."""
    session.info.pop("deputies", None)


def line(named: Mapping[int, int], person: int) -> list[int]:
    """Who stands in for a person, one behind the other: the last of them is present. Empty where they are there themselves."""
    found: list[int] = []
    at = person
    while (after := named.get(at)) is not None and after != person and after not in found:
        found.append(after)
        at = after
    return found


def behind(named: Mapping[int, int], deputy: int) -> tuple[int, ...]:
    """For whom a person stands in, directly or through others."""
    return tuple(person for person in named if person != deputy and deputy in line(named, person))


# --- the rows -----------------------------------------------------------------------------------------------------------


def add(
    session: Session,
    person: int,
    deputy: int,
    since: date,
    until: date | None,
    reason: str,
    made_by: int | None,
    now: datetime,
) -> Delegation:
    row = Delegation(
        id=next_id(session, Delegation), person=person, deputy=deputy, since=since, until=until, reason=reason, made_by=made_by, made_at=now
    )  # fmt: skip
    session.add(row)
    session.flush()
    forget(session)
    return row


def end(session: Session, row: Delegation, why: str, now: datetime) -> None:
    """A delegation is over. why: back, over, refused, left, handed_over."""
    row.ended, row.ended_at = why, now
    session.flush()
    forget(session)


def by_id(session: Session, number: int) -> Delegation | None:
    return session.get(Delegation, number)


def within(session: Session, since: date, until: date | None) -> list[Delegation]:
    """The delegations that touch these days (until: None for ever), the first to begin first."""
    where = [GOES_ON, sa.or_(col(Delegation.until).is_(None), col(Delegation.until) >= since)]
    if until is not None:
        where.append(col(Delegation.since) <= until)
    return list(session.exec(select(Delegation).where(*where).order_by(col(Delegation.since), col(Delegation.id))))


def of_person(session: Session, person: int) -> list[Delegation]:
    """What a person has delegated and not ended, the first to begin first."""
    statement = select(Delegation).where(GOES_ON, Delegation.person == person)
    return list(session.exec(statement.order_by(col(Delegation.since), col(Delegation.id))))


def of_deputy(session: Session, deputy: int) -> list[Delegation]:
    """What was delegated to a person and is not over, the first to begin first."""
    statement = select(Delegation).where(GOES_ON, Delegation.deputy == deputy)
    return list(session.exec(statement.order_by(col(Delegation.since), col(Delegation.id))))


def over(session: Session, today: date) -> list[Delegation]:
    """Delegations whose last day lies behind and which nobody has ended yet."""
    statement = select(Delegation).where(GOES_ON, col(Delegation.until) < today)
    return list(session.exec(statement.order_by(col(Delegation.id))))


def taken(rows: Iterable[Delegation], day: date) -> dict[int, int]:
    """person -> deputy of these delegations on a day."""
    return {row.person: row.deputy for row in rows if row.since <= day and (row.until is None or row.until >= day)}


# --- whom one might name --------------------------------------------------------------------------------------------------


def likely(session: Session, person: int, on: date, limit: int) -> list[Person]:
    """Whom a person might name: with an account, first those who hold the same role in the same projects (B角), then those of their unit."""
    mine, other = sa.alias(Assignment.__table__), sa.alias(Assignment.__table__)  # type: ignore[attr-defined]
    held = [sa.and_(one.c.since <= on, sa.or_(one.c.until.is_(None), one.c.until >= on)) for one in (mine, other)]
    beside = (
        select_columns(other.c.person)
        .join(mine, sa.and_(mine.c.project == other.c.project, mine.c.role == other.c.role))
        .where(mine.c.person == person, *held)
    )
    unit = select_columns(Person.unit).where(col(Person.id) == person).scalar_subquery()
    bound = select_columns(Account.person).where(col(Account.active).is_(True))
    same = col(Person.id).in_(beside)
    statement = (
        select(Person)
        .where(
            sa.or_(same, col(Person.unit) == unit),
            col(Person.id) != person,
            col(Person.active).is_(True),
            col(Person.id).in_(bound),
        )
        .order_by(sa.case((same, 0), else_=1), col(Person.id))
        .limit(limit)
    )
    return list(session.exec(statement))


# --- what deputies were told ----------------------------------------------------------------------------------------------


def messages(session: Session, deputies: Iterable[int]) -> list[Outbox]:
    """What these persons were handed, or are about to be, for others, and was not taken back since."""
    live = ("pending", "sending", "sent", "uncertain")
    where = (
        col(Outbox.person).in_(list(deputies)),
        col(Outbox.state).in_(live),
        col(Outbox.about) != "",
        col(Outbox.edits).is_(None),
    )
    found = session.exec(select(Outbox).where(*where).order_by(col(Outbox.id)))
    return [row for row in found if FOR in row.facts]


def readdress(session: Session, row: Outbox, person: int, card: Card, facts: Mapping[str, Any]) -> None:
    """A message that was not sent yet goes to another person, who may press its buttons."""
    row.person, row.body, row.facts = person, card.to_json(), dict(facts)
    finish(session, CardToken)
    session.execute(sa.update(CardToken).where(col(CardToken.outbox) == row.id).values(person=person))
    session.flush()
