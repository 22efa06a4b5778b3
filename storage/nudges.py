"""What people are to be reminded of: items of the bundles."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.failpoints import failpoint
from storage.db import next_id
from storage.engines import insert_new, select_columns
from storage.prepared import Prepared
from storage.tables import NudgeRow


def row(session: Session, person: int, kind: str, key: str, day: date, now: datetime, **values: Any) -> dict[str, Any]:
    """One item as `add` takes it; values: project, milestone, matter, about, reason."""
    blank: dict[str, Any] = {"project": None, "milestone": None, "matter": None, "about": "", "reason": {}}
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
    failpoint("nudges.adding")
    return insert_new(session, NudgeRow, [dict(item) for item in rows])


_ABOUT = Prepared(
    select_columns(NudgeRow.id, NudgeRow.bundle).where(
        col(NudgeRow.about) == sa.bindparam("about"), sa.literal_column("nudge.state IN ('open', 'shown')")
    )
)


def withdraw(session: Session, about: Sequence[str]) -> list[int]:
    """Takes back the items about these subjects; returns the bundles that show them."""
    found = [item for subject in about if subject for item in _ABOUT.rows(session, about=subject)]
    if found:
        numbers = [number for number, _ in found]
        session.execute(sa.update(NudgeRow).where(col(NudgeRow.id).in_(numbers)).values(state="withdrawn"))
    return sorted({bundle for _, bundle in found if bundle is not None})
