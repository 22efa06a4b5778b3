"""Words that reports are read with, beside those that come with the program, and clauses that wait to be filed."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from storage.db import next_id
from storage.tables import LexiconWord, UnreadClause


def words(session: Session) -> list[LexiconWord]:
    """The words that were learnt, oldest first."""
    statement = select(LexiconWord).where(col(LexiconWord.active).is_(True))
    return list(session.exec(statement.order_by(col(LexiconWord.id))).all())


def learn(
    session: Session, kind: str, word: str, meaning: str, source: str, by: int | None, now: datetime
) -> LexiconWord:
    """One word; what was learnt before has its newest meaning."""
    row = session.exec(select(LexiconWord).where(LexiconWord.kind == kind, LexiconWord.word == word)).first()
    if row is None:
        row = LexiconWord(id=next_id(session, LexiconWord), kind=kind, word=word, added_at=now)
    row.meaning, row.source, row.added_by, row.active = meaning, source, by, True
    session.add(row)
    session.flush()
    return row


def keep(
    session: Session, clauses: Iterable[str], *, project: int | None, report: int | None, person: int, now: datetime
) -> None:
    """Clauses that nothing matched, for the review; what was filed before, whatever as, is not asked again."""
    wanted = list(dict.fromkeys(clauses))
    known = set(session.exec(select(UnreadClause.clause).where(col(UnreadClause.clause).in_(wanted))).all())
    for clause in wanted:
        if clause not in known:
            row = UnreadClause(
                id=next_id(session, UnreadClause), project=project, report=report, clause=clause, person=person, at=now
            )
            session.add(row)
    session.flush()


WAITING: sa.ColumnElement[bool] = sa.literal_column("unread_clause.filed_as = ''")
"""As the partial index is written."""


def waiting(session: Session, limit: int = 500) -> list[UnreadClause]:
    """The clauses that wait to be filed, oldest first."""
    statement = select(UnreadClause).where(WAITING).order_by(col(UnreadClause.id)).limit(limit)
    return list(session.exec(statement).all())


def clause(session: Session, number: int) -> UnreadClause | None:
    return session.get(UnreadClause, number)


def file(session: Session, row: UnreadClause, filed_as: str, by: int, now: datetime) -> None:
    """It is filed; it is not asked again."""
    row.filed_as, row.filed_by, row.filed_at = filed_as, by, now
    session.add(row)
    session.flush()
