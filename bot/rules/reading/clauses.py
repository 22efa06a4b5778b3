"""Stages, milestones, hindrances and requests for help, clause by clause."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from bot.rules.reading import lexicon
from bot.rules.reading.dates import DATE_MARK
from bot.rules.reading.figures import PERCENT_MARK, QUANTITY_MARK
from bot.rules.reading.script import plain
from bot.rules.reading.values import MilestoneMention, Status

_BREAK = re.compile(r"[,。;!?\n()]|(?<!\d):")
_STAGE = re.compile("|".join(f"(?P<s{i}>{words})" for i, words in enumerate(lexicon.STAGES.values())))
_STAGE_NAMES = tuple(lexicon.STAGES)
_JOINT = re.compile(r"^[\s、和与及跟以或/,]*$")
_NOT_BEFORE = re.compile(rf"(?:{lexicon.NOT_YET})(?:能|有|按时|如期|正式|办|全面|全部|开始|实现|完成)?.{{0,2}}$")
_NOT_AFTER = re.compile(r"^.{0,4}?(?:未(?!来)|没(?!问题|有?问题)|不了|不能|无法|没法|还没|尚未|迟迟)")
_PLANNED = re.compile(lexicon.PLANNED)
_PLANNED_AFTER = re.compile(rf"^.{{0,6}}?(?:预计|计划|力争|争取|确保|将于|{DATE_MARK}+能?(?:完|封|结|竣|前))")
_DONE = re.compile(lexicon.DONE)
_DOING = re.compile(lexicon.DOING)
_PART_DONE = re.compile(
    rf"(?:完成?了?|做了?|打了?|铺了?|浇了?|建了?|完成|拆了?|签了?|迁了?|封了?)(?:约|近)?{QUANTITY_MARK}|{QUANTITY_MARK}$|^{QUANTITY_MARK}"
)
_ALL = re.compile(r"全部|全都|均已|都已|全面完成|全完|基本|全线|已完成|完工")


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


@dataclass(frozen=True)
class Mention:
    stage: str
    status: Status
    start: int
    end: int


def stages(clauses: Sequence[Clause]) -> list[Mention]:
    """All stage mentions with their status, in order."""
    found: list[Mention] = []
    planned = False
    for clause in clauses:
        planned = planned and not re.search(r"目前|现|已|正在", clause.shown)
        marks = [
            (m.start(), m.end(), _STAGE_NAMES[int(cast(str, m.lastgroup)[1:])]) for m in _STAGE.finditer(clause.shown)
        ]
        found += _mentions(clause, marks, planned)
        planned = clause.mark not in ("。", ";", "\n", "!", "?") and (
            planned or clause.future or bool(_PLANNED.search(clause.shown))
        )
    return found


def _mentions(clause: Clause, marks: list[tuple[int, int, str]], planned: bool) -> list[Mention]:
    found: list[Mention] = []
    following: Status | None = None
    for place in range(len(marks) - 1, -1, -1):
        start, end, stage = marks[place]
        before = clause.shown[marks[place - 1][1] if place else 0 : start]
        after = clause.shown[end : marks[place + 1][0] if place + 1 < len(marks) else len(clause.shown)]
        joined = place + 1 < len(marks) and bool(_JOINT.match(after))
        if joined and following:
            status: Status | None = following
        else:
            whole = clause.shown[:start]
            status = status_of(clause, before, after, whole, stage in lexicon.MOMENTS, planned)
        if status:
            found.append(Mention(stage, status, clause.start + start, clause.start + end))
        following = status
    return found[::-1]


def status_of(clause: Clause, before: str, after: str, whole: str, moment: bool, planned: bool) -> Status | None:
    """done, doing, planned or not, from the words before and after; None where nothing is claimed."""
    if re.search(r"具备|满足|条件", before[-4:] + after[:3]):
        return None
    if _NOT_BEFORE.search(before) or _NOT_AFTER.match(after):
        if re.search(r"没有?停|不停", before + after):
            return "doing"
        return (
            "not"
            if moment
            or re.match(r"^.{0,2}?(?:未|没|尚未|还没)(?:开|动|启|做|进|上)", after)
            or _NOT_BEFORE.search(before)
            else "doing"
        )
    done = bool(_DONE.search(before) or _DONE.search(after))
    future = clause.future or bool(_PLANNED.search(whole)) or bool(_PLANNED_AFTER.match(after))
    if future and not re.search(r"已(?!具)|刚", before + after[:3]):
        return "planned"
    if moment:
        if re.search(r"接近|临近|冲刺", before):
            return "doing"
        return "planned" if planned and not done and not clause.past else "done"
    if PERCENT_MARK in after or (PERCENT_MARK in before and not after):
        return "done" if clause.hundred else "doing"
    if _DOING.search(after) or _DOING.search(before[-6:]):
        return "doing"
    if done and (_ALL.search(before + after) or not _PART_DONE.search(after)):
        return "done"
    return "planned" if planned and not done and QUANTITY_MARK not in after else "doing"


def milestones(clauses: Sequence[Clause], names: Sequence[str]) -> list[MilestoneMention]:
    """Mentions of the project's own milestones: the name as a whole, else its last stage word, else shared bigrams."""
    found: list[MilestoneMention] = []
    keys = [_key(name) for name in names]
    for clause in clauses:
        for index, start, end in _named(clause.words, keys):
            moment = True
            status = status_of(clause, clause.shown[:start], clause.shown[end:], clause.shown[:start], moment, False)
            if status:
                found.append(MilestoneMention(index, status, clause.words.strip()))
    return found


@dataclass(frozen=True)
class Key:
    name: str
    stages: frozenset[str]
    pairs: frozenset[str]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _stage_set(text: str) -> frozenset[str]:
    return frozenset(_STAGE_NAMES[int(cast(str, m.lastgroup)[1:])] for m in _STAGE.finditer(text))


def _key(name: str) -> Key:
    bare = re.sub(r"[\s\W_]|完成|项目|工程", "", plain(name[:80]))
    return Key(bare, _stage_set(bare), _pairs(bare))


def _named(words: str, keys: Sequence[Key]) -> Iterable[tuple[int, int, int]]:
    """(index, start, end) of each milestone named in a clause; the best one where several share a stage word."""
    short = words[:200]
    pairs = _pairs(short)
    scored: list[tuple[float, int, int, int]] = []
    for index, key in enumerate(keys):
        if not key.name:
            continue
        at = short.find(key.name)
        if at >= 0:
            scored.append((2.0 + len(key.name) / 100, index, at, at + len(key.name)))
            continue
        share = len(key.pairs & pairs) / len(key.pairs) if key.pairs else 0.0
        for match in _STAGE.finditer(short):
            if _STAGE_NAMES[int(cast(str, match.lastgroup)[1:])] in key.stages:
                scored.append((1.0 + share, index, match.start(), match.end()))
                break
        else:
            if share >= 0.6:
                places = [i for i in range(len(short) - 1) if short[i : i + 2] in key.pairs]
                scored.append((share, index, places[0], places[-1] + 2))
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for score, index, start, end in scored:
        if score > best.get((start, end), (0.0, 0))[0]:
            best[start, end] = (score, index)
    return [(index, start, end) for (start, end), (_, index) in best.items()]


_TROUBLE = re.compile(lexicon.TROUBLE)
_SOLVED = re.compile(lexicon.SOLVED)
_TOPICS = {name: re.compile(one.topics) for name, one in lexicon.HINDRANCES.items()}
_PLAIN = {name: re.compile(one.plain) for name, one in lexicon.HINDRANCES.items()}
_PEOPLE = ("履约", "征拆")


def blockers(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The categories of what is said to hold the project up."""
    found: dict[str, None] = {}
    for clause in clauses:
        solved = bool(_SOLVED.search(clause.words))
        trouble = bool(_TROUBLE.search(clause.words))
        for name, pattern in _PLAIN.items():
            if pattern.search(clause.words) and not (solved and not trouble):
                found.setdefault(name)
        if trouble and not solved:
            for name, pattern in _TOPICS.items():
                if name != "履约" and pattern.search(clause.words):
                    found.setdefault(name)
    return tuple(found)


_HELP = re.compile(lexicon.HELP)
_NO_HELP = re.compile(lexicon.NO_HELP)


def wants_help(clauses: Sequence[Clause]) -> bool:
    """Whether somebody is asked to act, pay or coordinate."""
    return any(_HELP.search(clause.words) and not _NO_HELP.search(clause.words) for clause in clauses)
