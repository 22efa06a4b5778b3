"""What is asked: which rate, number, sum or project, under which filters, over which time. Pure; names that exist are given."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.rules.reading.script import plain
from bot.rules.words import Category, Kind, Level, Light

LONGEST = 60
"""Characters; what is longer is told, not asked."""
NOUN = 14
"""Characters of a bare subject (开工率, 红灯项目): somebody who reports nothing asks with it."""
DAY = timedelta(days=1)
T = TypeVar("T")


class Subject(StrEnum):
    RATES = "rates"
    FUNDS = "funds"
    STARTED = "started"
    RESUMED = "resumed"
    STOPPED = "stopped"
    FINISHED = "finished"
    SHORT = "short"
    SLOWEST = "slowest"
    WHY = "why"
    INVESTED = "invested"
    TOTAL = "total"
    REPORTED = "reported"
    LIGHTS = "lights"
    MATTERS = "matters"
    MILESTONES = "milestones"
    PROGRESS = "progress"
    COUNT = "count"
    STATE = "state"


class By(StrEnum):
    """What is compared: places, leading units, industry chains, projects."""

    TOWN = "town"
    UNIT = "unit"
    CHAIN = "chain"
    PROJECT = "project"


@dataclass(frozen=True)
class Span:
    """A stretch of days, as it was said."""

    first: date
    last: date
    words: str


@dataclass(frozen=True)
class Question:
    """What is asked. sure: with a question's words, not as a bare subject; plain: and ends with them, or is a noun that no report
    consists of (红灯项目). negated: 没开工, 没报, 没解决.
    when: which day is asked for. of_matters: new, closed, overdue, open. named: known values that were said, by kind of name. by, best: what is
    compared, and whether the foremost is asked for (最快) or the last (最慢)."""

    subject: Subject
    sure: bool = False
    plain: bool = False
    negated: bool = False
    level: Level | None = None
    kind: Kind | None = None
    light: Light | None = None
    category: Category | None = None
    of_matters: str = "open"
    span: Span | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    when: bool = False
    by: By = By.PROJECT
    best: bool = False


_ASKS = re.compile(
    r"多少|[有还共]?几[个项家成条件处]|有几|哪[些几个家里]|谁|吗|么[?]?$|呢[?]?$|[?]|怎么?样|如何|咋样|到哪|到什么|什么(?:情况|进度|程度|时候|时间)|啥(?:情况|进度|时候)|何时|几时|几月"
    r"|是不是|是否|有没有|有无|了没|没有[?]?$|查一?[下查]|看看|看一下|统计一?下|报个数|列一?下|占比|比例"
    r"|为什么|为啥|为何|(?:什么|啥)原因|最[慢快差好]|排名|垫底|倒数|还差"
)
_TELLS = re.compile(
    "需要|急需|亟需|请|希望|恳|影响|制约|协调|帮忙|帮助|建议|预计|正在|因为|由于|导致|[^没未]有?(?:困难|问题)[,，]"
)
_ENDS = re.compile(
    r"(?:多少(?:钱|个|亿|万)?|几[个项家成条件]|吗|呢|谁|哪[些几个]|到哪一?步?了?|怎么?样了?|如何了?|咋样了?|没有?|率|原因|最[慢快差好]|排名|垫底)[?]?$|[?]$|^谁|^(?:为什么|为啥|为何)|(?:为什么|为啥|为何).{0,8}$"
)
"""Some of the words that ask also tell (还有几个问题需要协调): who reports is asking only where the sentence ends so, or tells nothing."""
_NOUN = re.compile(
    r"(?:全区|全县|全市)?(?:[红黄绿]灯(?:项目|的)?|四率|(?:新建)?(?:开工|竣工|复工|投资完成|资金到位|上报|填报)率|(?:未|没)(?:上?报|填报?|报送)的?项目|(?:超期|逾期)的?(?:节点|问题|事项|项目))(?:名单|清单|数量?|个数)?"
)
_WHEN = re.compile("什么(?:时候|时间)|啥时候?|何时|几时|几月|哪天|多久")
_NOT = r"(?:还没有?|没有?|尚未|未|没能)"
_SUBJECTS: tuple[tuple[Subject, re.Pattern[str]], ...] = (
    (Subject.WHY, re.compile(r"(?:为什么|为啥|为何|(?:什么|啥)原因).{0,10}(?:[红黄]|灯|慢|落后|滞后)|(?:[红黄]灯?|慢|落后|滞后).{0,4}(?:的?原因|为什么|为啥|为何)|怎么(?:会|又|就)?(?:是|亮|成)?了?[红黄]")),
    (Subject.SLOWEST, re.compile(r"最(?:慢|差|落后|滞后|快|好|靠前)|排名|排(?:第|最)|垫底|倒数|(?:哪|谁).{0,8}(?:落后|滞后|慢|拖后腿|领先)|(?:落后|滞后)的?(?:项目|有哪些|有几)")),
    (Subject.SHORT, re.compile(r"还?差(?:多少|几[个亿万])|(?<!资金)(?<!土地)缺口|还[要需]要?(?:完成|投)|(?:还|剩下?)(?:剩|有)?多少(?:没完成|没投|任务)|还?剩多少")),
    (Subject.MATTERS, re.compile(r"问题|困难|事项|卡点|堵点|难题|诉求|交办|销号")),
    (Subject.MILESTONES, re.compile("节点")),
    (Subject.LIGHTS, re.compile("[红黄绿]灯|亮灯|灯|(?:红|黄|绿)(?:的|牌|色)")),
    (Subject.REPORTED, re.compile(rf"{_NOT}(?:上报|填报|报送|报(?!批|建|审|规)|填)|报了(?:没|几|多少|吗)|(?:上报|填报|报送)率|漏报|报齐|都报了|(?:上报|填报)情况")),
    (Subject.RATES, re.compile("四率|[几各]项?率")),
    (Subject.FUNDS, re.compile("资金到位|到位资金|资金到账")),
    (Subject.RESUMED, re.compile("复工")),
    (Subject.STOPPED, re.compile("停工|停建|停摆|停了")),
    (Subject.STARTED, re.compile("开工|动工|开建|开了工")),
    (Subject.FINISHED, re.compile("竣工|完工|投产|建成|达效")),
    (Subject.TOTAL, re.compile("总投资|计划投资|年计划|投资规模|投资计划")),
    (Subject.INVESTED, re.compile("投资|完成(?:了)?多少(?:钱|亿|万)?|完成率|花了多少|投了多少|序时")),
    (Subject.PROGRESS, re.compile("平均进度|(?:整体|总体|平均)?(?:形象)?进度|干到哪|建到哪|干了几成")),
    (Subject.COUNT, re.compile(r"(?:多少|几)个?(?:[省市区]?级?重点)?(?:新建|续建)?项目|项目.{0,6}(?:多少|几)个|(?:一共|总共|共有?).{0,4}(?:多少|几)个|项目数|[省市区]级?重点.{0,4}(?:多少|几)")),
    (Subject.STATE, re.compile("到哪|进展|怎么?样|如何|什么情况|啥情况|情况")),
)  # fmt: skip
_NEGATED = re.compile(
    rf"{_NOT}(?:能|有)?(?:开工|动工|开建|复工|竣工|完工|投产|建成|报|填|上报|填报|解决|办结|办|销号|答复|完成|签收)|没解决|未解决|不能开工|未能"
)
_FIGURES = re.compile(r"\d+(?:\.\d+)?\s*(?:%|万|亿)|[一二三四五六七八九]成")
_LEVELS = {
    Level.PROVINCE: "省级|省重点|省重大|省里",
    Level.CITY: "市级|市重点|市重大|市里",
    Level.DISTRICT: "区级|区重点|区里|县级|县重点",
}
_KINDS = {Kind.NEW: "新建|新开工", Kind.CONTINUED: "续建|结转", Kind.RESERVE: "储备|谋划"}
_LIGHTS = {Light.RED: "红灯|红的|红牌|红色", Light.YELLOW: "黄灯|黄的|黄牌|黄色", Light.GREEN: "绿灯|绿的|绿色"}
_CATEGORIES = {
    Category.EXPROPRIATION: "征拆|征地|拆迁|征收", Category.LAND: "用地|土地|供地|地的?问题", Category.MONEY: "资金|融资|贷款|缺钱", Category.APPROVAL: "审批|手续|环评|能评|报批",
    Category.POWER: "用电|供电|电力|通电", Category.WATER: "用水|供水|通水", Category.GAS: "燃气|用气|供气", Category.HEAT: "供热|用热", Category.NETWORK: "网络|通信|通网",
    Category.ROAD: "道路|修路|通路", Category.UTILITIES: "要素|水电", Category.LABOUR: "用工|招工|缺人", Category.SURROUNDINGS: "施工环境|阻工|扰民|强揽", Category.OWNER: "企业自身|业主自身",
}  # fmt: skip
_NEW = re.compile("新提|新增|新反映|提了|反映了|新的|收到")
_CLOSED = re.compile(r"(?<!没)(?<!未)(?<!没有)(?:解决了|已解决|办结了|已办结|销号了|已销号|解决(?:了)?(?:多少|几))")
_OVERDUE = re.compile("超期|逾期|超时|到期没|拖")


def asked(text: str, today: date, names: Mapping[str, Iterable[str]] | None = None) -> Question | None:
    """What a text asks, None where it asks nothing that figures could answer. names: kind of name (town, unit, category, chain) -> those
    there are."""
    words = plain(text).strip()
    if not words or len(words) > LONGEST:
        return None
    noun = bool(_NOUN.fullmatch(words))
    ends, figures = noun or bool(_ENDS.search(words)), bool(_FIGURES.search(words))
    sure = noun or (bool(_ASKS.search(words)) and (ends or not _TELLS.search(words)))
    subject = next((subject for subject, pattern in _SUBJECTS if pattern.search(words)), None)
    light, named = _of(_LIGHTS, words), _named(words, names or {})
    if subject is None and named and not figures and _left_of(words, named) == "":
        subject = Subject.STATE
    elif subject is Subject.STATE and not sure and not named:
        return None
    if subject is None or (not sure and (len(words) > NOUN or figures)):
        return None
    if subject is Subject.LIGHTS and light is None and "灯" not in words:
        return None
    return Question(
        subject, sure and not figures, ends and sure and not figures, bool(_NEGATED.search(words)), _of(_LEVELS, words), _of(_KINDS, words), light,
        _of(_CATEGORIES, words) if subject is Subject.MATTERS else None, _which_matters(words), span(words, today),
        named, bool(_WHEN.search(words)), _compared(words), bool(_BEST.search(words)),
    )  # fmt: skip


_BEST = re.compile("最(?:快|好|靠前)|领先")
_BY = (
    (By.CHAIN, re.compile("链")),
    (By.UNIT, re.compile("单位|部门|哪个局|牵头|谁家")),
    (By.TOWN, re.compile("镇|街道|乡|属地|园区|哪里|哪儿|片区")),
)


def _compared(words: str) -> By:
    """What is to be compared: what is asked after (哪个镇), not a place that was named (归德街道最慢的项目)."""
    asked_after = re.search(r"(?:哪[个家条里儿]?|各|按|每个).{0,6}", words)
    behind = re.search("(?:链|镇|街道|乡|单位|部门|属地)(?=最)", words) if "项目" not in words else None
    scope = behind[0] if behind else asked_after[0] if asked_after else words
    if re.search("项目", scope) and not re.search(r"^[哪各按每]个?(?:镇|街|乡|单|部|局|产|链)", scope):
        return By.PROJECT
    return next((by for by, pattern in _BY if pattern.search(scope)), By.PROJECT)


def asks(text: str) -> bool:
    """Whether words ask something, of whatever kind."""
    words = plain(text).strip()
    return len(words) <= LONGEST and bool(_ASKS.search(words))


def _of(table: Mapping[T, str], words: str) -> T | None:
    return next((one for one, pattern in table.items() if re.search(pattern, words)), None)


def _which_matters(words: str) -> str:
    if _NEW.search(words):
        return "new"
    if _CLOSED.search(words):
        return "closed"
    return "overdue" if _OVERDUE.search(words) else "open"


def _named(words: str, names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Of each kind the longest name that was said, whole or without what stands before it (长泉区住建局: 住建局)."""
    found = {}
    for kind, known in names.items():
        said = [name for name in known if len(name) >= 2 and any(form in words for form in _forms(plain(name)))]
        if said:
            found[kind] = max(said, key=len)
    return found


_PLACE = re.compile("([一-龥]{2,8})(街道|镇|乡|产业链)(?![一-龥]{0,4}(?:卫生|学校|小学|中学|医院|路))")
_BEFORE_A_NAME = re.compile("[月年度季旬周日的在里]")
_NO_NAME = re.compile("^(?:[哪各每几按些]|这|全部?)|[个条]$")


def unknown(text: str, named: Mapping[str, str]) -> str:
    """A town or industry chain that is said and is none of the `named`; empty where there is none: its figure would be that of all."""
    for found in _PLACE.finditer(plain(text)):
        name = _BEFORE_A_NAME.split(found[1])[-1]
        kinds = {"chain"} if found[2] == "产业链" else {"town", "unit"}
        if len(name) >= 2 and not _NO_NAME.search(name) and not kinds & named.keys():
            return name + found[2]
    return ""


def _left_of(words: str, named: Mapping[str, str]) -> str:
    """What stands in the words beside the names."""
    for name in named.values():
        for form in sorted(_forms(plain(name)), key=len, reverse=True):
            words = words.replace(form, "", 1) if form in words else words
    return re.sub(
        r"包[挂抓联保]?的?|负责的?|挂钩的?|联系的?|有?哪些|都有|[\s的,，。项目产业链镇乡街道有?]|办事处", "", words
    )


def _forms(name: str) -> tuple[str, ...]:
    short = re.sub(r"^.{1,4}?[市区县](?=.{3,})", "", name)
    bare = re.sub(r"(?:街道办事处|街道|镇|乡)$", "", name)
    return tuple({form for form in (name, short, bare) if len(form) >= 2})


# --- which time -------------------------------------------------------------------------------------------------------------

_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?(?!\d|底前|前)")
_OF_YEAR = re.compile(
    r"(?<!\d)(20\d\d)(?:\s*年\s*(1[0-2]|0?[1-9])月份?(?!\d|底前|前)|[-./](1[0-2]|0?[1-9])(?:月份?)?(?![\d./-]))|(?:去年|上年)(1[0-2]|[1-9])月份?(?!\d)"
)
_QUARTER = re.compile("([一二三四1-4])季度")
_NUMERALS = {word: at for at, word in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}


def span(words: str, today: date) -> Span | None:
    """The stretch of days that is asked about; None where none is named. What is still going on ends today."""
    year, month = date(today.year, 1, 1), today.replace(day=1)
    before = (month - DAY).replace(day=1)
    monday = today - timedelta(days=today.weekday())
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    ten = today.replace(day=1 if today.day <= 10 else 11 if today.day <= 20 else 21)
    before_quarter = date(quarter.year - (quarter.month == 1), (quarter.month - 4) % 12 + 1, 1)
    fixed = (
        ("上个?季度|上季", before_quarter, quarter - DAY), ("去年|上年(?!度计划)", date(today.year - 1, 1, 1), year - DAY), ("今年|本年|年初以来|全年|年度", year, today), ("上个?月", before, month - DAY), ("本月|这个?月|当月", month, today),
        ("本季度?|这个?季度|当季", quarter, today), ("上半年", year, min(date(today.year, 6, 30), today)), ("上周|上个?星期", monday - 7 * DAY, monday - DAY), ("本周|这周|这个?星期", monday, today),
        ("本旬|这旬", ten, today), ("昨天|昨日", today - DAY, today - DAY), ("今天|今日|当天", today, today),
    )  # fmt: skip
    if found := _OF_YEAR.search(words):
        number = int(found[2] or found[3] or found[4])
        return _until(date(int(found[1] or today.year - 1), number, 1), 1, today, found[0])
    for pattern, first, last in fixed:
        if found := re.search(pattern, words):
            return Span(first, last, found[0])
    if found := _QUARTER.search(words):
        number = int(found[1]) if found[1].isdigit() else _NUMERALS[found[1]]
        first = date(today.year, 3 * number - 2, 1)
        return _until(first, 3, today, found[0])
    if found := _MONTH.search(words):
        number = int(found[1]) if found[1].isdigit() else _NUMERALS[found[1]]
        return _until(date(today.year, number, 1), 1, today, found[0])
    return None


def _until(first: date, months: int, today: date, words: str) -> Span | None:
    """Some months from a day on, but not beyond today; None where they are all still to come."""
    at = first.month - 1 + months
    last = date(first.year + at // 12, at % 12 + 1, 1) - DAY
    return Span(first, min(last, today), words) if first <= today else None
