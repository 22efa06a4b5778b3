"""Stages and the project's own milestones: done, going on, planned, or not there yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bot.rules.reading import lexicon, masks
from bot.rules.reading.clauses import Clause
from bot.rules.reading.script import plain
from bot.rules.reading.values import MilestoneMention, Status

_STAGE = re.compile("|".join(f"(?P<s{i}>{words})" for i, words in enumerate(lexicon.STAGES.values())))
_STAGE_NAMES = tuple(lexicon.STAGES)
_JOINT = re.compile(r"\s*[、和与及跟或/]\s*[^\s,。完成做在]{0,6}")
_DESCRIBES = re.compile(r"(?:结构|工程|施工)?(?:已经?|全部|部分|顺利|基本)?")
_ALWAYS_TOLD = lexicon.MOMENTS | {"招标", "前期", "征拆"}
_REACH = 40  # how far the words around a stage are looked at
_SENTENCE_MARKS = ("。", ";", "\n", "!", "?")
_CLAUSES_FOR_MILESTONES = 60
_ALIKE = 0.6
_BACK_TO_NOW = re.compile(r"目前|现在|已|正在")
_CONDITION = re.compile(r"具备|满足|条件")
_ALREADY = re.compile(r"已(?!具)|刚|才(?!能|可)|正(?!式)")
_NEARLY = re.compile(r"接近|临近|冲刺")
_FINISHED = re.compile(r"^.{0,4}(?:完成|完毕|结束|完了)$")
_NOT_STOPPED = re.compile(r"没有?停|不停")
_NOT_BEGUN = re.compile(r"^.{0,2}?(?:未|没|尚未|还没)(?:开|动|启|做|进|上)")
_HELD = re.compile(r"卡|难|中止|停|滞后|矛盾|异议|纠纷|不同意|剩余|拖|不及时|阻|慢|问题|困难|没达|未达|协调")
_NOT_BEFORE = re.compile(
    rf"(?:{lexicon.NOT_YET})(?:能|有|按时|如期|正式|办|全面|全部|开始|实现|完成)?.{{0,2}}$|不(?:肯|愿|让)?$"
)
_NOT_AFTER = re.compile(r"^.{0,4}?(?:未(?!来)|没(?!问题|有?问题)|不了|不能|无法|没法|还没|尚未|迟迟)")
_PLANNED = re.compile(lexicon.PLANNED)
_PLANNED_AFTER = re.compile(rf"^.{{0,6}}?(?:预计|计划|力争|争取|确保|将于|{masks.DATE}+能?(?:完|封|结|竣|前))")
_DONE = re.compile(lexicon.DONE)
_DOING = re.compile(lexicon.DOING)
_TROUBLE = re.compile(lexicon.TROUBLE)
_PART_DONE = re.compile(
    rf"(?:完成?了?|做了?|打了?|铺了?|浇了?|建了?|完成|拆了?|签了?|迁了?|封了?)(?:约|近)?{masks.COUNT}|{masks.COUNT}$|^{masks.COUNT}"
)
_ALL = re.compile(r"全部|全都|均已|都已|全面完成|全完|基本|全线|已完成|完工")


@dataclass(frozen=True)
class Mention:
    stage: str
    status: Status
    start: int
    end: int


def find(clauses: Sequence[Clause]) -> list[Mention]:
    """All stage mentions with their status, in order."""
    found: list[Mention] = []
    planned = False
    for clause in clauses:
        planned = planned and not _BACK_TO_NOW.search(clause.shown)
        found += _mentions(clause, _stage_marks(clause.shown), planned)
        planned = clause.mark not in _SENTENCE_MARKS and (
            planned or clause.future or bool(_PLANNED.search(clause.shown[-_REACH:]))
        )
    return found


def _stage_marks(text: str) -> list[tuple[int, int, str]]:
    """(start, end, stage) of each stage word; one directly before another only describes it (主体封顶, 桥梁桩基)."""
    marks = [(m.start(), m.end(), _STAGE_NAMES[int(cast(str, m.lastgroup)[1:])]) for m in _STAGE.finditer(text)]
    marks = [
        mark
        for place, mark in enumerate(marks)
        if not (place and text[mark[0] : mark[1]] == "完工" and _completes(text, marks[place - 1], mark[0]))
    ]
    kept: list[tuple[int, int, str]] = []
    for place, (start, end, stage) in enumerate(marks):
        ahead = text[end : marks[place + 1][0]] if place + 1 < len(marks) else None
        if ahead is not None and _DESCRIBES.fullmatch(ahead) and stage not in _ALWAYS_TOLD:
            continue
        if kept and kept[-1][2] == "竣工" and stage == "交付" and start == kept[-1][1]:
            continue
        kept.append((start, end, stage))
    return kept


def _completes(text: str, mark: tuple[int, int, str], start: int) -> bool:
    """主体完工 says that the 主体 is done, not the project."""
    return mark[2] not in _ALWAYS_TOLD and bool(_DESCRIBES.fullmatch(text[mark[1] : start]))


def _mentions(clause: Clause, marks: list[tuple[int, int, str]], planned: bool) -> list[Mention]:
    """From the last to the first: in a list (桩基、主体全部完成) the words behind the last one hold for all."""
    found: list[Mention] = []
    following: Status | None = None
    for place in range(len(marks) - 1, -1, -1):
        start, end, stage = marks[place]
        before = clause.shown[max(marks[place - 1][1] if place else 0, start - _REACH) : start]
        after = clause.shown[end : min(marks[place + 1][0] if place + 1 < len(marks) else end + _REACH, end + _REACH)]
        if place + 1 < len(marks) and following and _JOINT.fullmatch(after):
            status: Status | None = following
        else:
            status = status_of(clause, before, after, clause.shown[max(0, start - _REACH) : start], stage, planned)
        if status:
            found.append(Mention(stage, status, clause.start + start, clause.start + end))
        following = status
    return found[::-1]


def status_of(clause: Clause, before: str, after: str, lead: str, stage: str, planned: bool) -> Status | None:
    """done, doing, planned or not, from the words around a stage; None where nothing is claimed of it.

    `before` and `after` reach to the neighbouring stages, `lead` is what of the clause stands before it; `planned`
    tells that an earlier clause of the sentence spoke of what is to come.
    """
    moment = stage in lexicon.MOMENTS
    if _CONDITION.search(before[-4:] + after[:3]):
        return None
    if _NOT_BEFORE.search(before) or _NOT_AFTER.match(after):
        return _denied(before, after, stage)
    if stage == "征拆" and not _clear_of_trouble(clause, before, after):
        return None
    done = bool(_DONE.search(before) or _DONE.search(after))
    future = clause.future or bool(_PLANNED.search(lead)) or bool(_PLANNED_AFTER.match(after))
    if future and not _ALREADY.search(before + after[:3]):
        return None if stage == "征拆" else "planned"
    if moment:
        if _NEARLY.search(before):
            return "doing"
        return "planned" if planned and not done and not clause.past else "done"
    return _progress_of(clause, before, after, stage, done, planned)


def _progress_of(clause: Clause, before: str, after: str, stage: str, done: bool, planned: bool) -> Status | None:
    """The status of a stage that takes its time and is neither denied nor announced."""
    if masks.SHARE in after or (masks.SHARE in before and not after):
        return "done" if clause.hundred else "doing"
    doing = bool(_DOING.search(after) or _DOING.search(before[-6:]) or before.endswith("进"))
    if doing and not _FINISHED.match(after):
        return "doing"
    if done and (_ALL.search(before + after) or not _PART_DONE.search(after)):
        return "done"
    if not done and masks.COUNT not in before + after and _TROUBLE.search(clause.words[: 2 * _REACH]):
        return None
    if stage in ("招标", "前期") and clause.past:
        return "done"
    return "planned" if planned and not done and masks.COUNT not in after else "doing"


def _denied(before: str, after: str, stage: str) -> Status | None:
    """A stage beside 未, 没, 不: not there yet, still going on, or nothing said (没开工的)."""
    if _NOT_STOPPED.search(before + after):
        return "doing"
    if after.startswith("的") or stage == "征拆":
        return None
    begun = stage not in lexicon.MOMENTS and not _NOT_BEGUN.match(after) and not _NOT_BEFORE.search(before)
    return "doing" if begun else "not"


def _clear_of_trouble(clause: Clause, before: str, after: str) -> bool:
    """征拆 is a stage only where progress is told; in trouble it is what holds the project up."""
    told = _DONE.search(before + after) or _DOING.search(after) or masks.SHARE in after or masks.COUNT in after
    return bool(told) and not _HELD.search(clause.words[: 2 * _REACH])


@dataclass(frozen=True)
class Key:
    """A milestone's name, made ready for comparison."""

    name: str
    stage: str
    pairs: frozenset[str]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _key(name: str) -> Key:
    bare = re.sub(r"[^\w#]|完成|项目|工程", "", plain(name[:80])).replace("#", "号")
    marks = _stage_marks(bare)
    return Key(bare, marks[-1][2] if marks else "", _pairs(bare))


def milestones(clauses: Sequence[Clause], names: Sequence[str], text: str) -> tuple[list[MilestoneMention], bool]:
    """Mentions of the project's own milestones, and whether one was left out because several names fit equally well.

    `text` is the report as it was typed; a mention quotes its clause.
    """
    keys = [_key(name) for name in names]
    found: dict[int, MilestoneMention] = {}
    unclear = False
    for clause in clauses[:_CLAUSES_FOR_MILESTONES]:
        for indexes, start, end in _named(clause.words[:200].replace("#", "号"), keys):
            stage = keys[indexes[0]].stage or "竣工"
            lead = clause.shown[max(0, start - _REACH) : start]
            status = status_of(clause, lead, clause.shown[end : end + _REACH], lead, stage, False)
            unclear = unclear or len(indexes) > 1
            if status and len(indexes) == 1:
                found[indexes[0]] = MilestoneMention(indexes[0], status, text[clause.start : clause.end].strip())
    return list(found.values()), unclear


def _named(words: str, keys: Sequence[Key]) -> list[tuple[list[int], int, int]]:
    """For each place that names milestones the indexes that fit it best: by the whole name, its last stage, its bigrams."""
    pairs = _pairs(words)
    marks = _stage_marks(words)
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
