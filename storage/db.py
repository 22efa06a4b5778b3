"""The store: one writer with group commit, read-only connections beside it, and a lock against a second process."""

import asyncio
import contextlib
import fcntl
import os
import queue
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool
from sqlmodel import Session, SQLModel

from bot.failpoints import failpoint
from storage.prepared import Prepared, driver, insert

T = TypeVar("T")
Job = Callable[[Session], T]

BATCH = 256
ADVISORY_LOCK = 0x44_49_41_4F


class Locked(Exception):
    """Another process holds this store."""


class Ids:
    """Row ids, made in code: one more than the largest so far. Right for as long as one process writes, which the lock ensures."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, session: Session, table: type[SQLModel]) -> int:
        name = str(table.__tablename__)
        last = self._last.get(name)
        if last is None:
            last = session.execute(sa.select(sa.func.coalesce(sa.func.max(table.__table__.c.id), 0))).scalar_one()  # type: ignore[attr-defined]
        self._last[name] = last + 1
        return int(last) + 1


def next_id(session: Session, table: type[SQLModel]) -> int:
    """The next id of `table` in this session's store."""
    ids: Ids = session.info["ids"]
    return ids.next(session, table)


def writer_engine(url: str) -> Engine:
    """The engine of the one writer. SQLite: WAL, synchronous=FULL, BEGIN IMMEDIATE, foreign keys; it alone checkpoints."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=2, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"check_same_thread": False, "timeout": 5.0})

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "secure_delete=FAST",
            "mmap_size=0",
            "wal_autocheckpoint=4000",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader_engine(url: str) -> Engine:
    """Connections that cannot write, for pages, pictures and exports. What one session reads is of one moment."""
    if not url.startswith("sqlite"):
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        return sa.create_engine(url, pool_size=4, pool_pre_ping=True, execution_options=options)
    engine = sa.create_engine(url, connect_args={"check_same_thread": False, "timeout": 5.0})

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("query_only=ON", "wal_autocheckpoint=0", "mmap_size=0", "cache_size=-16384"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class StoreLock:
    """Held by the one process that writes: a lock file beside an SQLite file, an advisory lock in PostgreSQL."""

    def __init__(self, url: str) -> None:
        self._file: IO[str] | None = None
        self._connection: sa.Connection | None = None
        database = make_url(url).database
        if url.startswith("sqlite"):
            if database and database != ":memory:":
                self._lock_file(Path(database + ".lock"))
            return
        self._connection = sa.create_engine(url, poolclass=NullPool).connect()
        if not self._connection.execute(sa.select(sa.func.pg_try_advisory_lock(ADVISORY_LOCK))).scalar_one():
            self._connection.close()
            raise Locked(
                "another process is writing to this database: stop it first, or run this on the machine it runs on"
            )
        self._connection.commit()

    def _lock_file(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise Locked(f"process {holder} is writing to this database: stop it first") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file:
            self._file.close()
        if self._connection:
            self._connection.close()


class _Waiting:
    """One job in line, and where its result goes."""

    __slots__ = ("done", "error", "job", "result")

    def __init__(self, job: Job[Any], done: Callable[["_Waiting"], None]) -> None:
        self.job = job
        self.done = done
        self.result: Any = None
        self.error: BaseException | None = None


class Store:
    """One database, one writer thread. What waits is run together in one transaction; if one job raises, the batch is rolled
    back and each job is run alone, so that nobody is harmed by a neighbour."""

    def __init__(self, url: str, *, lock: bool = True) -> None:
        self.url = url
        self._lock = StoreLock(url) if lock else None
        self.engine = writer_engine(url)
        self.readers = reader_engine(url)
        self._ids = Ids()
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()
        self.batches = 0

    def close(self) -> None:
        """Finishes what waits, then lets go of the database."""
        self._queue.put(None)
        self._thread.join()
        self.engine.dispose()
        self.readers.dispose()
        if self._lock:
            self._lock.release()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session that cannot write."""
        with Session(self.readers) as session:
            yield session

    async def run(self, job: Job[T]) -> T:
        """Runs `job` in the writer; returns when its effects are on disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def done(waiting: _Waiting) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, future, waiting)

        self._queue.put(_Waiting(job, done))
        return await future

    def run_now(self, job: Job[T]) -> T:
        """The same for callers without an event loop: the command line and tests."""
        ready = threading.Event()
        waiting = _Waiting(job, lambda _: ready.set())
        self._queue.put(waiting)
        ready.wait()
        if waiting.error:
            raise waiting.error
        result: T = waiting.result
        return result

    def _work(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            batch, stopping = [first], False
            while len(batch) < BATCH and not self._queue.empty():
                waiting = self._queue.get()
                if waiting is None:
                    stopping = True
                    break
                batch.append(waiting)
            self._run_batch(batch)
            for waiting in batch:
                waiting.done(waiting)
            if stopping:
                return

    def _run_batch(self, batch: list[_Waiting]) -> None:
        self.batches += 1
        try:
            self._together(batch)
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for waiting in batch:
                self._run_batch([waiting])

    def _together(self, batch: list[_Waiting]) -> None:
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            session.info["ids"] = self._ids
            with session.begin():
                session.info["driver"] = driver(session)
                for waiting in batch:
                    waiting.result = waiting.job(session)
                    session.flush()
                    failpoint("store.inside")
                finish(session)
            for action in session.info.pop("afterwards", ()):
                action()


def overwrite(session: Session) -> None:
    """What this transaction takes out of the database is overwritten on the disk, too, as far as the database can: SQLite blanks the
    places and puts away its log once the transaction is over, unless somebody is reading just then. To be called before anything is
    taken out. PostgreSQL keeps it until its next vacuum."""
    engine = session.get_bind()
    if engine.dialect.name == "sqlite" and isinstance(engine, Engine):
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")
        afterwards(session, partial(_put_away_log, engine))


def _put_away_log(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        for pragma in ("busy_timeout=300", "wal_checkpoint(TRUNCATE)", "busy_timeout=5000", "secure_delete=FAST"):
            connection.cursor().execute(f"PRAGMA {pragma}").fetchall()
    finally:
        connection.close()


def _settle(future: "asyncio.Future[Any]", waiting: _Waiting) -> None:
    if future.done():
        return
    if waiting.error:
        future.set_exception(waiting.error)
    else:
        future.set_result(waiting.result)


def defer(session: Session, table: type[SQLModel], row: dict[str, Any]) -> None:
    """Lays a row down to be inserted with its like in one statement at the end of the transaction.

    For rows nothing reads before the commit: log entries and their words, card tokens. Dropped with the transaction.
    """
    session.info.setdefault("deferred", {}).setdefault(table, []).append(row)


def afterwards(session: Session, action: Callable[[], None]) -> None:
    """Has `action` done once the transaction is on disk; dropped with it. For what is kept in memory beside the store."""
    session.info.setdefault("afterwards", []).append(action)


def finish(session: Session, only: type[SQLModel] | None = None) -> None:
    """Inserts what was deferred; of one table only where it is about to be read."""
    deferred: dict[type[SQLModel], list[Any]] = session.info.get("deferred", {})
    for table in list(deferred) if only is None else deferred.keys() & {only}:
        rows = deferred.pop(table)
        if table not in _INSERTS:
            _INSERTS[table] = insert(table)
        _INSERTS[table].many(session, rows)


_INSERTS: dict[type[SQLModel], Prepared] = {}
