"""What the two databases say differently."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from storage.prepared import Prepared, insert


def select_columns(*columns: Any) -> sa.Select[Any]:
    """A select of single columns, for scans that want values and no entities."""
    return sa.select(*columns)


def insert_new(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> int:
    """Inserts the rows that break no unique key and passes over the others. Returns how many went in (−1 where the driver cannot tell)."""
    if table not in _INSERTS:
        _INSERTS[table] = insert(table, new=True)
    return _INSERTS[table].run(session, **rows[0]) if len(rows) == 1 else _INSERTS[table].many(session, list(rows))


_INSERTS: dict[type[SQLModel], Prepared] = {}
