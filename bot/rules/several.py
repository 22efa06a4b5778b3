"""Several projects in one message (智诚 65%，北辰 40% 累计8000万): which words are about which. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PART = 4
"""So many characters of a name standing in a row mean the project, wherever they stand."""
BEGINNING = 2
"""So many characters of the beginning of a name mean it where a clause begins."""
LEAD = 3
"""Characters of a name nobody gave that is looked for among all projects."""
LONGEST = 2000

_PLACE = re.compile(r"^(?:中国|[\u4e00-\u9fff]{2,3}?(?:省|市|区|县|镇|街道)|山东|济南)+(?=[\u4e00-\u9fff]{3})")
_FILLER = re.compile(r"[\s（）()《》“”\"'·]|项目$|工程$")
_STARTS = re.compile(r"(?:^|[,，;；。、！!？?:：\n\s]|另外|还有|以及|和|及|与)[\s《“\"(（]*$")
_CLAUSE = re.compile(r"[^,，;；。！!？?\n]+")
_FOREIGN = re.compile(
    r"\s*[《“\"]?(?P<lead>[\u4e00-\u9fffA-Za-z]{2,10}?)[》”\"]?\s*[:：]?\s*(?=\d{1,3}(?:\.\d+)?\s*%|百分之|[一二三四五六七八九]成)"
)
_OF_WORKS = re.compile(
    r"进度|形象|累计|投资|完成|计划|全年|本[月年旬周季]|目前|现在|整体|总|大概|大约|约|已|达|到|土建|安装|装修|设备|主体|楼|栋|号|标段|期|今|"
    r"左右|差不多|还|才|就|只|刚|超|过|近|上|下|共|都|改|是|报|占|率"
)


@dataclass(frozen=True)
class Part:
    """Words of a message that are about one project. projects: which it may be; several: unsure; none: none of those given."""

    projects: tuple[int, ...]
    words: str


def parts(
    text: str, mine: Mapping[int, str], known: Callable[[str], bool], says: Callable[[str], bool]
) -> tuple[Part, ...]:
    """The message by project, in its order; a project named twice once. () where no more than one is spoken of.

    mine: id → name. known: whether words are of the works (桩基), so that a percentage behind them is not that of a project that is not
    among these. says: whether words report anything; a project named in passing is none of its own."""
    text = text[:LONGEST]
    said = "".join(map(_narrow, text))
    named = _named(said, mine)
    pieces: list[tuple[tuple[int, ...], str]] = []
    starts = [0, *[start for start, _, _ in named[1:]], len(said)]
    for at, (_, end, ids) in enumerate(named):
        until = _foreign(said, end, starts[at + 1], known)
        words = text[starts[at] : until]
        if pieces and not says(words):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + words)
        else:
            pieces.append((ids, words))
        if until < starts[at + 1]:
            pieces.append(((), text[until : starts[at + 1]]))
    return _merged(pieces)


def speaks_of_another(text: str) -> bool:
    """Whether a clause behind the first begins with what may be a name, and its percentage: for whoever reports one project only."""
    clauses = [clause[0] for clause in _CLAUSE.finditer("".join(map(_narrow, text[:LONGEST])))]
    return any(found and not _OF_WORKS.search(found["lead"]) for found in map(_FOREIGN.match, clauses[1:]))


def _narrow(letter: str) -> str:
    """A letter in half width, where that is one letter: places in the text stay the same."""
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _merged(pieces: list[tuple[tuple[int, ...], str]]) -> tuple[Part, ...]:
    found: dict[tuple[int, ...], str] = {}
    foreign: list[Part] = []
    for ids, words in pieces:
        trimmed = words.strip(" ,，;；。、\n和及与")
        if not ids:
            foreign.append(Part((), trimmed))
        elif trimmed:
            found[ids] = f"{found[ids]}，{trimmed}" if ids in found else trimmed
    if len(found) + len(foreign) < 2:
        return ()
    return (*(Part(ids, words) for ids, words in found.items()), *foreign)


def _named(said: str, names: Mapping[int, str]) -> list[tuple[int, int, tuple[int, ...]]]:
    """(start, end, projects) of each place where projects are named, in order; of two that overlap the longer."""
    places: dict[tuple[int, int], list[int]] = {}
    for key, name in names.items():
        for start, end in _places(said, _FILLER.sub("", unicodedata.normalize("NFKC", name))):
            places.setdefault((start, end), []).append(key)
    taken: list[tuple[int, int, tuple[int, ...]]] = []
    for (start, end), keys in sorted(places.items(), key=lambda one: (one[0][0] - one[0][1], one[0][0])):
        if all(end <= other or start >= stop for other, stop, _ in taken):
            taken.append((start, end, tuple(sorted(keys))))
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for place in sorted(taken):
        if not found or found[-1][2] != place[2]:
            found.append(place)
    return found


def _places(said: str, name: str) -> list[tuple[int, int]]:
    """Where a name stands: a long part of it anywhere, its beginning (with or without the place in it) at the start of a clause."""
    if size := _shared(name, said):
        part = next(name[at : at + size] for at in range(len(name) - size + 1) if name[at : at + size] in said)
        at = said.find(part)
        return [(at, at + size)]
    found = []
    for brand in {name, _PLACE.sub("", name)}:
        for at in range(len(said)):
            if said.startswith(brand[:BEGINNING], at) and len(brand) > BEGINNING and _STARTS.search(said[:at]):
                end = BEGINNING
                while end < len(brand) and said.startswith(brand[: end + 1], at):
                    end += 1
                found.append((at, at + end))
    return sorted(found)[:1]


def _shared(name: str, said: str) -> int:
    """The length of the longest part of a name that stands in what was said; 0 where it is short."""
    for size in range(min(len(name), len(said)), PART - 1, -1):
        if any(name[at : at + size] in said for at in range(len(name) - size + 1)):
            return size
    return len(name) if 0 < len(name) < PART and name in said else 0


def _foreign(said: str, start: int, end: int, known: Callable[[str], bool]) -> int:
    """Where, behind a project's own words, a clause begins with a name nobody gave and its percentage; `end` where none does."""
    for clause in _CLAUSE.finditer(said, start, end):
        found = _FOREIGN.match(clause[0])
        if clause.start() > start and found and not _OF_WORKS.search(found["lead"]) and not known(found["lead"]):
            return clause.start()
    return end


def named_first(text: str, known: Callable[[str], bool]) -> str:
    """The name with which a message begins that goes on with a percentage (北辰机电 40%); "" where it begins otherwise."""
    found = _FOREIGN.match("".join(map(_narrow, text[:LONGEST])))
    lead = found["lead"] if found else ""
    return "" if len(lead) < LEAD or _OF_WORKS.search(lead) or known(lead) else lead
