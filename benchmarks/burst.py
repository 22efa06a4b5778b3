"""256 reports waiting at once, beside one batch of the same inserts and updates through Core, statement by statement.

p99: of the time from arrival until the effects are on disk; once with all 256 waiting, once at the pace of the worst five
minutes of a month (50,000 reports, 167 a second).
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.house import Phones, by_core, copied, settled
from benchmarks.measure import Line, Rounds, count, rate, rounds, timed
from bot.messages import Incoming
from tests.counting import Recorded, recording

WAITING = 256
ROUNDS = 6
PACE = 167
"""Reports a second."""
SECONDS = 3


def lines(home: Path) -> Iterator[Line]:
    with_people = settled(home, WAITING)
    phones = Phones(with_people, WAITING)
    try:
        yield from _lines(home, phones)
    finally:
        with_people.close()


def _lines(home: Path, phones: Phones) -> Iterator[Line]:
    waits: list[float] = []
    recorded: list[Recorded] = []

    def confirms() -> list[Incoming]:
        _take_in(phones, phones.types())
        return phones.confirms()

    found = _beside(home, phones, confirms, waits, recorded)
    yield rate(f"burst: {WAITING} 确认 waiting", found, 0.6, of=WAITING)
    commits = sum(one.commits for one in recorded)
    yield count(
        "burst: commits per 1,000 reports, typed and confirmed", 2 * 1000 * commits / (len(recorded) * WAITING), 25
    )
    yield count(f"burst: p99 until on disk, {WAITING} waiting", 1000 * _p99(waits), 50, " ms")
    yield count(f"burst: p99 until on disk, {PACE} reports/s", 1000 * _p99(_paced(phones)), 50, " ms")

    def types() -> list[Incoming]:
        _take_in(phones, phones.confirms())
        return phones.types()

    _take_in(phones, phones.types())
    yield rate(f"burst: {WAITING} texts waiting", _beside(home, phones, types, [], []), 0.6, of=WAITING)


def _beside(
    home: Path, phones: Phones, batch: Callable[[], list[Incoming]], waits: list[float], recorded: list[Recorded]
) -> Rounds:
    """Rounds of one kind of batch. Each base round runs what ours has just run, on a copy taken just before."""

    def ours() -> float:
        waiting = batch()
        copied(phones.town, home / "base.db")
        with recording(phones.town.store.engine) as found:
            seconds = _take_in(phones, waiting, waits)
        recorded.append(found)
        base_runs.append(by_core(home / "base.db", found.changes))
        return seconds

    base_runs: list[Callable[[], None]] = []
    return rounds(ours, lambda: timed(base_runs.pop()), ROUNDS)


def _take_in(phones: Phones, batch: Sequence[Incoming], waits: list[float] | None = None) -> float:
    """Takes a batch in; returns the seconds until all of it is on disk, and adds those of each message to `waits`."""

    async def one(incoming: Incoming) -> None:
        begun = time.perf_counter()
        await phones.town.app._receive_one(incoming)
        if waits is not None:
            waits.append(time.perf_counter() - begun)

    async def all_of_them() -> float:
        begun = time.perf_counter()
        await asyncio.gather(*(one(incoming) for incoming in batch))
        return time.perf_counter() - begun

    return asyncio.run(all_of_them())


def _paced(phones: Phones) -> list[float]:
    """Seconds that each 确认 takes when they come in at an even pace."""
    waits: list[float] = []

    async def one(incoming: Incoming) -> None:
        begun = time.perf_counter()
        await phones.town.app._receive_one(incoming)
        waits.append(time.perf_counter() - begun)

    async def some(batch: Sequence[Incoming]) -> None:
        async with asyncio.TaskGroup() as tasks:
            begun = time.perf_counter()
            for at, incoming in enumerate(batch):
                await asyncio.sleep(max(0.0, begun + at / PACE - time.perf_counter()))
                tasks.create_task(one(incoming))

    for _ in range(max(1, PACE * SECONDS // WAITING)):
        _take_in(phones, phones.types())
        asyncio.run(some(phones.confirms()))
    return waits


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]
