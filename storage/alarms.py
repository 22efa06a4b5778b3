"""Faults, counted."""

from datetime import datetime

from sqlmodel import Session, col, select

from storage.db import next_id
from storage.tables import Alarm


def raise_alarm(session: Session, key: str, text: str, now: datetime) -> tuple[int, bool]:
    """Counts a fault; (its number, whether it is new since it was last closed)."""
    alarm = session.exec(select(Alarm).where(Alarm.key == key)).first()
    if alarm is None:
        alarm = Alarm(id=next_id(session, Alarm), key=key, text=text[:2000], first_at=now, last_at=now)
        session.add(alarm)
        session.flush()
        return alarm.id, True
    first = alarm.closed_at is not None
    alarm.times, alarm.last_at, alarm.closed_at = alarm.times + 1, now, None
    session.flush()
    return alarm.id, first


def close_alarm(session: Session, number: int, now: datetime) -> bool:
    """A fault is dealt with; False where none of this number is open."""
    alarm = session.get(Alarm, number)
    if alarm is None or alarm.closed_at is not None:
        return False
    alarm.closed_at = now
    session.flush()
    return True


def open_alarms(session: Session) -> list[Alarm]:
    return list(session.exec(select(Alarm).where(col(Alarm.closed_at).is_(None)).order_by(col(Alarm.id))).all())
