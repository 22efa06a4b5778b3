"""What an order says: which units, who of them, until when, when it counts as done. What may mean several units stays open."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.rules import reading
from bot.rules.reading import dates, hindrances
from bot.rules.reading.lexicon import Lexicon, seed
from bot.rules.reading.script import plain
from bot.rules.units import HIDDEN, Mention, find_units
from bot.rules.words import Category, Way

WorkingDay = Callable[[date], bool]


@dataclass(frozen=True)
class Order:
    """An order as read. lead: the unit it is for, None where none is named; co: those that are to help. persons: who is named.

    day, day_words: until when, and the words that said so; over: the words of a day that has passed, where no other is named.
    unlimited: it says that there is no limit. standard: when it counts as done. rest: the text without units and days.
    """

    lead: Mention | None = None
    co: tuple[Mention, ...] = ()
    persons: tuple[int, ...] = ()
    day: date | None = None
    day_words: str = ""
    over: str = ""
    unlimited: bool = False
    standard: str = ""
    urgent: bool | None = None
    internal: bool | None = None
    category: Category | None = None
    rest: str = ""


@dataclass(frozen=True)
class Giving:
    """How an order was given that somebody else writes down (代录)."""

    way: Way | None = None
    on: date | None = None
    document: str = ""


_CLAUSE = re.compile(r"[,，。;；!！\n]")
_QUESTION = re.compile(r"[?？]|吗|为什么|为何|怎么[回样还]|多少|何时|什么时候|如何了|进展如何|到哪一步|哪")
_IMPERATIVE = re.compile(
    r"请|责[成令]|督促|抓紧|尽快|务必|必须|限期|落实|拿出|牵头|解决|整改|立即|马上|交办|安排|要求|盯紧|盯住|加快|推进|协调"
)
_CALLS = re.compile(r"请|责[成令]|由|让|督促|抓紧|尽快|务必|必须|限|立即|马上|要")
_URGENT = re.compile(r"(?<!不)(?:紧急|马上|立即|立刻|火速|加急|特急|十万火急)")
_ORDINARY = re.compile(r"不紧急|不着急|不急|一般(?:件|办理)|^一般$")
_INTERNAL = re.compile(r"仅限内部|内部掌握|内部事项|不公开|不[要得]?发群|^内部$|标为内部")
_PUBLIC = re.compile(r"取消内部|可以公开|不是内部|^公开$")
_UNLIMITED = re.compile(r"不限[期时]|不设期限|没有期限|长期坚持")
_BY_TODAY = re.compile(r"\s*(?:下班|下午|晚上|之?前|以前|内|就|必须|务必|要)")
_TOLD = re.compile(r"检查|发现|反映|督查|现场|电话|指示|批示|会上|召开|来电|了$|已")
_STANDARD = re.compile(r"(?:办成)?标准(?:是|为|[:：])\s*(?P<what>[^。;；\n]+)")
_DONE = re.compile(
    r"拿出|提出|形成|制定|出台|出具|提交|报送|上报|完成|办结|办[完好妥]|解决|达到|做到|实现|通过|取得|确保|整改|清理|清运|拆除|拆迁"
    r"|恢复|落实|修复|供地|开工|复工|封顶|竣工|交付|到位|签订|签约|下达|建成|投产|送电|接通|增容|补齐|答复|回复|查清|查明|协调"
    r"|迁改|改造|化解|兑现|拨付|移交|入库|纳统|报(?=结果|情况|方案|区|市|县)|覆盖"
)
_AND_THEN = re.compile(r"(?:并|且|同时|再|经|报|确保|达到|做到|通过|取得|形成)")
_DOCUMENT = re.compile(r"[一-鿿]{1,12}[〔\[(（]\s*(?:19|20)\d\d\s*[〕\])）]\s*第?\s*\d+\s*号")
_WAYS: Mapping[Way, re.Pattern[str]] = {
    Way.PAPER: re.compile(r"书面|批示|签批|来文|文件|批件|纸质|圈阅"),
    Way.TELEPHONE: re.compile(r"电话|来电|打来"),
    Way.MEETING: re.compile(r"会上|会议|例会|专题会|调度会|开会"),
}
_NUMBERED = re.compile(
    r"\d{1,6}\s*号?\s*项目|项目\s*[#＃]?\d{1,6}(?![\d月年.%％])|^\s*\d{1,6}\s*[-—–]\s*\d{1,4}(?=[\s：:，,])"
)
"""Numbers of projects and matters, which are no days."""
_PAPER = re.compile(r"方案|审定|审议|审查|审核|报告")
"""What is drawn up or looked through says nothing of what it is about."""
_LONGEST = 120

# --- the whole --------------------------------------------------------------------------------------------------------


def read(
    text: str,
    today: date,
    units: Sequence[tuple[int, str]],
    persons: Sequence[tuple[int, str]] = (),
    working: WorkingDay = lambda day: day.weekday() < 5,
    lexicon: Lexicon | None = None,
) -> Order:
    """Reads one order as of `today`. units, persons: (id, name) of all that may be meant; `working` tells working days. Never raises."""
    mentions = find_units(text, units)
    numbers = [one.span() for one in _NUMBERED.finditer(text)]
    shown = _hidden(text, [*numbers, *((one.start, one.end) for one in mentions)])
    named, people_at = _persons(shown, persons)
    shown = _hidden(shown, people_at)
    lead, co = _roles(text, mentions)
    order = Order(
        lead=lead, co=co, persons=named, unlimited=bool(_UNLIMITED.search(text)), urgent=_either(text, _URGENT, _ORDINARY),
        internal=_either(text, _INTERNAL, _PUBLIC), category=category(shown, today, lexicon),
    )  # fmt: skip
    order, spans = _with_day(order, shown, text, today, working)
    rest = _hidden(shown, spans)
    return replace(order, standard=_standard(text, rest), rest=rest.replace(HIDDEN, " "))


def orders(order: Order, text: str) -> bool:
    """Whether a sentence tells somebody to do something: no mere question."""
    if _QUESTION.search(text) and not _CALLS.search(text):
        return False
    return bool(_IMPERATIVE.search(text) or order.lead or order.day)


def giving(text: str, today: date, working: WorkingDay = lambda day: day.weekday() < 5) -> Giving:
    """How and when an order was given, as who writes it down says: 昨天电话要求, 11月20日会上, a document's number."""
    document = _DOCUMENT.search(text)
    ways = [way for way, pattern in _WAYS.items() if pattern.search(text)]
    found = [one for one in dates.find(plain(text), today, working)[0] if one.first == one.last <= today]
    lasting = [one for one in found if one.tail == "" and not _BY_TODAY.match(text[one.end :])]
    return Giving(
        Way.PAPER if document else ways[0] if ways else None,
        lasting[0].day if lasting else None,
        document[0] if document else "",
    )


def _hidden(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these spans made unreadable, as long as it was."""
    for start, end in spans:
        text = text[:start] + HIDDEN * (end - start) + text[end:]
    return text


def _either(text: str, yes: re.Pattern[str], no: re.Pattern[str]) -> bool | None:
    return False if no.search(text) else True if yes.search(text) else None


# --- for whom ---------------------------------------------------------------------------------------------------------

_CHAIN = re.compile(r"[\s、,，和及与]{1,3}|以及")
_LEADS = re.compile(r"(?:单位)?(?:牵头|主办|负责|主责|总负责)")
_HELPS = re.compile(r"(?:等)?(?:单位|部门)?(?:予以|积极|做好)?(?:配合|协办|协助|参与|参加|支持|协同)")
_WITH = re.compile(r"(?:会同|联合|配合单位[:：]?|协办(?:单位)?[:：]?)\s*$")
_MEETS = re.compile(r"(?:做好|加强)?(?:对接|沟通|衔接|协商|联系)")
_ASIDE = re.compile(r"(?:报请?|上报|报送|抄送|向|与|跟|找|到|经|送|(?<!会)(?<!协)同|(?<!交)给|对)\s*$")


def _roles(text: str, mentions: Sequence[Mention]) -> tuple[Mention | None, tuple[Mention, ...]]:
    """Who leads and who helps: as 牵头 and 配合 say, else the first and the others. Who is only to be asked or told has no part."""
    leading: list[Mention] = []
    unmarked: list[Mention] = []
    helping: list[Mention] = []
    for chain in _chains(text, mentions):
        before, after = text[: chain[0].start], text[chain[-1].end :]
        if _WITH.search(before) or _HELPS.match(after):
            helping += chain
        elif _MEETS.match(after):
            unmarked += chain[:1] if not _ASIDE.search(before) else []
        elif _LEADS.match(after):
            leading += chain
        elif not _ASIDE.search(before):
            unmarked += chain
    ordered = [*leading, *unmarked]
    lead = ordered[0] if ordered else None
    taken = set(lead.units) if lead else set()
    co: list[Mention] = []
    for one in (*ordered[1:], *helping):
        if not taken & set(one.units):
            co.append(one)
            taken |= set(one.units)
    return lead, tuple(co)


def _chains(text: str, mentions: Sequence[Mention]) -> list[list[Mention]]:
    """Mentions in their order, those of one list (甲、乙和丙) together."""
    chains: list[list[Mention]] = []
    for one in mentions:
        if chains and _CHAIN.fullmatch(text[chains[-1][-1].end : one.start]):
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains


_CALLED = re.compile(r"(?:请|由|让|责成|交|给|安排|通知|[、,，\s])$")
_STYLED = re.compile(r"\s*(?:同志|负责|牵头|科长|局长|主任|书记|主席|经理)")


def _persons(text: str, persons: Sequence[tuple[int, str]]) -> tuple[tuple[int, ...], list[tuple[int, int]]]:
    """The persons whose name stands in the text as one who is to act, the first named first, and where. A name of two characters may
    be a word: it counts only where it is called upon or styled. Who is only to be told (报…) does not count."""
    found: list[tuple[int, int, int]] = []
    for person, name in persons:
        at = text.find(name) if len(name) > 1 else -1
        if at < 0 or _ASIDE.search(text[:at]):
            continue
        if len(name) > 2 or at == 0 or _CALLED.search(text[:at]) or _STYLED.match(text[at + len(name) :]):
            found.append((at, at + len(name), person))
    first = min(found, default=None)
    same = [one for one in found if first and one[:2] == first[:2]]
    return tuple(person for _, _, person in same), [(start, end) for start, end, _ in same[:1]]


# --- until when -------------------------------------------------------------------------------------------------------


def _with_day(
    order: Order, shown: str, text: str, today: date, working: WorkingDay
) -> tuple[Order, list[tuple[int, int]]]:
    """The last day ahead that the text names; a month that is over this year is the next one where something is to be done by it."""
    words = plain(shown)
    ahead = {one.day for one in reading.read(shown, today, working=working).deadlines}
    found = dates.find(words, today, working)[0]
    limits: list[tuple[date, str]] = []
    over = ""
    for one in found:
        said = text[one.start : one.end].strip()
        day = one.day if one.day in ahead else None
        if day is None and not _tells(words, one):
            day = _later(one, words, today)
            over = said if day is None and one.day < today else over
        if day is not None and reading.this_time(day, said, today) < today:
            day, over = None, said
        if day is not None:
            limits.append((day, said))
    spans = [(one.start, one.end) for one in found]
    if not limits:
        return replace(order, over=over), spans
    day, said = max(limits, key=lambda limit: limit[0])
    return replace(order, day=day, day_words=said), spans


def _tells(words: str, one: dates.Found) -> bool:
    """Whether the clause of a date tells what has happened."""
    before = _CLAUSE.split(words[: one.start])[-1]
    after = _CLAUSE.split(words[one.end :])[0]
    return bool(_TOLD.search(before + after))


def _later(one: dates.Found, words: str, today: date) -> date | None:
    """Today, where it is a limit; the day meant where a date without a year has passed."""
    after = _CLAUSE.split(words[one.end :])[0]
    if one.day == today:
        return today if one.tail or _BY_TODAY.match(after) or _DONE.search(after) else None
    day = reading.parse_date(words[one.start : one.end], today)
    return day if day is not None and day >= today and (_DONE.search(after) or not after.strip()) else None


# --- what -------------------------------------------------------------------------------------------------------------


def _standard(text: str, rest: str) -> str:
    """When it counts as done: what is to be there in the end, as it was typed; "" where nothing says so."""
    if told := _STANDARD.search(text):
        return told["what"].strip()[:_LONGEST]
    clauses = _clauses(rest)
    called = [
        at for at, (start, end) in enumerate(clauses) if _CALLS.search(rest[start:end]) or HIDDEN in rest[start:end]
    ]
    found: list[str] = []
    for start, end in clauses[called[0] if called else 0 :]:
        part = rest[start:end]
        if _HELPS.search(part):
            continue
        verb = _DONE.search(part)
        if verb and not re.search(r"[没未]$", part[: verb.start()]) and (not found or HIDDEN not in part):
            found.append(text[start + (0 if found and _AND_THEN.match(part) else verb.start()) : end].strip())
        elif found:
            break
    return "，".join(found)[:_LONGEST]


def _clauses(text: str) -> list[tuple[int, int]]:
    """Where each clause of a text begins and ends."""
    found, start = [], 0
    for mark in [*_CLAUSE.finditer(text), None]:
        end = mark.start() if mark else len(text)
        if text[start:end].strip():
            found.append((start, end))
        start = mark.end() if mark else end
    return found


def category(text: str, today: date, lexicon: Lexicon | None = None) -> Category | None:
    """What it is about: what is said to hold something up, else what is spoken of; None where nothing is known."""
    held = reading.read(text, today, lexicon).hindrances
    if held:
        return held[0].category
    known, words = (lexicon or seed()).patterns, _PAPER.sub(HIDDEN * 2, plain(text))
    for name, pattern in known.topics.items():
        if pattern.search(words):
            return hindrances.category_of(name, words, known)
    named = [one for one, pattern in known.utilities.items() if pattern.search(words)]
    return named[0] if len(named) == 1 else None
