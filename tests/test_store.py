"""One writer with group commit: what one job breaks harms no other, and nothing is told before it is on disk."""

import asyncio
import sqlite3
import threading

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from storage import schema
from storage.db import Locked, Store, next_id
from storage.tables import Note, Unit


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(made.engine)
    yield made
    made.close()


def add(name: str):
    def job(session: Session) -> int:
        unit = Unit(id=next_id(session, Unit), name=name)
        session.add(unit)
        session.flush()
        return unit.id

    return job


def names(store: Store) -> list[str]:
    with store.read() as session:
        return [row[0] for row in session.execute(sa.select(Unit.name).order_by(Unit.id))]


async def test_what_waits_is_committed_together(store):
    commits = 0

    @sa.event.listens_for(store.engine, "commit")
    def counted(_connection):
        nonlocal commits
        commits += 1

    gate = threading.Event()
    first = asyncio.ensure_future(store.run(lambda _session: gate.wait()))
    await asyncio.sleep(0)
    waiting = [asyncio.ensure_future(store.run(add(f"u{at}"))) for at in range(200)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *waiting)
    assert len(names(store)) == 200
    assert commits <= 2


async def test_a_job_that_raises_leaves_nothing_and_harms_no_neighbour(store):
    def broken(session: Session) -> None:
        add("half done")(session)
        raise ValueError("broken")

    gate = threading.Event()
    first = asyncio.ensure_future(store.run(lambda _session: gate.wait()))
    await asyncio.sleep(0)
    jobs = [asyncio.ensure_future(store.run(job)) for job in (add("a"), broken, add("b"))]
    await asyncio.sleep(0)
    gate.set()
    await first
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert isinstance(results[1], ValueError)
    assert names(store) == ["a", "b"]


async def test_the_answer_comes_after_the_commit(store, tmp_path):
    await store.run(add("on disk"))
    with sqlite3.connect(tmp_path / "a.db") as other:
        assert other.execute("SELECT count(*) FROM unit").fetchone() == (1,)


def test_readers_cannot_write(store):
    with store.read() as session, pytest.raises(sa.exc.OperationalError, match="readonly"):
        session.execute(sa.insert(Note).values(name="a", value="b"))


def test_a_second_process_is_told_who_holds_the_store(store):
    with pytest.raises(Locked, match=r"process \d+ is writing"):
        Store(store.url)


def test_durability_settings_are_in_force(store):
    def look(session: Session) -> list[int | str]:
        return [
            session.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "mmap_size")
        ]

    assert store.run_now(look) == ["wal", 2, 1, 1, 0]
