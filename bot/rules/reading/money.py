"""Sums of money in a report, in whole 元, and what each of them is the sum of."""

import re
from dataclasses import dataclass
from typing import cast

from bot.rules.reading import masks
from bot.rules.reading.numerals import DIGITS, NUMBER, number
from bot.rules.reading.script import plain
from bot.rules.reading.values import AmountRole

_SCALES = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "w": 10**4}
_FUZZY = r"(?:多|余|来|几)?"
_MORE = r"[零又]?(?P<{name}>\d{{1,3}}(?:,\d{{3}})+|[\d零〇一二两三四五六七八九十百千]{{1,9}}(?:\.\d{{1,4}})?)"
_YUAN = r"(?:元(?!旦|宵|月|件|素|器)|块(?!砖|板|钢|玻|石|地|田|布)钱?|人民币)"
_MONEY = re.compile(
    rf"(?P<range>(?<![\d.-])[\d.]{{1,8}}[-~—至到]{{1,2}}(?=[\d.]{{1,8}}(?:个?亿|万)))?"
    rf"(?P<minus>(?<![\d%年月日.])-|负)?(?:(?:¥|￥|rmb|人民币)\s?)?"
    # 1亿 · 1.5个亿 · 1110余万 · 1亿2千万 · 1亿5,316万4,208元 · 一亿三
    rf"(?P<a>{NUMBER}){_FUZZY}\s?个?{_FUZZY}(?P<s>万亿|亿|万|w(?![a-z])){_FUZZY}"
    rf"(?:{_MORE.format(name='b')}{_FUZZY}[万w]{_FUZZY})?"
    rf"(?:{_MORE.format(name='rest')}(?={_YUAN})|(?P<tail>[一二三四五六七八九\d])(?=多|左右|[,。;!?)\s]|$))?"
    rf"(?:\s?{_YUAN})?(?P<foreign>美元|美金|港元|港币|日元|欧元|英镑|台币|新台币|韩元)?"
    rf"|(?P<n>{NUMBER}){_FUZZY}\s?(?:元(?!旦|宵|月|件|素|器)|块钱|(?<=[\d百千])块(?!砖|板|钢|玻|石|地|田|布)|人民币)"
)


def _yuan(match: re.Match[str]) -> int | None:
    """The sum in 元; None where the number is a range (两三千万) or none."""
    if match["n"]:
        alone = number(match["n"])
        return int(alone) if alone is not None else None
    head, scale = number(match["a"]), _SCALES[match["s"]]
    middle, rest = (number(match[name] or "0") for name in ("b", "rest"))
    if head is None or middle is None or rest is None or (middle and middle * 10_000 >= scale):
        return None
    if match["rest"] and len(match["rest"]) == 1 and not match["b"]:  # 3万5元 is said for 3.5万
        rest *= scale // 10
    tail = DIGITS[match["tail"]] * (10_000 if match["b"] else scale) // 10 if match["tail"] else 0
    return int(head * scale + middle * 10_000 + rest + tail)


_SENTENCE_END = re.compile(r"[。;!?\n]")

_ROLE_WORDS: list[tuple[AmountRole, str]] = [
    ("invest", r"总?盘子|概估|(?<!工作)总?经费(?!缺|已|到|拨|紧|不|还|没)|(?<!占)(?:计划|项目|预计|估算)?(?<!占)总投资额?|(?:静态|动态)投资|工程(?:经)?费|总概算|概算|(?<![增加])[预估]算(?!评审|内|外|单位)|总造价|造价|投资概算|投资总额|总投入|投资估算|估算投资|核定投资|批复投资|工程总价|总额|计划总投"),
    ("part", r"其中"),
    ("plan", r"年度?(?:计划|任务|目标)|全年(?:计划|任务|目标|预计|预期|拟|力争)|预计全年|任务(?:数|额)?|年度投资|计划(?!资金)(?:完成|投资|投)?|目标任务|任务目标|目标(?:值|是|为)?|下达任务|安排投资|[今明]年安排|占(?:全年|年度)|年度安排|年内安排|拟投"),
    ("total", r"累计|开累|开工以来|开工至今|自开工|至今|总共完成|共计?完成|总计|合计|历年"),
    ("ten_days", r"(?<!至)本旬|这一?旬|当旬|[上中下]旬(?=完成|投|实际)"),
    ("week", r"本周|这周|当周|一周|上周"),
    ("quarter", r"[一二三四]季度|本季度?|这个?季度|当季|第[一二三四]季"),
    ("ytd", r"今年(?=\s?$)|年初以来|今年(?:以来|到现在|到目前|至今)|年初至今|今年(?:已|共|累计)?(?:完成|投)|本年度?(?:已|共)?(?:完成|投)|年内(?:已|共)?(?:完成|投)|当年(?:已|共)?(?:完成|投)|上半年|前[二三两\d]个?季度|前[一二三四五六七八九十\d]{1,2}个?月|1[-~—至到]{1,2}\d{1,2}月|一[-~—至到]{1,2}[一二三四五六七八九十]{1,2}月|[一二三四]至[一二三四五六七八九十]{1,2}月"),
    ("month", r"(?<![截至到])本月|当月|这个?月|(?<![\d~—至到截-])(?:1[0-2]|[1-9])月份?(?:当月|单月|已|共)?(?=完成|投|实际|新增|份|产值|报|入库|纳统|上报|实现|达|干)|[一二三四五六七八九十]月份?(?=完成|投|报|入库|纳统|上报|实现|干)|上个?月|月完成|单月|至本旬"),
    ("other", r"合同(?:总)?(?:造价|价|额|金额)?|中标|缺口|尚缺|还缺|还差|欠|拖欠|贷款|补助|罚|追加|再增|(?<!新)增|补|自筹|去年|专项债|债券"),
]  # fmt: skip
_ROLE = re.compile("|".join(f"(?P<{role}>{words})" for role, words in _ROLE_WORDS))
_SPANS = ("ytd", "quarter", "month", "ten_days", "week")
_WHOLE_BEFORE = re.compile(r"(?<!完成)(?<!累计)投资(?:约|近)?$")
_WHOLE_AFTER = re.compile(r"的|,?(?:总|合同)?工期|,?(?:主要)?(?:建设|新建|改建|扩建|用于|占地)")
_PARTS_END = re.compile(r"[。;!?\n)]|完成|累计|缺口")
_LIMIT = 10**15
_WITHIN_A_CLAUSE = 16  # characters
_SPLIT_NUMBER = re.compile(r"\d\s$")  # 1 200万元: one number or two?
_UNIT_MISSING = re.compile(
    r"(?:完成|投资|投入|累计|开累)(?:投资)?(?:约|近|额)?\s?(?<![\d.])\d{2,9}(?:\.\d{1,4})?\s?(?=[,。;!?\n)]|$)"
)
_EXPECTED = re.compile(r"预计|力争|争取|确保|拟|有望|目标|可完成|能完成")
_OTHER_AFTER = re.compile(r"的?(?:缺口|贷款|补助|资金缺口)")
_CARRY = re.compile(
    r"^[\s、和与及到至约近多]*(?:(?:核?[涨升增调减降加]|压减|调减|核定)[到至为加]*|调整为|提高到|变成)?[\s约近]*$"
)


@dataclass(frozen=True)
class Sum:
    start: int
    end: int
    yuan: int
    role: AmountRole


def find(text: str, words: str) -> tuple[list[Sum], list[str], str]:
    """All sums in a masked text with their roles, the questions that arose, and the text with the sums masked.

    `words` is the plain text before masking: it still holds 1-5月, 本月 and the like, which give the roles.
    """
    found: list[Sum] = []
    asked: list[str] = []
    previous = 0

    def take(match: re.Match[str]) -> str:
        nonlocal previous
        start, end = match.span()
        if match["foreign"]:
            return masks.MONEY * len(match[0])
        value = None if match["range"] or _SPLIT_NUMBER.search(text[max(0, start - 2) : start]) else _yuan(match)
        if match["minus"]:
            asked.append("negative")
        elif value is None:
            asked.append("amount_range")
        elif value < _LIMIT:
            segment = words[max(previous, start - 60) : start]
            found.append(Sum(start, end, value, _role(segment, found, words[end : end + 8])))
        previous = end
        return masks.MONEY * len(match[0])

    masked = _MONEY.sub(take, text)
    if _UNIT_MISSING.search(masked):
        asked.append("unit_missing")
    return found, asked, masked


def _role(segment: str, found: list[Sum], after: str) -> AmountRole:
    """The cue nearest before the sum within its sentence; in a list the role of the sum before."""
    if found and _CARRY.match(segment):
        return found[-1].role
    if _OTHER_AFTER.match(after):
        return "other"
    if _WHOLE_BEFORE.search(segment) and _WHOLE_AFTER.match(after):  # 投资1530万元的厂房; 投资26亿元，建设…
        return "invest"
    sentence = _SENTENCE_END.split(segment)[-1]
    cues = list(_ROLE.finditer(sentence))
    role = cast(AmountRole, cues[-1].lastgroup) if cues else "other"
    in_parts = found and found[-1].role == "part" and not _PARTS_END.search(segment)
    if role == "other" and (in_parts or any(cue.lastgroup == "part" for cue in cues) or (found and segment[:1] == "(")):
        return "part"
    near = 3 if len(cues) > 1 and cues[-2].lastgroup != "ytd" else _WITHIN_A_CLAUSE  # 前10个月，全市重点项目累计
    if role == "total" and len(cues) > 1 and cues[-2].lastgroup in _SPANS and cues[-1].start() - cues[-2].end() <= near:
        role = cast(AmountRole, cues[-2].lastgroup)  # 1-8月累计, 本月累计
    # 预计本月完成500万 is a plan, not a figure of the month.
    expected = role in (*_SPANS, "total") and _EXPECTED.search(re.split(r"[,;]", sentence)[-1])
    return "plan" if expected else role


def parse_money(text: str, unit: int = 10_000) -> int | None:
    """One sum in whole 元: "1.2亿", "3800万", "一亿三", "1,200.5"; a bare number counts in `unit`. None where it is none, a range or negative."""
    bare = re.sub(
        r"^(?:大概|大约|约|近|共|累计|完成|投资|人民币|¥|￥)*|(?:左右|吧|整)*[。.,!]*$",
        "",
        plain(text[:60]).strip().replace(" ", ""),
    )
    match = _MONEY.fullmatch(bare)
    if match:
        return None if match["range"] or match["minus"] or match["foreign"] else _yuan(match)
    value = number(bare) if bare else None
    return int(value * unit) if value is not None and value < 10**12 else None
