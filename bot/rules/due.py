"""Reading a time limit as ledgers write it: 2023.3, 6月30日前, 四季度, 2024年底. The last day counts."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date

from bot.rules.words import Precision

Due = tuple[date, Precision]

_NUMERALS = {
    word: str(number)
    for number, word in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], 1)
}
_NUMERAL = re.compile("十[一二]?|[一二三四五六七八九]")
_BEFORE = re.compile(
    r"^(?:预计|计划|力争|确保|拟|于|在|到|至|截至|截止|最迟|不晚于|不迟于)+|"
    r"(?:\([^()]*\)|[之以]?前|[之以]内|(?<=月)内|止|左右|完成|竣工|完工|开工|投产|[,;])+$"
)
_YEAR = r"(?:(?P<year>(?:19|20)\d\d|\d\d(?=年)|[今本当明次后]年)年?度?(?P<mark>[-./])?)?"
_OF_YEAR = r"(?=\d{4}|.+年|年.)" + _YEAR
_RANGE = re.compile(r"(?P<year>\d{4}年|\d{4}[./](?=\d{1,2}[-~—–至到]))?.*[~—–至到-](?P<last>[^~—–至到-]+)$")
_LONGEST = 40  # characters; what is longer is a sentence
_RELATIVE = {"今": 0, "本": 0, "当": 0, "明": 1, "次": 1, "后": 2}
_TEN_DAYS = {"上旬": 10, "初": 10, "中旬": 20, "中": 20}


def parse_due(text: str, year: int) -> Due | None:
    """The last day that `text` allows and how exactly it was written; None where it names no time or an impossible one.

    `year` stands in where none is written. Of a range (2023年3月至5月) the end counts. 旬 have the precision of a
    month, though the day is that of the 旬. (001: 定时限; DOMAIN: 3月底前, the last day counts.)
    """
    words = _normal(text) if len(text) <= _LONGEST else ""
    if not words:
        return None
    for pattern, build in _FORMS:
        if match := pattern.fullmatch(words):
            return _built(build, _year(match["year"], year), match)
    if (span := _RANGE.fullmatch(words)) and (span["last"] != words):
        last = span["last"]
        return parse_due(last if re.match(r"\d{4}", last) else (span["year"] or "") + last, year)
    return None


def _normal(text: str) -> str:
    """`text` without width, spaces, Chinese numerals and the words around the time itself."""
    words = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("。", "")
    words = re.sub(r"^[’'](?=\d\d[年.])", "20", re.sub("[〇○]", "0", words))
    words = _NUMERAL.sub(lambda match: _NUMERALS[match[0]], words)
    while (bare := _BEFORE.sub("", words)) != words:
        words = bare
    return words


def _year(words: str | None, default: int) -> int:
    if not words:
        return default
    if words.endswith("年"):
        return default + _RELATIVE[words[0]]
    return int(words) if len(words) == 4 else 2000 + int(words)


def _built(build: Callable[[int, re.Match[str]], Due], year: int, match: re.Match[str]) -> Due | None:
    try:
        return build(year, match)
    except ValueError:  # 2月30日, 13月
        return None


def _end(year: int, month: int, precision: Precision) -> Due:
    return date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else date(year, month, 1), precision


def _day(year: int, match: re.Match[str]) -> Due:
    return date(year, int(match["month"]), int(match["day"])), Precision.DAY


def _month(year: int, match: re.Match[str]) -> Due:
    month, part = int(match["month"]), match["part"]
    if part in _TEN_DAYS:
        return date(year, month, _TEN_DAYS[part]), Precision.MONTH
    return _end(year, month, Precision.MONTH)


def _quarter(year: int, match: re.Match[str]) -> Due:
    return _end(year, 3 * int(match["quarter"] or match["q"]), Precision.QUARTER)


def _half(year: int, match: re.Match[str]) -> Due:
    return _end(year, 12 if match["half"] == "下半年" else 6, Precision.HALF)


def _whole(year: int, match: re.Match[str]) -> Due:
    return _end(year, 12, Precision.YEAR)


_FORMS = [
    (re.compile(pattern), build)
    for pattern, build in (
        (r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)", _day),
        (r"(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<part>)", _month),
        (_YEAR + r"(?P<month>\d{1,2})(?:月|(?(mark)(?P=mark)|[./-]))(?P<day>\d{1,2})[日号]?(?:00:00:00)?", _day),
        (r"(?P<year>(?:19|20)\d\d)[-./](?P<month>\d{1,2})月?(?P<part>)", _month),
        (_YEAR + r"(?P<month>\d{1,2})月份?(?P<part>上旬|中旬|下旬|初|中|底|末)?", _month),
        (_YEAR + r"第?(?:(?P<quarter>[1-4])个?季度?|Q(?P<q>[1-4]))[初中]?[底末]?", _quarter),
        (_YEAR + r"(?P<half>上半年|下半年)[底末]?", _half),
        (_OF_YEAR + r"(?P<half>年?中)", _half),
        (_OF_YEAR + r"(?:年?[底末终]|[年内]|全年|年内)?", _whole),
    )
]
