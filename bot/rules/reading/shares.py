"""Shares in a report: 65%, 七成, 三分之二; which is the overall progress, and which that of the year's plan."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.rules.reading import masks
from bot.rules.reading.numerals import DIGITS, NUMBER, number
from bot.rules.reading.script import plain

_SHARE = re.compile(
    rf"(?P<point>{NUMBER}个(?:百分)?点)"
    rf"|(?P<range>{NUMBER}%?[-~—至到]{{1,2}}(?P<to>[\d.]{{1,8}})%)"
    rf"|(?P<minus>(?<![\d%])-|负)?(?P<percent>{NUMBER})\s?%"
    rf"|百分之(?P<hundredth>百(?!\d)|[\d.]{{1,8}}|[零〇一二两三四五六七八九十百]{{1,5}}(?:点[零〇一二三四五六七八九]{{1,4}})?)"
    rf"|(?P<whole>百分百|百分之百)"
    rf"|(?P<lower>[二三四五六七八])(?P<upper>[三四五六七八九])成"
    rf"|(?<![\d.零一二两三四五六七八九十百千点分])(?P<tenth>[一二两三四五六七八九十]|\d(?:\.\d)?)成(?P<half>[一二三四五六七八九半1-9](?![\d.])(?![层栋座台根米公项个期月号标]))?"
    rf"(?!立|本|品|套|型|员|功|果|熟|交|就|效|片|都是|新|是|会|桩|孔|梁|为|长)"
    rf"|(?P<below>[二三四五六七八九十百]|\d{{1,3}})分之(?P<above>[一二两三四五六七八九十]{{1,3}}|\d{{1,3}}(?:\.\d)?)"
    rf"|(?<![\d/.])(?P<up>[1-9])/(?P<down>[2-9])(?![\d/月日号前])"
    rf"|(?P<midway>(?P<past>(?<!今年)(?<!时间)过半(?!数?年|个|天|小时|的|数|居民|业主|群众|人))|(?<!到)一半|一半(?!就|又|碰|遇|发现|停|没|被|卡|不)|半数|对半)"
    rf"|(?P<most>一?大半|一?小半|大部分(?!是|人))"
    rf"|(?<=进度)(?:已经?|目前|现在|大概|大约|约|达到?|到|完成|为|是|有|在|:|：|\s){{0,3}}(?P<bare>\d{{1,3}}(?:\.\d{{1,2}})?)(?![\d.%/]|\s?(?:万|亿|元|个|天|日|月|年|号|米|公里|层|栋|多|余|w|吨|亩|户|-|~|点))"
)

_NOT_DONE = re.compile(
    r"增长|多[上投出招]|同比|环比|增幅|增速|(?:涨|上升|提高|提升|下降|降低|下调|上调|增加|减少)(?!到|至|为)|缩短|压缩|超支|超时|超概|溢价|利率|利息|年息|年化|首付|落后|滞后|超前|提前|快于?|慢于?|欠|低于|高于|高出|超出"
    r"|还差|相差|尚差|剩(?:余|下)?(?:的|约|近|工程量?|部分|任务|投资|户|大概|还有|不到|最后){0,3}$|没完成|未完成|坡度|含水|配比|绿化率|绿地率|容积率|利用率|负荷|偏差|时间|工期|合格率|优良率|满意|概率|税率|下浮|让利|质保金|保证金|预付|损耗|逾"
    r"|序时(?:进度)?(?:要求|应|为|是|:|目标)"
)
_NOT_DONE_AFTER = re.compile(r"^的?(?:左右)?的?(?:增长|涨幅|增幅|增速|利息|质保|预付|时间|工期|没|未|还没|尚未|坡)")
_WAY_DONE = re.compile(r"完成|进度|工程|干|做|过|到|量|了|已|主体|基础|桩|装|铺|浇|挖|拆|建|封|达|占|工|^$")
_OVERALL = re.compile(r"形象|总体|整体|进度|工程量|工程总量|总量|全部工程|累计完成$")
_PIECE = re.compile(  # a part of the works: its share is not that of the project
    r"桩|基础|主体|土方|石方|土建|装修|管网|路基|路面|桥|隧|钢结构|砌|绿化|设备|安装|幕墙|水电|墙|地下|[\ue002\ue006]|厂房|段|区间|掘进|支护|浇|地基|场平|垫层|屋面"
)
_REACHED = re.compile(r"(?:完成|进度|干到|做到|达到?|到)了?(?:已经?|大概|大约|约|差不多|有)?$")  # 完成95个点
_OTHER_MEASURE = re.compile(r"投资|资金|款|付|概算|占|任务|目标|年度|率|征|拆|签|交地|到位|招商|产值|销售|户")
_PARTS = re.compile(f"{_PIECE.pattern}|{_OTHER_MEASURE.pattern}|计划")
_FORMER = re.compile(r"上次|上月|上旬|上周|上期|此前|原来|之前|年初|去年|从$|由$|比")
_AHEAD = re.compile(r"预计|计划|力争|争取|确保|将|目标|有望|可达|能达|能到|拟|年底|月底|要达|达到.*目标")
_PLAN_SHARE = re.compile(
    r"年度?(?:投资)?(?:总?计划|任务|目标)|全年(?:投资)?(?:计划|任务|目标)|年度?投资(?:计划|任务|目标)|计划(?:投资)?的$|任务的$|目标任务|年计划|占计划|投资计划|计划完成率|完成率"
)
_QUARTER_OR_MONTH = re.compile(r"季|月")
_CLAUSE_END = re.compile(r"[,。;!?\n:()、]")


@dataclass(frozen=True)
class Share:
    """One share. `overall` tells how plainly it is the overall progress: 3 said so, 2 nothing else said, 0 of another thing."""

    start: int
    end: int
    value: Decimal
    upper: Decimal | None = None  # 六七成, 60%-70%: from value to upper
    overall: int = 0
    of_plan: bool = False
    negative: bool = False
    vague: bool = False  # 一大半

    @property
    def values(self) -> tuple[Decimal, ...]:
        """The figures it names."""
        if self.negative or self.vague:
            return ()
        return (self.value,) if self.upper is None else (self.value, self.upper)


def _parts(match: re.Match[str]) -> tuple[Decimal | None, Decimal | None]:
    """Value and, for a range, upper bound of one share."""
    groups = match.groupdict()
    if groups["point"]:
        return number(groups["point"].removesuffix("个点")), None
    if groups["range"]:
        low = number(re.split(r"%|-|~|—|至|到", groups["range"])[0])
        return low, number(groups["to"])
    if groups["percent"]:
        return number(groups["percent"]), None
    if groups["hundredth"]:
        return (Decimal(100) if groups["hundredth"] == "百" else number(groups["hundredth"])), None
    if groups["whole"]:
        return Decimal(100), None
    if groups["lower"]:
        one, two = DIGITS[groups["lower"]], DIGITS[groups["upper"]]
        return (Decimal(one * 10), Decimal(two * 10)) if two == one + 1 else (None, None)
    if groups["tenth"]:
        tenth = number(groups["tenth"])
        half = 5 if groups["half"] == "半" else DIGITS.get(groups["half"] or "零", 0)
        return (tenth * 10 + half if tenth is not None else None), None
    if groups["below"] or groups["up"]:
        above, below = number(groups["above"] or groups["up"]), number(groups["below"] or groups["down"])
        if above is None or not below or above > below * 3:
            return None, None
        return (above * 100 / below).quantize(Decimal("0.1")).normalize() + 0, None
    if groups["midway"] or groups["most"]:
        return Decimal(50), None
    return (number(groups["bare"]), None) if groups["bare"] else (None, None)


def find(text: str) -> tuple[list[Share], str]:
    """All shares done or reached in a plain text whose names and dates are masked; growth, lag, time and rest left out."""
    found: list[Share] = []

    def take(match: re.Match[str]) -> str:
        value, upper = _parts(match)
        if match["point"] and (
            "百分" in match["point"] or not _REACHED.search(text[max(0, match.start() - 8) : match.start()])
        ):
            return masks.SHARE * len(match[0])
        if value is None:
            return match[0]
        share = _judge(text, match, value, upper)
        if share:
            found.append(share)
        return masks.SHARE * len(match[0])

    return found, _SHARE.sub(take, text)


def _judge(text: str, match: re.Match[str], value: Decimal, upper: Decimal | None) -> Share | None:
    start, end = match.span()
    before = _CLAUSE_END.split(text[max(0, start - 30) : start])[-1]
    wider = re.split(r"[,。;!?\n]", text[max(0, start - 40) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + 12])[0]
    if _NOT_DONE.search(before) or _NOT_DONE_AFTER.match(after):
        return None
    if (match["midway"] or match["most"]) and not match["past"] and not _WAY_DONE.search(before):
        return None
    negative = bool(match["minus"])
    of_plan = bool(_PLAN_SHARE.search(wider)) and not _QUARTER_OR_MONTH.search(wider[-8:])
    overall = 0
    if not (of_plan or _FORMER.search(before) or _AHEAD.search(before)):
        piece = _PIECE.search(before) or _PIECE.match(after.removeprefix("的"))
        if not piece and not _OTHER_MEASURE.search(before):
            overall = 3 if _OVERALL.search(before) else 0 if _PARTS.search(wider) else 2
    return Share(start, end, value, upper, overall, of_plan, negative, bool(match["most"]))


def parse_percent(text: str) -> Decimal | None:
    """A bare answer: "65", "65%", "七成", "六成五", "百分之八十", "一半", "过半". None where unclear, a range or not 0 to 100."""
    bare = re.sub(
        r"^(?:大概|大约|约|差不多|已经?|完成|形象|进度|目前|到|了)*|(?:左右|了|吧|多|以上|不到)*[。.,!]*$",
        "",
        plain(text[:60]).strip().replace(" ", ""),
    )
    value: Decimal | None
    match = _SHARE.fullmatch(bare)
    if match and not match["point"] and not match["minus"]:
        value, upper = _parts(match)
        if upper is not None or match["most"]:
            return None
    else:
        value = number(bare) if bare else None
    return value if value is not None and 0 <= value <= 100 else None
