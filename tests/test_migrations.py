"""Both databases are brought to today's tables, agree with `storage.tables`, and guard the log."""

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
    postgres.needed()
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


def test_a_matter_of_the_first_version_goes_on(store):
    """Its limit and its look stay where they were; what is new is blank, and the database still knows its words."""
    with store.engine.connect() as connection:
        command.upgrade(schema.configuration(connection), "0001")
        connection.commit()
    with store.engine.begin() as connection:
        for table, values in OLD.items():
            names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
    schema.upgrade(store.engine)
    with store.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT * FROM matter")).mappings().one()
        assert (row["words"], row["origin"], row["fast_lane"], row["plan"]) == ("还差 30 亩", "blocker", "none", "")
        assert row["look_at"] == row["due_at"] and row["since_at"] == row["raised_at"]
    for name, word in (("state", "lost"), ("category", "weather"), ("origin", "rumour")):
        with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE matter SET {name} = '{word}'"))
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE matter SET state = 'referred', category = 'water', project = NULL"))


MOMENT = "2026-11-24 02:00:00.000000+00:00"
OLD = {
    "unit": {"id": 1, "name": "长泉区"},
    "person": {"id": 1, "name": "张三", "unit": 1, "title": "", "phone": "", "locale": "", "active": True, "created_at": MOMENT},
    "project": {
        "id": 1, "number": 17, "code": "", "name": "甲", "unit": 1, "level": "district", "kind": "new", "category": "", "chain": "", "content": "",
        "owner": "", "town": "", "basis": "", "year": 2026, "start_words": "", "finish_words": "", "progress_words": "", "on_plan_running": 0,
        "light": "green", "on_plan": True, "reasons": "[]", "problems": "[]", "paused_reason": "", "matters": 1, "created_at": MOMENT,
    },
    "matter": {
        "id": 1, "project": 1, "number": 1, "origin": "blocker", "category": "land", "urgency": "ordinary", "words": "还差 30 亩", "raised_by": 1,
        "raised_at": MOMENT, "state": "handling", "seats": "[]", "steps": "[]", "rung": 0, "due_at": "2026-11-27 02:00:00.000000+00:00", "held": False,
        "passed_on": "[]", "answer": "", "basis": "", "version": 1,
    },
}  # fmt: skip
"""Rows as the first version wrote them."""


def test_the_way_down_and_up_again(store):
    schema.upgrade(store.engine)
    with store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.downgrade(schema.configuration(connection), "0001")
        connection.commit()
    schema.upgrade(store.engine)
    with store.engine.connect() as connection:
        command.check(schema.configuration(connection))
