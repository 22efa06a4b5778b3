"""The words a report is read with: one value, seeded from `bot/data/lexicon.toml`, that can learn new ones."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

from bot.rules.reading import masks
from bot.rules.reading.script import plain
from bot.rules.words import Category

Kind = Literal["stage", "blocker", "help"]

# What a fragment may name of the masked text: a name, a date, a count, a share, a sum, a length of time.
_MASKED = {
    "<名>": masks.NAME,
    "<日>": masks.DATE,
    "<量>": f"{masks.COUNTS}+",
    "<数>": masks.COUNTS,
    "<层>": f"{masks.FLOORS}+",
    "<比>": f"{masks.SHARE}+",
    "<钱>": f"{masks.MONEY}+",
    "<久>": f"{masks.LENGTH}+",
}
_FIGURE = re.compile(r"\d+(?:\\?[.,]\d+)*")


@dataclass(frozen=True)
class Stage:
    """`moment` tells a stage that happens at once (封顶) from one that takes its time (主体)."""

    words: tuple[str, ...]
    moment: bool = False


@dataclass(frozen=True)
class Blocker:
    """A kind of hindrance. `topics` count beside a word of trouble, `plain` words say by themselves that something is wrong.

    `outside` comes over a site (天气) and may stand in the clause before what it did. Where one of `yields` is named
    too, it is the closer name; it is left out where one of `follows` stands in the clause beside. `category` is where a matter of this kind is filed.
    """

    category: Category
    topics: tuple[str, ...]
    plain: tuple[str, ...]
    outside: bool = False
    yields: frozenset[str] = frozenset()
    follows: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lexicon:
    """Fragments of regular expressions over the plain text (half-width, simplified, lower case); a word is one too."""

    stages: Mapping[str, Stage]
    blockers: Mapping[str, Blocker]
    utilities: Mapping[Category, tuple[str, ...]]
    marks: Mapping[str, tuple[str, ...]]

    @cached_property
    def patterns(self) -> "Patterns":
        return Patterns(self)

    def learned(self, kind: Kind, name: str, phrase: str) -> "Lexicon":
        """This lexicon with one phrase more, as it was typed: figures in it stand for any figure.

        `name` is that of the stage or blocker (for help it does not matter); KeyError where there is none such.
        """
        fragment = _FIGURE.sub(r"\\d+(?:[.,]\\d+)*", re.escape(plain(phrase).strip()))
        if not fragment:
            return self
        if kind == "help":
            return replace(self, marks={**self.marks, "help": (*self.marks["help"], fragment)})
        if kind == "stage":
            stage = self.stages[name]
            return replace(self, stages={**self.stages, name: replace(stage, words=(fragment, *stage.words))})
        blocker = self.blockers[name]
        return replace(self, blockers={**self.blockers, name: replace(blocker, plain=(*blocker.plain, fragment))})


class Patterns:
    """A lexicon made ready for searching, once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.stage_names = tuple(lexicon.stages)
        self.moments = frozenset(name for name, stage in lexicon.stages.items() if stage.moment)
        self.stage = _any(f"(?P<s{i}>{_joined(stage.words)})" for i, stage in enumerate(lexicon.stages.values()))
        self.topics = {name: _any(one.topics) for name, one in lexicon.blockers.items() if one.topics}
        self.plain = {name: _any(one.plain) for name, one in lexicon.blockers.items()}
        self.any_blocker = _any(word for one in lexicon.blockers.values() for word in (*one.topics, *one.plain))
        self.outside = frozenset(name for name, one in lexicon.blockers.items() if one.outside)
        self.yields = {name: one.yields for name, one in lexicon.blockers.items() if one.yields}
        self.follows = {name: one.follows for name, one in lexicon.blockers.items() if one.follows}
        self.categories = {name: one.category for name, one in lexicon.blockers.items()}
        self.utilities = {category: _any(words) for category, words in lexicon.utilities.items()}
        self.marks = {name: _any(words) for name, words in lexicon.marks.items()}
        on_plan = f"(?:{_joined(lexicon.marks['on_plan'])}|{_joined(lexicon.marks['no_trouble'])})"
        self.on_plan = re.compile(rf"(?:{on_plan}[,。;!、\s]*)+")
        self.empty = re.compile(rf"(?:{on_plan}|{_joined(lexicon.marks['fillers'])}|[^\w]|\s)*")
        self.not_before = re.compile(
            rf"(?:{_joined(lexicon.marks['not_yet'])})(?:能|有|按时|按期|如期|按计划|按节点|正式|办|全面|全部|开始|实现|完成|通过|达到){{0,3}}.{{0,2}}$|不(?:肯|愿|让)?$"
        )

    def has(self, mark: str, words: str) -> bool:
        """Whether a word of that mark (help, trouble, ...) stands in `words`."""
        return bool(self.marks[mark].search(words))


def _joined(words: Iterable[str]) -> str:
    text = "|".join(words)
    for name, mask in _MASKED.items():
        text = text.replace(name, mask)
    return text


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_joined(words), re.M)


def of_values(values: Mapping[str, Any]) -> Lexicon:
    """A lexicon from what a TOML file of its form holds. KeyError or ValueError where something is missing or unknown."""
    return Lexicon(
        stages={name: Stage(tuple(one["words"]), bool(one.get("moment"))) for name, one in values["stages"].items()},
        blockers={
            name: Blocker(
                Category(one["category"]),
                tuple(one["topics"]),
                tuple(one["plain"]),
                bool(one.get("outside")),
                frozenset(one.get("yields", ())),
                frozenset(one.get("follows", ())),
            )
            for name, one in values["blockers"].items()
        },
        utilities={Category(name): tuple(words) for name, words in values["utilities"].items()},
        marks={name: tuple(words) for name, words in values["marks"].items()},
    )


@cache
def seed() -> Lexicon:
    """The lexicon that comes with the program."""
    return of_values(tomllib.loads((files("bot") / "data" / "lexicon.toml").read_text("utf-8")))
