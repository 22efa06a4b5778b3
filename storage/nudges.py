"""What people are to be reminded of: items of the bundles."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from storage.db import next_id
from storage.engines import insert_new, select_columns
from storage.tables import NudgeRow


def row(session: Session, person: int, kind: str, key: str, day: date, now: datetime, **values: Any) -> dict[str, Any]:
    """One item as `add` takes it; values: project, milestone, matter, about, reason."""
    blank = {"project": None, "milestone": None, "matter": None, "about": "", "reason": {}}
    state = {"state": "open", "later_until": None, "bundle": None}
    return {
        "id": next_id(session, NudgeRow),
        "person": person,
        "kind": kind,
        "key": key,
        "day": day,
        "created_at": now,
        **blank,
        **values,
        **state,
    }


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Lays items down, those whose key was there before are passed over. Returns how many are new."""
    return insert_new(session, NudgeRow, [dict(item) for item in rows])


def withdraw(session: Session, about: Sequence[str]) -> list[int]:
    """Takes back the items about these subjects; returns the bundles that show them."""
    where = (col(NudgeRow.about).in_(about), col(NudgeRow.state).in_(("open", "shown")))
    bundles = select_columns(NudgeRow.bundle).where(*where, col(NudgeRow.bundle).is_not(None)).distinct()
    touched = sorted(item[0] for item in session.execute(bundles))
    session.execute(sa.update(NudgeRow).where(*where).values(state="withdrawn"))
    return touched
