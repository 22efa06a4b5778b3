"""Slow work, laid down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from storage.db import next_id
from storage.engines import insert_new
from storage.tables import Errand


def add(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    key: str,
    now: datetime,
    *,
    person: int | None = None,
    address: Mapping[str, Any] | None = None,
) -> None:
    """One errand, once per key."""
    insert_new(
        session,
        Errand,
        [
            {
                "id": next_id(session, Errand), "key": key, "kind": kind, "payload": dict(payload), "address": dict(address or {}), "person": person,
                "created_at": now, "not_before": now, "state": "pending", "attempts": 0, "error": "",
            }
        ],
    )  # fmt: skip
