"""Verifying the dispatch log, beside a bare hash loop over the same rows as the driver gives them."""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.house import settled
from benchmarks.measure import Line, rounds, slower, timed
from handlers.desk import Desk
from storage.dispatch_log import verify

ENTRIES = 20_000
ROUNDS = 7


def lines(home: Path) -> Iterator[Line]:
    town = settled(home, 1)

    def write(desk: Desk) -> None:
        for at in range(ENTRIES // 10):
            words = {"words": f"主体结构施工至 {at} 层，本周受雨天影响"}
            facts = {"report": at, "source": "chat", "files": 0, "progress": "65.00", "invested_year": 80_000_000}
            desk.note("report.received", project=1, person=1, facts=facts, words=words)

    for _ in range(10):
        town.do(write)
    connection = sqlite3.connect(home / "town.db")

    def bare() -> None:
        rows = connection.execute(
            "SELECT d.id, d.at, d.kind, d.project, d.person, d.channel, d.message, d.body, d.commitment, d.previous, d.hash, "
            "w.person, w.sealed FROM dispatch_log d LEFT JOIN log_words w ON w.entry = d.id ORDER BY d.id"
        )
        for row in rows:
            hashlib.sha256("".join(map(str, row[:10])).encode()).hexdigest()
            hashlib.sha256(row[12].encode()).hexdigest()

    def ours() -> None:
        with town.store.read() as session:
            assert verify(session, town.app.house.sealer).count == ENTRIES

    try:
        found = rounds(lambda: timed(ours), lambda: timed(bare), ROUNDS)
    finally:
        connection.close()
        town.close()
    yield slower(f"log verify, per entry of {ENTRIES:,}", found, 1.5, of=ENTRIES)
