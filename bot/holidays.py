"""Where the work calendar comes from: the library's State Council days, then what the administrator entered or pasted."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import chinese_calendar

from bot.rules.calendar import WorkCalendar, Year

FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Statutory holidays by the solar calendar (全国年节及纪念日放假办法, 2025)."""
NOTHING: Mapping[date, bool] = MappingProxyType({})


def work_calendar(
    hours: tuple[tuple[time, time], ...], zone: ZoneInfo, overrides: Mapping[date, bool] = NOTHING
) -> WorkCalendar:
    """The calendar of working days.

    hours: the spans of a working day, local time. overrides: day → worked or not; they win over the library, also in years that
    the library lacks. Such a year counts as known once its 1 October is among them (every notice names it); until then its other
    days are estimated: weekdays but for the fixed statutory holidays.
    """
    years = dict(_library())
    last = max(years)
    years |= {number: _estimated(number) for number in range(last + 1, last + 4)}
    for number in {day.year for day in overrides}:
        base = years.get(number, _estimated(number))
        worked = {day for day, works in overrides.items() if day.year == number and works}
        off = {day for day, works in overrides.items() if day.year == number and not works}
        years[number] = Year(
            holidays=frozenset(day for day in base.holidays | off if day not in worked and day.weekday() < 5),
            workdays=frozenset(day for day in base.workdays | worked if day not in off and day.weekday() >= 5),
            estimated=base.estimated and date(number, 10, 1) not in overrides,
        )
    return WorkCalendar(years, hours, zone)


def _estimated(number: int) -> Year:
    """A year without a notice yet: weekdays are worked but for the statutory days whose dates are fixed."""
    fixed = {date(number, month, day) for month, day in FIXED}
    return Year(frozenset(day for day in fixed if day.weekday() < 5), frozenset(), estimated=True)


def parse_notice(text: str, year: int) -> dict[date, bool]:
    """Reads a State Council holiday notice for `year` into overrides: day → worked or not, weekends within holidays included.

    Raises ValueError where nothing is found, where a weekday in brackets belongs to another date (usually the notice of another
    year) or where a day cannot be: the text says which.
    """
    overrides: dict[date, bool] = {}
    named: list[date] = []
    for token in _TOKEN.finditer(re.sub(r"\s+", "", text)):
        if token["verb"]:
            overrides.update(dict.fromkeys(named, token["verb"] == "上班"))
        if token["month"]:
            named.extend(_span(token, year))
        else:
            named = []
    if not overrides:
        raise ValueError(
            "no holidays found: paste the whole text of the notice, such as “元旦：1月1日（周四）至3日（周六）放假”"
        )
    return overrides


@cache
def _library() -> Mapping[int, Year]:
    """Every year from the library's first to its last; it raises for any other, so it is never asked about single days."""
    numbers = {day.year for day in chinese_calendar.holidays}
    return {
        number: Year(
            holidays=frozenset(day for day in chinese_calendar.holidays if day.year == number and day.weekday() < 5),
            workdays=frozenset(day for day in chinese_calendar.workdays if day.year == number and day.weekday() >= 5),
        )
        for number in range(min(numbers), max(numbers) + 1)
    }


_WEEKDAYS = "一二三四五六日"
_BRACKET = r"(?:[（(][^（）()]*?(?:周|星期)(?P<{name}>[一二三四五六日天])[)）]|[（(][^（）()]*[)）])?"
# A day or a span of days, with the weekday that the notice gives in brackets; what is said of the days before it; a full stop,
# after which days named before (“鼓励…除夕（2月9日）休息”) no longer wait for a word.
_TOKEN = re.compile(
    r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    + _BRACKET.format(name="weekday")
    + r"(?:[至到—–~-]+(?:(?P<last_year>\d{4})年)?(?:(?P<last_month>\d{1,2})月)?(?P<last_day>\d{1,2})日"
    + _BRACKET.format(name="last_weekday")
    + r")?|(?P<verb>放假|补休|上班)|[。；;]"
)


def _span(token: re.Match[str], year: int) -> Iterator[date]:
    """The days that one piece of a notice names; a span over New Year without years began in the year before."""
    month, last_month = int(token["month"]), int(token["last_month"] or token["month"])
    wraps = last_month < month
    first_year = int(token["year"] or year - wraps)
    first = last = _day(first_year, month, int(token["day"]), token["weekday"])
    if token["last_day"]:
        last_year = int(token["last_year"] or first_year + wraps)
        last = _day(last_year, last_month, int(token["last_day"]), token["last_weekday"])
    if not timedelta() <= last - first <= timedelta(days=31):
        raise ValueError(f"{token[0]}: the span ends before it starts, or is longer than a month")
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _day(year: int, month: int, day: int, weekday: str | None) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no {month}月{day}日 in {year}") from None
    if weekday and _WEEKDAYS[found.weekday()] != weekday.replace("天", "日"):
        raise ValueError(f"{found:%Y-%m-%d} is not a 周{weekday}: is this the notice of {year}?")
    return found
