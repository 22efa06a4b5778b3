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
KINDS |= dict.fromkeys(("谋划", "储备", "前期", "预备"), Kind.RESERVE)
OUTCOMES = ("竣工", "部分竣工", "投产", "在建")  # 旬报表: says what the year brings, not what the project is

_HEADER = next(pattern for key, pattern in PROJECT if key == NAME)
_TOTAL = re.compile(r"(?:总?合计|总计|小计|累计|共计)(?:$|[:(（\d])")
_SECTION = re.compile(r"[(（]?[一二三四五六七八九十]+[)）、.．]|第[一二三四五六七八九十]+[类批部]|[ⅠⅡⅢⅣⅤ]")
_NUMBERING = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十ⅠⅡⅢⅣⅤ\d]+[)）、.．]|第[一二三四五六七八九十]+[类批部][:：、]?)"
)
_REMARK = re.compile(r"注[:：\d]|备注|说明|填表人|填报人|制表|审核|\d+[.、]\D")


def what_is(name: str, number: Cell, said: list[str], figures: bool) -> Skip | None:
    """What a row is that is no project; None for a project and for one that only lacks its name."""
    words, title = cells.normal(cells.plain(number)), cells.normal(name)
    if _TOTAL.match(words) or _TOTAL.match(title):
        return Skip.TOTAL
    if _HEADER.search(title):
        return Skip.HEADER
    if cells.whole(number) is not None or len(said) > 2:
        return None
    if not said or (name and not words and not _SECTION.match(title) and (figures or len(said) > 1)):
        return None
    return Skip.REMARK if _REMARK.match(said[0]) else Skip.SECTION


def said_of_all(words: str) -> dict[str, str]:
    """What a section row says of the projects below it: 一、续建项目（62个）, （一）产业发展类（12个）, 二、省重点项目."""
    title = re.sub(r"\(.*", "", _NUMBERING.sub("", cells.normal(words)))
    found: dict[str, str] = {}
    if any(title.startswith(kind) for kind in KINDS):
        found["kind"] = title
    if level := re.match(r"([国省市区县])(?:家)?级?重[点大]|([国省市区县])级", title):
        found["level"] = level[1] or level[2]
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
    words = cells.given(cell)
    if not words or words in OUTCOMES:
        return None
    kind = next((kind for word, kind in KINDS.items() if words.startswith(word)), None)
    if kind is None:
        raise Unread(Reason.UNKNOWN_WORD)
    return kind
