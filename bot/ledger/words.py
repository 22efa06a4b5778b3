"""The words that tables use for their columns, as bot/data/forms.toml has them, and how like two of them are."""

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any

from bot.rules.words import Role

Key = str
"""A field of LedgerProject, LedgerPerson or LedgerMatter, a Role, or one of these."""
NO_PLACE = "no_place"
"""Known, but nothing here keeps it: said plainly in the preview."""
IGNORED, SPAN, NUMBER, NAME, PHONE = "ignored", "span", "number", "name", "contact_phone"
NODE, PLAN, DONE, REPORTER_PHONE = "node", "plan", "done", "reporter_phone"
"""A part of a milestone; the plan or what was invested of a month ("plan:3", "done:3"); the telephone of the reporter at its left."""
MONTH_PLAN = "month_plan"
"""The plan of the month that the sheet is of."""
MONEY = ("total", "invested_before", "year_plan", "invested_year", "invested_month", "invested_ten")
ALIKE = 0.6
"""So like a header must be to a word that we know (1 is the same) to be taken for what it says."""
TELEPHONE = re.compile(r"电话|手机|联系方式")
Patterns = tuple[tuple[Key, re.Pattern[str]], ...]


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("bot") / "data" / "forms.toml").read_text("utf-8"))


def _patterns(name: str) -> Patterns:
    return tuple((_key(key), re.compile(pattern)) for key, pattern in _file()[name])


def _key(word: str) -> Key:
    return Role(word) if word in list(Role) else word


PROJECT, PEOPLE, MILESTONE, MATTER = (_patterns(name) for name in ("project", "people", "milestone", "matter"))
WORDS: tuple[tuple[str, Key], ...] = tuple(
    (word, _key(key)) for key, words in _file()["words"].items() for word in words
)
NODES: tuple[str, ...] = tuple(_file()["nodes"])
KEYS: tuple[Key, ...] = tuple(dict.fromkeys(_key(key) for key in _file()["words"]))
"""What a column may be said to hold by hand, beside the plan of a month."""
MATTER_KEYS: tuple[Key, ...] = tuple(dict.fromkeys(key for key, _ in MATTER if key not in (IGNORED, NO_PLACE)))
"""The same for a ledger of problems."""
_EXACT = dict(WORDS)
_PUNCTUATION = re.compile(r"[、，,。·.\-—/\s()\[\]【】:]")


def likeness(one: str, other: str) -> float:
    """How like two words are: from 0 to 1, by the characters and the pairs of characters that they share."""
    one, other = _PUNCTUATION.sub("", one), _PUNCTUATION.sub("", other)
    if not one or not other:
        return 0.0
    return (_shared(list(one), list(other)) + _shared(_pairs(one), _pairs(other))) / 2


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


def _shared(one: list[str], other: list[str]) -> float:
    return 2 * sum((Counter(one) & Counter(other)).values()) / (len(one) + len(other))


def meant(word: str) -> Key | None:
    """What a word of the table stands for; None where it is not one of them."""
    return _EXACT.get(word)


def most_like(word: str) -> list[tuple[float, Key]]:
    """What a header may mean, the most like first, each once: its last part alone, or the whole of it."""
    best: dict[Key, float] = {}
    for known, key in WORDS:
        score = max(likeness(known, word), likeness(known, word.rsplit("/", 1)[-1]))
        best[key] = max(best.get(key, 0.0), score)
    return sorted(((score, key) for key, score in best.items()), key=lambda pair: -pair[0])


@cache
def is_node(words: str) -> bool:
    """Whether a header names one of the steps that have columns of their own."""
    return any(words.startswith(node) or likeness(words, node) >= 0.75 for node in NODES)
