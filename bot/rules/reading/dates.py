"""Days and spans in a report: which are still ahead, which are over (the reference day is always given)."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from bot.rules.reading import feasts, masks
from bot.rules.reading.numerals import NUMBER, number
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


_NUM2 = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
_YEAR = (
    r"(?:(?P<y>(?<![\d.])(?:(?:19|20)\d\d(?=年|[1-9]\d?月|[上下]半年)|\d{2,3}(?=年))|二[〇零0-9一二三四五六七八九]{3}(?=年))年?度?的?"
    r"|(?P<yw>今年|本年|明年|后年|去年|前年|次年|来年|上年|当年)度?的?)"
)
_MONTH = r"(?P<m>(?<![\d.])(?:1[0-2]|0?[1-9])|(?<![一二三四五六七八九十第])(?:十[一二]?|[一二三四五六七八九]))月份?"
_PART = r"(?P<part>上中旬|中下旬|上旬|中旬|下旬|月?底|末|初|中(?!旬|标|间|心|央|国|期|午|学|小|铁|建|交))"
_DAY = rf"(?:(?P<d>{_NUM2})(?:[日号](?!历|均|产|常|报|楼|线|机|桥)|(?=之?前|以前|左右|了|[,。;!?\n]|$)))"
_TAIL = (
    r"(?P<tail>之前|以前|前后|左右|之后|以后|以来|期间|以内|之内|起|前(?!期|后|段|提|往|方|面|景|三|两|半|几)"
    r"|后(?!续|期|方|面|勤|台|浇)|内(?!部|外|装|墙|业|饰|粉|容)|底前)?"
)
_WEEKDAY = {
    **{c: i for i, c in enumerate("一二三四五六")},
    "日": 6,
    "天": 6,
    "末": 6,
    **{str(i + 1): i for i in range(6)},
}
_SHIFT = {
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
_YEAR_SHIFT = {
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

_PAST = re.compile(r"已|截[至止]|原[定计]|原本|原先|合同|曾|此前|自|从|公告|本该|本应|按计划\d")
_PAST_AFTER = re.compile(
    r"^(?:就|才(?!安排|能|可|计划|会|到)|已|便|的?[开动停完][的了]?工了|开的工|停的工|开始)|了(?!解)|[^不]过$|[开停完动]的工|至今|到现在|以来"
)
_FUTURE = re.compile(
    r"预计|计划|力争|争取|确保|拟|将|目标|定[在于]|有望|最[快迟晚早]|务必|必须|要|可[达以]?|能|限|打算|准备|安排|保证|还得|才能|希望|等到"
)
_MOVED_TO = re.compile(r"[调推延改迟移][整迟后期]?[到至为]$")
_CLAUSE_END = re.compile(r"[,。;!?\n:()]")


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last day of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def find(text: str, today: date, working: WorkingDay) -> tuple[list[Found], str]:
    """All dates of a plain text in their order, and the text with each of them masked."""
    found: list[Found] = []
    whole = text

    def take(read: Callable[[re.Match[str], Sight], list[Found]]) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            sight = Sight(today, direction(whole, match), working)
            try:
                got = read(match, sight)
            except (ValueError, OverflowError, KeyError):
                return match[0]
            found.extend(got)
            return masks.DATE * len(match[0]) if got else match[0]

        return replace

    for pattern, read in _READERS:
        text = pattern.sub(take(read), text)
    return sorted(found, key=lambda one: one.start), text


def direction(text: str, match: re.Match[str]) -> Direction:
    """Whether the words around a date speak of what is over or of what is to come."""
    start, end = match.span()
    before = _CLAUSE_END.split(text[max(0, start - 24) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + 24])[0]
    tail = match.groupdict().get("tail") or ""
    if _MOVED_TO.search(before):
        return "future"
    if _PAST.search(before) or _PAST_AFTER.search(after) or tail == "以来":
        return "past"
    if _FUTURE.search(before) or _FUTURE.match(after) or tail in ("之前", "以前", "前", "内", "以内", "之内", "底前"):
        return "future"
    return "open"


def _make(
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
        return today.year + _YEAR_SHIFT[word]
    if not groups.get("y"):
        return None
    value = int(number(groups["y"]) or 0)
    return value + 1911 if 100 <= value < 200 else value + 2000 if value < 100 else value


def settle(sight: Sight, make: Callable[[int], tuple[date, date]], year: int | None) -> tuple[date, date]:
    """A span without a year: this year's, else the last one for what is over and the next for what is planned."""
    if year is not None:
        return make(year)
    first, last = make(sight.today.year)
    if sight.direction == "past" and first > sight.today:
        return make(sight.today.year - 1)
    if sight.direction == "future" and last < sight.today:
        return make(sight.today.year + 1)
    return first, last


def month_part(year: int, month: int, part: str) -> tuple[date, date]:
    """The days of 上旬, 中旬, 下旬, 初, 中, 底 of a month; the last of them counts."""
    end = month_end(year, month)
    if part in ("上旬", "初"):
        return date(year, month, 1), date(year, month, 10 if part == "上旬" else 5)
    if part in ("中旬", "上中旬"):
        return date(year, month, 11 if part == "中旬" else 1), date(year, month, 20)
    if part == "中":
        return date(year, month, 11), date(year, month, 20)
    if part in ("下旬", "中下旬"):
        return date(year, month, 21 if part == "下旬" else 11), end
    return end, end


def _precision(part: str) -> Precision:
    return Precision.MONTH if part.endswith(("底", "末")) else Precision.DAY


def _numeric(match: re.Match[str], sight: Sight) -> list[Found]:
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return _make(match, sight, day, day, Precision.DAY)


def _numeric_month(match: re.Match[str], sight: Sight) -> list[Found]:
    year, month = int(match["y"]), int(match["m"])
    return _make(match, sight, date(year, month, 1), month_end(year, month), Precision.MONTH)


def _month_day(match: re.Match[str], sight: Sight) -> list[Found]:
    month, day = int(number(match["m"]) or 0), _day(match["d"])
    first, last = settle(sight, lambda year: (date(year, month, day),) * 2, year_of(match, sight.today))
    return _make(match, sight, first, last, Precision.DAY)


def _day(text: str) -> int:
    if text.startswith("廿"):
        return 20 + int(number(text[1:]) or 0)
    return int(number(text) or 0)


def _day_span(match: re.Match[str], sight: Sight) -> list[Found]:
    """5月2日至31日, 5月2日至6月3日."""
    month, later = int(number(match["m"]) or 0), int(number(match["m2"] or match["m"]) or 0)

    def span(year: int) -> tuple[date, date]:
        return date(year, month, _day(match["d"])), date(year + (later < month), later, _day(match["d2"]))

    first, last = settle(sight, span, year_of(match, sight.today))
    return _make(match, sight, first, last, Precision.DAY)


def _month(match: re.Match[str], sight: Sight) -> list[Found]:
    month, part, year = int(number(match["m"]) or 0), match.groupdict().get("part"), year_of(match, sight.today)
    if part:
        first, last = settle(sight, lambda y: month_part(y, month, part), year)
        return _make(match, sight, first, last, _precision(part))
    first, last = settle(sight, lambda y: (date(y, month, 1), month_end(y, month)), year)
    before = first - timedelta(days=1) if match["tail"] in ("前", "之前", "以前") else None
    return _make(match, sight, first, last, Precision.MONTH, before)


def _month_span(match: re.Match[str], sight: Sight) -> list[Found]:
    """1-5月, 去年11月至今年3月 are read as one span."""
    one, two = int(number(match["m"]) or 0), int(number(match["m2"]) or 0)
    first, last = settle(
        sight, lambda y: (date(y, one, 1), month_end(y + (two < one), two)), year_of(match, sight.today)
    )
    return _make(match, sight, first, last, Precision.MONTH)


def _months_listed(match: re.Match[str], sight: Sight) -> list[Found]:
    """二三月; 6、7月."""
    found: list[Found] = []
    for name in (match["m"], match["m2"]):
        month = int(number(name) or 0)
        first, last = settle(sight, lambda y, m=month: (date(y, m, 1), month_end(y, m)), year_of(match, sight.today))  # type: ignore[misc]
        found += _make(match, sight, first, last, Precision.MONTH)
    return found


def _first_months(match: re.Match[str], sight: Sight) -> list[Found]:
    """前三季度, 前5个月, 1至5月 since January."""
    count = int(number(match["n"]) or 0) * (3 if "季" in match["unit"] else 1)
    first, last = settle(sight, lambda y: (date(y, 1, 1), month_end(y, count)), year_of(match, sight.today))
    return _make(match, sight, first, last, Precision.MONTH)


def _quarter(match: re.Match[str], sight: Sight) -> list[Found]:
    today, groups = sight.today, match.groupdict()
    if groups.get("q"):
        quarter, year = int(number(groups["q"]) or 0), year_of(match, today)
        if not 1 <= quarter <= 4:
            return []
        first, last = settle(sight, lambda y: (date(y, quarter * 3 - 2, 1), month_end(y, quarter * 3)), year)
    else:
        first = add_months(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * _SHIFT[groups.get("qw") or ""])
        last = month_end(first.year, first.month + 2)
    if groups.get("part"):
        first = last
    return _make(match, sight, first, last, Precision.QUARTER)


def _half(match: re.Match[str], sight: Sight) -> list[Found]:
    early = match["half"] == "上"
    first, last = settle(
        sight,
        lambda y: (date(y, 1, 1), date(y, 6, 30)) if early else (date(y, 7, 1), date(y, 12, 31)),
        year_of(match, sight.today),
    )
    return _make(match, sight, first, last, Precision.HALF)


def _year_part(match: re.Match[str], sight: Sight) -> list[Found]:
    part = match["part"]
    written = year_of(match, sight.today)
    year = sight.today.year if written is None else written
    if part in ("前", "后") and written is None:
        spring = feasts.feast("春节", year)
        if spring and spring < sight.today:
            spring = feasts.feast("春节", year + 1)
        day = (
            (spring - timedelta(days=1) if part == "前" else spring + timedelta(days=8))
            if spring
            else date(year, 12, 31)
        )
        return _make(match, sight, day, day, Precision.DAY)
    if part in ("前", "后"):
        return []
    if part == "初":
        return _make(match, sight, date(year, 1, 1), date(year, 1, 31), Precision.MONTH)
    if part == "中":
        return _make(match, sight, date(year, 6, 30), date(year, 6, 30), Precision.MONTH)
    last = date(year, 12, 31)
    if part in ("内", "之内"):
        return [Found(match.start(), match.end(), date(year, 1, 1), last, Precision.YEAR, "内", sight.direction)]
    return _make(match, sight, last, last, Precision.YEAR)


def _year(match: re.Match[str], sight: Sight) -> list[Found]:
    year = year_of(match, sight.today)
    if year is None or not 1950 <= year <= 2100:
        return []
    first, last = date(year, 1, 1), date(year, 12, 31)
    before = first - timedelta(days=1) if match["tail"] in ("前", "之前", "以前") and match["y"] else None
    return _make(match, sight, first, last, Precision.YEAR, before)


def _this_month(match: re.Match[str], sight: Sight) -> list[Found]:
    """本月, 下月10日, 上个月下旬, 月底, 中旬."""
    groups = match.groupdict()
    there = add_months(sight.today.replace(day=1), _SHIFT[groups.get("mw") or ""])
    if groups.get("d"):
        day = there.replace(day=_day(groups["d"]))
        return _make(match, sight, day, day, Precision.DAY)
    part = groups.get("part")
    if not part:
        return _make(match, sight, there, month_end(there.year, there.month), Precision.MONTH)
    if part == "内":
        return [Found(*match.span(), there, month_end(there.year, there.month), Precision.MONTH, "内", sight.direction)]
    first, last = month_part(there.year, there.month, part)
    if not groups.get("mw"):
        if sight.direction == "future" and last < sight.today:
            there = add_months(there, 1)
        elif sight.direction == "past" and first > sight.today:
            there = add_months(there, -1)
        first, last = month_part(there.year, there.month, part)
    return _make(match, sight, first, last, _precision(part))


def _ten_days(match: re.Match[str], sight: Sight) -> list[Found]:
    day = sight.today.day
    first, last = month_part(
        sight.today.year, sight.today.month, "上旬" if day <= 10 else "中旬" if day <= 20 else "下旬"
    )
    return _make(match, sight, first, last, Precision.DAY)


def _week(match: re.Match[str], sight: Sight) -> list[Found]:
    monday = sight.today - timedelta(days=sight.today.weekday()) + timedelta(days=7 * _SHIFT[match["ww"] or ""])
    name = match["wd"]
    if not name:
        return _make(match, sight, monday, monday + timedelta(days=6), Precision.DAY)
    day = monday + timedelta(days=_WEEKDAY[name])
    if not match["ww"] and day < sight.today and sight.direction != "past":
        day += timedelta(days=7)
    return _make(match, sight, day, day, Precision.DAY)


def _near_day(match: re.Match[str], sight: Sight) -> list[Found]:
    shift = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}[match["near"]]
    day = sight.today + timedelta(days=shift)
    return _make(match, sight, day, day, Precision.DAY)


def _within(match: re.Match[str], sight: Sight) -> list[Found]:
    """三天内, 15个工作日内, 两周后, 半个月内, 再过10天: always counted from the reference day."""
    day = after(sight.today, match["n"], match["unit"], sight.working)
    if day is None:
        return []
    return _make(match, sight, day, day, Precision.DAY)


def after(today: date, count: str, unit: str, working: WorkingDay) -> date | None:
    """So many days, working days, weeks, months or years after a day; None where the number is none."""
    value = Decimal("0.5") if count in ("半", "半个") else number(count)
    if value is None or value > 4000:
        return None
    if unit.endswith(("工作日", "工作天")):
        day, left = today, int(value)
        while left > 0 and left <= 400:
            day += timedelta(days=1)
            left -= working(day)
        return day
    if unit.endswith("月"):
        return today + timedelta(days=15) if value == Decimal("0.5") else add_months(today, int(value))
    if unit.endswith("年"):
        return add_months(today, int(value * 12))
    return today + timedelta(days=int(value * (7 if unit.endswith(("周", "星期", "礼拜")) else 1)))


def _month_dot_day(match: re.Match[str], sight: Sight) -> list[Found]:
    month, day = int(match["m"]), int(match["d"])
    first, last = settle(sight, lambda year: (date(year, month, day),) * 2, None)
    return _make(match, sight, first, last, Precision.DAY)


def _bare_day(match: re.Match[str], sight: Sight) -> list[Found]:
    there = sight.today.replace(day=1)
    day = there.replace(day=_day(match["d"]))
    if sight.direction == "future" and day < sight.today:
        day = add_months(there, 1).replace(day=day.day)
    elif sight.direction == "past" and day > sight.today:
        day = add_months(there, -1).replace(day=day.day)
    return _make(match, sight, day, day, Precision.DAY)


def _feast(match: re.Match[str], sight: Sight) -> list[Found]:
    name, tail, today, year = match["feast"], match["tail"] or "", sight.today, year_of(match, sight.today)
    year = today.year if year is None else year
    days = [(y, day) for y in (year, year + 1) if (day := feasts.feast(name, y))]
    if not days:
        return []
    year, day = days[0]
    ahead = sight.direction == "future" or name in ("春节", "元旦", "过年")
    if day < today and sight.direction != "past" and ahead and not match["y"] and not match["yw"] and len(days) > 1:
        year, day = days[1]
    if tail in ("前", "之前", "以前"):
        return _make(match, sight, day, day, Precision.DAY, day - timedelta(days=1))
    if tail in ("后", "之后", "以后", "过后"):
        end = feasts.holiday_end(name, year) or day
        return _make(match, sight, end, end, Precision.DAY)
    return _make(match, sight, day, day, Precision.DAY)


def _some_holiday(match: re.Match[str], sight: Sight) -> list[Found]:
    """节前, 节后: the public holiday that comes next."""
    holiday = feasts.next_holiday(sight.today)
    if holiday is None:
        return []
    name, day = holiday
    chosen = day - timedelta(days=1) if match["tail"] in ("前", "之前") else feasts.holiday_end(name, day.year) or day
    return _make(match, sight, chosen, chosen, Precision.DAY)


def _lunar(match: re.Match[str], sight: Sight) -> list[Found]:
    name = match["lm"]
    month = {"正": 1, "腊": 12, "冬": 11}.get(name) or int(number(name) or 0)
    day = {"底": 30, "末": 30, "初": 5, "中": 15}.get(match["ld"]) or _day(match["ld"].removeprefix("初"))
    days = [got for year in (-1, 0, 1) if (got := feasts.lunar(sight.today.year + year, month, day))]
    if sight.direction == "past":
        gone = [one for one in days if one <= sight.today]
        chosen = gone[-1] if gone else None
    else:
        ahead = [one for one in days if one >= sight.today]
        chosen = ahead[0] if ahead else None
    return _make(match, sight, chosen, chosen, Precision.DAY) if chosen else []


_UNIT = r"(?P<unit>个?工作[日天]|日历天|天|日|周|个?星期|个?礼拜|个月|(?<=半)月|年)"
_TO = r"[-~—至到]{1,2}"
_FEAST = "|".join(
    sorted(
        (
            name
            for name in feasts.NAMES
            if name not in ("五一", "十一", "七一", "八一", "三八", "六一", "大雪", "小雪", "小年")
        ),
        key=len,
        reverse=True,
    )
)
_BARE_FEAST = r"五一|十一|七一|八一|六一|三八"

_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str], Sight], list[Found]]]] = [
    (re.compile(rf"(?<![\d.])(?P<y>(?:19|20)\d\d)[-./](?P<m>1[0-2]|0?[1-9])[-./](?P<d>[12]\d|3[01]|0?[1-9])(?!\d)[日号]?{_TAIL}"), _numeric),
    (re.compile(rf"(?<![\d.])(?P<y>20\d\d)[-./](?P<m>1[0-2]|0?[1-9])(?![\d.]|万|亿|元|%|米|亩|吨|平|㎡|个|公里|千){_TAIL}"), _numeric_month),
    (re.compile(rf"(?:农历|阴历)(?P<lm>正|腊|冬|十[一二]?|[二三四五六七八九])月(?P<ld>初[一二三四五六七八九十]|[一二三四五六七八九十廿]{{1,3}}|\d{{1,2}}|底|末|初|中)(?:日|号)?{_TAIL}"), _lunar),
    (re.compile(rf"(?P<lm>正|腊|冬)月(?P<ld>初[一二三四五六七八九十]|[一二三四五六七八九十廿]{{1,3}}|\d{{1,2}}|底|末|初|中)(?:日|号)?{_TAIL}"), _lunar),
    (re.compile(rf"(?P<lm>八)月(?P<ld>十五)(?![日号]){_TAIL}"), _lunar),
    (re.compile(rf"{_YEAR}?{_MONTH}(?P<d>{_NUM2})[日号]?{_TO}(?:(?P<m2>{_NUM2})月)?(?P<d2>{_NUM2})[日号]{_TAIL}"), _day_span),
    (re.compile(rf"{_YEAR}?{_MONTH}{_DAY}{_TAIL}"), _month_day),
    (re.compile(rf"{_YEAR}?(?<![\d.])(?P<m>{_NUM2})月?份?{_TO}(?P<m2>{_NUM2})月份?{_TAIL}"), _month_span),
    (re.compile(rf"{_YEAR}?(?P<m>(?<!\d)\d{{1,2}})[、,及和](?P<m2>\d{{1,2}})月份?{_TAIL}"), _months_listed),
    (re.compile(rf"{_YEAR}?(?<![十一二三四五六七八九])(?P<m>[一二三四五六七八])(?P<m2>[二三四五六七八九])月份?{_TAIL}"), _months_listed),
    (re.compile(rf"{_YEAR}?{_MONTH}{_PART}?{_TAIL}"), _month),
    (re.compile(rf"{_YEAR}?前(?P<n>[二两三四五六七八九十\d]{{1,2}})(?P<unit>个?季度|个月|月)(?!内){_TAIL}"), _first_months),
    (re.compile(rf"{_YEAR}?第(?P<q>[1-4一二三四])个?季度?(?P<part>末|底)?{_TAIL}"), _quarter),
    (re.compile(rf"{_YEAR}?(?P<q>(?<!\d)[1-4]|[一二三四])季度(?P<part>末|底)?{_TAIL}"), _quarter),
    (re.compile(rf"{_YEAR}?(?<![a-z])q(?P<q>[1-4])(?!\d){_TAIL}"), _quarter),
    (re.compile(rf"(?P<qw>本|这个?|当|下个?|上个?)季度?(?P<part>末|底)?{_TAIL}"), _quarter),
    (re.compile(rf"季度?(?P<part>末|底){_TAIL}"), _quarter),
    (re.compile(rf"{_YEAR}?(?P<half>上|下)半年{_TAIL}"), _half),
    (re.compile(rf"{_YEAR}?(?P<feast>{_FEAST})节?(?:假期|长假|放假|假|黄金周)?{_TAIL}"), _feast),
    (re.compile(rf"{_YEAR}?[“\"「『]?(?<![双第一二三四五六七八九十\d周期])(?P<feast>{_BARE_FEAST})(?=[”\"」』]|节|前|之前|后|期间|假|长假|建|黄金周)[”\"」』]?(?:节|建军节|建党节|假期|长假|黄金周)?{_TAIL}"), _feast),
    (re.compile(r"(?<![环细季])节(?P<tail>前|后|之前|之后)(?!段|期)"), _some_holiday),
    (re.compile(rf"{_YEAR}年?(?P<part>底|末|终|初|中(?!标|期|央|心)|之内|内(?!部|外)){_TAIL}"), _year_part),
    (re.compile(rf"(?<![一二两三四五六七八九十\d半几多少当每])(?:年|岁)(?P<part>底|末|终|内|中(?!标|期|央|心)|初|前(?!期)|后(?!续)){_TAIL}"), _year_part),
    (re.compile(rf"(?P<mw>本|这个?|当|下下个?|下个?|上个?|次)月份?(?:{_PART}|(?P<d>{_NUM2})[日号])?{_TAIL}"), _this_month),
    (re.compile(rf"(?<![个\d一二三四五六七八九十])月(?P<part>底|末|初|中(?!旬)|内){_TAIL}"), _this_month),
    (re.compile(rf"(?P<part>上旬|中旬|下旬){_TAIL}"), _this_month),
    (re.compile(r"(?:本|这一?|当)旬"), _ten_days),
    (re.compile(rf"(?P<ww>本|这个?|下下个?|下个?|上个?|当)(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末](?!个)|[1-6](?!\d))?{_TAIL}"), _week),
    (re.compile(rf"(?P<ww>)(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末](?!边|年|期|界|转|个|期)){_TAIL}"), _week),
    (re.compile(rf"(?P<n>{NUMBER}|半个?){_UNIT}(?P<tail>之内|以内|内(?!部|外|装)|之后|以后|后(?!续|期))"), _within),
    (re.compile(rf"再[有给过要](?P<n>{NUMBER}|半个?){_UNIT}(?P<tail>)"), _within),
    (re.compile(rf"(?P<near>大前|大后|前(?=天|日[^期])|昨|今|明|后(?=天))(?:天|日(?!期)|早|晚(?!于)){_TAIL}"), _near_day),
    (re.compile(r"(?<![\d.a-z-])(?P<m>1[0-2]|0?[1-9])[./-](?P<d>3[01]|[12]\d|0?[1-9])(?:[日号]?(?P<tail>之前|以前|前(?!期|三|两))|(?=[日号]))[日号]?"), _month_dot_day),
    (re.compile(r"(?:(?<=计划)|(?<=预计)|(?<=力争)|(?<=确保)|(?<=截至)|(?<=截止)|(?<=定在)|(?<=定于))(?P<m>1[0-2]|0?[1-9])\.(?P<d>3[01]|[12]\d|0?[1-9])(?![\d.]|万|亿|元|%|米|亩|吨|平|㎡|个|公里|千)(?P<tail>)"), _month_dot_day),
    (re.compile(rf"(?<![\d月.第一二三四五六七八九十])(?P<d>{_NUM2})[日号](?!历|均|产|常|报|夜|楼|栋|线|机|桥|厂|地|标|路|井|院|文|塔|泵|池|洞|炉|库|门|坝|车|[a-z]|-|\d){_TAIL}"), _bare_day),
    (re.compile(rf"{_YEAR}{_TAIL}"), _year),
]  # fmt: skip
