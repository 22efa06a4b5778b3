"""Recognising a table by the words of its header, wherever its columns stand and however many rows the header has."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

from bot.ledger.cells import UNITS, WAN, plain
from bot.ledger.sheets import Sheet
from bot.ledger.words import (
    IGNORED,
    MATTERS,
    MILESTONE,
    MONEY,
    NAME,
    NUMBER,
    PEOPLE,
    PROJECT,
    TELEPHONE,
    Key,
    Patterns,
)
from bot.rules.words import Role

_MONTH = re.compile(r"(?:^|/)(?:20\d\d年)?(\d{1,2})月份?(计划(?:完成)?(?:投资)?额?)?$")
_UNIT = re.compile(r"\((?:单位:?)?(亿元|万元|元)\)")
_SHEET_UNIT = re.compile(r"单位:?\(?(亿元|万元|元)")
_AS_OF_MONTH = re.compile(r"1月?[-~–—至到](\d{1,2})月")
_AS_OF_DAY = re.compile(r"(?:截至|截止|至|到)(?:(20\d\d)年)?(\d{1,2})月(?:份?[底末]|(\d{1,2})日)")
_HEADER_WITHIN = 30  # rows from the top


@dataclass(frozen=True)
class Table:
    """A header, recognised. Rows and columns count from 0; `first` is the row below the header; units in 元."""

    header: int
    first: int
    headers: tuple[str, ...]
    columns: dict[Key, int]
    months: dict[int, int] = field(default_factory=dict)
    milestones: tuple[tuple[str, dict[Key, int]], ...] = ()
    reporters: tuple[tuple[int, int | None], ...] = ()  # column of the name, column of the telephone
    units: dict[int, int] = field(default_factory=dict)
    unit_stated: bool = True


def project_table(sheet: Sheet) -> Table | None:
    """The table of projects on a sheet: a header with 项目名称 and at least two more columns that are known."""
    top = _header(sheet, PROJECT)
    if top is None:
        return None
    headers = _joined(sheet, top)
    columns = _columns(headers, PROJECT)
    known = columns.keys() - {NUMBER, NAME, "note", IGNORED}
    return _project_table(sheet, top, headers, columns) if NAME in columns and len(known) >= 2 else None


def people_table(sheet: Sheet) -> Table | None:
    """The table of people on a sheet: a header with 姓名, 单位 and 岗位."""
    top = _header(sheet, PEOPLE)
    if top is None:
        return None
    headers = _joined(sheet, top)
    columns = _columns(headers, PEOPLE)
    return Table(top, top + _depth(sheet, top), headers, columns) if {NAME, "unit", "posts"} <= columns.keys() else None


def lists_matters(table: Table) -> bool:
    """Whether the table lists matters (问题台账), several to a project, and not projects."""
    return MATTERS in table.columns


def as_of(words: str, year: int) -> date | None:
    """The day that figures under these words stand for: 1—7月累计 → 31 July, 截至7月31日."""
    words = squeezed(words)
    if found := _AS_OF_DAY.search(words):
        return last_day(int(found[1] or year), int(found[2]), int(found[3] or 31))
    if found := _AS_OF_MONTH.search(words):
        return last_day(year, int(found[1]), 31)
    return None


def last_day(year: int, month: int, day: int) -> date | None:
    """That day, or the month's last where the month is shorter; None where there is no such month."""
    return date(year, month, min(day, monthrange(year, month)[1])) if 1 <= month <= 12 and day else None


def letter(column: int) -> str:
    """Excel's name of a column: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def squeezed(cell: object) -> str:
    """A cell's words in one width, without spaces and line breaks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", plain(cell)))


# --- the header's rows --------------------------------------------------------------------------------------------


def _header(sheet: Sheet, patterns: Patterns) -> int | None:
    """The first row that has a cell for the name (项目名称, 姓名)."""
    name = next(pattern for key, pattern in patterns if key == NAME)
    rows = enumerate(sheet.rows[:_HEADER_WITHIN])
    return next((top for top, row in rows if any(isinstance(c, str) and name.search(squeezed(c)) for c in row)), None)


def _joined(sheet: Sheet, top: int) -> tuple[str, ...]:
    """One text per column: the cells of the header's rows joined by "/", a merged cell standing in each of its places."""
    paths: list[list[str]] = [[] for _ in sheet.rows[top]]
    for row in range(top, top + _depth(sheet, top)):
        for column, path in enumerate(paths):
            at = sheet.merged.get((row, column), (row, column))
            words = squeezed(sheet.rows[at[0]][at[1]]) if at[0] >= top else ""
            if words and (not path or path[-1] != words):
                path.append(words)
    return tuple("/".join(path) for path in _spread(sheet, top, paths))


def _depth(sheet: Sheet, top: int) -> int:
    """How many rows the header has: as far as its merged cells reach down, and one more below a title merged across."""
    own = [(row, column, at) for (row, column), at in sheet.merged.items() if at[0] == top]
    deepest = max((row for row, _, _ in own), default=top)
    if any(row == top and column > at[1] for row, column, at in own) or _continues(sheet, top):
        deepest = max(deepest, top + 1)
    return min(deepest, top + 3, len(sheet.rows) - 1) - top + 1


def _continues(sheet: Sheet, top: int) -> bool:
    """Whether the next row holds second-level titles though nothing is merged: words only, some under gaps, none under the name."""
    if top + 1 >= len(sheet.rows):
        return False
    pairs = [
        (plain(above), cell) for above, cell in zip(sheet.rows[top], sheet.rows[top + 1], strict=True) if cell != ""
    ]
    return (
        any(not above for above, _ in pairs)
        and all(isinstance(cell, str) for _, cell in pairs)
        and not any(above.endswith(("名称", "姓名")) for above, _ in pairs)
    )


def _spread(sheet: Sheet, top: int, paths: list[list[str]]) -> list[list[str]]:
    """The paths, where titles that were not merged are carried on to the gaps at their right."""
    if any(at[0] == top for at in sheet.merged.values()) or not _continues(sheet, top):
        return paths
    title = ""
    for column, path in enumerate(paths):
        above = squeezed(sheet.rows[top][column])
        title = above or title
        if path and not above:
            path.insert(0, title)
    return paths


# --- what its columns hold ----------------------------------------------------------------------------------------


def _bare(header: str) -> str:
    """A header without its unit and the brackets that only explain."""
    return re.sub(r"\((?![^()]*%)[^()]*\)", "", header)


def _columns(headers: tuple[str, ...], patterns: Patterns) -> dict[Key, int]:
    """Key → column; of several columns for one key the one with the earliest pattern, then the leftmost."""
    best: dict[Key, tuple[int, int]] = {}
    for column, header in enumerate(headers):
        if not header or _milestone(header) or _month(header):
            continue
        bare = _bare(header)
        rank, key = next(((n, key) for n, (key, pattern) in enumerate(patterns) if pattern.search(bare)), (0, IGNORED))
        best[key] = min(best.get(key, (rank, column)), (rank, column))
    return {key: column for key, (_, column) in best.items()}


def _milestone(header: str) -> bool:
    return ("节点" in header or "里程碑" in header) and any(pattern.search(header) for _, pattern in MILESTONE)


def _milestones(headers: tuple[str, ...]) -> tuple[tuple[str, dict[Key, int]], ...]:
    """The groups of columns that describe one milestone each, with the group's own words."""
    groups: list[tuple[str, dict[Key, int]]] = []
    for column, header in enumerate(headers):
        if not _milestone(header):
            continue
        part, found = next((part, found) for part, pattern in MILESTONE if (found := pattern.search(header)))
        title = header[: found.start()].rstrip("/")
        if not groups or groups[-1][0] != title or part in groups[-1][1]:
            groups.append((title, {}))
        groups[-1][1][part] = column
    return tuple(groups)


def _month(header: str) -> int:
    """The month whose planned investment stands below this header; 0 where it is another column."""
    found = _MONTH.search(_bare(header))
    planned = found and (found[2] or ("计划" in header[: found.start() + 1] and "实际" not in header))
    return int(found[1]) if found and planned and 1 <= int(found[1]) <= 12 else 0


def _reporters(headers: tuple[str, ...]) -> tuple[tuple[int, int | None], ...]:
    """The columns of the reporters, A角 before B角, each with the telephone that follows it."""
    person = next(pattern for key, pattern in PROJECT if key == Role.REPORTER)
    found: list[tuple[int, int | None]] = []
    for column, header in enumerate(headers):
        if TELEPHONE.search(header):
            if found and (found[-1][0] == column - 1 or person.search(header)):
                found[-1] = (found[-1][0], column)
        elif person.search(header):
            found.append((column, None))
    return tuple(found)


def _project_table(sheet: Sheet, top: int, headers: tuple[str, ...], columns: dict[Key, int]) -> Table:
    stated = next(
        (UNITS[found[1]] for words in sheet.above(top) if (found := _SHEET_UNIT.search(squeezed(words)))), None
    )
    own = {column: UNITS[found[1]] for column, header in enumerate(headers) if (found := _UNIT.search(header))}
    months = {month: column for column, header in enumerate(headers) if (month := _month(header))}
    amounts = [columns[key] for key in MONEY if key in columns] + list(months.values())
    return Table(
        header=top,
        first=top + _depth(sheet, top),
        headers=headers,
        columns=columns,
        months=months,
        milestones=_milestones(headers),
        reporters=_reporters(headers),
        units={column: own.get(column, stated or WAN) for column in amounts},
        unit_stated=stated is not None or all(column in own for column in amounts),
    )
