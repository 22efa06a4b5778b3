"""The rows of a 问题台账 (or of a ledger of matters): what holds a project up, since when, who must solve it, until when."""

import re
from collections.abc import Iterator

from bot.ledger import cells
from bot.ledger.columns import Table
from bot.ledger.headers import letter
from bot.ledger.rows import what_is
from bot.ledger.sheets import Sheet, spread_down
from bot.ledger.values import How, LedgerDate, LedgerMatter, Reason, RowProblem, Skipped

_CLOSED = re.compile(r"是$|已(?:销号|解决|办结|完成)|销号$|√|✓|办结|完成|解决")
NO_DAY = re.compile(r"长期|待.*(?:批复|定)|持续|尽快|立即|立行立改|即时|随时")
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
        unit, person = _answerable(row, table, words)
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
            unit=unit,
            person=person,
            raised=_when(row, table, "raised", year),
            due=due,
            answer=words.get("answer", ""),
            closed=_closed(words),
            note=words.get("note", "") or _asked_for(row, table),
            hidden=index in sheet.hidden_rows,
        )


def _closed(words: dict[str, str]) -> bool:
    """Whether a row says closed: by its own column, else by its state (已销号) or the day of its closing."""
    said = words.get("closed") or words.get("state")
    return bool(_CLOSED.match(said)) if said else bool(words.get("closed_on"))


def _answerable(row: cells.Row, table: Table, words: dict[str, str]) -> tuple[str, str]:
    """Unit and person; apart where one column holds both (责任单位及责任人)."""
    unit, person = words.get("unit", ""), words.get("person", "")
    column = table.columns.get("unit")
    if person or column is None or not re.search(r"责任人|负责人", table.headers[column]):
        return unit, person
    named = cells.unit_named(row[column])
    try:
        return named or unit, "、".join(one.name for one in cells.names(row[column])) if named else ""
    except cells.Unread:
        return named or unit, ""


def _asked_for(row: cells.Row, table: Table) -> str:
    """What a second column of the matter's words says: 需协调解决事项 beside 存在的问题."""
    told = (cells.given(row[one.column]) for one in table.mapping if one.how is How.TWICE and one.like == "words")
    return "；".join(filter(None, told))


def _when(row: cells.Row, table: Table, key: str, year: int) -> LedgerDate | None:
    column = table.columns.get(key)
    return cells.when(row[column], year) if column is not None and row[column] != "" else None
