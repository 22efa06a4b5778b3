"""What a row of a table is: a project, a total, a section, a remark; and what it says in the words that tables use."""

import re
from itertools import zip_longest

from bot.ledger import cells
from bot.ledger.cells import Cell, Unread
from bot.ledger.values import LedgerName, Reason, Skip
from bot.ledger.words import NAME, PROJECT
from bot.rules.words import Kind, Level

LEVELS = {"国": Level.PROVINCE, "省": Level.PROVINCE, "市": Level.CITY, "区": Level.DISTRICT, "县": Level.DISTRICT}
KINDS = {"续建": Kind.CONTINUED, "新": Kind.NEW, "改": Kind.NEW, "扩建": Kind.NEW, "技改": Kind.NEW}
KINDS |= dict.fromkeys(("技术改造", "迁建", "恢复", "重建"), Kind.NEW)
KINDS |= dict.fromkeys(("谋划", "储备", "前期", "预备"), Kind.RESERVE)
OUTCOMES = ("竣工", "部分竣工", "投产", "在建")  # 旬报表: says what the year brings, not what the project is

_HEADER = next(pattern for key, pattern in PROJECT if key == NAME)
_TOTAL = re.compile(r"(?:本页|以上|全[省市区县镇]|.{2,6}(?:类|项目))?(?:总?合计|总计|小计|累计|共计)(?:$|[:(（\d])")
_SECTION = re.compile(r"[(（]?[一二三四五六七八九十]+[)）、.．]|第[一二三四五六七八九十]+[类批部]|[ⅠⅡⅢⅣⅤ]")
_NUMBERING = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十ⅠⅡⅢⅣⅤ\d]+[)）、.．]|第[一二三四五六七八九十]+[类批部][:：、]?)"
)
_REMARK = re.compile(
    r"注[:：\d]|备注|说明|填表人|填报人|制表|审核|(?:单位|统计|主要|分管)*负责人(?:签[字名章])?[:：]|报出日期|\d+[.、]\D"
)
_PART = re.compile(r"[（(]\d{1,2}[)）]|[①-⑳]|(\d{1,3})[.\-—](\d{1,2})")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[镇乡县区市]|街道|办事处|园区|管委会)")
_KIND_ALONE = re.compile(
    r"(?:\d*[.、])?(?:拟|本年|20\d\d年)?(续建|新建|新开工|改扩建|技改|储备|谋划|前期|预备)(?:类|重点|建设)*(?:项目|工程)?[表台账清单]*"
)
_YEAR_BEFORE = re.compile(r"^(?:(?:20)?\d\d年度?|[本今当]年度?|拟|计划)+")


def what_is(name: str, number: Cell, said: list[str], figures: bool) -> Skip | None:
    """What a row is that is no project; None for a project and for one that only lacks its name."""
    words, title = cells.normal(cells.plain(number)), cells.normal(name)
    if _TOTAL.match(words) or _TOTAL.match(title):
        return Skip.TOTAL
    if _HEADER.search(title):
        return Skip.HEADER
    if not name and said and _REMARK.match(said[0]) and not figures:
        return Skip.REMARK
    if cells.whole(number) is not None or len(said) > 2:
        return None
    if not said or (name and not words and not _SECTION.match(title) and (figures or len(said) > 1)):
        return None
    return Skip.REMARK if _REMARK.match(said[0]) else Skip.SECTION


def said_of_sheet(name: str, title: str, several: bool) -> dict[str, str]:
    """What a sheet's name, or the brackets at the end of its title, say of its projects: 续建, （新开工项目）; where there are several
    sheets of projects also the place: 东山区."""
    found: dict[str, str] = {}
    brackets = re.findall(r"\(([^()]+)\)", cells.normal(title))
    for words in (cells.normal(name), *brackets):
        if kind := _KIND_ALONE.fullmatch(words):
            found.setdefault("kind", kind[1])
    if several and (place := _PLACE.fullmatch(cells.normal(name))):
        found["town"] = place[0]
    return found


def part_of(number: Cell, above: int | None) -> bool:
    """Whether a row is a part of the project above it, by how both are numbered: 3 with （1）, ① or 3.1 below it."""
    if above is None or cells.whole(number) is not None:
        return False
    found = _PART.fullmatch(cells.normal(cells.plain(number)))
    return found is not None and found[1] in (None, str(above))


def said_of_all(words: str) -> dict[str, str]:
    """What a section row says of the projects below it: 一、续建项目（62个）, （一）产业发展类（12个）, 二、省重点项目."""
    title = re.sub(r"\(.*", "", _NUMBERING.sub("", cells.normal(words)))
    found: dict[str, str] = {}
    if any(title.startswith(kind) for kind in KINDS):
        found["kind"] = title
    if level := re.match(r"([国省市区县])(?:家)?级?重[点大]|([国省市区县])级", title):
        found["level"] = level[1] or level[2]
    if place := _PLACE.fullmatch(title):
        found["town"] = place[0]
    if not found and (category := re.fullmatch(r"(.{2,10}?)类?(?:项目|工程)?", title)) and "类" in title:
        found["category"] = category[1]
    return found


def level_named(word: str) -> Level | None:
    """The level of a word of one character."""
    return LEVELS.get(word)


def reached(persons: tuple[LedgerName, ...], numbers: list[str]) -> tuple[LedgerName, ...]:
    """The persons with their telephone numbers, in the order in which both are written."""
    return tuple(
        LedgerName(person.name, person.title, person.phone or number or "")
        for person, number in zip_longest(persons, numbers[: len(persons)])
    )


def level_of(cell: Cell) -> Level | None:
    """省, 市, 区: what a cell says of the level; raises Unread."""
    words = cells.given(cell)
    if words and words[0] not in LEVELS:
        raise Unread(Reason.UNKNOWN_WORD)
    return LEVELS[words[0]] if words else None


def kind_of(cell: Cell) -> Kind | None:
    """续建, 新建, 谋划储备: what a cell says of the kind, None where it says what the year brings; raises Unread."""
    words = _YEAR_BEFORE.sub("", cells.given(cell))
    if not words or words in OUTCOMES:
        return None
    kind = next((kind for word, kind in KINDS.items() if words.startswith(word)), None)
    if kind is None:
        raise Unread(Reason.UNKNOWN_WORD)
    return kind
