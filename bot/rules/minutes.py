"""Minutes of a meeting, pasted from Word, a table or a chat, read as the items it settled (004: 月例会台账, 任务、时限、责任人、成效). Pure.

Nothing is made up: what names no unit or no day stays without one, and what was taken for no item is given back (`unread`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.rules.minute_points import HEAD_LINE, HELD, MARK, opens, outline, points, settled_points
from bot.rules.minute_table import rows_of
from bot.rules.minute_words import CO, UNITS, Told, labelled, limit_of, names_in, spoken
from bot.rules.reading.feasts import usual_working_day
from bot.rules.reading.values import WorkingDay

LONGEST = 60_000
"""Characters of minutes that are read."""
MOST = 100
"""Items of one meeting; what is beyond is given back."""

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
    table, rest = rows_of(lines)
    nodes, unread = settled_points(outline(rest))
    told = [*((words, "") for words in table), *((node.whole, node.context) for node in nodes)]
    found = [_item(words, context, held, working) for words, context in told[:MOST]]
    unread += [words for words, _ in told[MOST:]]
    return replace(
        head,
        items=tuple(item for item in found if item.words),
        unread=tuple(line for line in unread if not _of_the_head(line, head)),
    )


def _of_the_head(line: str, head: Minutes) -> bool:
    """What needs no second look: title, number, who was there, the sentence that says who called the meeting."""
    return bool(
        line in (head.title, head.document) or HEAD_LINE.match(line) or UNITS.fullmatch(line) or opens(line)
        or (HELD.search(line) and (line.endswith(("：", ":")) or len(line) <= 40))
    )  # fmt: skip


_DIGITS = {ord("０") + at: str(at) for at in range(10)} | {ord("　"): " ", ord("\xa0"): " ", ord("\ufeff"): None}


def _lines(text: str) -> list[str]:
    """The lines that hold something, points written one after the other on lines of their own."""
    lines = [line.strip(" \r") for line in text.translate(_DIGITS).replace("\r\n", "\n").split("\n")]
    return [part for line in lines if line.strip() for part in ([line] if "\t" in line else points(line))]


# --- the head -----------------------------------------------------------------------------------------------------------

_YEAR = r"(?:(?P<y>20\d\d)\s*年)?\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日(?!\s*(?:之|以)?前)"
_DAY = re.compile(rf"{_YEAR}|(?P<y2>20\d\d)[-./](?P<m2>\d{{1,2}})[-./](?P<d2>\d{{1,2}})")
_DAY_LABEL = re.compile(r"^(?:会议)?(?:召开)?(?:时间|日期)\s*[:：]")
_DOCUMENT = re.compile(
    r"[\u4e00-\u9fff]{0,12}[〔\[（(【]\s*20\d\d\s*[〕\]）)】]\s*第?\s*\d+\s*[号期]|第\s*[\d一二三四五六七八九十]+\s*[期号](?=$|[)）\s])"
)
_TITLE = re.compile(r"会议|纪要|[度题进例协公头]会|清单|台账|分解表")
_CHAIR_LABEL = re.compile(r"^(?:会议)?主持人?\s*[:：]\s*(.{2,30})")
_CHAIR = re.compile(r"([^，,。；;：:\n]{2,40}?)(?:同志)?(?:主持|召集)")


def _head(lines: Sequence[str], today: date) -> Minutes:
    """Title, day, chair and number, from what stands before the first items or on lines of their own."""
    first = next((at for at, line in enumerate(lines) if MARK.match(line) or "\t" in line), len(lines))
    head = lines[: min(first, 12)]
    own = [line for line in lines if HEAD_LINE.match(line)]
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
    spoken = [line for line in head if HELD.search(line)]
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


# --- one item ---


def _item(text: str, context: str, held: date, working: WorkingDay) -> Item:
    """One point as an item; what its headings say of unit and project holds for it too."""
    read, above = Told(text), labelled(context)[0]
    lead = read.lead or names_in(above.get("unit", ""))
    helping = [*names_in(read.labels.get("co", "")), *lead[1:]]
    if "co" not in read.labels:
        for pattern in CO:
            helping += spoken((pattern,), read.words)
    limit, limit_words, standing = limit_of(read.labels.get("limit", ""), read.words, held, working)
    return Item(
        words=read.words, unit=lead[0] if lead else "", co_units=tuple(name for name in dict.fromkeys(helping) if name not in lead[:1]),
        person=read.labels.get("person", ""), limit=limit, limit_words=limit_words, standing=standing, standard=read.labels.get("standard", ""),
        project=read.labels.get("project", above.get("project", "")), context=labelled(context)[1],
    )  # fmt: skip
