"""Days declared working or free."""

from datetime import date

from sqlmodel import Session

from storage.engines import select_columns
from storage.tables import WorkdayOverride


def overrides(session: Session) -> dict[date, bool]:
    """day -> working?"""
    return {row[0]: row[1] for row in session.execute(select_columns(WorkdayOverride.day, WorkdayOverride.working))}


def declare(session: Session, days: dict[date, bool], source: str) -> None:
    """Takes in the days of a notice; a day declared before is declared anew."""
    for day, working in days.items():
        session.merge(WorkdayOverride(day=day, working=working, source=source))
    session.flush()
