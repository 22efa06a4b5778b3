"""What holds a project up, and whether somebody is asked to act."""

import re
from collections.abc import Mapping, Sequence

from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.words import Category


def find(clauses: Sequence[Clause], known: Patterns) -> list[list[str]]:
    """For each clause the kinds of what it says holds the project up."""
    behind = [clause.words for clause in clauses[1:]] + [""]
    return [
        _named(clause, after if clause.mark == "," else "", known)
        for clause, after in zip(clauses, behind, strict=False)
    ]


def _named(clause: Clause, after: str, known: Patterns) -> list[str]:
    """The kinds named in a clause; `after` is the clause behind it."""
    words = clause.words
    if not known.any_blocker.search(words):
        return []
    open_words = known.marks["solved"].sub("", words)  # 没有受天气影响 is no hindrance
    solved, trouble = open_words != words, known.has("trouble", open_words)
    if solved and not trouble:
        return []
    named = _matching(open_words, known.plain)
    if trouble and not solved:
        named += _matching(words, known.topics)
    elif not solved and known.has("standstill", after):
        named += [name for name in _matching(words, known.topics) if name in known.outside]
    found = dict.fromkeys(named)
    # What is stuck is named more closely by its matter than by the paper that is missing: 环评批复, 迁改方案.
    return [name for name in found if not known.yields.get(name, frozenset()) & found.keys()]


def category_of(kind: str, words: str, known: Patterns) -> Category:
    """What a hindrance is filed under: that of its kind; of 路水电网气热 the one that its clause plainly names."""
    category = known.categories[kind]
    if category is not Category.UTILITIES:
        return category
    named = [one for one, pattern in known.utilities.items() if pattern.search(words)]
    return named[0] if len(named) == 1 else category


def _matching(words: str, patterns: Mapping[str, re.Pattern[str]]) -> list[str]:
    return [name for name, pattern in patterns.items() if pattern.search(words)]


def asks_for_help(words: str, known: Patterns) -> bool:
    """Whether a clause asks somebody to act, pay or coordinate."""
    return known.has("help", words) and not known.has("no_help", words)
