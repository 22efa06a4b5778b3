"""Stages of the works: done, going on, planned, or not there yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bot.rules.reading import masks
from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.reading.values import Status

REACH = 40  # how far the words around a stage are looked at

_JOINT = re.compile(r"\s*[、和与及跟或/]\s*[^\s,。完成做在]{0,6}")
_IN_LIST = re.compile(r"[^,。;、和与及]{0,4}[、和与及]")
_HAVE_DONE = re.compile(r"已(?:经|全部)?(?:完成|取得|办结|通过)[^,。;]*$")
_DESCRIBES = re.compile(rf"(?:结构|工程|施工)?{masks.DATE}*(?:已经?|全部|部分|顺利|基本)?")
_PAPERS = frozenset(("招标", "前期", "征拆"))  # told of by themselves, also directly before another stage
_SENTENCE_MARKS = ("。", ";", "\n", "!", "?")
_BACK_TO_NOW = re.compile(r"目前|现在|已|正在")
_PROMISED = re.compile(r"说(?:好|是|要|的)?(?!不)|答应|承诺|原[定计]")
_BROKEN = re.compile(
    r"(?:结果|可是?|但是?)?(?:[到直]到?(?:现在|今天)|至今|现在|今天|都\S{2,6}了)\S{0,8}(?:[没未不空]|还)"
)
_WAS_DUE = re.compile(r"本该|本应|就该|早该|就应")
_NOT_UNTIL = re.compile(r"[拨拖推等要][^,]{0,8}才$")
_FIRST = re.compile(r"(?:首|第一)[根片榀台孔批段节件块桩罐车]")
_WAS_PLANNED = re.compile(r"原[定计本先]|原来[计定说]|合同")
_CONDITION = re.compile(r"具备|满足|条件")
_READY = re.compile(r"(?<![不未])(?:具备|满足|达到)$")
_COUNTED = re.compile(masks.COUNTS)
# A word of a stage that names somebody, a thing or a place (钢构厂, 装修材料, 压在承台上面), not the work.
_NO_WORK_AFTER = re.compile(
    r"(?:施工|工程|专业|安装)?(?:厂家?|公司|单位|队伍?|班组|工人|劳务|材料|价格?|款|资金|图纸?|方案|标准|问题|专家|检测|费用?|用地|面积|规模|上面|下面|旁边?|附近)"
)
_NO_WORK_BEFORE = re.compile(
    r"(?:压在|压[着住]|挡[着住]|影响到?|涉及|穿[过越]|碰[到上]|遇[到上]|发现|挖[断到]|伤到).{0,6}$"
)
_NO_TENDER = re.compile(r"流标|废标|没人[投来报]|只有.{0,2}家|又要流|无人[投报]|不足三家|不够三家")
_TOO_LATE = re.compile(r"(?:太|得|较|很)?[晚迟慢难]")
_AGAIN = re.compile(r"重新|退回|打回|补")
_ALREADY = re.compile(r"已(?!具)|刚|才(?!能|可)|正(?!式)")
_NEARLY = re.compile(r"接近|临近|冲刺")
_FINISHED = re.compile(r"^.{0,4}(?:完成|完毕|结束|完了)$")
_NOT_STOPPED = re.compile(r"没有?停|不停")
_NOT_BEGUN = re.compile(r"^.{0,4}?(?:未|没|尚未|还没)(?:开|动|启|做|进|上|接|修|建|铺|架|到|来|施)")
_HELD = re.compile(
    r"卡|难|中止|停|滞后|矛盾|异议|纠纷|不同意|剩余|拖|不及时|阻|慢|问题|困难|没达|未达|协调|[没未不]签|谈不|没谈|不肯|没征|没拆|不力|不够|缓|窝工"
)
_NOT_AFTER = re.compile(
    r"^.{0,4}?(?:未(?!来)|没(?!问题|有?问题|有?悬念|多久|几天|难度|压力)|不了|不能|无法|没法|还没|尚未|迟迟)"
)
_PLANNED_AFTER = re.compile(rf"^.{{0,6}}?(?:预计|计划|力争|争取|确保|将于|{masks.DATE}+能?(?:完|封|结|竣|前))")
_PART_DONE = re.compile(
    rf"(?:完成?了?|[做打铺浇建拆签迁封砌架装挖吊推]了?)(?:约|近)?{masks.COUNTS}|{masks.COUNTS}$|^(?:约|近|共|了)?{masks.COUNTS}|[至到](?:地上|第)?{masks.FLOORS}"
)
_ALL_OF_IT = re.compile(r"(?:全部|全都|均|都)$")
_COUNT_NEXT = re.compile(rf"^(?:已|共|累计)?(?:完成|建成|浇筑|架设)?(?:约|近|共|了)?{masks.COUNTS}")
_WHOLLY = re.compile(r"全部|全都|均已|都已|全面完成|全完|基本|全线(?![\ue002\ue006])|完工")
_ALL = re.compile(rf"{_WHOLLY.pattern}|已完成")


@dataclass(frozen=True)
class Mention:
    stage: str
    status: Status
    start: int
    end: int


@dataclass(frozen=True)
class Place:
    """Where a stage stands: `before` and `after` reach to the neighbouring stages, `lead` is what of the clause stands
    before it; `planned` tells that an earlier clause of the sentence spoke of what is to come."""

    clause: Clause
    stage: str
    before: str
    after: str
    lead: str
    planned: bool = False
    broken: bool = False  # the next clause tells that it did not come: 说好3月动工，到现在还没动静


def find(clauses: Sequence[Clause], known: Patterns) -> list[Mention]:
    """All stage mentions with their status, in order."""
    found: list[Mention] = []
    planned = False
    for number, clause in enumerate(clauses):
        broken = number + 1 < len(clauses) and bool(_BROKEN.match(clauses[number + 1].words))
        planned = planned and not _BACK_TO_NOW.search(clause.shown)
        found += _mentions(clause, marks(clause.shown, known), (planned, broken), known)
        planned = clause.mark not in _SENTENCE_MARKS and (
            planned or clause.future or known.has("planned", clause.shown[-REACH:])
        )
    return found


def marks(text: str, known: Patterns) -> list[tuple[int, int, str]]:
    """(start, end, stage) of each stage word; one directly before another only describes it (主体封顶, 桥梁桩基)."""
    told = known.moments | _PAPERS
    found = [
        (m.start(), m.end(), known.stage_names[int(cast(str, m.lastgroup)[1:])]) for m in known.stage.finditer(text)
    ]
    kept: list[tuple[int, int, str]] = []
    for place, (start, end, stage) in enumerate(found):
        last = found[place - 1] if place else None
        if last and text[start:end] == "完工" and last[2] not in told and _DESCRIBES.fullmatch(text[last[1] : start]):
            found[place] = last  # 主体完工 says that the 主体 is done, not the project
            continue
        ahead = text[end : found[place + 1][0]] if place + 1 < len(found) else None
        described = ahead is not None and text[slice(*found[place + 1][:2])] != "完工" and _DESCRIBES.fullmatch(ahead)
        if described and stage not in told:
            continue
        if kept and kept[-1][2] == "竣工" and stage == "交付" and start == kept[-1][1]:
            continue
        kept.append((start, end, stage))
    return kept


def _mentions(
    clause: Clause, found: list[tuple[int, int, str]], told: tuple[bool, bool], known: Patterns
) -> list[Mention]:
    """From the last to the first: in a list (桩基、主体全部完成) the words behind the last one hold for all."""
    mentions: list[Mention] = []
    following: Status | None = None
    text = clause.shown
    for place in range(len(found) - 1, -1, -1):
        start, end, stage = found[place]
        before = text[max(found[place - 1][1] if place else 0, start - REACH) : start]
        after = text[end : min(found[place + 1][0] if place + 1 < len(found) else len(text), end + REACH)]
        if place + 1 < len(found) and following and _JOINT.fullmatch(after):
            status: Status | None = following
        elif place and _IN_LIST.fullmatch(before) and _HAVE_DONE.search(text[: found[place - 1][0]]):
            status = "done"  # 已完成立项批复、初步设计批复和施工图审查
        elif "不" in text[start:end]:  # 进不了场
            status = "not"
        else:
            lead = text[max(0, start - REACH) : start]
            status = status_of(Place(clause, stage, before, after, lead, *told), known)
        if status:
            mentions.append(Mention(stage, status, clause.start + start, clause.start + end))
        following = status
    return mentions[::-1]


def status_of(place: Place, known: Patterns) -> Status | None:
    """done, doing, planned, ready or not, from the words around a stage; None where nothing is claimed of it."""
    before, after = place.before, place.after
    if _CONDITION.search(before[-4:] + after[:3]):
        return "ready" if _READY.search(before) and not place.clause.future else None
    if _of_something_else(place, known):
        return None
    if known.not_before.search(before) or _NOT_AFTER.match(after):
        return _denied(place, known)
    if _WAS_DUE.search(place.lead) or (place.broken and _PROMISED.search(place.lead)):
        return "not"
    if _NOT_UNTIL.search(place.lead):
        return "planned"
    if _WAS_PLANNED.search(place.lead) and not _ALREADY.search(after[:3]):
        return "planned"
    if place.stage == "征拆" and not _clear_of_trouble(place, known):
        return None
    done = known.has("done", before) or known.has("done", after) or bool(_ALL_OF_IT.search(before))
    future = place.clause.future or known.has("planned", place.lead) or bool(_PLANNED_AFTER.match(after))
    if future and not _ALREADY.search(before + after[:3]):
        return None if place.stage == "征拆" and not place.clause.future else "planned"
    if place.stage in known.moments:
        if _NEARLY.search(before):
            return "doing"
        return "planned" if place.planned and not done and not place.clause.past else "done"
    return _progress_of(place, done, known)


def _of_something_else(place: Place, known: Patterns) -> bool:
    """Whether the word only names somebody or something, or papers that have to be done again."""
    if place.stage in _PAPERS:
        again = place.stage != "征拆" and _AGAIN.search(place.before[-6:])
        return bool(again or (place.stage == "招标" and _NO_TENDER.search(place.clause.words)))
    if place.stage in known.moments and _TOO_LATE.match(place.after):
        return True
    return bool(_NO_WORK_AFTER.match(place.after) or _NO_WORK_BEFORE.search(place.before))


def _progress_of(place: Place, done: bool, known: Patterns) -> Status | None:
    """The status of a stage that takes its time and is neither denied nor announced."""
    before, after, clause = place.before, place.after, place.clause
    if masks.SHARE in after or (masks.SHARE in before and not after):
        return "done" if clause.hundred else "doing"
    if _FIRST.search(before[-8:]):
        return "doing"
    doing = known.has("doing", after) or known.has("doing", before[-6:]) or before.endswith("进")
    if doing and not _FINISHED.match(after):
        return "doing"
    whole = _WHOLLY if _COUNT_NEXT.match(after) or before.endswith(tuple(masks.COUNTS[1:-1])) else _ALL
    part = _PART_DONE.search(after) or (after == "" and before.endswith(tuple(masks.COUNTS[1:-1])))
    if done and (whole.search(before.removesuffix("全线") + after) or not part):
        return "done"
    if not done and not _COUNTED.search(before + after) and known.has("trouble", clause.words[: 2 * REACH]):
        return None
    if place.stage in ("招标", "前期") and clause.past:
        return "done"
    if not done and after == "" and not _COUNTED.search(before):
        return None
    return "planned" if place.planned and not done and not _COUNTED.search(after) else "doing"


def _denied(place: Place, known: Patterns) -> Status | None:
    """A stage beside 未, 没, 不: not there yet, still going on, or nothing said (没开工的)."""
    if _NOT_STOPPED.search(place.before + place.after):
        return "doing"
    if place.after.startswith("的") or place.stage in ("征拆", "管网", "前期"):
        return None
    begun = place.stage not in known.moments and not _NOT_BEGUN.match(place.after)
    return "doing" if begun and not known.not_before.search(place.before) else "not"


def _clear_of_trouble(place: Place, known: Patterns) -> bool:
    """征拆 is a stage only where progress is told; in trouble it is what holds the project up."""
    around, after = place.before + place.after, place.after
    told = known.has("done", around) or known.has("doing", after) or _ALL.search(around) or masks.SHARE in after
    words = place.clause.words[: 2 * REACH]
    told = told or _COUNTED.search(after) or place.clause.future
    return bool(told) and not _HELD.search(words.replace("剩余", "") if place.clause.future else words)
