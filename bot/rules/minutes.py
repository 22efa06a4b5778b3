"""Minutes of a meeting, pasted from Word, a table or a chat, read as the items it settled (004: 月例会台账, 任务、时限、责任人、成效). Pure.

Nothing is made up: what names no unit or no day stays without one, and what was taken for no item is given back (`unread`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from bot.rules import reading
from bot.rules.reading.feasts import usual_working_day
from bot.rules.reading.values import WorkingDay
from bot.rules.words import Precision

LONGEST = 60_000
"""Characters of minutes that are read."""
FAR = 300
"""Days ahead that no limit lies without its year being written."""

# --- what is found ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One thing that was settled, in the words of the minutes. unit: the lead, as it was written; context: the headings above it. limit: the
    last day that counts, limit_words: how it was written; standing: for good (长期坚持), so that no day is missing."""

    words: str
    unit: str = ""
    co_units: tuple[str, ...] = ()
    person: str = ""
    limit: date | None = None
    limit_words: str = ""
    standing: bool = False
    standard: str = ""
    project: str = ""
    context: str = ""


@dataclass(frozen=True)
class Minutes:
    """What was pasted. chair: the words around who took the chair; "", None where it is not written."""

    title: str = ""
    held_on: date | None = None
    chair: str = ""
    document: str = ""
    items: tuple[Item, ...] = ()
    unread: tuple[str, ...] = ()


def read_minutes(text: str, today: date, working: WorkingDay = usual_working_day) -> Minutes:
    """Reads minutes as of `today`; limits such as 两周内 count from the day of the meeting. `working` tells working days. Never raises,
    whatever the text."""
    lines = _lines(text[:LONGEST])
    head = _head(lines, today)
    held = head.held_on or today
    table, rest = _table(lines)
    nodes, unread = _settled(_outline(rest))
    told = [*((words, "") for words in table), *((node.whole, node.context) for node in nodes)]
    found = [_item(words, context, held, working) for words, context in told]
    return replace(
        head,
        items=tuple(item for item in found if item.words),
        unread=tuple(line for line in unread if not _of_the_head(line, head)),
    )


def _of_the_head(line: str, head: Minutes) -> bool:
    """What needs no second look: title, number, who was there, the sentence that says who called the meeting."""
    return bool(
        line in (head.title, head.document) or _HEAD_LINE.match(line) or _UNITS.fullmatch(line) or _opens(line)
        or (_HELD.search(line) and (line.endswith(("：", ":")) or len(line) <= 40))
    )  # fmt: skip


_DIGITS = {ord("０") + at: str(at) for at in range(10)} | {ord("　"): " ", ord("\xa0"): " ", ord("\ufeff"): None}


def _lines(text: str) -> list[str]:
    """The lines that hold something, points written one after the other on lines of their own."""
    lines = [line.strip(" \r") for line in text.translate(_DIGITS).replace("\r\n", "\n").split("\n")]
    return [part for line in lines if line.strip() for part in ([line] if "\t" in line else _points(line))]


# --- the head -----------------------------------------------------------------------------------------------------------

_YEAR = r"(?:(?P<y>20\d\d)\s*年)?\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日(?!\s*(?:之|以)?前)"
_DAY = re.compile(rf"{_YEAR}|(?P<y2>20\d\d)[-./](?P<m2>\d{{1,2}})[-./](?P<d2>\d{{1,2}})")
_DAY_LABEL = re.compile(r"^(?:会议)?(?:召开)?(?:时间|日期)\s*[:：]")
_HELD = re.compile(r"主持|召开|召集")
_DOCUMENT = re.compile(
    r"[\u4e00-\u9fff]{0,12}[〔\[（(【]\s*20\d\d\s*[〕\]）)】]\s*第?\s*\d+\s*[号期]|第\s*[\d一二三四五六七八九十]+\s*[期号](?=$|[)）\s])"
)
_TITLE = re.compile(r"会议|纪要|[度题进例协公头]会|清单|台账|分解表")
_CHAIR_LABEL = re.compile(r"^(?:会议)?主持人?\s*[:：]\s*(.{2,30})")
_CHAIR = re.compile(r"([^，,。；;：:\n]{2,40}?)(?:同志)?(?:主持|召集)")
_HEAD_LINE = re.compile(
    r"^(?:(?:会议)?(?:召开)?(?:时间|日期|地点|主持人?|名称|题目)\s*[:：]|(?:出席|列席|请假|参会|参加|记录|抄送|报送|主送|分送|签发|校对|共印)|"
    r"附件\s*[:：\d]|.{0,30}\d+\s*日\s*印发$|[〔（(]?第\s*\S{1,4}\s*[期号][)）]?$|20\d\d年\d+月\d+日$)"
)


def _head(lines: Sequence[str], today: date) -> Minutes:
    """Title, day, chair and number, from what stands before the first items or on lines of their own."""
    first = next((at for at, line in enumerate(lines) if _MARK.match(line) or "\t" in line), len(lines))
    head = lines[: min(first, 12)]
    own = [line for line in lines if _HEAD_LINE.match(line)]
    titled = (
        line for line in head[:4] if _TITLE.search(line) and len(line) <= 40 and not re.search(r"[。；;，,:：]", line)
    )
    title = next(titled, "") or next((line.split("：", 1)[1] for line in head[:2] if line.startswith("附件：")), "")
    document = next((found[0] for line in head if (found := _DOCUMENT.search(line))), "")
    label = next((found[1] for line in own if (found := _CHAIR_LABEL.match(line))), "")
    spoken = next((found[1] for line in head if (found := _CHAIR.search(line))), "")
    return Minutes(title.strip("《》 "), _held(head, own, today), (label or spoken).strip(), document.strip("（() "))


def _held(head: Sequence[str], own: Sequence[str], today: date) -> date | None:
    """The day of the meeting: from its own line, from the sentence that says who called it, else the first full day of the head."""
    labelled = [line for line in own if _DAY_LABEL.match(line)]
    spoken = [line for line in head if _HELD.search(line)]
    alone = [line for line in head if len(line) <= 40 and (_TITLE.search(line) or re.match(r"20\d\d", line))]
    for line in (*labelled, *spoken, *alone):
        for found in _DAY.finditer(line):
            day = _past_day(found, today)
            if day is not None:
                return day
    return None


def _past_day(found: re.Match[str], today: date) -> date | None:
    year, month, day = found["y"] or found["y2"], found["m"] or found["m2"], found["d"] or found["d2"]
    try:
        read = date(int(year or today.year), int(month), int(day))
        if read > today and not year:
            read = read.replace(year=today.year - 1)
    except ValueError:
        return None
    return read if read <= today else None


# --- points and headings --------------------------------------------------------------------------------------------------

_ORDER = "一二三四五六七八九十"
_KINDS = {
    "一、": re.compile(rf"第?[{_ORDER}]{{1,3}}\s*[、.．]\s*"),
    "（一）": re.compile(rf"[（(]\s*[{_ORDER}]{{1,3}}\s*[)）]\s*[、.]?\s*"),
    "1.": re.compile(r"\d{1,2}\s*(?:[、．]|\.(?!\d)|[)）])\s*"),
    "（1）": re.compile(r"[（(]\s*\d{1,2}\s*[)）]\s*[、.]?\s*"),
    "①": re.compile(r"[①-⑳]\s*"),
    "一是": re.compile(rf"[{_ORDER}]{{1,2}}是(?=[\u4e00-\u9fff])"),
    "•": re.compile(r"[•·●▪■◆*]\s*|[-—]\s+"),
}
_MARK = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _KINDS.values()))
_SETTLED = re.compile(
    r"议定|议决|决定|交办|任务分解|任务清单|任务如下|明确(?:以下|如下)|安排如下|定的?几件事|(?:以下|如下)(?:事项|工作|任务)|下一步(?:工作|打算|安排)"
)
_REPORTED = re.compile(
    r"^(?:会议)?(?:听取|传达|学习|通报|指出|强调|认为|分析|要求|最后)|汇报了|情况的汇报|有关要求$|工作要求$"
)


@dataclass
class _Node:
    """A point with those below it. kind: how it is marked; "" a paragraph. settled: it stands below 议定 or the like."""

    kind: str
    text: str
    above: "_Node | None" = None
    settled: bool = False
    below: list["_Node"] = field(default_factory=list)

    @property
    def whole(self) -> str:
        """Its words with those of the points below it."""
        return "\n".join([self.text, *(one.whole for one in self.below)])

    @property
    def context(self) -> str:
        """The headings above it, the outermost first."""
        return f"{self.above.context}\n{self.above.text}".strip() if self.above else ""


def _points(line: str) -> list[str]:
    """A line in which points follow one another (1、…2、…; 一是…；二是…) as one line for each. A number alone makes no point: they count up."""
    for kind in ("1.", "（一）", "（1）", "①", "一是"):
        starts: list[int] = []
        for found in _KINDS[kind].finditer(line):
            if _ordinal(found[0]) == len(starts) + 1 and (
                found.start() == 0 or line[found.start() - 1] in "。；;，,：:！!） "
            ):
                starts.append(found.start())
        if len(starts) > 1:
            cuts = [0, *(at for at in starts if at), len(line)]
            return [part for start, end in pairwise(cuts) if (part := line[start:end].strip())]
    return [line]


def _ordinal(mark: str) -> int:
    digits = re.search(r"\d+", mark)
    if digits:
        return int(digits[0])
    if "①" <= mark[0] <= "⑳":
        return ord(mark[0]) - ord("①") + 1
    word = next((found[0] for found in re.finditer(f"[{_ORDER}]+", mark)), "")
    if word.startswith("十"):
        return 10 + (_ORDER.index(word[1]) + 1 if len(word) > 1 else 0)
    return _ORDER.index(word[0]) + 1 if word else 0


def _outline(lines: Sequence[str]) -> list[_Node]:
    """The points as a tree: a mark seen before goes back to its level, a new one goes one deeper."""
    top: list[_Node] = []
    stack: list[_Node] = []
    settled = False
    for line in lines:
        kind = next((name for name, pattern in _KINDS.items() if pattern.match(line)), "")
        text = _KINDS[kind].sub("", line, count=1).strip() if kind else line
        if not kind and stack and not _ends(line):
            stack[-1].text += f"\n{line}"
            continue
        if not kind:
            settled = settled or bool(_SETTLED.search(line))
            top += _paragraphs(line, settled)
            stack = []
            continue
        while stack and kind in [one.kind for one in stack]:
            stack.pop()
        node = _Node(kind, text, stack[-1] if stack else None, settled)
        settled = settled or bool(_SETTLED.search(text) and len(text) <= 30)
        (stack[-1].below if stack else top).append(node)
        stack.append(node)
    return top


def _ends(line: str) -> bool:
    """A paragraph that goes not on with the point before it: it begins another list, reports, or stands at the foot."""
    return bool(_HEAD_LINE.match(line) or _REPORTED.match(line) or _UNITS.fullmatch(line)) or _opens(line)


def _opens(line: str) -> bool:
    """It announces a list: …议定如下："""
    return bool(_SETTLED.search(line)) and (line.endswith(("：", ":")) or len(line) <= 30)


def _paragraphs(line: str, settled: bool) -> list[_Node]:
    """A paragraph outside all points; what follows 会议议定：, an item each where several units are told what to do."""
    opening = re.match(r"(.{0,30}?(?:议定|决定|明确|安排)[^，,。；;：:]{0,10})[:：]\s*(?=\S)", line)
    body = line[opening.end() :] if opening and not _HEAD_LINE.match(line) else line
    parts = [part.strip() for part in re.split(r"[；;]|。(?=由|请|责成)", body) if part.strip(" 。")]
    told = [reader for reader in map(_Reader, parts) if reader.lead and (reader.dated or opening)]
    if len(told) > 1:
        return [_Node("", part, settled=True) for part in parts]
    return [_Node("", body, settled=bool(opening) or (settled and not _opens(line)))]


def _settled(nodes: Sequence[_Node]) -> tuple[list[_Node], list[str]]:
    """(the points that are items, the lines that are not)."""
    any_settled = any(node.settled for node in _walk(nodes))
    items: list[_Node] = []
    unread: list[str] = []
    for node in nodes:
        _sort(node, any_settled, items, unread)
    return items, unread


def _walk(nodes: Sequence[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _walk(node.below)


def _sort(node: _Node, any_settled: bool, items: list[_Node], unread: list[str]) -> None:
    if node.below and not _is_one(node):
        for one in node.below:
            _sort(one, any_settled, items, unread)
    elif _is_item(node, any_settled):
        items.append(node)
    else:
        unread += node.whole.split("\n")


def _is_one(node: _Node) -> bool:
    """A point whose sub-points name neither unit nor day is one item with them, if it names its own."""
    own = _Reader(node.text)
    return bool(own.lead or own.dated) and not any(
        one.lead or one.dated for one in (_Reader(below.whole) for below in node.below)
    )


def _is_item(node: _Node, any_settled: bool) -> bool:
    if (
        _HEAD_LINE.match(node.text)
        or (node.kind == "" and _UNITS.fullmatch(node.text))
        or (node.kind == "" and node.text.endswith(("：", ":")))
    ):
        return False
    reported = _REPORTED.search(node.text) or _REPORTED.search(node.context)
    told = _Reader(node.text)
    if told.labelled or (told.lead and told.dated):
        return not (node.kind == "" and _HELD.search(node.text))
    if node.kind == "" and not node.settled:
        return False
    return not reported and (node.settled or not any_settled)


# --- a table ------------------------------------------------------------------------------------------------------------

_COLUMNS = {
    "": re.compile(r"^(?:序号|编号|备注|进展.*|完成情况|状态|№|No\.?)$"),
    "责任人": re.compile(r"责任人|责任领导|负责人|联系人"),
    "配合单位": re.compile(r"配合|协办|协同|参与|协助"),
    "责任单位": re.compile(r"(?:责任|牵头|主办|承办|落实).{0,2}(?:单位|部门)|^单位$|^部门$|^牵头$"),
    "完成时限": re.compile(r"时限|时间|期限"),
    "完成标准": re.compile(r"标准|成效|目标|成果"),
    "项目": re.compile(r"项目"),
    "事项": re.compile(r"任务|事项|内容|问题|措施|工作|要求"),
}


def _table(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """(a table's rows as words with labels, the other lines). Cells are parted by tabs, as Word and Excel put them on the clipboard."""
    if sum(line.count("\t") >= 2 for line in lines) < 2:
        return [], [part for line in lines for part in (_points(line.replace("\t", " ")) if "\t" in line else [line])]
    start = next(at for at, line in enumerate(lines) if line.count("\t") >= 2)
    rows = _rows(lines[start:])
    names = [_column(cell) for cell in rows[0]]
    if sum(name is not None and name != "" for name in names) < 2:
        names = _guessed(rows)
    else:
        rows = rows[1:]
    written: list[str] = []
    project = ""
    for row in rows:
        cells = dict[str, str]()
        for name, cell in zip(names, row, strict=False):
            if name and cell:
                cells[name] = f"{cells[name]}；{cell}" if name in cells else cell
        project = cells.get("项目") or project
        if project and "事项" in cells:
            cells["项目"] = project
        words = cells.pop("事项", "")
        if words:
            written.append("\n".join([words, *(f"{name}：{cell}" for name, cell in cells.items())]))
    return written, list(lines[:start])


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """The rows with their cells; a line break within a cell is mended: lines are joined until the row is full."""
    width = lines[0].count("\t") + 1
    rows: list[list[str]] = []
    open_row = ""
    for line in lines:
        joined = f"{open_row}\v{line}" if open_row else line
        if open_row and (joined.count("\t") >= width or re.match(r"\d{1,3}\t", line)):
            rows.append(_cells(open_row))
            joined = line
        if joined.count("\t") == width - 1:
            rows.append(_cells(joined))
            joined = ""
        open_row = joined
    return [*rows, _cells(open_row)] if open_row else rows


def _cells(row: str) -> list[str]:
    return [re.sub(r"\v+", "", cell).strip(' "') for cell in row.split("\t")]


def _column(cell: str) -> str | None:
    if len(cell) > 12:
        return None
    return next((name for name, pattern in _COLUMNS.items() if pattern.search(cell)), None)


def _guessed(rows: Sequence[Sequence[str]]) -> list[str | None]:
    """Columns without a header, from what stands in them: numbers, units, days; the longest is what is to be done."""
    columns = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(max(map(len, rows)))]
    names: list[str | None] = [None] * len(columns)
    for at, cells in enumerate(columns):
        if not cells or all(cell.isdigit() for cell in cells):
            continue
        units = sum(bool(_UNITS.fullmatch(_bare(cell))) for cell in cells)
        days = sum(len(cell) <= 14 and bool(_STANDING.search(cell) or reading.parse_due(cell, 2000)) for cell in cells)
        if units * 2 > len(cells):
            names[at] = "配合单位" if "责任单位" in names else "责任单位"
        elif days * 2 > len(cells):
            names[at] = "完成时限"
    left = [
        at for at, name in enumerate(names) if name is None and columns[at] and not all(map(str.isdigit, columns[at]))
    ]
    if left:
        names[max(left, key=lambda at: sum(map(len, columns[at])))] = "事项"
    return names


# --- one item -------------------------------------------------------------------------------------------------------------

_NAME = (
    r"(?:[\u4e00-\u9fffA-Za-z（）()]{1,16}?(?:局|委员会|管委会|委(?!员|托|派|会|书记)|办公室|办(?!理|好|结|法|公|事|成|证|齐|完|妥)|中心|公司|集团|"
    r"镇(?!街)|街道办?(?:事处)?|乡|银行|支行|支队|大队|部(?!门|分|署|位)|指挥部|专班|学院|医院|供电所|政府|镇街|单位|部门|党组))"
)
_LIST = rf"{_NAME}(?:\s*[、，,/和与及]\s*{_NAME})*"
_UNITS = re.compile(_LIST)
_LABEL = re.compile(
    r"(?P<co>(?:配合|协办|协同|协助|参与|参加)(?:单位|部门)?)\s*[:：]|"
    r"(?P<unit>(?:责任|牵头|主办|承办|落实|主责)(?:单位|部门)|牵头|责任主体)\s*[:：]|"
    r"(?P<person>(?:包保|分管|具体)?(?:责任人|责任领导|负责人))\s*[:：]|"
    r"(?P<limit>(?:完成|办结|办理|落实|整改|工作)?(?:时限|期限)(?:要求)?|(?:完成|办结|整改)时间|时间节点)\s*[:：]|"
    r"(?P<standard>(?:办成|完成|工作|验收|办结)?(?:标准|成效|目标|成果)|(?:完成|工作)要求)\s*[:：]|"
    r"(?P<project>(?:涉及|所属)?项目(?:名称)?)\s*[:：]"
)
_LEAD = (
    re.compile(rf"(?:由|请|责成)?\s*(?P<units>{_LIST})\s*(?:具体|共同|分别)?牵头"),
    re.compile(rf"(?:由|请|责成|要求|明确由?|安排|委托|交由)\s*(?P<units>{_LIST})"),
    re.compile(rf"(?:^|[，,。；;：:、\n])\s*(?P<units>{_LIST})(?=(?:具体|全权|统一)?负责)"),
    re.compile(
        rf"(?:^|[，,。；;：:\n])\s*(?P<units>{_LIST})(?=\s*(?:要|须|应|于|在|会同|对|就|把|将|按|抓紧|尽快|加快|加强|做好|完成|研究|组织|制定|落实|想办法|"
        r"配合(?!单位)|明天|今天|本周|下周|每[周月天日]|\d|[:：]))"
    ),
)
_CO = (
    re.compile(
        rf"(?P<units>{_LIST})\s*(?:等(?:部门|单位)?)?(?:积极|密切|全力|予以|做好|按职责)?(?:配合|协助|协办|协同|参与)"
    ),
    re.compile(rf"会同\s*(?P<units>{_LIST})"),
)
_STANDING = re.compile(r"长期(?:坚持)?|持续(?:推进|坚持|跟进|抓好)?|常态化|常抓不懈|长效")
_BEFORE_NAME = re.compile(r"^(?:由|请|责成|要求|明确|安排|委托|交由|会同|属地|沿线|各自|分别)+")
_NOT_UNITS = re.compile(
    r"^(?:各|有关|相关|其他|项目单位|责任单位|牵头单位|配合单位|施工单位|建设单位|本单位|各自|上述).*|.*(?:部门|单位)$"
)


def _bare(text: str) -> str:
    return _BEFORE_NAME.sub("", text.strip())


class _Reader:
    """The words of one point, with what its labels and its sentence say."""

    def __init__(self, text: str) -> None:
        self.labels, self.words = _labels(text)
        self.lead = names_in(self.labels.get("unit", "")) or _spoken(_LEAD, self.words)
        self.labelled = any(name in self.labels for name in ("unit", "limit"))

    @property
    def dated(self) -> bool:
        return "limit" in self.labels or bool(_STANDING.search(self.words) or _WRITTEN_DAY.search(self.words))


_WRITTEN_DAY = re.compile(
    r"\d\s*[日号月]|[日月周旬底内](?:之|以)?前|(?:天|日|周|月)内|周[一二三四五六日]|月底|年底|春节|元旦"
)


def _labels(text: str) -> tuple[dict[str, str], str]:
    """What stands behind labels, and the words without them."""
    marks = list(_LABEL.finditer(text))
    values: dict[str, str] = {}
    left, at = "", 0
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        until = following.start() if following else len(text)
        end = re.compile(r"[。\n）)]" if mark.lastgroup == "standard" else r"[；;。\n）)]").search(
            text, mark.end(), until
        )
        stop = end.start() if end else until
        value = text[mark.end() : stop].strip(" ，,、；;（(")
        if value:
            values.setdefault(mark.lastgroup or "", value)
        left, at = left + text[at : mark.start()], stop
    left += text[at:]
    left = re.sub(r"[（(\[【][\s，,；;、。]*[)）\]】]", "", left)
    left = re.sub(r"[，,；;、\s]+(?=[，,；;。\n]|$)", "", left)
    left = re.sub(r"。{2,}", "。", left)
    return values, re.sub(r"\s*\n\s*", "\n", left).strip(" \n，,；;、（(")


def names_in(text: str) -> tuple[str, ...]:
    """The units of a list as they were written: 区自规局、住建局和供电公司; what is no name of one (各有关部门) is kept as it stands."""
    found: list[str] = []
    for part in re.split(r"[、，,/；;\s]|以及|(?<=[局委办心司镇道会])[和与及]", text):
        name = re.sub(r"(?:等.*|[（(].*)$", "", _bare(part)).strip(" 。:：")
        if name and name not in found:
            found.append(name)
    return tuple(found)


def _spoken(patterns: Sequence[re.Pattern[str]], words: str) -> tuple[str, ...]:
    """The units that the first fitting pattern finds in a sentence."""
    for pattern in patterns:
        for found in pattern.finditer(words):
            names = tuple(name for name in names_in(found["units"]) if not _NOT_UNITS.match(name))
            if names:
                return names
    return ()


def _item(text: str, context: str, held: date, working: WorkingDay) -> Item:
    """One point as an item; what its headings say of unit and project holds for it too."""
    read, above = _Reader(text), _labels(context)[0]
    lead = read.lead or names_in(above.get("unit", ""))
    helping = [*names_in(read.labels.get("co", "")), *lead[1:]]
    if "co" not in read.labels:
        for pattern in _CO:
            helping += _spoken((pattern,), read.words)
    limit, limit_words, standing = _limit(read.labels.get("limit", ""), read.words, held, working)
    return Item(
        words=read.words, unit=lead[0] if lead else "", co_units=tuple(name for name in dict.fromkeys(helping) if name not in lead[:1]),
        person=read.labels.get("person", ""), limit=limit, limit_words=limit_words, standing=standing, standard=read.labels.get("standard", ""),
        project=read.labels.get("project", above.get("project", "")), context=_labels(context)[1],
    )  # fmt: skip


def _limit(label: str, words: str, held: date, working: WorkingDay) -> tuple[date | None, str, bool]:
    """(the last day, its words, whether it is for good). Of several days ahead the latest counts: by then all of it is done."""
    ahead = [one for one in reading.read(label or words, held, working=working).deadlines if one.day >= held]
    if not label:
        ahead = [one for one in ahead if one.precision is not Precision.YEAR or one.text.endswith(("前", "内", "底"))]
    latest = max(ahead, key=lambda one: one.day, default=None)
    if latest is not None:
        return _this_time(latest.day, latest.text, held), label or latest.text, False
    if label:
        written = reading.parse_due(label, held.year)
        day = reading.parse_date(label, held) or (written[0] if written and written[0] >= held else None)
        return day, label, day is None and bool(_STANDING.search(label))
    standing = _STANDING.search(words)
    return None, standing[0] if standing else "", bool(standing)


def _this_time(day: date, said: str, held: date) -> date:
    """A day without a year that has just passed is not that of next year: whoever records minutes late sees that it is over."""
    far = (day - held).days > FAR and not re.search(r"20\d\d|[明后次]年", said)
    return day.replace(year=day.year - 1) if far and (day.month, day.day) != (2, 29) else day
