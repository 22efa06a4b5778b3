"""Single days with a number: 2026-06-30, 6月30日, 6.30, 25号."""

import re
from datetime import date

from bot.rules.reading.dates.found import (
    DAY,
    MONTH,
    NUM2,
    TAIL,
    TO,
    YEAR,
    Found,
    Reader,
    Sight,
    add_months,
    make,
    month_end,
    settle,
    year_of,
)
from bot.rules.reading.numerals import number
from bot.rules.words import Precision


def _numeric(match: re.Match[str], sight: Sight) -> list[Found]:
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return make(match, sight, day, day, Precision.DAY)


def _numeric_month(match: re.Match[str], sight: Sight) -> list[Found]:
    year, month = int(match["y"]), int(match["m"])
    return make(match, sight, date(year, month, 1), month_end(year, month), Precision.MONTH)


def _month_day(match: re.Match[str], sight: Sight) -> list[Found]:
    month, day = int(number(match["m"]) or 0), day_number(match["d"])
    first, last = settle(sight, lambda year: (date(year, month, day),) * 2, year_of(match, sight.today))
    return make(match, sight, first, last, Precision.DAY)


def day_number(text: str) -> int:
    if text.startswith("廿"):
        return 20 + int(number(text[1:]) or 0)
    return int(number(text) or 0)


def _day_span(match: re.Match[str], sight: Sight) -> list[Found]:
    """5月2日至31日, 5月2日至6月3日."""
    month, later = int(number(match["m"]) or 0), int(number(match["m2"] or match["m"]) or 0)

    def span(year: int) -> tuple[date, date]:
        return date(year, month, day_number(match["d"])), date(year + (later < month), later, day_number(match["d2"]))

    first, last = settle(sight, span, year_of(match, sight.today))
    return make(match, sight, first, last, Precision.DAY)


def _month_dot_day(match: re.Match[str], sight: Sight) -> list[Found]:
    month, day = int(match["m"]), int(match["d"])
    first, last = settle(sight, lambda year: (date(year, month, day),) * 2, None)
    return make(match, sight, first, last, Precision.DAY)


def _bare_day_span(match: re.Match[str], sight: Sight) -> list[Found]:
    """11-20号, 1日至10日: days of this month."""
    there = sight.today.replace(day=1)
    first, last = there.replace(day=day_number(match["d"])), there.replace(day=day_number(match["d2"]))
    return make(match, sight, first, last, Precision.DAY) if first < last else []


def _bare_day(match: re.Match[str], sight: Sight) -> list[Found]:
    there = sight.today.replace(day=1)
    day = there.replace(day=day_number(match["d"]))
    if sight.direction == "future" and day < sight.today:
        day = add_months(there, 1).replace(day=day.day)
    elif sight.direction == "past" and day > sight.today:
        day = add_months(there, -1).replace(day=day.day)
    return make(match, sight, day, day, Precision.DAY)


WRITTEN: list[Reader] = [
    (re.compile(rf"(?<![\d.])(?P<y>(?:19|20)\d\d)[-./](?P<m>1[0-2]|0?[1-9])[-./](?P<d>[12]\d|3[01]|0?[1-9])(?!\d)[日号]?{TAIL}"), _numeric),
    (re.compile(rf"(?<![\d.])(?P<y>20\d\d)[-./](?P<m>1[0-2]|0?[1-9])(?![\d.]|万|亿|元|%|米|亩|吨|平|㎡|个|公里|千){TAIL}"), _numeric_month),
]  # fmt: skip


OF_A_MONTH: list[Reader] = [
    (re.compile(rf"{YEAR}?{MONTH}(?P<d>{NUM2})[日号]?{TO}(?:(?P<m2>{NUM2})月)?(?P<d2>{NUM2})[日号]{TAIL}"), _day_span),
    (re.compile(rf"{YEAR}?{MONTH}{DAY}{TAIL}"), _month_day),
]  # fmt: skip


# Of 11-20 and 6.30 the shape alone says little (5-7层, 1.5亿): a word before or behind must tell that it is a day.
_SHORT_DAY = r"(?P<m>1[0-2]|0?[1-9])(?P<sep>[./-])(?P<d>3[01]|[12]\d|0?[1-9])"
_NO_UNIT = r"(?![\d.]|万|亿|元|%|米|亩|吨|平|㎡|个|公里|千|层|栋|幢|楼|号|#|期|标|跨|根|户|区|倍|成|年|月|天|人)"
_CUES = "|".join(
    f"(?<={cue})"
    for cue in [
        "计划",
        "预计",
        "力争",
        "争取",
        "确保",
        "截至",
        "截止",
        "截至到",
        "定在",
        "定于",
        "拟于",
        "将于",
        "已于",
        "推迟到",
        "延至",
        "延到",
        "推到",
        "改到",
        "调到",
    ]
)
_DUE_WORD = r"(?=完成|开工|复工|封顶|竣工|完工|验收|进场|交付|交房|投产|通车|送电|开标|上午|下午|晚上|报|交|前|转|搬|试|装|上会|开盘|挂网)"

SHORT: list[Reader] = [
    (re.compile(rf"(?<![\d月.第a-z-])(?P<d>{NUM2})[日号]?{TO}(?P<d2>{NUM2})[日号](?!历|楼|栋|线|机|桥|厂|地|标|路|井|院|塔|泵|池|洞|炉|库|门|坝|车|[a-z]|-|\d|之?前|以前){TAIL}"), _bare_day_span),
    (re.compile(rf"(?<![\d.a-z-]){_SHORT_DAY}(?:[日号]?(?P<tail>之前|以前|前(?!期|三|两))|(?=[日号]))[日号]?"), _month_dot_day),
    (re.compile(rf"(?:{_CUES}){_SHORT_DAY}{_NO_UNIT}{TAIL}"), _month_dot_day),
    (re.compile(rf"(?<![\d.a-z-])(?P<m>1[0-2]|0?[1-9])(?P<sep>-)(?P<d>3[01]|[12]\d){_DUE_WORD}(?P<tail>)"), _month_dot_day),
    (re.compile(r"^(?P<m>1[0-2]|0?[1-9])(?P<sep>[./-])(?P<d>3[01]|[12]\d|0?[1-9])(?=[ :])(?P<tail>)", re.M), _month_dot_day),
    (re.compile(rf"(?<![\d月.第一二三四五六七八九十])(?P<d>{NUM2})(?:号|日(?!历|均|产|常|报|夜))(?!楼|栋|线|机|桥|厂|地|标|路|井|院|文|塔|泵|池|洞|炉|库|门|坝|车|[a-z]|-|\d){TAIL}"), _bare_day),
]  # fmt: skip
