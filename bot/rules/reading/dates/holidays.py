"""Feasts, holidays and lunar dates: 国庆前, 节后, 腊月二十."""

import re
from datetime import timedelta

from bot.rules.reading import feasts
from bot.rules.reading.dates.days import day_number
from bot.rules.reading.dates.found import TAIL, YEAR, Found, Reader, Sight, make, year_of
from bot.rules.reading.numerals import number
from bot.rules.words import Precision

_FEAST = "|".join(
    sorted(
        (
            name
            for name in feasts.NAMES
            if name not in ("五一", "十一", "七一", "八一", "三八", "六一", "大雪", "小雪", "小年", "过年")
        ),
        key=len,
        reverse=True,
    )
)
_RECENT = 60  # days for which 春节后 still means the feast just over, unless a plan is told
_BARE_FEAST = r"五一|十一|七一|八一|六一|三八"
_PAIRS = (("中秋", "国庆"), ("元旦", "春节"))  # 双节, 两节


def _feast(match: re.Match[str], sight: Sight) -> list[Found]:
    name, tail, today, year = match["feast"], match["tail"] or "", sight.today, year_of(match, sight.today)
    year = today.year if year is None else year
    days = [(y, day) for y in (year, year + 1) if (day := feasts.feast(name, y))]
    if not days:
        return []
    year, day = days[0]
    recent = (
        tail in ("后", "之后", "以后", "过后") and sight.direction != "future" and 0 < (today - day).days <= _RECENT
    )
    ahead = sight.direction == "future" or name in ("春节", "元旦", "过年")
    if (
        day < today
        and sight.direction != "past"
        and ahead
        and not recent
        and not match["y"]
        and not match["yw"]
        and len(days) > 1
    ):
        year, day = days[1]
    if tail in ("前", "之前", "以前"):
        return make(match, sight, day, day, Precision.DAY, day - timedelta(days=1))
    if tail in ("后", "之后", "以后", "过后"):
        end = feasts.holiday_end(name, year) or day
        return make(match, sight, end, end, Precision.DAY)
    return make(match, sight, day, day, Precision.DAY)


def _some_holiday(match: re.Match[str], sight: Sight) -> list[Found]:
    """节前, 节后: the public holiday that comes next; of what is over the last one."""
    holiday = feasts.next_holiday(sight.today, last=sight.direction == "past")
    if holiday is None:
        return []
    name, day = holiday
    chosen = day - timedelta(days=1) if match["tail"] in ("前", "之前") else feasts.holiday_end(name, day.year) or day
    return make(match, sight, chosen, chosen, Precision.DAY)


def _lunar(match: re.Match[str], sight: Sight) -> list[Found]:
    name = match["lm"]
    month = {"正": 1, "腊": 12, "冬": 11}.get(name) or int(number(name) or 0)
    day = {"底": 30, "末": 30, "初": 5, "中": 15}.get(match["ld"]) or day_number(match["ld"].removeprefix("初"))
    days = [got for year in (-1, 0, 1) if (got := feasts.lunar(sight.today.year + year, month, day))]
    if sight.direction == "past":
        gone = [one for one in days if one <= sight.today]
        chosen = gone[-1] if gone else None
    else:
        ahead = [one for one in days if one >= sight.today]
        chosen = ahead[0] if ahead else None
    return make(match, sight, chosen, chosen, Precision.DAY) if chosen else []


def _two_holidays(match: re.Match[str], sight: Sight) -> list[Found]:
    """双节前 is before the first of the two, 双节后 after the last."""
    year = sight.today.year
    pairs = [
        (first, last)
        for one, two in _PAIRS
        for later in (0, 1)
        if (first := feasts.feast(one, year + later)) and (last := feasts.holiday_end(two, year + later))
    ]
    ahead = [(first, last) for first, last in pairs if last >= sight.today]
    if not ahead:
        return []
    first, last = min(ahead)
    day = first - timedelta(days=1) if "前" in match["tail"] else last
    return make(match, sight, day, day, Precision.DAY)


LUNAR: list[Reader] = [
    (re.compile(rf"(?:农历|阴历)(?P<lm>正|腊|冬|十[一二]?|[二三四五六七八九])月(?P<ld>初[一二三四五六七八九十]|[一二三四五六七八九十廿]{{1,3}}|\d{{1,2}}|底|末|初|中)(?:日|号)?{TAIL}"), _lunar),
    (re.compile(rf"(?P<lm>正|腊|冬)月(?P<ld>初[一二三四五六七八九十]|[一二三四五六七八九十廿]{{1,3}}|\d{{1,2}}|底|末|初|中)(?:日|号)?{TAIL}"), _lunar),
    (re.compile(rf"(?P<lm>八)月(?P<ld>十五)(?![日号]){TAIL}"), _lunar),
]  # fmt: skip


READERS: list[Reader] = [
    (re.compile(rf"{YEAR}?(?P<feast>过年)(?=[之以]?[前后]|期间|放假){TAIL}"), _feast),
    (re.compile(rf"{YEAR}?(?P<feast>{_FEAST})节?(?:假期|长假|放假|假|黄金周)?{TAIL}"), _feast),
    (re.compile(rf"{YEAR}?[“\"「『]?(?<![双第一二三四五六七八九十\d周期])(?P<feast>{_BARE_FEAST})(?=[”\"」』]|节|[之以]?[前后]|[转开交封竣完投通](?!挖)|过后|回来|期间|假|长假|建|黄金周)[”\"」』]?(?:节|建军节|建党节|假期|长假|黄金周)?{TAIL}"), _feast),
    (re.compile(r"[双两](?:节|节日)(?P<tail>前|后|之前|之后|过后)"), _two_holidays),
    (re.compile(r"(?<![环细季])节(?P<tail>前|后|之前|之后)(?!段|期)"), _some_holiday),
]  # fmt: skip
