"""Both databases are brought to today's tables, agree with `storage.tables`, and guard the log."""

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from sqlmodel import SQLModel

from storage import schema
from storage.db import Store
from storage.tables import LogEntry
from tests import postgres

ENTRY = {
    "id": 1,
    "at": None,
    "kind": "a",
    "project": None,
    "person": None,
    "channel": "",
    "message": "",
    "body": "{}",
    "commitment": "",
    "previous": "",
    "hash": "",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request, tmp_path) -> Iterator[Store]:
    if request.param == "sqlite":
        made = Store(f"sqlite:///{tmp_path / 'a.db'}")
        yield made
        made.close()
        return
    if postgres.binaries() is None:
        assert not os.environ.get("CI"), "CI needs PostgreSQL's binaries"
        pytest.skip("PostgreSQL is not installed")
    with postgres.cluster() as url:
        made = Store(url)
        yield made
        made.close()


def test_an_empty_database_is_brought_to_todays_tables(store):
    schema.upgrade(store.engine)
    schema.upgrade(store.engine)
    with store.engine.connect() as connection:
        command.check(schema.configuration(connection))
        assert set(sa.inspect(connection).get_table_names()) >= set(SQLModel.metadata.tables)


def test_a_database_of_a_newer_program_is_refused(store):
    schema.upgrade(store.engine)
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.Newer, match="9999"):
        schema.upgrade(store.engine)


@pytest.mark.parametrize("attack", ["UPDATE dispatch_log SET kind = 'b'", "DELETE FROM dispatch_log"])
def test_the_log_refuses_change_and_removal(store, attack):
    schema.upgrade(store.engine)
    from datetime import UTC, datetime

    with store.engine.begin() as connection:
        connection.execute(sa.insert(LogEntry), [{**ENTRY, "at": datetime(2026, 1, 1, tzinfo=UTC)}])
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), store.engine.begin() as connection:
        connection.execute(sa.text(attack))


def test_sqlite_refuses_insert_or_replace_too(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(store.engine)
    entry = "(1, '2026-01-01', 'a', '', '', '{}', '', '', '')"
    insert = f"INTO dispatch_log (id, at, kind, channel, message, body, commitment, previous, hash) VALUES {entry}"
    with store.engine.begin() as connection:
        connection.execute(sa.text(f"INSERT {insert}"))
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), store.engine.begin() as connection:
        connection.execute(sa.text(f"INSERT OR REPLACE {insert}"))
    store.close()


def test_a_second_writer_is_refused_on_both(store):
    from storage.db import Locked

    with pytest.raises(Locked):
        Store(store.url)
