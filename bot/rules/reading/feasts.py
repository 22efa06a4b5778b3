"""Feasts, lunar dates and solar terms of 2000 to 2050, as far as people set deadlines by them. No library: a table."""

from datetime import date, timedelta

# One entry a year from 2000: days from 1 January to the lunar new year (two hex digits), the leap month (one),
# and one bit per lunar month, lowest first, set where the month has 30 days (four).
_YEARS = (
    "2300693 174152b 2a0052b 1f00a5b 152155a 270056a 1c71b55 3000ba4 2500b49 1951a93 2c00a95 210052d "
    "1640aad 2800ab5 1e915aa 31005d2 2600da5 1b61d4a 2e00d4a 2300c95 184152e 2a00556 1f00ab5 15215b2 "
    "28006d2 1c60ea5 2f00725 240064b 1950c97 2b00cab 210055a 1630ad6 2900b69 1eb1752 3100b52 2600b25 "
    "1b61a4b 2d00a4b 22004ab 175055b 2a005ad 1f00b6a 1521b52 2800d92 1d71d25 2f00d25 2400a55 19514ad "
    "2c004b6 20005b5 1630daa"
)
_FIRST_YEAR, _COUNT = 2000, 51

_FIXED = {
    "元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "七一": (7, 1), "八一": (8, 1), "教师节": (9, 10), "十一": (10, 1),
    "国庆": (10, 1), "双十一": (11, 11), "圣诞": (12, 25), "三八": (3, 8), "六一": (6, 1),
}  # fmt: skip
_LUNAR = {"春节": (1, 1), "过年": (1, 1), "大年初一": (1, 1), "元宵": (1, 15), "端午": (5, 5), "中秋": (8, 15), "重阳": (9, 9), "腊八": (12, 8), "小年": (12, 23)}  # fmt: skip
# Solar terms: month, and the constant of the usual formula for this century.
_TERMS = {
    "立春": (2, 3.87), "惊蛰": (3, 5.63), "春分": (3, 20.646), "清明": (4, 4.81), "谷雨": (4, 20.1), "立夏": (5, 5.52),
    "芒种": (6, 5.678), "夏至": (6, 21.37), "立秋": (8, 7.5), "处暑": (8, 23.13), "秋分": (9, 23.042), "霜降": (10, 23.438),
    "立冬": (11, 7.438), "小雪": (11, 22.36), "大雪": (12, 7.18), "冬至": (12, 21.94),
}  # fmt: skip
NAMES = (*_FIXED, *_LUNAR, *_TERMS)
_HOLIDAYS = {"元旦": 1, "春节": 7, "清明": 1, "五一": 5, "端午": 1, "中秋": 1, "国庆": 7}  # days off, weekends beside


def lunar(year: int, month: int, day: int) -> date | None:
    """The day of a lunar date (leap months are never meant); None outside the table."""
    if not (_FIRST_YEAR <= year < _FIRST_YEAR + _COUNT and 1 <= month <= 12 and 1 <= day <= 30):
        return None
    entry = _YEARS[(year - _FIRST_YEAR) * 8 :][:7]
    leap, bits = int(entry[2], 16), int(entry[3:], 16)
    place = month - 1 + (1 if leap and month > leap else 0)
    days = sum(30 if bits >> i & 1 else 29 for i in range(place))
    return date(year, 1, 1) + timedelta(days=int(entry[:2], 16) + days + day - 1)


def feast(name: str, year: int) -> date | None:
    """The day of a feast or solar term in a year; None where it is not known."""
    if fixed := _FIXED.get(name):
        return date(year, *fixed)
    if name in _LUNAR:
        return lunar(year - 1 if name in ("腊八", "小年") else year, *_LUNAR[name])
    if name in _TERMS and _FIRST_YEAR <= year < _FIRST_YEAR + 100:
        month, constant = _TERMS[name]
        short = year % 100
        leaps = (short - 1) // 4 if month < 3 else short // 4
        return date(year, month, int(short * 0.2422 + constant) - leaps)
    return None


def holiday_end(name: str, year: int) -> date | None:
    """The first day after the holiday of that name: 节后 begins there."""
    first = feast({"过年": "春节", "十一": "国庆", "劳动节": "五一"}.get(name, name), year)
    if first is None:
        return None
    off = _HOLIDAYS.get({"过年": "春节", "十一": "国庆", "劳动节": "五一"}.get(name, name), 0)
    day = first + timedelta(days=max(off, 1))
    while off and day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def next_holiday(today: date, last: bool = False) -> tuple[str, date] | None:
    """The public holiday that comes next (节前, 节后 said without a name), or with `last` the one that is just over."""
    known = [
        (day, name)
        for name in _HOLIDAYS
        for year in range(today.year - 1, today.year + 2)
        if (day := feast(name, year))
    ]
    found = [one for one in known if (one[0] < today if last else one[0] >= today)]
    if not found:
        return None
    day, name = max(found) if last else min(found)
    return name, day


def usual_working_day(day: date) -> bool:
    """Weekdays other than the statutory days off; what is announced year by year (调休) is not known here."""
    statutory = {"元旦": 1, "春节": 3, "清明": 1, "五一": 2, "端午": 1, "中秋": 1, "国庆": 3}
    if day.weekday() >= 5:
        return False
    return not any(
        (first := feast(name, day.year)) and 0 <= (day - first).days < length for name, length in statutory.items()
    )
