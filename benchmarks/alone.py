"""One report alone, beside its own statements replayed through the driver in one transaction of the same durability."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.house import Phones, by_driver, copied, settled
from benchmarks.measure import Line, count, rounds, slower, timed
from bot.messages import Incoming
from tests.counting import recording

ROUNDS = 40


def lines(home: Path) -> Iterator[Line]:
    town = settled(home, 1)
    phones = Phones(town, 1)
    replays: list[Callable[[], None]] = []
    commits: list[int] = []

    async def takes(incoming: Incoming) -> float:
        begun = time.perf_counter()
        await town.app._receive_one(incoming)
        return time.perf_counter() - begun

    def ours() -> float:
        asyncio.run(takes(phones.types()[0]))
        press = phones.confirms()[0]
        copied(town, home / "base.db")
        with recording(town.store.engine) as found:
            seconds = asyncio.run(takes(press))
        commits.append(found.commits)
        replays.append(by_driver(home / "base.db", found.statements))
        return seconds

    try:
        found = rounds(ours, lambda: timed(replays.pop()), ROUNDS)
    finally:
        town.close()
    yield slower("one 确认 alone, beside its own statements", found, 2)
    yield count("one 确认 alone: commits", max(commits), 1)
