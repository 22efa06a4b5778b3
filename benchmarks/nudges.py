"""The morning's tick with 10,000 projects due, items and bundles, beside the same inserts and updates by executemany."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import many
from benchmarks.measure import Line, rounds, slower, timed
from handlers import nudges
from tests.counting import Statement, recording
from tests.town import Town

ROUNDS = 3


def lines(home: Path) -> Iterator[Line]:
    settled, ours_home, base_home = home / "settled", home / "ours", home / "base"
    settled.mkdir()
    many.settled(settled)
    written: list[Statement] = []

    def ours() -> float:
        many.copied(settled, ours_home)
        town = Town(ours_home, many.MORNING)
        try:
            if not written:
                with recording(town.store.engine) as found:
                    _tick(town)
                written.extend(found.changes)
                assert sum(sql.startswith("INSERT INTO outbox") for sql, _ in written) == many.DUE
                return 1.0
            return timed(lambda: _tick(town))
        finally:
            town.close()

    def base() -> float:
        return timed(many.by_executemany(many.copied(settled, base_home), written))

    yield slower(f"nudge tick, {many.DUE:,} due", rounds(ours, base, ROUNDS), 2)


def _tick(town: Town) -> None:
    while town.do(nudges.run):
        pass
