"""What holds a project up, and whether somebody is asked to act."""

import re
from collections.abc import Mapping, Sequence, Set

from bot.rules.reading.clauses import Clause, within
from bot.rules.reading.lexicon import Patterns
from bot.rules.reading.stages import Mention
from bot.rules.words import Category

_ENDED_BY_ITSELF = frozenset({"招标"})  # kinds that are over once the stage of their name is done
_LATER = 6  # clauses in which it is looked for that a hindrance is over
_ROW = re.compile(r"[一-龥]{0,4}(?:、|以及|及|和)[一-龥、]{0,16}")


def find(clauses: Sequence[Clause], mentions: Sequence[Mention], known: Patterns) -> list[list[str]]:
    """For each clause the kinds of what it says holds the project up; what the stages told behind it show to be over
    (8月复工, 决标) is left out."""
    found: list[list[str]] = []
    for place, clause in enumerate(clauses):
        ahead = clauses[place - 1] if place and clauses[place - 1].mark == "," else None
        behind = clauses[place + 1] if clause.mark == "," and place + 1 < len(clauses) else None
        found.append(_named(clause.words, ahead.words if ahead else "", behind.words if behind else "", known))
    starts = [one.start for one in mentions]
    held: list[list[str]] = []
    for place, clause in enumerate(clauses):
        later = clauses[place + 1 : place + 1 + _LATER]
        behind_it = within(starts, clause.end, later[-1].end) if later else ()
        done = {mentions[i].stage for i in behind_it if mentions[i].status == "done"}
        names = _without_what_follows(found, place, clauses, known)
        held.append([name for name in names if not (later and _over(name, clause, later, done, known))])
    return held


def _over(name: str, clause: Clause, later: Sequence[Clause], done: Set[str], known: Patterns) -> bool:
    """Whether what held the project up is told to be over by the clauses behind, or by the stages `done` in them."""
    if name in done & _ENDED_BY_ITSELF:
        return True
    harmless = any(known.has("harmless", one.words) for one in later[:2])
    if harmless and name in known.outside and not known.has("standstill", clause.words):
        return True
    if not (clause.past or known.has("earlier", clause.words)):
        return False
    if any(known.has("trouble", known.marks["solved"].sub("", one.words)) for one in later):
        return False
    return "复工" in done or any(not one.future and known.has("moving", one.shown) for one in later)


def _named(words: str, ahead: str, behind: str, known: Patterns) -> list[str]:
    """The kinds named in a clause, which stands between the clauses `ahead` and `behind`."""
    open_words = known.marks["solved"].sub("", words)  # 没有受天气影响 is no hindrance
    solved, trouble = open_words != words, known.has("trouble", open_words)
    if solved and not trouble:
        return []
    bare = known.marks["adverbs"].sub("", open_words)
    named = _matching(open_words, known.plain)
    if bare != open_words:
        named += [name for name in _matching(bare, known.plain) if name not in named]
    told = trouble or known.has("cause", words)
    if not solved and (told or _asked(words, ahead, known)):
        topics = _matching(words if told else known.marks["addressee"].sub("", words), known.topics)
        if not topics and not named and trouble:
            return _carried(ahead, known)
        named += [name for name in topics if name not in named]
    elif not solved and known.has("standstill", behind):
        named += [name for name in known.topics if name in known.outside and known.topics[name].search(words)]
    return _closest(named, words, known)


def _asked(words: str, ahead: str, known: Patterns) -> bool:
    """Whether what the clause names is asked for, by itself or with the clause ahead."""
    return asks_for_help(words, known) or (known.has("urged", words) and asks_for_help(ahead, known))


def _carried(ahead: str, known: Patterns) -> list[str]:
    """What a clause of trouble that names nothing itself speaks of: 光缆挂在老杆上，没人来剪."""
    if known.has("solved", ahead) or known.has("moving", ahead) or known.has("done", ahead):
        return []
    return _closest(_matching(ahead, known.topics), ahead, known)


def _closest(named: Sequence[str], words: str, known: Patterns) -> list[str]:
    """The kinds named, without those that another names more closely: 环评批复 is the matter, not the paper that is missing.
    What is told in a row (征地、报批、设计) are several matters, each of its own."""
    return [
        name
        for name in named
        if all(_in_a_row(name, other, words, known) for other in known.yields.get(name, frozenset()) & set(named))
    ]


def _in_a_row(one: str, other: str, words: str, known: Patterns) -> bool:
    """Whether two kinds are members of one list, each named by a topic of its own."""
    topics = [known.topics.get(name) for name in (one, other)]
    spans = sorted(found.span() for topic in topics if topic and (found := topic.search(words)))
    return len(spans) == 2 and bool(_ROW.fullmatch(words[spans[0][1] : spans[1][0]]))


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
