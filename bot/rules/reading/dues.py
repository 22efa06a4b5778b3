"""One date by itself: an answer in the chat, or a time limit in a ledger's cell."""

import re
from datetime import date

from bot.rules import due
from bot.rules.reading import dates, feasts
from bot.rules.reading.script import plain

_TIME_OF_DAY = re.compile(r"[ t]\d{1,2}:\d\d(:\d\d(\.\d+)?)?$")
_COMPACT = re.compile(r"^(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
_MONTH_DOT_DAY = re.compile(r"^(1[0-2]|0?[1-9])[./-](3[01]|[12]\d|0?[1-9])(?=$|前|之前|日|号)")
_BARE_YEAR = re.compile(r"^((?:19|20)\d\d)(年?)$")
_YEAR = re.compile(r"\d{4}|\d{2}\s*年|[明后次来]年")
FAR = 300
"""Days ahead that no limit lies without its year being written."""
_BARE_FEAST = re.compile(r"^(五一|十一|七一|八一|六一|三八)$")


def _spelled(text: str) -> str:
    """The short forms that only stand alone, written out: 7.15, 20260715, 2023-03-31 00:00:00, 五一."""
    words = _TIME_OF_DAY.sub("", plain(text[:60]).strip())
    words = re.sub(r"\s+", "", words)
    words = _COMPACT.sub(r"\1-\2-\3", words)
    words = _MONTH_DOT_DAY.sub(r"\1月\2日", words).replace("日日", "日").replace("日号", "日")
    words = re.sub(r"q([1-4])", r"\1季度", words)
    return _BARE_FEAST.sub(r"\1节", _BARE_YEAR.sub(r"\1年", words))


def parse_date(text: str, today: date, future: bool = True) -> date | None:
    """The day meant by a short answer ("6月30日", "下周五", "月底"): the next one, or with `future=False` the last one.

    None where there is no date, or more than one.
    """
    lead = "预计" if future else "已于"
    found, _ = dates.find(lead + _spelled(text), today, feasts.usual_working_day)
    return found[0].day if len(found) == 1 else None


def this_time(day: date, said: str, today: date) -> date:
    """The day that words without a year mean: one that has only just passed is this year's, not that of next year, so that whoever
    said it is told that it is over. said: the words; with a year in them the day stays as it was read."""
    far = (day - today).days > FAR and not _YEAR.search(said)
    return day.replace(year=day.year - 1) if far and (day.month, day.day) != (2, 29) else day


def parse_due(text: str, year: int) -> due.Due | None:
    """A time limit as the last day that counts and how exactly it was written, as ledgers write it (`bot.rules.due`) or
    as people say it: "节前", "2024年春节前", "国庆前后"; without a year it is one of `year`.

    Of several dates the latest counts. None where there is none (长期, 待批复).
    """
    if written := due.parse_due(text, year):
        return written
    found, _ = dates.find(_spelled(text), date(year, 1, 1), feasts.usual_working_day)
    latest = max(found, key=lambda one: one.day, default=None)
    return (latest.day, latest.precision) if latest else None
