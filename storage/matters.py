"""Matters (事项): whose they are, what is due, what became of them."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import MatterState
from storage import dispatch_log
from storage.db import finish
from storage.dispatch_log import Entry, Sealer
from storage.engines import insert_new
from storage.tables import Matter, MatterConcern, Person, Project, StoredFile

OPEN: sa.ColumnElement[bool] = sa.literal_column("matter.state <> 'closed'")
"""As the partial index is written, so that it is used."""


def by_id(session: Session, matter: int) -> Matter | None:
    return session.get(Matter, matter)


def by_number(session: Session, project: int, number: int) -> Matter | None:
    """The matter 17-3: the third of project number 17."""
    statement = select(Matter).join(Project, col(Project.id) == col(Matter.project))
    return session.exec(statement.where(Project.number == project, Matter.number == number)).first()


def due(session: Session, now: datetime) -> list[Matter]:
    """The open matters whose limit has passed, longest first."""
    statement = select(Matter).where(OPEN, col(Matter.due_at) <= now)
    return list(session.exec(statement.order_by(col(Matter.due_at), col(Matter.id))).all())


def disputed(session: Session) -> list[Matter]:
    """未解决, or no word from the raiser: to be ruled on by the dispatcher, oldest first."""
    statement = select(Matter).where(OPEN, Matter.state == MatterState.DISPUTED)
    return list(session.exec(statement.order_by(col(Matter.answered_at), col(Matter.id))).all())


def proposed(session: Session) -> list[Matter]:
    """拟提级: about to reach the first district leader, unless the dispatcher holds them."""
    statement = select(Matter).where(OPEN, col(Matter.proposed_at).is_not(None), col(Matter.held).is_(False))
    return list(session.exec(statement.order_by(col(Matter.proposed_at), col(Matter.id))).all())


def asking(session: Session) -> list[Matter]:
    """申请改派: the one who has them says they belong elsewhere, the dispatcher has yet to say."""
    statement = select(Matter).where(OPEN, col(Matter.asked_at).is_not(None))
    return list(session.exec(statement.order_by(col(Matter.asked_at), col(Matter.id))).all())


def waiting_for(session: Session, person: int) -> list[Matter]:
    """What a person has to answer, the first due first."""
    states = (MatterState.UNSIGNED, MatterState.HANDLING)
    statement = select(Matter).where(OPEN, Matter.person == person, col(Matter.state).in_(states))
    return list(session.exec(statement.order_by(col(Matter.due_at), col(Matter.id))).all())


def raised_by(session: Session, person: int, since: datetime) -> list[Matter]:
    """What a person raised: open, or closed since then; newest first."""
    statement = select(Matter).where(Matter.raised_by == person, sa.or_(OPEN, col(Matter.closed_at) >= since))
    return list(session.exec(statement.order_by(col(Matter.id).desc())).all())


def concerning(session: Session, person: int) -> list[Matter]:
    """The open matters a person raised, answers for or sits on the ladder of."""
    statement = select(Matter).join(MatterConcern, col(MatterConcern.matter) == col(Matter.id))
    return list(session.exec(statement.where(OPEN, MatterConcern.person == person).order_by(col(Matter.id))).all())


def concern(session: Session, matter: int, persons: Iterable[int]) -> None:
    """Notes that these persons may see a matter from now on."""
    rows = [{"matter": matter, "person": person} for person in dict.fromkeys(persons)]
    if rows:
        insert_new(session, MatterConcern, rows)


def files(session: Session, matter: int) -> list[StoredFile]:
    """The photos and files of a matter that came in, oldest first; those that could not be had left out."""
    statement = select(StoredFile).where(StoredFile.matter == matter, StoredFile.state != "failed")
    return list(session.exec(statement.order_by(col(StoredFile.id))).all())


def colleagues(session: Session, units: Iterable[int]) -> list[Person]:
    """The active persons of these units, by name."""
    statement = select(Person).where(col(Person.unit).in_(list(units)), col(Person.active).is_(True))
    return list(session.exec(statement.order_by(col(Person.name), col(Person.id))).all())


def history(session: Session, sealer: Sealer, matter: Matter, after: int = 0) -> list[Entry]:
    """What the log says of a matter, in order, those of this very transaction included. after: only later entries."""
    finish(session)
    found = dispatch_log.entries(session, sealer, project=matter.project, kind="matter.")
    return [entry for entry in found if entry.facts.get("matter") == matter.id and entry.row.id > after]
