"""What holds a project up, and whether somebody is asked to act."""

import re
from collections.abc import Sequence

from bot.rules.reading import lexicon
from bot.rules.reading.clauses import Clause

_SOLVED = re.compile(lexicon.SOLVED)
_TROUBLE = re.compile(lexicon.TROUBLE)
_STANDSTILL = re.compile(lexicon.STANDSTILL)
_HELP = re.compile(lexicon.HELP)
_NO_HELP = re.compile(lexicon.NO_HELP)
_TOPICS = {name: re.compile(one.topics) for name, one in lexicon.HINDRANCES.items()}
_PLAIN = {name: re.compile(one.plain) for name, one in lexicon.HINDRANCES.items()}
_ANY_TOPIC = re.compile("|".join(one.topics for one in lexicon.HINDRANCES.values()))
_ANY_PLAIN = re.compile("|".join(one.plain for one in lexicon.HINDRANCES.values()))


def find(clauses: Sequence[Clause]) -> list[list[str]]:
    """For each clause the categories of what it says holds the project up."""
    behind = [clause.words for clause in clauses[1:]] + [""]
    return [
        _named(clause.words, after if clause.mark == "," else "")
        for clause, after in zip(clauses, behind, strict=False)
    ]


def _named(words: str, after: str) -> list[str]:
    """The categories named in a clause; `after` is the clause behind it."""
    if not (_ANY_TOPIC.search(words) or _ANY_PLAIN.search(words)):
        return []
    solved, trouble = bool(_SOLVED.search(words)), bool(_TROUBLE.search(words))
    if solved and not trouble:
        return []
    plainly = _matching(words, _PLAIN)
    named: list[str] = []
    if trouble and not solved:
        named = _matching(words, _TOPICS)
    elif not solved and _STANDSTILL.search(after):
        named = [name for name in _matching(words, _TOPICS) if name in lexicon.CIRCUMSTANCES]
    found = dict.fromkeys(plainly + named)
    # What is stuck is named more closely by its matter than by the paper that is missing: 环评批复, 迁改方案.
    return [name for name in found if not lexicon.YIELDS.get(name, frozenset()) & found.keys()]


def _matching(words: str, patterns: dict[str, re.Pattern[str]]) -> list[str]:
    return [name for name, pattern in patterns.items() if pattern.search(words)]


def asks_for_help(words: str) -> bool:
    """Whether a clause asks somebody to act, pay or coordinate."""
    return bool(_HELP.search(words) and not _NO_HELP.search(words))
