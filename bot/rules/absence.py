"""When somebody is away, as they type it: 12-03 到 12-09, 本周, 到我回来."""

import re
import unicodedata
from datetime import date

from bot.rules.calendar import DAY
from bot.rules.reading import parse_date

Absence = tuple[date, date | None]
"""The first and the last day; None: until they are back."""

ONE_DAY = re.compile(
    r"(?:\d{4}[-年./])?\d{1,2}[-月./]\d{1,2}[日号]?|\d{1,2}[日号]|[今明后]天|大后天|今日|明日"
    r"|[本这下]?(?:周|星期|礼拜)[一二三四五六日天]|[本这下]?(?:月|季|年)[底末]|元旦|春节|清明|劳动节|端午|中秋|国庆节?"
)
TO = re.compile(r"到|至|~|—+|–")
BACK = re.compile(r"(?:我|本人|他|她)?(?:回来|返岗|上班)(?:为止)?|另行通知")
GLUE = re.compile(
    r"(?:(?<=[\d日号底末])|(?<=[今明后]天)|(?<=[周期拜][一二三四五六日天]))\s+(?=[到至~—–])|(?<=[到至~—–])\s+"
)
WEEK = 7 * DAY


def pieces(words: str) -> list[str]:
    """What was typed, in pieces; a period written with blanks in it is one of them."""
    text = unicodedata.normalize("NFKC", words)
    return [piece for piece in re.split(r"[\s,，、。;；]+", GLUE.sub("", text)) if piece]


def read_absence(words: str, today: date) -> Absence | None:
    """ "12-01到12-05", "12月1日至5日", "明天", "本周", "12-03起", "到我回来"; None where it is anything else."""
    said = re.sub(r"^[从自]|(?:期间|止|这段时间)$", "", words)
    if said in ("本周", "这周", "本星期"):
        return today, _sunday(today)
    if said in ("下周", "下星期"):
        return _sunday(today) + DAY, _sunday(today) + WEEK
    if BACK.fullmatch(said):
        return today, None
    first, to, last = _divided(said)
    if not to:
        day = _day(re.sub(r"(?:开始|以后|起)$", "", said), today)
        return None if day is None else (day, day if day == _day(said, today) else None)
    since = today if first in ("", "现在", "即日起", "今") else _day(first.removesuffix("起"), today)
    if since is None:
        return None
    if BACK.fullmatch(last):
        return since, None
    until = _day(last, since)
    return None if until is None else (since, until)


def _divided(said: str) -> tuple[str, str, str]:
    """What stands before and after the word for "to"; a dash may be one too, where both sides are days."""
    parts = TO.split(said)
    if len(parts) == 2:
        return parts[0], "到", parts[1]
    if not ONE_DAY.fullmatch(said):
        for at, sign in enumerate(said):
            if sign == "-" and ONE_DAY.fullmatch(said[:at]) and ONE_DAY.fullmatch(said[at + 1 :]):
                return said[:at], "到", said[at + 1 :]
    return said, "", ""


def _day(words: str, today: date) -> date | None:
    """The next day of this name, today included."""
    if not ONE_DAY.fullmatch(words):
        return None
    return parse_date(words, today)


def _sunday(day: date) -> date:
    return day + (6 - day.weekday()) * DAY
