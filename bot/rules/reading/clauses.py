"""The clauses of a report, and where in them something stands."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

_BREAK = re.compile(r"[,。;!?\n()]|(?<!\d):|(?<=[一-龥\ue000-\ue006])(?P<gap> +)(?=[一-龥\ue000])")
_LEAST = 4  # characters on both sides of a space that parts two clauses: the chat's comma


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
        if mark and mark["gap"] and min(end - start, _run(shown, mark.end())) < _LEAST:
            continue
        if words[start:end].strip():
            clauses.append(Clause(start, end, words[start:end], shown[start:end], _mark(mark)))
        start = mark.end() if mark else end
    return clauses


def _mark(found: re.Match[str] | None) -> str:
    return "" if found is None else "," if found["gap"] else found[0]


def _run(text: str, start: int) -> int:
    """How many characters follow without a break; those beyond a few do not matter."""
    ahead = text[start : start + _LEAST]
    return next((i for i, character in enumerate(ahead) if character in " ,。;!?\n()"), len(ahead))
