"""What a dispatcher types to put a list of items right (3 改单位 住建局, 去掉 5), and what an item of minutes is about. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

# --- what is typed ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mend:
    """One change. what: a field of an item, "drop", "add", or one of the meeting itself (number 0). numbers: the items meant."""

    what: str
    numbers: tuple[int, ...] = ()
    value: str = ""


FIELDS: Mapping[str, tuple[str, ...]] = {
    "unit": ("责任单位", "牵头单位", "主办单位", "单位", "牵头", "主办"),
    "co_units": ("配合单位", "协办单位", "协办", "配合"),
    "limit": ("完成时限", "时限", "期限", "时间"),
    "standard": ("办成标准", "标准", "成效"),
    "person": ("责任人", "负责人"),
    "project": ("项目",),
    "category": ("类别",),
    "words": ("内容", "事项", "任务"),
    "apart": ("另立",),
    "drop": ("去掉", "删除", "删掉", "不要", "删"),
}
"""The words for each field; the longest that fits counts."""
HEAD: Mapping[str, tuple[str, ...]] = {
    "title": ("会议名称", "标题", "名称"),
    "held_on": ("会议时间", "会议日期", "时间", "日期"),
    "chair": ("主持人", "主持"),
    "document": ("文号",),
}


def _words(names: Mapping[str, tuple[str, ...]]) -> str:
    return "|".join(sorted((word for words in names.values() for word in words), key=len, reverse=True))


_OF_ITEM = re.compile(
    rf"第?\s*(\d{{1,2}})\s*[项条号.、]?\s*(?:改|换|增加|加)?\s*({_words(FIELDS)})\s*(?:改为|改成|为|[:：])?\s*(.*)",
    re.DOTALL,
)
_DROP = re.compile(rf"(?:{'|'.join(FIELDS['drop'])})\s*第?\s*(\d{{1,2}}(?:\s*[、,，和\s]\s*\d{{1,2}})*)\s*[项条]?")
_ADD = re.compile(r"(?:新增|增加|加上|加)(?:一[项条])?[\s:：]+(.+)", re.DOTALL)
_HEAD = re.compile(rf"改?\s*({_words(HEAD)})\s*(?:改为|改成|为|[:：])?\s*(.+)", re.DOTALL)


def read_mend(text: str) -> Mend | None:
    """What a typed line changes: "3 改时限 12-20", "去掉 5、6", "加 …", "主持 张三"; None where it is nothing of the kind."""
    typed = text.strip()
    if found := _DROP.fullmatch(typed):
        return Mend("drop", tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", found[1]))))
    if found := _OF_ITEM.fullmatch(typed):
        return Mend(_field(FIELDS, found[2]), (int(found[1]),), found[3].strip())
    if found := _ADD.fullmatch(typed):
        return Mend("add", value=found[1].strip())
    if found := _HEAD.fullmatch(typed):
        return Mend(_field(HEAD, found[1]), value=found[2].strip())
    return None


def _field(names: Mapping[str, tuple[str, ...]], word: str) -> str:
    return next(name for name, words in names.items() if word in words)


# --- what is meant ------------------------------------------------------------------------------------------------------

_FILLER = re.compile(r"项目|工程|建设|[\s（）()《》“”\"'·,，。.]")
_REFERENCE = re.compile(r"(?<![\d.〔\[-])(\d{1,6})\s*[-—–]\s*(\d{1,4})(?![\d-])")
BRAND = 3
"""So many characters at the beginning of a project's name mean it, where no other begins with them."""


def project_meant(text: str, projects: Mapping[int, str]) -> int | None:
    """The one project a text speaks of: by its whole name (the longest counts), else by the beginning of its name; None where there is
    none, or more than one. projects: id -> name."""
    words = _plain(text)
    names = {key: _plain(name) for key, name in projects.items()}
    whole = {key: name for key, name in names.items() if len(name) >= BRAND and name in words}
    if whole:
        longest = max(map(len, whole.values()))
        return _only({key for key, name in whole.items() if len(name) == longest and _holds_all(name, whole.values())})
    begun = {key: _begun(name, words) for key, name in names.items()}
    best = max(begun.values(), default=0)
    return _only({key for key, size in begun.items() if size == best}) if best >= BRAND else None


def _plain(text: str) -> str:
    return _FILLER.sub("", unicodedata.normalize("NFKC", text))


def _holds_all(name: str, others: Iterable[str]) -> bool:
    """Whether every other name found is part of this one: two different ones leave it open."""
    return all(other in name for other in others)


def _begun(name: str, words: str) -> int:
    """How many characters of the beginning of a name stand in a row in the words."""
    size = 0
    while size < len(name) and name[: size + 1] in words:
        size += 1
    return size


def _only(found: Set[int]) -> int | None:
    return next(iter(found)) if len(found) == 1 else None


def references(text: str) -> tuple[tuple[int, int], ...]:
    """The numbers of matters in a text: 17-3 -> (17, 3). A day such as 12-10 looks the same: who asks knows which there are."""
    return tuple((int(found[1]), int(found[2])) for found in _REFERENCE.finditer(text))
