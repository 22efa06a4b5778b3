"""Units as people call them: by name, by short name (自规局 = 区自然资源和规划局), by nickname, with or without 局 and 中心."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HIDDEN = "△"
"""Stands in the place of a character that must not be read as anything."""


@dataclass(frozen=True)
class Mention:
    """A place where a unit is named. units: all that may be meant, one where it is sure."""

    start: int
    end: int
    words: str
    units: tuple[int, ...]


_GROUPS = (
    ("委员会", "分局", "局", "委"),
    ("有限公司", "集团", "公司", "中心", "所", "站", "厂"),
    ("街道办事处", "办事处", "街道办", "街道", "镇", "乡"),
    ("指挥部", "管委会", "办公室", "专班", "办", "室"),
    ("支队", "大队", "总队", "队"),
    ("医院", "学院", "法院", "检察院", "院"),
    ("部",),
)
"""Endings that stand for one another."""
_GROUP: Mapping[str, int] = {ending: at for at, group in enumerate(_GROUPS) for ending in group}
_ENDING = re.compile("|".join(sorted(_GROUP, key=len, reverse=True)))
_AREA = re.compile(r"^(?:[一-鿿]{2,3}?[省市区县]|[省市区县])(?=[一-鿿]{2})")
_LEVEL = re.compile(r"^[省市区县](?=.{2})")
_NICKNAMES: Mapping[str, str] = {
    "环保": "生态环境", "国土": "自然资源", "自规": "自然资源", "城管": "综合行政执法", "电力": "供电", "电业": "供电", "自来水": "水务", "热力": "供热",
    "工商": "市场监督管理", "房管": "住房", "农业": "农业农村", "卫计": "卫生健康", "经信": "工业和信息化",
}  # fmt: skip
"""Words that no letter of the name gives away."""
_CALLED = re.compile(
    r"(?:^|请|由|责成|责令|让|叫|催|督促|要求|交由|交给|交|安排|通知|协调|会同|联合|[、和及,，；;\s])$"
)
_GOES_ON = re.compile(
    r"\s*(?:牵头|主办|负责|配合|协办|协助|参加|尽快|抓紧|立即|马上|务必|必须|本|今|明|下|于|在|要|把|将|按|[、和及,，]|[\d一二三四五六七八九十]|年|月|周|$)"
)


@dataclass(frozen=True)
class _Unit:
    """id, and each way to write what stands before its ending."""

    id: int
    bodies: tuple[str, ...]
    group: int | None


def find_units(text: str, units: Sequence[tuple[int, str]]) -> list[Mention]:
    """The places where units are named, in order; of places that overlap the longest. units: (id, name)."""
    known = [_unit(key, name) for key, name in units]
    found = [*_by_ending(text, known), *_bare(text, known), *_whole(text, units)]
    kept: list[Mention] = []
    for one in sorted(found, key=lambda place: (place.start - place.end, len(place.units), place.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda place: place.start)


def units_named(word: str, units: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    """The units that one typed name may mean; a part of a name is enough where nothing else fits."""
    word = word.strip(" 　。，,")
    found = next((one.units for one in find_units(word, units) if one.end - one.start == len(word)), ())
    if found or len(word) < 2:
        return found
    return tuple(key for key, name in units if word in name) or tuple(
        key for key, name in units if _subsequence(word, name)
    )


def _unit(key: int, name: str) -> _Unit:
    endings = [ending for ending in _GROUP if name.endswith(ending) and len(name) > len(ending) + 1]
    ending = max(endings, key=len, default="")
    body = name.removesuffix(ending)
    bodies = [body, *[nick for nick, meant in _NICKNAMES.items() if _subsequence(meant, body)]]
    return _Unit(key, tuple(bodies), _GROUP.get(ending))


def _by_ending(text: str, known: Sequence[_Unit]) -> list[Mention]:
    """自规局, 供电公司: letters of a name in their order before an ending."""
    found = []
    for ending in _ENDING.finditer(text):
        scores: dict[int, tuple[int, ...]] = {}
        for unit in known:
            for body in unit.bodies:
                length = _reach(text[: ending.start()], body)
                score = _score(text[ending.start() - length : ending.start()], body, _GROUP[ending[0]] == unit.group)
                if score is not None:
                    scores[unit.id] = max(score, scores.get(unit.id, score))
        if scores:
            best = max(scores.values())
            start = ending.start() - best[0]
            found.append(Mention(start, ending.end(), text[start : ending.end()], _those(scores, best)))
    return found


def _bare(text: str, known: Sequence[_Unit]) -> list[Mention]:
    """请供电…, 由自规牵头: called upon without an ending."""
    found = []
    for start in range(len(text)):
        if not _CALLED.search(text[max(0, start - 3) : start]):
            continue
        scores: dict[int, tuple[int, ...]] = {}
        for unit in known:
            for body in unit.bodies:
                for length in range(min(len(body), 8), 1, -1):
                    word = text[start : start + length]
                    score = (
                        _score(word, body, True)
                        if len(word) == length and _GOES_ON.match(text[start + length :])
                        else None
                    )
                    if score is not None:
                        scores[unit.id] = max(score, scores.get(unit.id, score))
                        break
        if scores:
            best = max(scores.values())
            found.append(Mention(start, start + best[0], text[start : start + best[0]], _those(scores, best)))
    return found


def _whole(text: str, units: Sequence[tuple[int, str]]) -> list[Mention]:
    """Names that have no ending, and every name as it stands in the store."""
    places = [(text.find(name), name, key) for key, name in units if len(name) > 2]
    return [
        Mention(at, at + len(name), name, (key,))
        for at, name, key in places
        if at >= 0 and not name.endswith(("区", "县", "市"))
    ]


def _those(scores: Mapping[int, tuple[int, ...]], best: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(unit for unit, score in scores.items() if score == best)


def _reach(before: str, body: str) -> int:
    """How many characters before an ending are letters of a name in their order."""
    length = 0
    while length < min(len(before), len(body)) and _subsequence(before[len(before) - length - 1 :], body):
        length += 1
    return length


def _score(word: str, body: str, same: bool) -> tuple[int, ...] | None:
    """How well a word names a unit: its length, whether it is all of the name, a piece of it, has its kind of ending. None: not at all."""
    short, core = _LEVEL.sub("", word), _AREA.sub("", body)
    if len(short) < 2 or not _subsequence(word, body):
        return None
    exact = short == core or word == body
    if not (same or exact):
        return None
    return len(word), int(exact), int(short in body), int(same)


def _subsequence(part: str, whole: str) -> bool:
    """Whether the characters of a part stand in the whole in the same order."""
    letters = iter(whole)
    return all(letter in letters for letter in part)
