"""What each column of a table holds: by the words of its header, else by what they are most like, else as somebody said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.ledger.cells import plain
from bot.ledger.headers import bare, letter
from bot.ledger.values import How, LedgerColumn
from bot.ledger.words import (
    ALIKE,
    DONE,
    IGNORED,
    MILESTONE,
    NO_PLACE,
    NODE,
    PLAN,
    REPORTER_PHONE,
    TELEPHONE,
    Key,
    Patterns,
    is_node,
    meant,
    most_like,
)
from bot.rules.words import Role

SEVERAL = (NODE, Role.REPORTER, REPORTER_PHONE, Role.GENERAL_COORDINATOR)
"""What several columns may hold."""
_MONTH = re.compile(r"(?:20\d\d年)?(\d{1,2})月份?(?![-~–—至到底末累])(.*)")
_TEN = re.compile(r"[上中下]旬")
_GOAL = re.compile(
    r"(?:形象|节点|工作|建设|进度|年度?目标)[^/]*(?:目标|计划|安排|任务|要求)?(?:\([^/]*\))?/(?:第?[一二三四1-4]季度|[上下]半年|年底)(?:目标|计划|任务)?$"
)
"""A column of goals in words, by the end of a quarter: 年度形象进度目标/三季度."""
_NOT_WORDS = re.compile(r"投资|资金|额|%|元")
_OTHER_GROUP = re.compile(r"问题|困难|单位$|领导|整改|企业|业主")


@dataclass(frozen=True)
class Part:
    """A column that is a part of a milestone: which group it belongs to, and which part it is."""

    group: str
    part: str


def assign(
    headers: Sequence[str],
    patterns: Patterns,
    rows: Sequence[Sequence[object]],
    hidden: frozenset[int] = frozenset(),
    remembered: Mapping[int, Key] | None = None,
    chosen: Mapping[int, Key] | None = None,
) -> tuple[LedgerColumn, ...]:
    """Every column that has a header, with what it holds. Of several for one thing the shown before the hidden, the one with the earliest
    pattern, then the leftmost; what was chosen or remembered comes before all.

    rows: those below the header, for an example of what stands in each column.
    """
    nodes = dict(parts(headers)) if patterns is not MILESTONE else {}
    found: list[tuple[int, LedgerColumn]] = []
    fullest = sorted(rows, key=lambda row: -sum(isinstance(cell, str) and cell != "" for cell in row))
    reporter: int | None = None
    for column, header in enumerate(headers):
        if not header:
            continue
        key, rank, how = _meaning(header, column, patterns, nodes, reporter)
        key, how = _told(column, key, how, remembered or {}, chosen or {})
        reporter = column if key == Role.REPORTER else reporter if key == REPORTER_PHONE else None
        place = {How.CHOSEN: -2, How.REMEMBERED: -1}.get(how, rank)
        found.append((place, LedgerColumn(column, letter(column), header, key, how, "", _example(fullest, column), column in hidden)))  # fmt: skip
    return tuple(_each_once(found))


def _told(column: int, key: Key, how: How, remembered: Mapping[int, Key], chosen: Mapping[int, Key]) -> tuple[Key, How]:
    """What somebody said of this column, now or for an earlier issue, before what its words say."""
    for said, way in ((chosen, How.CHOSEN), (remembered, How.REMEMBERED)):
        if column in said:
            new = said[column]
            same_kind = new.partition(":")[0] == key.partition(":")[0]
            return ("" if new == IGNORED else key if same_kind and new else new), way
    return key, how


def _meaning(
    header: str, column: int, patterns: Patterns, nodes: Mapping[int, Part], reporter: int | None
) -> tuple[Key, int, How]:
    """What a header says: its key ("" where it is not taken), the rank of what said so, and how."""
    if column in nodes:
        return f"{NODE}:{nodes[column].part}", 0, How.WORDS
    if month := month_of(header):
        return month, 0, How.WORDS
    words = bare(header)
    if reporter is not None and TELEPHONE.search(header):
        return REPORTER_PHONE, 0, How.WORDS
    rank, key = next(
        ((n, key) for n, (key, pattern) in enumerate(patterns) if pattern.search(words)), (len(patterns), "")
    )
    if key in (IGNORED, NO_PLACE):
        return "", rank, How.LEFT if key == IGNORED else How.NO_PLACE
    if key:
        return key, rank, How.WORDS
    allowed = {key for key, _ in patterns}
    if (exact := meant(words.rsplit("/", 1)[-1])) in allowed and exact is not None:
        return exact, rank, How.WORDS
    score, like = next(((score, key) for score, key in most_like(words) if key in allowed), (0.0, ""))
    return (like, rank + 1, How.ALIKE) if score >= ALIKE else ("", rank, How.UNKNOWN)


def _each_once(found: list[tuple[int, LedgerColumn]]) -> Iterator[LedgerColumn]:
    best: dict[Key, tuple[bool, int, int]] = {}
    for rank, one in found:
        place = (one.hidden and rank >= 0, rank, one.column)
        if one.key and one.key.partition(":")[0] not in SEVERAL:
            best[one.key] = min(best.get(one.key, place), place)
    for _, one in found:
        if one.key in best and best[one.key][2] != one.column:
            yield replace(one, key="", like=one.key, how=How.TWICE if one.how is not How.ALIKE else How.UNKNOWN)
        else:
            yield one


def _example(rows: Sequence[Sequence[object]], column: int) -> str:
    """The first thing that stands in a column."""
    return next((words[:20] for row in rows if column < len(row) and (words := plain(row[column]))), "")


# --- months ---------------------------------------------------------------------------------------------------------------


def month_of(header: str) -> Key:
    """ "plan:3": the investment planned for March stands below this header; "done:3": what was invested in it; "" for another column."""
    parts = bare(header).split("/")
    found = next(((at, month) for at, part in enumerate(parts) if (month := _MONTH.fullmatch(part))), None)
    if found is None or not 1 <= int(found[1][1]) <= 12 or "%" in header:
        return ""
    at, month = found
    rest = "/".join((month[2], *parts[:at], *parts[at + 1 :]))
    if re.search(r"占|率|比例|累计|形象|工作|情况|进展|目标|节点|至", "/".join((month[2], *parts[at + 1 :]))):
        return ""
    if _TEN.search(rest):
        return ""
    if re.search(r"实际|完成(?!情况)", rest) and "计划完成" not in rest and not re.search(r"计划(?!.*实际)", rest):
        return f"{DONE}:{int(month[1])}"
    return f"{PLAN}:{int(month[1])}" if "计划" in rest and "实际" not in rest else ""


# --- milestones -----------------------------------------------------------------------------------------------------------


def parts(headers: Sequence[str]) -> Iterator[tuple[int, Part]]:
    """The columns that describe milestones, each with its group: 关键节点一/完成时限, 主体封顶/责任人, 主体封顶 alone."""
    groups: dict[str, set[str]] = {}
    for header in headers:
        group, _, leaf = header.rpartition("/")
        if group and (part := _part(leaf)):
            groups.setdefault(group, set()).add(part)
    following = ""
    for column, header in enumerate(headers):
        group, _, leaf = header.rpartition("/")
        part = _part(header)
        if _GOAL.search(header) and not _NOT_WORDS.search(header):
            yield column, Part(header, "goal")
            following = ""
        elif part and ("节点" in header or "里程碑" in header):
            title = header[: _start(header)].rstrip("/") or header
            yield column, Part(title, part)
            following = title if part == "name" and not group else ""
        elif part and group and _is_group(group, groups.get(group, set())):
            yield column, Part(group, part)
        elif following is not None and part and part != "name" and not group and following:
            yield column, Part(following, part)
        elif is_node(leaf) and not re.search(r"备注|资金|投资|单位|文号|方式|价|问题", header):
            yield column, Part(header, "due")
            following = ""
        else:
            following = ""


def _is_group(group: str, parts: set[str]) -> bool:
    title = group.rsplit("/", 1)[-1]
    return is_node(title) or ("due" in parts and len(parts) > 1 and not _OTHER_GROUP.search(title))


def _part(header: str) -> str:
    return next((part for part, pattern in MILESTONE if pattern.search(bare(header))), "")


def _start(header: str) -> int:
    return next((found.start() for _, pattern in MILESTONE if (found := pattern.search(header))), len(header))


def groups(columns: Sequence[LedgerColumn], headers: Sequence[str]) -> tuple[tuple[str, dict[str, int]], ...]:
    """The milestones of a table: each group's own words, and part → column."""
    where, made = dict(parts(headers)), list[tuple[str, dict[str, int]]]()
    for one in columns:
        if one.key.partition(":")[0] != NODE or one.column not in where:
            continue
        part = where[one.column]
        if not made or made[-1][0] != part.group or part.part in made[-1][1]:
            made.append((part.group, {}))
        made[-1][1][part.part] = one.column
    return tuple(made)
