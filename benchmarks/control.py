"""The same beside itself: how far a ratio may be off by noise alone."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Line, rounds, slower, timed


def _work() -> None:
    digest = b""
    for _ in range(40_000):
        digest = hashlib.sha256(digest).digest()


def lines(_home: Path) -> Iterator[Line]:
    found = rounds(lambda: timed(_work), lambda: timed(_work), 9)
    line = slower("control: the same beside itself", found, 1.15)
    yield replace(line, aim="0.85–1.15×", met=all(0.85 <= ratio <= 1.15 for ratio in (found.median, found.best)))
