"""What holds a project up, and whether somebody is asked to act."""

import re
from collections.abc import Mapping, Sequence

from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.words import Category


def find(clauses: Sequence[Clause], known: Patterns) -> list[list[str]]:
    """For each clause the kinds of what it says holds the project up."""
    found: list[list[str]] = []
    for place, clause in enumerate(clauses):
        ahead = clauses[place - 1] if place and clauses[place - 1].mark == "," else None
        behind = clauses[place + 1] if clause.mark == "," and place + 1 < len(clauses) else None
        found.append(_named(clause.words, ahead.words if ahead else "", behind.words if behind else "", known))
    return [_without_what_follows(found, place, clauses, known) for place in range(len(found))]


def _named(words: str, ahead: str, behind: str, known: Patterns) -> list[str]:
    """The kinds named in a clause, which stands between the clauses `ahead` and `behind`."""
    open_words = known.marks["solved"].sub("", words)  # 没有受天气影响 is no hindrance
    solved, trouble = open_words != words, known.has("trouble", open_words)
    if solved and not trouble:
        return []
    bare = known.marks["adverbs"].sub("", open_words)
    named = _matching(open_words, known.plain)
    if bare != open_words:
        named += _matching(bare, known.plain)
    if not solved and (trouble or _asked(words, ahead, known)):
        topics = _matching(words, known.topics)
        if not topics and not named and trouble:
            return _carried(ahead, known)
        named += topics
    elif not solved and known.has("standstill", behind):
        named += [name for name in known.topics if name in known.outside and known.topics[name].search(words)]
    found = dict.fromkeys(named)
    # What is stuck is named more closely by its matter than by the paper that is missing: 环评批复, 迁改方案.
    return [name for name in found if not known.yields.get(name, frozenset()) & found.keys()]


def _asked(words: str, ahead: str, known: Patterns) -> bool:
    """Whether what the clause names is asked for, by itself or with the clause ahead."""
    return asks_for_help(words, known) or (known.has("urged", words) and asks_for_help(ahead, known))


def _carried(ahead: str, known: Patterns) -> list[str]:
    """What a clause of trouble that names nothing itself speaks of: 光缆挂在老杆上，没人来剪."""
    if known.has("solved", ahead) or known.has("moving", ahead) or known.has("done", ahead):
        return []
    named = _matching(ahead, known.topics)
    return [name for name in named if not known.yields.get(name, frozenset()) & set(named)]


def _without_what_follows(
    found: Sequence[Sequence[str]], place: int, clauses: Sequence[Clause], known: Patterns
) -> list[str]:
    """The kinds of a clause without those that only follow from another in it or beside it: 中压管压在承台上，迁不走."""
    near = {
        name
        for other in (place - 1, place + 1)
        if 0 <= other < len(found) and clauses[min(place, other)].mark == ","
        for name in found[other]
    }
    beside = near | set(found[place])
    return [name for name in found[place] if not _follows(name, beside - {name}, clauses[place].words, known)]


def _follows(name: str, near: set[str], words: str, known: Patterns) -> bool:
    """Whether a kind that has no topic of its own in the clause gives way to one that is `near`."""
    topics = known.topics.get(name)
    return bool(known.follows.get(name, frozenset()) & near) and not (topics and topics.search(words))


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
