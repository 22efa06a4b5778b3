"""What the two databases say differently."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def select_columns(*columns: Any) -> sa.Select[Any]:
    """A select of single columns, for scans that want values and no entities."""
    return sa.select(*columns)


def insert_new(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> int:
    """Inserts the rows that break no unique key and passes over the others. Returns how many went in (−1 where the driver cannot tell)."""
    if not rows:
        return 0
    dialect = session.get_bind().dialect.name
    made = (sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)).on_conflict_do_nothing()
    return int(session.connection().execute(made, rows).rowcount)
