"""Years, halves and quarters of them: 三季度末, 上半年, 年底, 2027年."""

import re
from datetime import date, timedelta

from bot.rules.reading import feasts
from bot.rules.reading.dates.found import (
    SHIFT,
    TAIL,
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

_RECENT = 60  # days for which 年后 still means the new year just over


def _quarter(match: re.Match[str], sight: Sight) -> list[Found]:
    today, groups = sight.today, match.groupdict()
    if groups.get("q"):
        quarter, year = int(number(groups["q"]) or 0), year_of(match, today)
        if not 1 <= quarter <= 4:
            return []
        first, last = settle(sight, lambda y: (date(y, quarter * 3 - 2, 1), month_end(y, quarter * 3)), year)
    else:
        first = add_months(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * SHIFT[groups.get("qw") or ""])
        last = month_end(first.year, first.month + 2)
    if groups.get("part"):
        first = last
    return make(match, sight, first, last, Precision.QUARTER)


def _half(match: re.Match[str], sight: Sight) -> list[Found]:
    early = match["half"] == "上"
    first, last = settle(
        sight,
        lambda y: (date(y, 1, 1), date(y, 6, 30)) if early else (date(y, 7, 1), date(y, 12, 31)),
        year_of(match, sight.today),
    )
    return make(match, sight, first, last, Precision.HALF)


def _about_new_year(match: re.Match[str], sight: Sight, part: str) -> list[Found]:
    """年前, 年后: before or after the lunar new year; in the weeks behind it the one just over, unless a plan is told."""
    today = sight.today
    springs = [spring for year in (today.year, today.year + 1) if (spring := feasts.feast("春节", year))]
    recent = timedelta(days=_RECENT if sight.direction != "future" else 8)
    spring = next((spring for spring in springs if spring + recent >= today), None)
    if spring is None:
        return []
    day = spring - timedelta(days=1) if part == "前" else spring + timedelta(days=8)
    return make(match, sight, day, day, Precision.DAY)


def _year_part(match: re.Match[str], sight: Sight) -> list[Found]:
    part = match["part"]
    written = year_of(match, sight.today)
    year = sight.today.year if written is None else written
    if part in ("前", "后") and written is None:
        return _about_new_year(match, sight, part)
    if part in ("前", "后"):
        return []
    if part == "初":
        return make(match, sight, date(year, 1, 1), date(year, 1, 31), Precision.MONTH)
    if part == "中":
        return make(match, sight, date(year, 6, 30), date(year, 6, 30), Precision.MONTH)
    last = date(year, 12, 31)
    if part in ("内", "之内"):
        return [Found(match.start(), match.end(), date(year, 1, 1), last, Precision.YEAR, "内", sight.direction)]
    return make(match, sight, last, last, Precision.YEAR)


def _year(match: re.Match[str], sight: Sight) -> list[Found]:
    year = year_of(match, sight.today)
    if year is None or not 1950 <= year <= 2100:
        return []
    first, last = date(year, 1, 1), date(year, 12, 31)
    before = first - timedelta(days=1) if match["tail"] in ("前", "之前", "以前") and match["y"] else None
    return make(match, sight, first, last, Precision.YEAR, before)


QUARTERS: list[Reader] = [
    (re.compile(rf"{YEAR}?第(?P<q>[1-4一二三四])个?季度?(?P<part>末|底)?{TAIL}"), _quarter),
    (re.compile(rf"{YEAR}?(?P<q>(?<!\d)[1-4]|[一二三四])季度(?P<part>末|底)?{TAIL}"), _quarter),
    (re.compile(rf"{YEAR}?(?<![a-z])q(?P<q>[1-4])(?!\d){TAIL}"), _quarter),
    (re.compile(rf"(?P<qw>本|这个?|当|下个?|上个?)季度?(?P<part>末|底)?{TAIL}"), _quarter),
    (re.compile(rf"季度?(?P<part>末|底){TAIL}"), _quarter),
    (re.compile(rf"{YEAR}?(?P<half>上|下)半年{TAIL}"), _half),
]  # fmt: skip


PARTS: list[Reader] = [
    (re.compile(rf"{YEAR}年?(?P<part>底|末|终|初|中(?!标|期|央|心)|之内|内(?!部|外)){TAIL}"), _year_part),
    (re.compile(rf"(?<![一二两三四五六七八九十\d半几多少当每])(?:年|岁)(?P<part>底(?!了)|末|终|内|中(?!标|期|央|心)|初|前(?!期)|后(?!续|正?[一二三四1-4]?月)){TAIL}"), _year_part),
]  # fmt: skip


WHOLE: list[Reader] = [
    (re.compile(rf"{YEAR}{TAIL}"), _year),
]  # fmt: skip
