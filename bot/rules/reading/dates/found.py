"""A date found in a text, what its reader needs to know, and the words that every reader has in common."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.rules.reading.numerals import number
from bot.rules.reading.values import WorkingDay
from bot.rules.words import Precision

Direction = Literal["past", "future", "open"]


@dataclass(frozen=True)
class Found:
    """One date of the text: the span of characters, the days it covers, and the word behind it (前, 后, 内, 起)."""

    start: int
    end: int
    first: date
    last: date
    precision: Precision
    tail: str
    direction: Direction
    chosen: date | None = None  # the day that counts, where it is not the last one

    @property
    def day(self) -> date:
        return self.chosen or self.last


@dataclass(frozen=True)
class Sight:
    """What a date's reader needs to know beside the words themselves."""

    today: date
    direction: Direction
    working: WorkingDay
    carried: bool = False  # an earlier clause of the sentence speaks of what is to come
    missed: bool = False  # the next clause tells what became of it: 计划7月31日交工，现拖到8月20日
    year: int | None = None  # named alone before, in the same sentence: 明年计划…，一季度开工


Reader = tuple[re.Pattern[str], Callable[[re.Match[str], Sight], list[Found]]]

NUM2 = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
YEAR = (
    r"(?:(?P<y>(?<![\d.])(?:(?:19|20)\d\d(?=年|[1-9]\d?月|[上下]半年)|\d{2,3}(?=年))|二[〇零0-9一二三四五六七八九]{3}(?=年))年?度?的?"
    r"|(?P<yw>今年|本年|明年|后年|去年|前年|次年|来年|上年|当年)度?的?)"
)
MONTH = r"(?P<m>(?<![\d.])(?:1[0-2]|0?[1-9])|(?<![一二三四五六七八九十第])(?:十[一二]?|[一二三四五六七八九]))月份?"
PART = r"(?P<part>上中旬|中上旬|中下旬|上旬|中旬|下旬|月?底|末|初|中(?!旬|标|间|心|央|国|期|午|学|小|铁|建|交))"
DAY = rf"(?:(?P<d>{NUM2})(?:(?:号|日(?!历|均|产|常|报))(?!楼|线|机|桥)|(?=之?前|以前|左右|了|[,。;!?\n]|$)))"
TAIL = (
    r"(?P<tail>之前|以前|前后|左右|之后|以后|以来|期间|以内|之内|起|前(?!期|后|段|提(?![出交供请报升高前级醒])|往|方|面|景|三|两|半|几)"
    r"|后(?!续|期|方|面|勤|台|浇)|内(?!部|外|装|墙|业|饰|粉|容)|底前)?"
)
TO = r"[-~—至到]{1,2}"
SHIFT = {
    "本": 0,
    "这": 0,
    "这个": 0,
    "当": 0,
    "今": 0,
    "": 0,
    "下": 1,
    "下个": 1,
    "次": 1,
    "下下": 2,
    "下下个": 2,
    "上": -1,
    "上个": -1,
}

YEAR_SHIFT = {
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "明年": 1,
    "次年": 1,
    "来年": 1,
    "后年": 2,
    "去年": -1,
    "上年": -1,
    "前年": -2,
}


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last day of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def make(
    match: re.Match[str], sight: Sight, first: date, last: date, precision: Precision, chosen: date | None = None
) -> list[Found]:
    groups = match.groupdict()
    return [
        Found(match.start(), match.end(), first, last, precision, groups.get("tail") or "", sight.direction, chosen)
    ]


def year_of(match: re.Match[str], today: date) -> int | None:
    """The year written or named; 112年 is a year of Taiwan's calendar, 23年 one of this century."""
    groups = match.groupdict()
    if word := groups.get("yw"):
        return today.year + YEAR_SHIFT[word]
    if not groups.get("y"):
        return None
    value = int(number(groups["y"]) or 0)
    return value + 1911 if 100 <= value < 200 else value + 2000 if value < 100 else value


_HARDLY_MEANT = 280  # days: 1月底主体封顶 said in late November is a plan, whatever stands before it
_LONG_GONE = 240  # days: 争取元旦前拿到预售，1月开盘 said in November means the next January


def settle(sight: Sight, make: Callable[[int], tuple[date, date]], year: int | None) -> tuple[date, date]:
    """A span without a year: this year's, else the last one for what is over and the next for what is planned."""
    if year is not None or sight.year is not None:
        return make(year or sight.year or sight.today.year)
    first, last = make(sight.today.year)
    if sight.direction == "past" and first > sight.today:
        return make(sight.today.year - 1)
    gone = (sight.today - last).days
    if (sight.direction == "future" and gone > 0 and not (sight.missed and gone < _LONG_GONE)) or (
        gone > (_LONG_GONE if sight.carried else _HARDLY_MEANT) and sight.direction == "open"
    ):
        return make(sight.today.year + 1)
    return first, last
