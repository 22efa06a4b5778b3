"""Minutes as points within points: which of them settle something, which only report. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.rules.minute_words import UNITS, Told

HELD = re.compile(r"主持|召开|召集")
HEAD_LINE = re.compile(
    r"^(?:(?:会议)?(?:召开)?(?:时间|日期|地点|主持人?|名称|题目)\s*[:：]|(?:出席|列席|请假|参会|参加|记录|抄送|报送|主送|分送|签发|校对|共印)|"
    r"附件\s*[:：\d]|.{0,30}\d+\s*日\s*印发$|[〔（(]?第\s*\S{1,4}\s*[期号][)）]?$|20\d\d年\d+月\d+日$)"
)
"""What belongs to the head or the foot of minutes."""
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
MARK = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _KINDS.values()))
_SETTLED = re.compile(
    r"议定|议决|决定|交办|任务分解|任务清单|任务如下|明确(?:以下|如下)|安排如下|定的?几件事|(?:以下|如下)(?:事项|工作|任务)|下一步(?:工作|打算|安排)"
)
_REPORTED = re.compile(
    r"^(?:会议)?(?:听取|传达|学习|通报|指出|强调|认为|分析|要求|最后)|汇报了|情况的汇报|有关要求$|工作要求$"
)


@dataclass
class Node:
    """A point with those below it. kind: how it is marked; "" a paragraph. settled: it stands below 议定 or the like."""

    kind: str
    text: str
    above: "Node | None" = None
    settled: bool = False
    below: list["Node"] = field(default_factory=list)

    @property
    def whole(self) -> str:
        """Its words with those of the points below it."""
        return "\n".join([self.text, *(one.whole for one in self.below)])

    @property
    def context(self) -> str:
        """The headings above it, the outermost first."""
        return f"{self.above.context}\n{self.above.text}".strip() if self.above else ""


def points(line: str) -> list[str]:
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


def outline(lines: Sequence[str]) -> list[Node]:
    """The points as a tree: a mark seen before goes back to its level, a new one goes one deeper."""
    top: list[Node] = []
    stack: list[Node] = []
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
        node = Node(kind, text, stack[-1] if stack else None, settled)
        settled = settled or bool(_SETTLED.search(text) and len(text) <= 30)
        (stack[-1].below if stack else top).append(node)
        stack.append(node)
    return top


def _ends(line: str) -> bool:
    """A paragraph that goes not on with the point before it: it begins another list, reports, or stands at the foot."""
    return bool(HEAD_LINE.match(line) or _REPORTED.match(line) or UNITS.fullmatch(line)) or opens(line)


def opens(line: str) -> bool:
    """It announces a list: …议定如下："""
    return bool(_SETTLED.search(line)) and (line.endswith(("：", ":")) or len(line) <= 30)


def _paragraphs(line: str, settled: bool) -> list[Node]:
    """A paragraph outside all points; what follows 会议议定：, an item each where several units are told what to do."""
    opening = re.match(r"(.{0,30}?(?:议定|决定|明确|安排)[^，,。；;：:]{0,10})[:：]\s*(?=\S)", line)
    body = line[opening.end() :] if opening and not HEAD_LINE.match(line) else line
    parts = [part.strip() for part in re.split(r"[；;]|。(?=由|请|责成)", body) if part.strip(" 。")]
    told = [reader for reader in map(Told, parts) if reader.lead and (reader.dated or opening)]
    if len(told) > 1:
        return [Node("", part, settled=True) for part in parts]
    return [Node("", body, settled=bool(opening) or (settled and not opens(line)))]


def settled_points(nodes: Sequence[Node]) -> tuple[list[Node], list[str]]:
    """(the points that are items, the lines that are not)."""
    any_settled = any(node.settled for node in _walk(nodes))
    items: list[Node] = []
    unread: list[str] = []
    for node in nodes:
        _sort(node, any_settled, items, unread)
    return items, unread


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.below)


def _sort(node: Node, any_settled: bool, items: list[Node], unread: list[str]) -> None:
    if node.below and not _is_one(node):
        for one in node.below:
            _sort(one, any_settled, items, unread)
    elif _is_item(node, any_settled):
        items.append(node)
    else:
        unread += node.whole.split("\n")


def _is_one(node: Node) -> bool:
    """A point whose sub-points name neither unit nor day is one item with them, if it names its own."""
    own = Told(node.text)
    return bool(own.lead or own.dated) and not any(
        one.lead or one.dated for one in (Told(below.whole) for below in node.below)
    )


def _is_item(node: Node, any_settled: bool) -> bool:
    if (
        HEAD_LINE.match(node.text)
        or (node.kind == "" and UNITS.fullmatch(node.text))
        or (node.kind == "" and node.text.endswith(("：", ":")))
    ):
        return False
    reported = _REPORTED.search(node.text) or _REPORTED.search(node.context)
    told = Told(node.text)
    if told.labelled or (told.lead and told.dated):
        return not (node.kind == "" and HELD.search(node.text))
    if node.kind == "" and not node.settled:
        return False
    return not reported and (node.settled or not any_settled)
