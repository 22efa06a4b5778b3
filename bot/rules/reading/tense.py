"""Whether a date of a report is still ahead, over, or the time that is reported on."""

import re
from datetime import date
from typing import Literal

from bot.rules.reading.clauses import within
from bot.rules.reading.dates import Found
from bot.rules.words import Precision

Tense = Literal["ahead", "past", "given_up", "period"]

_CLAUSE_END = re.compile(r"[,。;!?\n()]")
_GIVEN_UP = re.compile(r"原[定计本先]|从$|由$|本该|本应|该就")
_MOVED_TO = re.compile(r"[到至为]$")
_HOPELESS = re.compile(r"\S{0,3}也\S{0,3}不[好了完成]")
_OF_PAPERS = re.compile(r"的?(?:(?:工作)?(?:进展|情况|报表|数据|总结|台账)|(?:工作)?计划(?=[报、]|$))")
_PLANS_OF_A_YEAR = re.compile(r"(?:计划|拟|将|预计|安排|重点)?(?:实施|投资|安排|推进|谋划)")
_STARTS = re.compile(r"[开动停复]工|动土|施工|连续|改善|[刨铺浇拆修挖封进打](?![了过])")
_FIGURE_NEXT = re.compile(r"(?:累计|已)?完成(?:投资)?(?:约|近)?\s?\d")
_PLANNED_SUM = re.compile(r"计划|投|安排|目标")
_TO_BE_DONE = re.compile(
    r"(?:[^,]{0,14}都要[完通建开交竣])|(?:都|就|均|全部|先)?(?:底|末|内|要|能|可|必须|力争|争取|计划|完成|实现|封顶|竣工|到位|把|[签搬拆打浇铺装验交开进送弄](?!率|始|展))(?!.{0,20}(?:[了已]|多少|几))"
)
_BOUND = ("前", "之前", "以前", "内", "以内", "之内", "底前")
_REACH = 24
_WITHIN = 8  # characters behind a year in which a sum is the year's own: 明年中央编85亿


def tense(one: Found, words: str, today: date, sums: list[int]) -> Tense:
    """ahead: a deadline; past: a single day that is over; given_up: a day that no longer holds (原定…); period: a span
    that is over or running. `sums` are the places of sums of money: 本月完成3800万 reports, 本月封顶 promises."""
    before = _CLAUSE_END.split(words[max(0, one.start - _REACH) : one.start])[-1]
    after = _CLAUSE_END.split(words[one.end : one.end + _REACH])[0]
    span = one.first != one.last
    over: Tense = "period" if span and one.precision is not Precision.DAY else "past"
    if _GIVEN_UP.search(before) and not _MOVED_TO.search(before):
        return "period" if over == "period" and one.last < today else "given_up"
    of_a_year = one.precision is Precision.YEAR and (
        _PLANS_OF_A_YEAR.match(after) or within(sums, one.end, one.end + _WITHIN)
    )
    if span and (of_a_year or _OF_PAPERS.match(after)):
        return "period"
    if _HOPELESS.match(after):
        return "past"
    if one.first == one.last == today and one.direction != "future":
        return "past"
    if one.last < today or (one.last == today and one.direction == "past" and not span):
        return over
    if span and one.first <= today and not _is_limit(one, before, after, sums):
        return "period"
    return "past" if one.tail == "起" and not _STARTS.search(after) else "ahead"


def _is_limit(one: Found, before: str, after: str, sums: list[int]) -> bool:
    """Whether a span that is running (本月, 上半年) is meant as a limit and not as the time reported on."""
    if one.tail in _BOUND:
        return True
    if one.direction == "past" or _FIGURE_NEXT.match(after) or within(sums, one.end, one.end + _REACH):
        return False
    if one.precision is Precision.YEAR:
        return one.direction == "future" and not _PLANNED_SUM.search(before + after)
    return one.direction == "future" or bool(_TO_BE_DONE.match(after))
