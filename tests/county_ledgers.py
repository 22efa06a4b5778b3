"""Ledgers as offices of many kinds make them, written as text (tests/data/ledgers): each with what a careful dispatcher expects to be read.

A line of a sheet is a row, `|` parts the cells; `<` is merged with the cell at its left, `^` with the one above. A figure is a number,
'2026.1 a text, @2026-03-01 a date, \\n a line break.
"""

import re
import tomllib
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

FOLDER = Path(__file__).parent / "data" / "ledgers"
EACH = sorted(path.stem for path in FOLDER.glob("*.toml"))
Place = tuple[int, int]


def expected(name: str) -> dict[str, Any]:
    """One ledger of the folder: its sheets, and what is to be read in it."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def write(about: dict[str, Any], path: Path) -> Path:
    """The workbook as a file."""
    book = Workbook()
    book.remove(book.active)
    for name, text in about["sheets"].items():
        sheet: Worksheet = book.create_sheet(name)
        _fill(sheet, text)
        for letter in about.get("hidden_columns", ""):
            sheet.column_dimensions[letter].hidden = True
        for row in about.get("hidden_rows", ()):
            sheet.row_dimensions[row].hidden = True
        for letter in about.get("percent", ""):
            for cell in sheet[letter]:
                cell.number_format = "0%"
    book.save(path)
    return path


def _fill(sheet: Worksheet, text: str) -> None:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    merged: dict[Place, list[Place]] = defaultdict(list)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell in ("<", "^"):
                merged[_holder(rows, at, column)].append((at, column))
            elif cell:
                sheet.cell(at + 1, column + 1, _value(cell))
    for (top, left), covered in merged.items():
        bottom, right = max(at for at, _ in covered), max(column for _, column in covered)
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)


def _holder(rows: list[list[str]], at: int, column: int) -> Place:
    while rows[at][column] in ("<", "^"):
        at, column = (at, column - 1) if rows[at][column] == "<" else (at - 1, column)
    return at, column


def _value(cell: str) -> Any:
    if cell.startswith("'"):
        return cell[1:]
    if cell.startswith("@"):
        return datetime.fromisoformat(cell[1:])
    if re.fullmatch(r"-?\d+", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"-?\d+\.\d+", cell) else cell.replace("\\n", "\n")
