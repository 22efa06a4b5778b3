"""Recognising a table by the words of its header, wherever its columns stand and however many rows the header has."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

from bot.ledger.cells import UNITS, WAN
from bot.ledger.headers import fingerprint, joined, most_known, named_at, numbers_columns, squeezed
from bot.ledger.mapping import assign, groups
from bot.ledger.sheets import Sheet
from bot.ledger.values import Asked, FormKind, LedgerColumn
from bot.ledger.words import (
    DONE,
    IGNORED,
    MATTER,
    MONEY,
    MONTH_PLAN,
    NAME,
    NO_PLACE,
    NODE,
    NUMBER,
    PEOPLE,
    PLAN,
    PROJECT,
    REPORTER_PHONE,
    Key,
    Patterns,
)
from bot.rules.words import Role

_UNIT = re.compile(r"(?:[(\[【](?:金额|计量|货币)?(?:单位:?)?|[:/,、])(亿元|万元|千元|元)(?:[)\]】]|/|$)")
_SHEET_UNIT = re.compile(r"单位:?[^:]{0,6}?\(?(亿元|万元|千元|元(?![\u4e00-\u9fff]))|[(【](亿元|万元)[)】]")
_FURTHER = re.compile(r"(?:^|/)[省市]级?领导")
_AS_OF_MONTH = re.compile(r"(?<!\d)1月?[-~–—至到](\d{1,2})月")
_AS_OF_DAY = re.compile(
    r"(?:截至|截止|至|到)(?:日期|时间)?:?(?:(20\d\d)[年.])?(\d{1,2})[月.](?:份?[底末]|(\d{1,2})(?!\d))"
)
LEAST = 2
"""Columns beside the name that must be known for a sheet to be a table of projects."""


@dataclass(frozen=True)
class Table:
    """A header, recognised. Rows and columns count from 0; `first` is the row below the header; units in 元."""

    header: int
    first: int
    headers: tuple[str, ...]
    columns: dict[Key, int]
    mapping: tuple[LedgerColumn, ...] = ()
    fingerprint: str = ""
    months: dict[int, int] = field(default_factory=dict)
    done_months: dict[int, int] = field(default_factory=dict)
    milestones: tuple[tuple[str, dict[str, int]], ...] = ()
    reporters: tuple[tuple[int, int | None], ...] = ()  # column of the name, column of the telephone
    leaders: tuple[int, ...] = ()  # columns of those who bear the first role: 县领导 before 市领导
    units: dict[int, int] = field(default_factory=dict)
    unit_stated: bool = True

    @property
    def kind(self) -> FormKind:
        """Which of the forms it is."""
        if any("旬" in header and "完成" in header for header in self.headers) and "invested_month" in self.columns:
            return FormKind.TEN_DAYS
        if len(self.milestones) >= 5 and not self.columns.keys() & {"invested_year", "year_plan"}:
            return FormKind.PREPARATION
        under_way = self.done_months and (self.milestones or "invested_year" not in self.columns)
        return FormKind.UNDER_WAY if under_way else FormKind.LEDGER


def project_table(sheet: Sheet, asked: Asked | None = None) -> Table | None:
    """The table of projects on a sheet: a header with 项目名称 (or a row of well-known headers) and at least two more columns that are
    known."""
    plainly = named_at(sheet, next(pattern for key, pattern in PROJECT if key == NAME))
    named = most_known(sheet, _plainly, 4) if plainly is None else plainly
    if named is None:
        return None
    table = _table(sheet, named, PROJECT, asked or Asked())
    if plainly is None and not _holds_names(sheet, table):
        return None
    known = table.columns.keys() - {NUMBER, NAME, "note"} | ({NODE} if table.milestones else set())
    return table if NAME in table.columns and len(known) >= LEAST else None


def _holds_names(sheet: Sheet, table: Table) -> bool:
    """Whether the column that seems to be the projects' names holds words and no figures: 项目数 is like 项目, too."""
    column = table.columns.get(NAME)
    cells = (
        [row[column] for row in sheet.rows[table.first : table.first + 20] if row[column] != ""]
        if column is not None
        else []
    )
    return bool(cells) and all(isinstance(cell, str) and not cell.strip().isdigit() for cell in cells)


def matter_table(sheet: Sheet, asked: Asked | None = None) -> Table | None:
    """The table of problems or matters on a sheet (问题台账): what is the matter, and at least two of its limit, answer and end; no sums."""
    named = named_at(sheet, next(pattern for key, pattern in MATTER if key == "words"))
    if named is None:
        return None
    table = _table(sheet, named, MATTER, asked or Asked())
    told = table.columns.keys() & {"raised", "due", "answer", "closed", "category"}
    sums = any(re.search(r"(?<!涉及)投资|年.*计划|形象进度", header) for header in table.headers)
    return table if "words" in table.columns and len(told) >= 2 and not sums else None


def people_table(sheet: Sheet) -> Table | None:
    """The table of people on a sheet: a header with 姓名, 单位 and 岗位."""
    named = named_at(sheet, next(pattern for key, pattern in PEOPLE if key == NAME))
    if named is None:
        return None
    table = _table(sheet, named, PEOPLE, Asked())
    return table if {NAME, "unit", "posts"} <= table.columns.keys() else None


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


# --- the whole of it ------------------------------------------------------------------------------------------------------


def _plainly(words: str) -> bool:
    """Whether a header is known by its words, and says something of a project."""
    return any(
        pattern.search(words) for key, pattern in PROJECT if key not in (NUMBER, NAME, "note", IGNORED, NO_PLACE)
    )


def _table(sheet: Sheet, named: int, patterns: Patterns, asked: Asked) -> Table:
    first, headers = joined(sheet, named)
    first += numbers_columns(sheet, first)
    mark = fingerprint(headers)
    mapping = assign(
        headers,
        patterns,
        sheet.rows[first : first + 20],
        sheet.hidden_columns,
        asked.remembered.get(mark),
        asked.chosen.get(mark),
    )
    columns = {one.key: one.column for one in reversed(mapping) if one.key and ":" not in one.key}
    months, done = (
        {int(one.key.partition(":")[2]): one.column for one in mapping if one.key.startswith(f"{what}:")}
        for what in (PLAN, DONE)
    )
    own = {column: UNITS[found[-1]] for column, header in enumerate(headers) if (found := _UNIT.findall(header))}
    stated = _stated(sheet, named)
    amounts = [columns[key] for key in (*MONEY, MONTH_PLAN) if key in columns] + [*months.values(), *done.values()]
    return Table(
        header=named,
        first=first,
        headers=headers,
        columns=columns,
        mapping=mapping,
        fingerprint=mark,
        months=months,
        done_months=done,
        milestones=groups(mapping, headers),
        reporters=tuple(_reporters(mapping)),
        leaders=tuple(
            sorted(
                (one.column for one in mapping if one.key == Role.GENERAL_COORDINATOR),
                key=lambda column: _FURTHER.search(headers[column]) is not None,
            )
        ),
        units={column: own.get(column, stated or WAN) for column in amounts},
        unit_stated=stated is not None or all(column in own for column in amounts),
    )


def _stated(sheet: Sheet, header: int) -> int | None:
    """The unit of all sums, as it is noted above the table, in the sheet's name, or below the table."""
    below = (str(cell) for row in sheet.rows[-12:] for cell in row[:3] if isinstance(cell, str) and len(cell) < 200)
    for words in (*sheet.above(header), f"({sheet.name})", *below):
        if found := _SHEET_UNIT.search(squeezed(words)):
            return UNITS[found[1] or found[2]]
    return next((UNITS[unit] for unit in ("亿元", "万元") if unit in sheet.name), None)


def _reporters(mapping: tuple[LedgerColumn, ...]) -> list[tuple[int, int | None]]:
    """The columns of the reporters, A角 before B角, each with the telephone that follows it."""
    found: list[tuple[int, int | None]] = []
    for one in mapping:
        if one.key == Role.REPORTER:
            found.append((one.column, None))
        elif one.key == REPORTER_PHONE and found:
            found[-1] = (found[-1][0], one.column)
    return found
