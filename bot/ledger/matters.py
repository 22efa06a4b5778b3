"""The rows of a 问题台账 (or of a ledger of matters): what holds a project up, since when, who must solve it, until when."""

import re
from collections.abc import Iterator

from bot.ledger import cells
from bot.ledger.columns import Table
from bot.ledger.headers import letter
from bot.ledger.rows import what_is
from bot.ledger.sheets import Sheet, spread_down
from bot.ledger.values import LedgerDate, LedgerMatter, Reason, RowProblem, Skipped

_CLOSED = re.compile(r"是|已(?:销号|解决|办结|完成)|销号$|√|✓|办结|完成|解决")
NO_DAY = re.compile(r"长期|待.*(?:批复|定)|持续|尽快")
"""Limits that name no day, and are no mistakes."""


def read_matters(sheet: Sheet, table: Table, year: int) -> Iterator[LedgerMatter | RowProblem | Skipped]:
    """Every row as a matter; a row that says nothing, and a limit that cannot be read, come as problems."""
    shared = {table.columns[key] for key in ("project", "unit", "category") if key in table.columns}
    spread_down(sheet, table.first, shared)
    for index in range(table.first, len(sheet.rows)):
        row = sheet.rows[index]
        words = {key: cells.given(row[column]) for key, column in table.columns.items()}
        if not any(words.values()):
            continue
        said = [plain for cell in row if isinstance(cell, str) and (plain := cells.plain(cell))]
        number = row[table.columns["number"]] if "number" in table.columns else ""
        if skip := what_is(words.get("project", ""), number, said, any(isinstance(cell, float) for cell in row)):
            yield Skipped(sheet.name, index + 1, said[0] if said else "", skip)
            continue
        if not words["words"]:
            column = table.columns["words"]
            yield RowProblem(
                sheet.name, index + 1, letter(column), table.headers[column], "", Reason.MISSING, fatal=True
            )
            continue
        due = _when(row, table, "due", year)
        if due and due.day is None and not NO_DAY.search(due.words):
            column = table.columns["due"]
            yield RowProblem(
                sheet.name, index + 1, letter(column), table.headers[column], due.words, Reason.UNREAD_DATE
            )
        yield LedgerMatter(
            sheet=sheet.name,
            row=index + 1,
            project=words.get("project", ""),
            words=words["words"],
            id=words.get("id", ""),
            category=words.get("category", ""),
            unit=words.get("unit", ""),
            person=words.get("person", ""),
            raised=_when(row, table, "raised", year),
            due=due,
            answer=words.get("answer", ""),
            closed=bool(_CLOSED.match(words.get("closed", ""))),
            note=words.get("note", ""),
        )


def _when(row: cells.Row, table: Table, key: str, year: int) -> LedgerDate | None:
    column = table.columns.get(key)
    return cells.when(row[column], year) if column is not None and row[column] != "" else None
