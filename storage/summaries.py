"""Summaries (综述): one per group and day."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from storage.db import next_id
from storage.engines import select_columns
from storage.tables import Summary


def by_id(session: Session, summary: int) -> Summary | None:
    return session.get(Summary, summary)


def of_day(session: Session, day: date) -> dict[int, Summary]:
    """group -> its summary of this day."""
    return {row.chat_group: row for row in session.exec(select(Summary).where(Summary.day == day))}


def last_days(session: Session) -> dict[int, date]:
    """group -> the newest day it has a summary of, sent or not."""
    statement = select_columns(Summary.chat_group, sa.func.max(Summary.day)).group_by(col(Summary.chat_group))
    return {row[0]: row[1] for row in session.execute(statement)}


def last_sent(session: Session, group: int) -> Summary | None:
    statement = select(Summary).where(Summary.chat_group == group, Summary.state == "sent")
    return session.exec(statement.order_by(col(Summary.day).desc()).limit(1)).first()


def sent(session: Session, group: int, limit: int) -> list[Summary]:
    """What was sent to a group, newest first."""
    statement = select(Summary).where(Summary.chat_group == group, Summary.state == "sent")
    return list(session.exec(statement.order_by(col(Summary.day).desc()).limit(limit)).all())


def unfinished(session: Session, before: date) -> list[Summary]:
    """Drafts of earlier days that were neither sent nor skipped."""
    statement = select(Summary).where(col(Summary.state).in_(("draft", "held")), col(Summary.day) < before)
    return list(session.exec(statement.order_by(col(Summary.id))).all())


def add(session: Session, group: int, day: date, facts: dict[str, Any], state: str, now: datetime) -> Summary:
    row = Summary(id=next_id(session, Summary), chat_group=group, day=day, facts=facts, state=state, drafted_at=now)
    session.add(row)
    session.flush()
    return row
