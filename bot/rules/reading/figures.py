"""Shares and sums of money in a report, and what each of them is a share or a sum of."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from bot.rules.reading.numerals import DIGITS, NUMBER, number
from bot.rules.reading.script import plain
from bot.rules.reading.values import AmountRole

IDENTIFIER_MARK, QUANTITY_MARK, PERCENT_MARK, MONEY_MARK = "\ue000", "\ue002", "\ue003", "\ue004"

_HOUSE = (
    r"楼|栋|幢|厂房|线|地块|标|路|院|机组|机|井|桥|墩|门|馆|库|仓|车间|塔|炉|泵|池|洞|隧道|煤|主变|风机|文|令|坝|船|矿|窑|住宅|学生|教学|宿舍|综合|办公|生产"
    r"|安置|公寓|商铺|站|口|闸|锅炉|地|区|片区|通道|竖井|承台|盖梁|台|盾构|[a-z]|\d"
)
_COUNTER = (
    r"平方公里|平方米|平方|平米|㎡|m2|m²|m3|m³|立方米|立方|公顷|公里|千米|米|km|kva|kw|kv|mw|千瓦时|千瓦|兆瓦|千伏|伏|度电|吨|亩|方|平|户|人次|人|名|家|株|棵|台|套|栋|幢|座|间"
    r"|层|条|根|片|榀|节|段|处|宗|项|件|次|头|只|羽|辆|斤|公斤|公分|厘米|毫米|标准箱|标箱|箱|桶|支|张|颗|盏|眼|口|孔|跨|环|组|批|所|枚|块(?=砖|板|钢|玻|石)|字|级|位|村|镇|条"
    r"|个(?!亿|百分点|点|月|多月|半月|工作[日天]|星期|礼拜|季|多亿|小时)"
)
# Names and counts that must never be taken for figures: 3号楼, G312, 1#, 二期, 10千伏, 35万平方米, 11户, K12+300.
_IDENTIFIERS = re.compile(
    rf"[〔\[(](?:19|20)\d\d[〕\])]第?\d{{1,5}}号?|1[3-9]\d{{9}}(?!\d)|k\d{{1,4}}\+\d{{1,4}}|\d{{1,4}}#|#\d{{1,4}}"
    rf"|(?<![a-z])(?!q[1-4])[a-z]{{1,4}}-?\d{{1,6}}(?:[-+]\d{{1,4}})?(?![\d.%])"
    rf"|[“\"]?十[一二三四五六]五[”\"]?(?=规划|计划|期间|末|以来|时期|[”\",])"
    rf"|(?<![\d月.])(?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}})(?:[-~、至和](?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}}))?号(?={_HOUSE})"
    rf"|第[一二三四五六七八九十\d]{{1,3}}(?!季|个季)(?:批|标段|标|次|段|期|阶段)?"
    rf"|[一二三四五六七八九十\d]{{1,3}}期(?!间)|[一二三四五六七八九十\d]{{1,2}}标段?(?=[^准]|$)|[一二三四五六七八九](?:通一平|证齐全|图四库)|统一|一些|一直|一般|一律|一线|一定|一样|一起|一下|一点"
)
_QUANTITIES = re.compile(rf"{NUMBER}(?:多|余|来)?个?(?:万|亿)?(?:多|余|来)?(?:{_COUNTER})")

_SHARE = re.compile(
    rf"(?P<point>{NUMBER}个(?:百分)?点)"
    rf"|(?P<range>{NUMBER}%?[-~至到]{{1,2}}(?P<to>[\d.]{{1,8}})%)"
    rf"|(?P<minus>(?<![\d%])-|负)?(?P<percent>{NUMBER})\s?%"
    rf"|百分之(?P<hundredth>百(?!\d)|[\d.]{{1,8}}|[零〇一二两三四五六七八九十百]{{1,5}}(?:点[零〇一二三四五六七八九]{{1,4}})?)"
    rf"|(?P<whole>百分百|百分之百)"
    rf"|(?P<lower>[二三四五六七八])(?P<upper>[三四五六七八九])成"
    rf"|(?<![\d.零一二两三四五六七八九十百千点分])(?P<tenth>[一二两三四五六七八九十]|\d(?:\.\d)?)成(?P<half>[一二三四五六七八九半](?![层栋座台根米公项个期月号标]))?"
    rf"(?!立|本|品|套|型|员|功|果|熟|交|就|效|片|都是|新|是|会|桩|孔|梁|为|长)"
    rf"|(?P<below>[二三四五六七八九十百]|\d{{1,3}})分之(?P<above>[一二两三四五六七八九十]{{1,3}}|\d{{1,3}}(?:\.\d)?)"
    rf"|(?<![\d/.])(?P<up>[1-9])/(?P<down>[2-9])(?![\d/月日号前])"
    rf"|(?P<midway>过半(?!数?年|个|天|小时)|一半|半数|对半)"
    rf"|(?P<most>一?大半|一?小半|大部分)"
    rf"|(?<=进度)(?:已经?|目前|现在|大概|大约|约|达到?|到|完成|为|是|有|在|:|：|\s){{0,3}}(?P<bare>\d{{1,3}}(?:\.\d{{1,2}})?)(?![\d.%/]|\s?(?:万|亿|元|个|天|日|月|年|号|米|公里|层|栋|多|余|w|吨|亩|户|-|~|点))"
)

_NOT_DONE = re.compile(
    r"增长|同比|环比|增幅|增速|[上大]?涨|上升|提高|提升|下降|降低|下调|上调|缩短|压缩|减少|增加|超支|超时|超概|溢价|利率|利息|年息|年化|首付|落后|滞后|超前|提前|快于?|慢于?|欠|低于|高于"
    r"|还差|相差|尚差|剩余|剩下|还剩|仅剩|剩|没完成|未完成|坡度|含水|配比|绿化率|绿地率|容积率|利用率|负荷|偏差|时间|工期|合格率|优良率|满意|概率|税率|下浮|让利|质保金|保证金|预付|损耗|逾|序时(?:进度)?(?:要求|应|为|是|:|目标)"
)
_NOT_DONE_AFTER = re.compile(r"^的?(?:左右)?的?(?:增长|涨幅|增幅|增速|利息|质保|预付|时间|工期|没|未|还没|尚未|坡)")
_WAY_DONE = re.compile(r"完成|进度|工程|干|做|过|到|量|了|已|主体|基础|桩|装|铺|浇|挖|拆|建|封|达|占|工|^$")
_OVERALL = re.compile(
    r"形象进度|总体|整体|总进度|工程进度|项目进度|建设进度|施工进度|总工程量|工程总量|工程量|总量|全部工程|工程|进度|项目|累计完成"
)
_PARTIAL = re.compile(
    r"计划|年度|任务|目标|投资|资金|概算|占|率|征|拆|户|签|交地|桩|基础|主体|土方|石方|土建|装修|管网|路基|路面|桥|隧|钢结构|砌|绿化|设备|安装|幕墙|水电|墙|地下|层|楼|栋|厂房|段|区间|掘进|支护|浇|地基|场平|垫层|屋面|拨付|支付|付|到位|招商|产值|销售"
)
_FORMER = re.compile(r"上次|上月|上旬|上周|上期|此前|原来|之前|年初|去年|从$|由$|比")
_AHEAD = re.compile(r"预计|计划|力争|争取|确保|将|目标|有望|可达|能达|能到|拟|年底|月底|要达|达到.*目标")
_PLAN_SHARE = re.compile(
    r"年度?(?:投资)?(?:总?计划|任务|目标)|全年(?:投资)?(?:计划|任务|目标)|年度?投资(?:计划|任务|目标)|计划(?:投资)?的$|任务的$|目标任务|年计划|占计划|投资计划|计划完成率|完成率"
)
_QUARTER_OR_MONTH = re.compile(r"季|月")
_CLAUSE_END = re.compile(r"[,。;!?\n:()、]")
_SENTENCE_END = re.compile(r"[。;!?\n]")


@dataclass(frozen=True)
class Share:
    start: int
    end: int
    value: Decimal
    upper: Decimal | None = None  # 六七成, 60%-70%: from value to upper
    overall: int = 0  # how plainly it is the overall progress: 3 said so, 2 nothing else said, 0 of something else
    of_plan: bool = False
    negative: bool = False


@dataclass(frozen=True)
class Sum:
    start: int
    end: int
    yuan: int
    role: AmountRole


def hide_names(text: str) -> str:
    """The plain text with identifiers and counts masked."""
    text = _IDENTIFIERS.sub(lambda match: IDENTIFIER_MARK * len(match[0]), text)
    return _QUANTITIES.sub(lambda match: QUANTITY_MARK * len(match[0]), text)


def _parts(match: re.Match[str]) -> tuple[Decimal | None, Decimal | None]:
    """Value and, for a range, upper bound of one share."""
    groups = match.groupdict()
    if groups["range"]:
        low = number(re.split(r"%|-|~|至|到", groups["range"])[0])
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
    if groups["midway"]:
        return Decimal(50), None
    if groups["most"]:
        return None, None
    return (number(groups["bare"]), None) if groups["bare"] else (None, None)


def shares(text: str) -> tuple[list[Share], str]:
    """All shares done or reached in a plain text whose names and dates are masked; growth, lag, time and rest left out."""
    found: list[Share] = []

    def take(match: re.Match[str]) -> str:
        value, upper = _parts(match)
        if match["point"] or match["most"] or value is None:
            return (PERCENT_MARK if match["point"] else "\ue005") * len(match[0]) if match["point"] else match[0]
        share = _judge(text, match, value, upper)
        if share:
            found.append(share)
        return PERCENT_MARK * len(match[0])

    return found, _SHARE.sub(take, text)


def _judge(text: str, match: re.Match[str], value: Decimal, upper: Decimal | None) -> Share | None:
    start, end = match.span()
    before = _CLAUSE_END.split(text[max(0, start - 30) : start])[-1]
    wider = re.split(r"[,。;!?\n]", text[max(0, start - 40) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + 12])[0]
    if _NOT_DONE.search(before) or _NOT_DONE_AFTER.match(after):
        return None
    if match["midway"] and not _WAY_DONE.search(before):
        return None
    negative = bool(match["minus"])
    of_plan = bool(_PLAN_SHARE.search(wider)) and not _QUARTER_OR_MONTH.search(wider[-8:])
    overall = 0
    if not (of_plan or _FORMER.search(before) or _AHEAD.search(before)):
        if match["bare"] or (_OVERALL.search(before) and not re.search(r"投资|计划|任务|征|拆|占", before)):
            overall = 3
        elif not _PARTIAL.search(wider) and not _PARTIAL.match(after.removeprefix("的")):
            overall = 2
    return Share(start, end, value, upper, overall, of_plan, negative)


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
        if upper is not None:
            return None
    else:
        value = number(bare) if bare else None
    return value if value is not None and 0 <= value <= 100 else None


# ---- money

_SCALES = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "w": 10**4, "": 1}
_FUZZY = r"(?:多|余|来|几)?"
_MONEY = re.compile(
    rf"(?P<range>(?<![\d.-])[\d.]{{1,8}}[-~至到]{{1,2}}(?=[\d.]{{1,8}}(?:个?亿|万)))?"
    rf"(?P<minus>(?<![\d%年月日.])-|负)?(?:(?:¥|￥|rmb|人民币)\s?)?"
    rf"(?P<a>{NUMBER}){_FUZZY}\s?个?{_FUZZY}(?P<s>万亿|亿|万|w(?![a-z]))(?:{_FUZZY}"
    rf"(?:[零又]?(?P<b>[\d零〇一二两三四五六七八九十百千]{{1,9}}(?:\.\d{{1,4}})?){_FUZZY}(?P<t>万|w)|(?P<tail>[一二三四五六七八九\d])(?=元|块|多|左右|[,。;!?)\s]|$)|(?P<rest>[\d零〇一二两三四五六七八九十百千]{{1,6}})(?=元|块))?{_FUZZY})?"
    rf"(?P<yuan>\s?(?:元(?!旦|宵|月|件|素|器)|块钱?|人民币))?(?P<foreign>美元|美金|港元|港币|日元|欧元|英镑|台币|新台币|韩元)?"
    rf"|(?P<n>{NUMBER}){_FUZZY}\s?(?:元(?!旦|宵|月|件|素|器)|块(?!砖|板|钢|玻|石|地|田|布)钱?|人民币)"
)


def _yuan(match: re.Match[str]) -> int | None:
    """The sum in 元; None where the number is a range (两三千万) or none."""
    if match["n"]:
        plain_sum = number(match["n"])
        return int(plain_sum) if plain_sum is not None else None
    head = number(match["a"])
    if head is None:
        return None
    scale = _SCALES[match["s"]]
    total = head * scale
    if match["b"]:
        more = number(match["b"])
        if more is None or more * 10_000 >= scale:
            return None
        total += more * 10_000
    elif match["tail"]:
        total += DIGITS[match["tail"]] * scale // 10
    elif match["rest"]:
        more = number(match["rest"])
        if more is None:
            return None
        total += more
    return int(total)


_ROLE_WORDS: list[tuple[AmountRole, str]] = [
    ("invest", r"(?:计划|项目|预计|估算)?总投资额?|总概算|概算|总造价|造价|投资概算|投资总额|总投入|投资估算|估算投资|核定投资|工程总价|总额|计划总投"),
    ("part", r"其中"),
    ("plan", r"年度?(?:计划|任务|目标)|全年(?:计划|任务|目标)|年度投资|计划(?:完成|投资|投)?|目标任务|任务目标|目标(?:值|是|为)?|下达任务|安排投资|年度安排|年内安排|拟投"),
    ("total", r"累计|开累|开工以来|开工至今|自开工|至今|总共完成|历年"),
    ("ten_days", r"本旬|这一?旬|当旬"),
    ("week", r"本周|这周|当周|一周|上周"),
    ("quarter", r"[一二三四]季度|本季度?|这个?季度|当季|第[一二三四]季"),
    ("ytd", r"年初以来|今年以来|年初至今|今年(?:已|共|累计)?(?:完成|投)|本年度?(?:已|共)?(?:完成|投)|年内(?:已|共)?(?:完成|投)|当年(?:已|共)?(?:完成|投)|上半年|前[二三两\d]个?季度|前[一二三四五六七八九十\d]{1,2}个?月|1[-~至到]{1,2}\d{1,2}月|一[-~至到]{1,2}[一二三四五六七八九十]{1,2}月|[一二三四]至[一二三四五六七八九十]{1,2}月"),
    ("month", r"本月|当月|这个?月|(?<![\d~至到截-])(?:1[0-2]|[1-9])月份?(?:当月|单月|已|共)?(?=完成|投|实际|新增|份)|[一二三四五六七八九十]月份?(?=完成|投)|上个?月|月完成|单月"),
    ("other", r"合同|中标|缺口|尚缺|还缺|还差|欠|拖欠|贷款|到位|拨付|支付|已付|产值|补助|补偿|罚|追加|再增|增加|增|补|自筹|借|销售|税|应急|申请|争取|去年|专项债|债券"),
]  # fmt: skip
_ROLE = re.compile("|".join(f"(?P<{role}>{words})" for role, words in _ROLE_WORDS))
_CARRY = re.compile(r"^[\s、和与及到至约近多]*(?:[涨升增调][到至为加]*|调整为|提高到|变成)?[\s约近]*$")


def sums(text: str, words: str) -> tuple[list[Sum], list[str], str]:
    """All sums in a masked text with their roles, the questions that arose, and the text with the sums masked.

    `words` is the plain text before masking: it still holds 1-5月, 本月 and the like, which give the roles.
    """
    found: list[Sum] = []
    asked: list[str] = []
    previous = 0

    def take(match: re.Match[str]) -> str:
        nonlocal previous
        if match["foreign"] or (not match["n"] and not match["a"]):
            return MONEY_MARK * len(match[0])
        value = None if match["range"] else _yuan(match)
        if match["minus"]:
            asked.append("negative")
        elif value is None:
            asked.append("amount_range")
        elif value < 10**15:
            segment = words[max(previous, match.start() - 60) : match.start()]
            found.append(
                Sum(match.start(), match.end(), value, _role(segment, found, words[match.end() : match.end() + 8]))
            )
        previous = match.end()
        return MONEY_MARK * len(match[0])

    masked = _MONEY.sub(take, text)
    return found, asked, masked


def _role(segment: str, found: list[Sum], after: str) -> AmountRole:
    """The cue nearest before the sum within its sentence; in a list the role of the sum before."""
    if found and _CARRY.match(segment):
        return found[-1].role
    sentence = _SENTENCE_END.split(segment)[-1]
    cues = [cue.lastgroup for cue in _ROLE.finditer(sentence)]
    if re.match(r"的?(?:缺口|贷款|补助|资金缺口)", after):
        return "other"
    return cast(AmountRole, cues[-1]) if cues else "other"


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
