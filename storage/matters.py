"""Matters (事项): whose they are, what is due, what became of them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import FastLane, MatterState
from storage import dispatch_log
from storage.db import finish
from storage.dispatch_log import Entry, Sealer
from storage.engines import insert_new, select_columns
from storage.tables import Account, Matter, MatterConcern, Person, Project, StoredFile

OPEN: sa.ColumnElement[bool] = sa.literal_column("matter.state <> 'closed'")
"""As the partial index is written, so that it is used."""


def by_id(session: Session, matter: int) -> Matter | None:
    return session.get(Matter, matter)


def by_number(session: Session, project: int, number: int) -> Matter | None:
    """The matter 17-3: the third of project number 17. 0-3: the third that is about no project."""
    if project == 0:
        return session.exec(select(Matter).where(col(Matter.project).is_(None), Matter.number == number)).first()
    statement = select(Matter).join(Project, col(Project.id) == col(Matter.project))
    return session.exec(statement.where(Project.number == project, Matter.number == number)).first()


def next_number(session: Session) -> int:
    """The next number of a matter that is about no project."""
    found = session.execute(select_columns(sa.func.max(Matter.number)).where(col(Matter.project).is_(None))).scalar()
    return (found or 0) + 1


def due(session: Session, now: datetime) -> list[Matter]:
    """The open matters that have to be looked at, longest first."""
    statement = select(Matter).where(OPEN, col(Matter.look_at) <= now)
    return list(session.exec(statement.order_by(col(Matter.look_at), col(Matter.id))).all())


def open_at(session: Session, projects: Collection[int], moment: datetime) -> dict[int, list[Matter]]:
    """project -> its matters that were raised, and not closed, at a moment, by number."""
    still = sa.or_(col(Matter.closed_at).is_(None), col(Matter.closed_at) > moment)
    where = (col(Matter.project).is_not(None), col(Matter.raised_at) <= moment, still)
    found: dict[int, list[Matter]] = {}
    for row in session.exec(select(Matter).where(*where).order_by(col(Matter.number))):
        if row.project is not None and row.project in projects:
            found.setdefault(row.project, []).append(row)
    return found


def was_open(row: Matter, moment: datetime) -> bool:
    """Whether a matter was raised, and not closed, at a moment."""
    return row.raised_at <= moment and (row.closed_at is None or row.closed_at > moment)


def with_somebody(session: Session) -> list[Matter]:
    """The open matters that somebody has, longest open first."""
    where = (OPEN, col(Matter.person).is_not(None))
    return list(session.exec(select(Matter).where(*where).order_by(col(Matter.raised_at), col(Matter.id))).all())


def to_review(session: Session, today: date) -> list[Matter]:
    """The closed matters whose raiser is to be asked, or is being asked, whether they are still solved (回头看)."""
    statement = select(Matter).where(col(Matter.review_on).is_not(None), col(Matter.review_on) <= today)
    return list(session.exec(statement.order_by(col(Matter.review_on), col(Matter.id))).all())


def parts_of(session: Session, matter: int) -> list[Matter]:
    """The co-units' parts of a matter, in the order they were asked for."""
    return list(session.exec(select(Matter).where(Matter.part_of == matter).order_by(col(Matter.id))).all())


def to_decide(session: Session) -> list[Matter]:
    """What waits for somebody's word, the first due first: not confirmed as solved, about to reach the first district leader, to be
    sent elsewhere (申请改派), another day (申请延期), the fast lane."""
    about_to_climb = sa.and_(col(Matter.proposed_at).is_not(None), col(Matter.held).is_(False))
    waits = sa.or_(
        col(Matter.state) == MatterState.DISPUTED, about_to_climb, col(Matter.asked_at).is_not(None), col(Matter.promise_open).is_not(None),
        col(Matter.fast_lane) == FastLane.ASKED,
    )  # fmt: skip
    return list(session.exec(select(Matter).where(OPEN, waits).order_by(col(Matter.due_at), col(Matter.id))).all())


def waiting_for(session: Session, person: int) -> list[Matter]:
    """What a person has to answer, the first due first."""
    states = (MatterState.UNSIGNED, MatterState.HANDLING, MatterState.PROMISED, MatterState.REFERRED)
    statement = select(Matter).where(OPEN, Matter.person == person, col(Matter.state).in_(states))
    return list(session.exec(statement.order_by(col(Matter.due_at), col(Matter.id))).all())


def raised_by(session: Session, person: int, since: datetime) -> list[Matter]:
    """What a person raised, ordered, or wrote down for who did: open, being looked at again, or closed since then; newest first."""
    theirs = sa.or_(col(Matter.raised_by) == person, col(Matter.recorded_by) == person)
    shown = sa.or_(OPEN, col(Matter.closed_at) >= since, col(Matter.review_on) <= since.date())
    statement = select(Matter).where(theirs, col(Matter.part_of).is_(None), shown)
    return list(session.exec(statement.order_by(col(Matter.id).desc())).all())


def concerning(session: Session, person: int) -> list[Matter]:
    """The open matters a person raised, answers for or sits on the ladder of."""
    statement = select(Matter).join(MatterConcern, col(MatterConcern.matter) == col(Matter.id))
    return list(session.exec(statement.where(OPEN, MatterConcern.person == person).order_by(col(Matter.id))).all())


def open_parts(session: Session, matter: int) -> list[Matter]:
    """The co-units' parts that have yet to be answered."""
    done = (MatterState.ANSWERED, MatterState.CLOSED)
    return [part for part in parts_of(session, matter) if part.state not in done]


def concern(session: Session, matter: int, persons: Iterable[int]) -> None:
    """Notes that these persons may see a matter from now on."""
    rows = [{"matter": matter, "person": person, "watches": False} for person in dict.fromkeys(persons)]
    if rows:
        insert_new(session, MatterConcern, rows)


def watch(session: Session, matter: int, person: int, watches: bool = True) -> None:
    """Whether a person watches a matter (抄送) from now on."""
    concern(session, matter, [person])
    row = session.get(MatterConcern, (matter, person))
    assert row is not None
    row.watches = watches
    session.flush()


def watches(session: Session, matter: int, person: int) -> bool:
    row = session.get(MatterConcern, (matter, person))
    return row is not None and row.watches


def watchers(session: Session, matter: int) -> list[int]:
    """Who watches a matter, by person."""
    statement = select(MatterConcern.person).where(MatterConcern.matter == matter, col(MatterConcern.watches).is_(True))
    return sorted(session.exec(statement).all())


def files(session: Session, matter: int) -> list[StoredFile]:
    """The photos and files of a matter that came in, oldest first; those that could not be had left out."""
    statement = select(StoredFile).where(StoredFile.matter == matter, StoredFile.state != "failed")
    return list(session.exec(statement.order_by(col(StoredFile.id))).all())


def colleagues(session: Session, units: Iterable[int]) -> list[Person]:
    """The active persons of these units, by name."""
    statement = select(Person).where(col(Person.unit).in_(list(units)), col(Person.active).is_(True))
    return list(session.exec(statement.order_by(col(Person.name), col(Person.id))).all())


def reachable(session: Session) -> list[Person]:
    """The active persons who have an account, by name."""
    bound = select_columns(Account.person).where(col(Account.active).is_(True))
    statement = select(Person).where(col(Person.active).is_(True), col(Person.id).in_(bound))
    return list(session.exec(statement.order_by(col(Person.name), col(Person.id))).all())


def history(session: Session, sealer: Sealer, matter: Matter, after: int = 0) -> list[Entry]:
    """What the log says of a matter, in order, those of this very transaction included. after: only later entries."""
    finish(session)
    found = dispatch_log.entries(
        session, sealer, project=matter.project, of_none=matter.project is None, kind="matter.", after=after
    )
    return [entry for entry in found if entry.facts.get("matter") == matter.id and entry.row.id > after]
