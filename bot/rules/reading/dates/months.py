"""Months, their parts, and spans of them: 11月底, 中旬, 1-5月, 前三季度, 本月."""

import re
from datetime import date, timedelta

from bot.rules.reading.dates.days import day_number
from bot.rules.reading.dates.found import (
    MONTH,
    NUM2,
    PART,
    SHIFT,
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


def month_part(year: int, month: int, part: str) -> tuple[date, date]:
    """The days of 上旬, 中旬, 下旬, 初, 中, 底 of a month; the last of them counts."""
    end = month_end(year, month)
    if part in ("上旬", "初"):
        return date(year, month, 1), date(year, month, 10 if part == "上旬" else 5)
    if part in ("中旬", "上中旬", "中上旬"):
        return date(year, month, 11 if part == "中旬" else 1), date(year, month, 20)
    if part == "中":
        return date(year, month, 11), date(year, month, 20)
    if part in ("下旬", "中下旬"):
        return date(year, month, 21 if part == "下旬" else 11), end
    return end, end


def exactness(part: str) -> Precision:
    return Precision.MONTH if part.endswith(("底", "末")) else Precision.DAY


def _month(match: re.Match[str], sight: Sight) -> list[Found]:
    month, part, year = int(number(match["m"]) or 0), match.groupdict().get("part"), year_of(match, sight.today)
    if part:
        first, last = settle(sight, lambda y: month_part(y, month, part), year)
        return make(match, sight, first, last, exactness(part))
    first, last = settle(sight, lambda y: (date(y, month, 1), month_end(y, month)), year)
    before = first - timedelta(days=1) if match["tail"] in ("前", "之前", "以前") else None
    return make(match, sight, first, last, Precision.MONTH, before)


def _month_span(match: re.Match[str], sight: Sight) -> list[Found]:
    """1-5月, 去年11月至今年3月 are read as one span."""
    one, two = int(number(match["m"]) or 0), int(number(match["m2"]) or 0)
    first, last = settle(
        sight, lambda y: (date(y, one, 1), month_end(y + (two < one), two)), year_of(match, sight.today)
    )
    return make(match, sight, first, last, Precision.MONTH)


def _months_listed(match: re.Match[str], sight: Sight) -> list[Found]:
    """二三月; 6、7月."""
    found: list[Found] = []
    for name in (match["m"], match["m2"]):
        month = int(number(name) or 0)
        first, last = settle(sight, lambda y, m=month: (date(y, m, 1), month_end(y, m)), year_of(match, sight.today))  # type: ignore[misc]
        found += make(match, sight, first, last, Precision.MONTH)
    return found


def _first_months(match: re.Match[str], sight: Sight) -> list[Found]:
    """前三季度, 前5个月, 1至5月 since January."""
    count = int(number(match["n"]) or 0) * (3 if "季" in match["unit"] else 1)
    first, last = settle(sight, lambda y: (date(y, 1, 1), month_end(y, count)), year_of(match, sight.today))
    return make(match, sight, first, last, Precision.MONTH)


def _this_month(match: re.Match[str], sight: Sight) -> list[Found]:
    """本月, 下月10日, 上个月下旬, 月底, 中旬."""
    groups = match.groupdict()
    there = add_months(sight.today.replace(day=1), SHIFT[groups.get("mw") or ""])
    if groups.get("d"):
        day = there.replace(day=day_number(groups["d"]))
        return make(match, sight, day, day, Precision.DAY)
    part = groups.get("part")
    if not part:
        return make(match, sight, there, month_end(there.year, there.month), Precision.MONTH)
    if part == "内":
        return [Found(*match.span(), there, month_end(there.year, there.month), Precision.MONTH, "内", sight.direction)]
    first, last = month_part(there.year, there.month, part)
    if not groups.get("mw"):
        if sight.direction == "future" and last < sight.today:
            there = add_months(there, 1)
        elif sight.direction == "past" and first > sight.today:
            there = add_months(there, -1)
        first, last = month_part(there.year, there.month, part)
    return make(match, sight, first, last, exactness(part))


def _ten_days(match: re.Match[str], sight: Sight) -> list[Found]:
    day = sight.today.day
    first, last = month_part(
        sight.today.year, sight.today.month, "上旬" if day <= 10 else "中旬" if day <= 20 else "下旬"
    )
    return make(match, sight, first, last, Precision.DAY)


READERS: list[Reader] = [
    (re.compile(rf"{YEAR}?(?<![\d.])(?P<m>{NUM2})月?份?{TO}(?P<m2>{NUM2})月份?{TAIL}"), _month_span),
    (re.compile(rf"{YEAR}?(?P<m>(?<!\d)\d{{1,2}})[、,及和](?P<m2>\d{{1,2}})月份?{TAIL}"), _months_listed),
    (re.compile(rf"{YEAR}?(?<![十一二三四五六七八九])(?P<m>[一二三四五六七八])(?P<m2>[二三四五六七八九])月份?{TAIL}"), _months_listed),
    (re.compile(rf"{YEAR}?{MONTH}{PART}?{TAIL}"), _month),
    (re.compile(rf"{YEAR}?前(?P<n>[二两三四五六七八九十\d]{{1,2}})(?P<unit>个?季度|个月|月)(?!内){TAIL}"), _first_months),
]  # fmt: skip


OF_TODAY: list[Reader] = [
    (re.compile(rf"(?P<mw>本|这个?|当|下下个?|下个?|上个?|次)月份?(?:{PART}|(?P<d>{NUM2})[日号])?{TAIL}"), _this_month),
    (re.compile(rf"(?<![个\d一二三四五六七八九十])月(?P<part>底|末|初|中(?!旬)|内){TAIL}"), _this_month),
    (re.compile(rf"(?P<part>上旬|中旬|下旬){TAIL}"), _this_month),
    (re.compile(r"(?:本|这一?|当)旬"), _ten_days),
]  # fmt: skip
