"""A table filled into the customer's own workbook: its named cells say which column, figure or word goes where.

A name of a column marks the cell of the first row; the rows go down from there, each looking like the first, and what stands below
moves down. Any other name is one value. Text is written as text, whatever it begins with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.documents import FORMULA, LONGEST, Cell, Sheet, Strong, name_of

TOTAL = "合计_"
"""Before a column's name: its sum."""


@dataclass(eq=False)
class FormError(Exception):
    """The form cannot be filled. reason: missing, unreadable, no_names, broken, unknown, rows; names: those that are wrong; known: those
    there are."""

    reason: str
    form: str
    names: Sequence[str] = field(default_factory=tuple)
    known: Sequence[str] = field(default_factory=tuple)

    @property
    def facts(self) -> dict[str, Any]:
        """What a sentence about it needs."""
        return {"why": self.reason, "form": self.form, "names": list(self.names), "known": list(self.known)}


def fill(form: Path, sheet: Sheet, path: Path) -> int:
    """Fills a form (.xlsx) with a table's rows and puts the file in its place when it is complete. Returns how many rows there were.
    Raises FormError."""
    book = _opened(form)
    columns = {name: at for at, name in enumerate(sheet.names or [name_of(header) for header in sheet.headers])}
    facts = _facts(sheet, columns)
    places = _places(book, form.name, {*columns, *facts}, sorted({*columns, *facts}))
    marked = {name: place for name, place in places.items() if name in columns}
    if len({(page, cell.row) for page, cell in marked.values()}) != 1:
        raise FormError("rows" if marked else "no_names", form.name, sorted(marked), sorted(columns))
    page, first = next((page, cell.row) for page, cell in marked.values())
    rows = [row for row in sheet.rows if not isinstance(row, Strong)]
    for name, (other, cell) in places.items():
        if name in facts:
            _put(other.cell(cell.row, cell.column), facts[name])
    _make_room(page, first, len(rows) - 1)
    for at, row in enumerate(rows or [()]):
        for name, (_, cell) in marked.items():
            _put(page.cell(first + at, cell.column), row[columns[name]] if row else None)
    for name in places:
        _forget(book, name)
    part = path.with_name(f".{path.name}.part")
    try:
        book.save(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return len(rows)


def _opened(form: Path) -> Any:
    import openpyxl

    if not form.is_file():
        raise FormError("missing", str(form))
    try:
        return openpyxl.load_workbook(form)
    except Exception as error:  # whatever a broken archive makes the library raise
        raise FormError("unreadable", form.name) from error


def _facts(sheet: Sheet, columns: Mapping[str, int]) -> dict[str, Cell]:
    total = sheet.total or ()
    sums = {
        f"{TOTAL}{name}": total[at]
        for name, at in columns.items()
        if at < len(total) and not isinstance(total[at], str)
    }
    return {"标题": sheet.title, **sheet.facts, **sums}


def _places(book: Any, form: str, known: set[str], told: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """name -> the page and the first cell it stands for."""
    named = dict(book.defined_names)
    for page in book.worksheets:
        named |= dict(page.defined_names)
    if unknown := sorted(named.keys() - known):
        raise FormError("unknown", form, unknown, told)
    found = {}
    for name, defined in named.items():
        try:
            title, place = next(iter(defined.destinations))
            cell = book[title][place.split(":")[0].replace("$", "")]
        except (StopIteration, KeyError, ValueError, AttributeError):
            raise FormError("broken", form, [name]) from None
        found[name] = (book[title], cell)
    return found


def _make_room(page: Any, first: int, more: int) -> None:
    """Moves what stands below the first row down by so many rows and gives the new ones its looks."""
    if more <= 0:
        return
    from openpyxl.utils import get_column_letter

    last, width = page.max_row, page.max_column
    below = [one for one in page.merged_cells.ranges if one.min_row > first]
    for one in below:
        page.unmerge_cells(str(one))
    heights = {row: page.row_dimensions[row].height for row in range(first + 1, last + 1)}
    if last > first:
        page.move_range(f"A{first + 1}:{get_column_letter(width)}{last}", rows=more, translate=True)
    for one in below:
        one.shift(row_shift=more)
        page.merge_cells(str(one))
    for row, height in heights.items():
        page.row_dimensions[row + more].height = height
    looks = [page.cell(first, column)._style for column in range(1, width + 1)]
    for row in range(first + 1, first + more + 1):
        page.row_dimensions[row].height = page.row_dimensions[first].height
        for column, look in enumerate(looks, 1):
            page.cell(row, column)._style = look


def _put(cell: Any, value: Cell) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST] or None
        if value.startswith(FORMULA):
            cell.data_type, cell.quotePrefix = "s", True
    elif isinstance(value, date) or value is None:
        cell.value = value
    else:
        cell.value = float(value) if isinstance(value, Decimal) else value


def _forget(book: Any, name: str) -> None:
    """The names have done their work; where rows moved they would point elsewhere."""
    for named in (book.defined_names, *(page.defined_names for page in book.worksheets)):
        named.pop(name, None)
