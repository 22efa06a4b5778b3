"""The clauses of a report, and where in them something stands."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

_BREAK = re.compile(r"[,。;!?\n()]|(?<!\d):")


def within(starts: Sequence[int], first: int, end: int) -> range:
    """The indexes of those of the sorted `starts` that lie from `first` up to and without `end`."""
    return range(bisect_left(starts, first), bisect_left(starts, end))


@dataclass(frozen=True)
class Clause:
    """A piece of the text between two marks; `shown` has the figures masked, `words` has not."""

    start: int
    end: int
    words: str
    shown: str
    mark: str
    future: bool = False
    past: bool = False
    hundred: bool = False


def split(words: str, shown: str) -> list[Clause]:
    """The clauses of a text, without empty ones."""
    clauses: list[Clause] = []
    start = 0
    for mark in [*_BREAK.finditer(shown), None]:
        end = mark.start() if mark else len(shown)
        if words[start:end].strip():
            clauses.append(Clause(start, end, words[start:end], shown[start:end], mark[0] if mark else ""))
        start = mark.end() if mark else end
    return clauses
