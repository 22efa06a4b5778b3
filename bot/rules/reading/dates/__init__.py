"""Days and spans in a report: which are still ahead, which are over (the reference day is always given)."""

import re
from collections.abc import Callable
from datetime import date

from bot.rules.reading import masks
from bot.rules.reading.dates import days, holidays, months, weeks, years
from bot.rules.reading.dates.found import YEAR_SHIFT, Direction, Found, Reader, Sight
from bot.rules.reading.numerals import number
from bot.rules.reading.values import WorkingDay

__all__ = ["Direction", "Found", "find"]

# What comes first is taken first: a day of a month before the month, a feast before a bare 初八.
_READERS: list[Reader] = [
    *days.WRITTEN,
    *holidays.LUNAR,
    *days.OF_A_MONTH,
    *months.READERS,
    *years.QUARTERS,
    *holidays.READERS,
    *years.PARTS,
    *months.OF_TODAY,
    *weeks.READERS,
    *days.SHORT,
    *years.WHOLE,
]

_PAST = re.compile(
    r"已|截[至止]|原[定计]|原本|原先|合同|曾|此前|自(?!然|规|来|筹|身|己|行|动|治|贸|建)|从(?!事|严|快|业|重)|公告|本该|本应|按计划\d"
)
_PAST_AFTER = re.compile(
    r"^都拿到|^(?:就|才(?!安排|能|可|计划|会|到)|已|便|的?[开动停完][的了]?工了|开的工|停的工)|(?<!不)了(?!解)|[^不]过$|[开停完动]的工|至今|到现在|以来"
)
_FUTURE = re.compile(
    r"预计|计划|力争|争取|确保|拟|将|目标|定[在于]|有望|最[快迟晚早]|务必|必须|要|可[达以]?|能|限|打算|准备|安排|保证|还得|才能|希望|等到"
)
_FAILED = re.compile(r"(?:未能|没能|未|没)(?:能|按|在|于).{0,8}$")  # 未能在承诺的8月底前投用
_MOVED_TO = re.compile(r"[调推延改迟移][整迟后期]?[到至为]$")
_BEFORE_A_DAY = re.compile(r"[日号月旬底末年节一二三四五六七八九十]前(?!期|段)")
_SENTENCE_END = re.compile(r"[。;!?\n]")
_BECAME = re.compile(r"[^,]{0,16},(?:但|却|可)?(?:现在?|目前|实际|结果|仍|还|至今)[^,]{0,4}(?:拖|延|推|没|未|才|改|看)")
_YEAR_ALONE = re.compile(r"(?:明年|去年|前年|后年)(?=计划|拟|将|预计|安排|重点|[,])")
_NEXT_YEAR = re.compile(r"(?P<year>明年|后年|去年)(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月")
_CLAUSE_END = re.compile(r"[,。;!?\n:()]")


def find(text: str, today: date, working: WorkingDay) -> tuple[list[Found], str]:
    """All dates of a plain text in their order, and the text with each of them masked."""
    found: list[Found] = []
    whole = text

    def take(read: Callable[[re.Match[str], Sight], list[Found]]) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            way = direction(whole, match)
            carried = way == "open" and _carried(whole, match)
            sight = Sight(today, way, working, carried, _missed(whole, match), _year_before(whole, match, today))
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


def _carried(text: str, match: re.Match[str]) -> bool:
    """Whether an earlier clause of the sentence speaks of what is to come."""
    sentence = _SENTENCE_END.split(text[max(0, match.start() - 40) : match.start()])[-1]
    ahead, _, _ = sentence.rpartition(",")
    return bool(_FUTURE.search(ahead) or _BEFORE_A_DAY.search(ahead))


def _missed(text: str, match: re.Match[str]) -> bool:
    """Whether the clause behind tells what became of a plan."""
    return bool(_BECAME.match(_SENTENCE_END.split(text[match.end() : match.end() + 30])[0]))


def _year_before(text: str, match: re.Match[str], today: date) -> int | None:
    """A year named by itself in an earlier clause of the sentence, or with an earlier month: 明年3月完工、6月验收."""
    sentence = _SENTENCE_END.split(text[max(0, match.start() - 40) : match.start()])[-1]
    named = list(_YEAR_ALONE.finditer(sentence.rpartition(",")[0]))
    if named:
        return today.year + YEAR_SHIFT[named[-1][0]]
    ahead, month = list(_NEXT_YEAR.finditer(sentence)), match.groupdict().get("m")
    if not ahead or not month or not month.isdigit() or int(month) <= int(number(ahead[-1]["month"]) or 0):
        return None
    told_by_itself = "," in sentence[ahead[-1].end() :] or int(month) <= today.month
    over = ahead[-1]["year"] == "去年" and told_by_itself
    return None if over else today.year + YEAR_SHIFT[ahead[-1]["year"]]


def direction(text: str, match: re.Match[str]) -> Direction:
    """Whether the words around a date speak of what is over or of what is to come."""
    start, end = match.span()
    before = _CLAUSE_END.split(text[max(0, start - 24) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + 24])[0]
    tail = match.groupdict().get("tail") or ""
    if _FAILED.search(before):
        return "past"
    if _MOVED_TO.search(before):
        return "future"
    if _PAST.search(before) or _PAST_AFTER.search(after) or tail == "以来":
        return "past"
    if _FUTURE.search(before) or _FUTURE.match(after) or tail in ("之前", "以前", "前", "内", "以内", "之内", "底前"):
        return "future"
    return "open"
