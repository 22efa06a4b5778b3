"""The scan of what is due, 10,000 of 100,000 projects, beside the same three statements through the driver."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import many
from benchmarks.measure import Line, rounds, slower, timed
from storage.nudges import due
from tests.counting import recording

ROUNDS = 9


def lines(home: Path) -> Iterator[Line]:
    many.settled(home)
    store = many.opened(home / "town.db")
    connection = sqlite3.connect(home / "town.db")
    connection.execute("PRAGMA cache_size=-65536")

    def scan(session: Any) -> float:
        def work() -> None:
            assert len(due(session, many.TODAY, many.DUE + 1)) == many.DUE

        return timed(work)

    with recording(store.engine) as found:
        store.run_now(scan)

    def bare() -> None:
        for sql, values in found.statements:
            connection.execute(sql, values).fetchall()

    try:
        yield slower(
            f"due scan, {many.DUE:,} of {many.PROJECTS:,} projects",
            rounds(lambda: store.run_now(scan), lambda: timed(bare), ROUNDS), 1.5,
        )  # fmt: skip
    finally:
        connection.close()
        store.close()
