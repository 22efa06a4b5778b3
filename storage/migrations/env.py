"""Runs the migrations on a connection handed over by `storage.schema`. Migrations import nothing of ours."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from storage import tables


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Own and SQLModel types are written as the plain ones they are in the database."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if kind == "type" and isinstance(item, tables.Percent):
        return "sa.Integer()"
    if kind == "type" and isinstance(item, sa.types.TypeDecorator) and isinstance(item.impl_instance, sa.DateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, render_item=render_item,
        compare_type=True, transaction_per_migration=False,
    )  # fmt: skip
    context.run_migrations()


run()
