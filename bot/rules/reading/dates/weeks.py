"""Days told from today: 下周五, 后天, 三天内, 15个工作日内."""

import re
from datetime import date, timedelta
from decimal import Decimal

from bot.rules.reading.dates.found import SHIFT, TAIL, Found, Reader, Sight, add_months, make
from bot.rules.reading.numerals import NUMBER, number
from bot.rules.reading.values import WorkingDay
from bot.rules.words import Precision

UNIT = r"(?P<unit>个?工作[日天]|日历天|天|日|周|个?星期|个?礼拜|个月|(?<=半)月|年)"
_WEEKDAY = {
    **{c: i for i, c in enumerate("一二三四五六")},
    "日": 6,
    "天": 6,
    "末": 6,
    **{str(i + 1): i for i in range(6)},
}


def _week(match: re.Match[str], sight: Sight) -> list[Found]:
    monday = sight.today - timedelta(days=sight.today.weekday()) + timedelta(days=7 * SHIFT[match["ww"] or ""])
    name = match["wd"]
    if not name:
        return make(match, sight, monday, monday + timedelta(days=6), Precision.DAY)
    day = monday + timedelta(days=_WEEKDAY[name])
    if not match["ww"] and day < sight.today and sight.direction != "past":
        day += timedelta(days=7)
    return make(match, sight, day, day, Precision.DAY)


def _near_day(match: re.Match[str], sight: Sight) -> list[Found]:
    shift = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}[match["near"]]
    day = sight.today + timedelta(days=shift)
    return make(match, sight, day, day, Precision.DAY)


def _within(match: re.Match[str], sight: Sight) -> list[Found]:
    """三天内, 15个工作日内, 两周后, 半个月内, 再过10天: always counted from the reference day."""
    day = after(sight.today, match["n"], match["unit"], sight.working)
    if day is None:
        return []
    return make(match, sight, day, day, Precision.DAY)


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


READERS: list[Reader] = [
    (re.compile(rf"(?P<ww>本|这个?|下下个?|下个?|上个?|当)(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末](?!个)|[1-6](?!\d))?{TAIL}"), _week),
    (re.compile(rf"(?P<ww>)(?<!每)(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末](?!边|年|期|界|转|个|期|愉快|快乐|好$)){TAIL}"), _week),
    (re.compile(rf"(?P<n>{NUMBER}|半个?){UNIT}(?P<tail>之内|以内|内(?!部|外|装)|之后|以后|后(?!续|期))"), _within),
    (re.compile(rf"再[有给过](?P<n>{NUMBER}|半个?){UNIT}(?P<tail>)"), _within),
    (re.compile(rf"(?P<near>大前|大后|前(?=天|日[^期])|昨|今|明|后(?=天))(?:天|日(?!期)|早|晚(?!于)){TAIL}"), _near_day),
]  # fmt: skip
