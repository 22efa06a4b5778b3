"""A database of many projects, made by hand: 100,000 of them, 10,000 with something due on one working day."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from bot.rules.words import Role
from storage.db import Store
from storage.prepared import insert
from storage.tables import Account, Assignment, Milestone, Person, Project, Unit
from tests.counting import Statement
from tests.town import Town, at

PROJECTS, DUE = 100_000, 10_000
MORNING = "2026-11-25 09:10"
"""The working day on which monthly reports are due; every bundle's hour has come."""
TODAY, LATER = date(2026, 11, 25), date(2027, 3, 1)


def settled(home: Path) -> None:
    """Fills the database of a town at `home`. Each project has a reporter and two open milestones; each of those due another person."""
    town = Town(home, MORNING)
    town.store.run_now(_fill)
    town.close()


def _fill(session: Any) -> None:
    made, since = at(MORNING), date(2026, 1, 1)

    def put(table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
        blank = {name: field.get_default(call_default_factory=True) for name, field in table.model_fields.items()}
        insert(table).many(session, [{**blank, **row} for row in rows])

    put(Unit, [{"id": 1, "name": "长泉区"}])
    put(Person, [{"id": key, "name": f"P{key}", "unit": 1, "created_at": made} for key in range(1, DUE + 1)])
    put(Account, [
        {"id": key, "person": key, "channel": "phone", "identity": f"P{key}", "chat": f"P{key}", "bound_at": made, "used_at": made}
        for key in range(1, DUE + 1)
    ])  # fmt: skip
    put(Project, [
        {
            "id": key, "number": key, "name": f"项目{key}", "unit": 1, "year": 2026, "accepted_on": since, "created_at": made,
            "as_of": date(2026, 10, 25), "looked_on": date(2026, 11, 24), "next_look": TODAY if key % 10 == 0 else LATER,
        }
        for key in range(1, PROJECTS + 1)
    ])  # fmt: skip
    put(Assignment, [
        {"id": key, "project": key, "role": Role.REPORTER, "person": (key + 9) // 10, "since": since} for key in range(1, PROJECTS + 1)
    ])  # fmt: skip
    put(Milestone, [
        {"id": 2 * key + position, "project": key, "position": position, "name": f"节点{position}", "due": date(2027, 6, 1 + position)}
        for key in range(1, PROJECTS + 1)
        for position in range(2)
    ])  # fmt: skip


def copied(source: Path, home: Path) -> Path:
    """A copy of the database in a home of its own."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    return Path(shutil.copy(source / "town.db", home / "town.db"))


def by_executemany(database: Path, statements: Sequence[Statement]) -> Callable[[], None]:
    """Runs the statements through the driver, those in succession that are the same by executemany, in one transaction."""
    calls = [(sql, [values for _, values in some]) for sql, some in groupby(statements, key=lambda one: one[0])]
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")

    def run() -> None:
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for sql, rows in calls:
            cursor.executemany(sql, rows)
        cursor.execute("COMMIT")
        connection.close()

    return run


def opened(database: Path) -> Store:
    return Store(f"sqlite:///{database}")
