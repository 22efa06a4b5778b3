"""The project's own milestones in a report: by their name, their last stage, or the likeness of the words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.reading import stages
from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.reading.script import plain
from bot.rules.reading.values import MilestoneMention

_CLAUSES = 60
_ALIKE = 0.6


@dataclass(frozen=True)
class Key:
    """A milestone's name, made ready for comparison."""

    name: str
    stage: str
    pairs: frozenset[str]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _key(name: str, known: Patterns) -> Key:
    bare = re.sub(r"[^\w#]|完成|项目|工程", "", plain(name[:80])).replace("#", "号")
    found = stages.marks(bare, known)
    return Key(bare, found[-1][2] if found else "", _pairs(bare))


def find(
    clauses: Sequence[Clause], names: Sequence[str], text: str, known: Patterns
) -> tuple[list[MilestoneMention], bool]:
    """Mentions of the project's own milestones, and whether one was left out because several names fit equally well.

    `text` is the report as it was typed; a mention quotes its clause.
    """
    keys = [_key(name, known) for name in names]
    found: dict[int, MilestoneMention] = {}
    unclear = False
    for clause in clauses[:_CLAUSES]:
        for indexes, start, end in _named(clause.words[:200].replace("#", "号"), keys, known):
            stage = keys[indexes[0]].stage or "竣工"
            lead = clause.shown[max(0, start - stages.REACH) : start]
            place = stages.Place(clause, stage, lead, clause.shown[end : end + stages.REACH], lead)
            status = stages.status_of(place, known)
            unclear = unclear or len(indexes) > 1
            if status and len(indexes) == 1:
                whole = keys[indexes[0]].name in clause.words[:200].replace("#", "号")
                found[indexes[0]] = MilestoneMention(indexes[0], status, text[clause.start : clause.end].strip(), whole)
    return list(found.values()), unclear


def _named(words: str, keys: Sequence[Key], known: Patterns) -> list[tuple[list[int], int, int]]:
    """For each place that names milestones the indexes that fit it best: by the whole name, its last stage, its bigrams."""
    pairs = _pairs(words)
    marks = stages.marks(words, known)
    scored: dict[tuple[int, int], dict[int, float]] = {}
    for index, key in enumerate(keys):
        at = words.find(key.name) if key.name else -1
        share = len(key.pairs & pairs) / len(key.pairs) if key.pairs else 0.0
        own = next(((start, end) for start, end, stage in marks if stage == key.stage), None)
        if at >= 0:
            place = own if own and at <= own[0] < at + len(key.name) else (at, at + len(key.name))
            scored.setdefault(place, {})[index] = 2.0 + len(key.name)
        elif own:
            scored.setdefault(own, {})[index] = 1.0 + share
        elif share >= _ALIKE:
            shared = [i for i in range(len(words) - 1) if words[i : i + 2] in key.pairs]
            scored.setdefault((shared[0], shared[-1] + 2), {})[index] = share
    return [
        ([index for index, score in fits.items() if score == max(fits.values())], start, end)
        for (start, end), fits in sorted(scored.items())
    ]
