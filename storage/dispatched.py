"""Which projects were dispatched in a stretch of time (004: 月月有调度、月月有督促): somebody said or did something about them, as the log has it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from storage.engines import select_columns
from storage.tables import LogEntry

COUNTS = ("report.", "matter.", "plan.", "milestones.", "stage.", "doubt.asked", "doubt.explained", "doubt.checked", "spot.", "project.paused", "project.resumed")  # fmt: skip
"""Kinds of entries that are dispatching, where a person made them: not an import, not what the clock did."""


def dispatched(session: Session, since: datetime, until: datetime) -> set[int]:
    """The projects that somebody dispatched after `since` until `until`: one statement."""
    kinds = sa.or_(*(col(LogEntry.kind).startswith(kind) for kind in COUNTS))
    where = (col(LogEntry.at) > since, col(LogEntry.at) <= until, col(LogEntry.person).is_not(None), kinds)
    statement = select_columns(LogEntry.project).where(*where, col(LogEntry.project).is_not(None)).distinct()
    return {row[0] for row in session.execute(statement)}
