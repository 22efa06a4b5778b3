"""Workbooks and papers going out. Text is written as text, whatever it begins with: nothing that somebody typed becomes a formula."""

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

LONGEST = 32_000
"""Characters of one cell; Excel takes 32 767."""
WIDTH = 14
"""Characters of a column whose width is not given."""
READABLE = {False: 200, True: 280}
"""Characters across a page (A4, A3) that can still be read when they are drawn to its width."""
FORMULA = ("=", "+", "-", "@")
"""What a formula begins with: such a text is marked as text, so that it stays one when somebody edits its cell."""
Cell = str | int | float | Decimal | date | None


class Strong(list[Cell]):
    """A row in bold: a total, the head of a section."""


@dataclass(frozen=True)
class Box:
    """A cell of a form, or several of one row as one: row and columns from 0. look: "cell", "head", "title"."""

    row: int
    first: int
    last: int
    value: Cell
    look: str = "cell"


@dataclass(frozen=True)
class Sheet:
    """One sheet of a table, as values. total: the row of sums, above all others. names: what a customer's own form calls the columns by
    (`name_of` the headers, where none are given); facts: what else such a form may ask for. The rest is as `Workbook.sheet` takes it."""

    name: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    title: str = ""
    total: Sequence[Cell] | None = None
    names: Sequence[str] = ()
    facts: Mapping[str, Cell] = field(default_factory=dict)
    widths: Sequence[int] = ()
    wide: bool = False
    held: int = 0
    notes: Sequence[str] = ()
    groups: Sequence[tuple[str, int, int]] = ()


def height(row: Sequence[Cell], widths: Sequence[int]) -> float:
    """How many points high a row must be for its wrapped texts, of 10 points; widths in characters, Chinese ones count double."""
    most = 1
    for value, width in zip(row, widths, strict=False):
        if isinstance(value, str) and value:
            room = max(width - 1, 2)
            most = max(most, sum(max(1, -(-_length(line) // room)) for line in value.split("\n")))
    return min(14.0 * most + 1, 400.0)


def _length(text: str) -> int:
    return sum(2 if letter > "\u02ff" else 1 for letter in text)


def name_of(header: str) -> str:
    """What a form calls a column by: its header without brackets, years and signs, as Excel takes a name."""
    bare = re.sub(r"\([^()]*\)|20\d\d|\W", "", unicodedata.normalize("NFKC", header))
    return f"_{bare}" if bare[:1].isdigit() else bare


def write_sheets(path: Path, sheets: Sequence[Sheet]) -> list[int]:
    """Writes a workbook of these sheets, set for paper. Returns how many rows each has, totals not counted."""
    counts = []
    with workbook(path, grouped=any(one.groups for one in sheets)) as book:
        for one in sheets:
            above = [Strong(one.total)] if one.total is not None else []
            count = book.sheet(
                one.name, one.headers, chain(above, one.rows), title=one.title, widths=one.widths, paper=True, wide=one.wide, held=one.held,
                notes=one.notes, groups=one.groups,
            )  # fmt: skip
            counts.append(count - len(above))
    return counts


class Workbook:
    """A workbook that is written row by row, however long it gets, and put in its place when it is complete."""

    def __init__(self, path: Path, grouped: bool) -> None:
        import xlsxwriter

        self._path, self._part = path, path.with_name(f".{path.name}.part")
        options = {"constant_memory": not grouped, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(self._part), options)
        self._title = self._book.add_format({"bold": True, "font_size": 14})
        self._head = self._book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
                "border": 1,
                "bg_color": "#F2F2F2",
            }
        )
        plain = {"text_wrap": True, "valign": "top", "border": 1, "font_size": 10}
        self._cell = self._book.add_format(plain)
        self._strong = self._book.add_format({**plain, "bold": True, "bg_color": "#FAFAFA"})
        self._quoted = {
            None: self._book.add_format({"quote_prefix": True}),
            self._cell: self._book.add_format({**plain, "quote_prefix": True}),
            self._strong: self._book.add_format({**plain, "bold": True, "bg_color": "#FAFAFA", "quote_prefix": True}),
        }

    def sheet(
        self,
        name: str,
        headers: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        title: str = "",
        widths: Sequence[int] = (),
        paper: bool = False,
        wide: bool = False,
        held: int = 0,
        notes: Sequence[str] = (),
        groups: Sequence[tuple[str, int, int]] = (),
    ) -> int:
        """One sheet: a title line (where given), the header, the rows, below them the notes. Returns how many rows there were.

        groups: (title, first, last column) of what stands over several headers; the other headers then take two rows.
        paper: set to be read and printed: cells wrapped and framed, A4 (wide: A3) across, as wide as a page (or as several, where it could not be read on one), the header on each.
        held: so many columns at the left stay in sight.
        """
        sheet = self._book.add_worksheet(name)
        wide_as = [widths[column] if column < len(widths) else WIDTH for column in range(len(headers))]
        for column, width in enumerate(wide_as):
            sheet.set_column(column, column, width)
        top = 0
        if title:
            sheet.write_string(0, 0, title, self._title)
            top = 1
        if groups:
            self._grouped(sheet, top, headers, groups, wide_as)
            top += 1
        else:
            if paper:
                sheet.set_row(top, height(headers, wide_as))
            for column, header in enumerate(headers):
                sheet.write_string(top, column, header, self._head)
        sheet.freeze_panes(top + 1, held)
        if paper:
            _for_paper(sheet, top, 2 if groups else 1, wide)
            _pages_across(sheet, wide_as, held, wide)
        count = 0
        for count, row in enumerate(rows, 1):
            look = (self._strong if isinstance(row, Strong) else self._cell) if paper else None
            if paper:
                sheet.set_row(top + count, height(row, wide_as))
            for column, value in enumerate(row):
                self._write(sheet, top + count, column, value, look)
        for at, note in enumerate(notes, top + count + 2):
            sheet.write_string(at, 0, note)
        return count

    def _grouped(
        self,
        sheet: Any,
        top: int,
        headers: Sequence[str],
        groups: Sequence[tuple[str, int, int]],
        widths: Sequence[int],
    ) -> None:
        """Two rows of headers, each cell written once, row by row."""
        sheet.set_row(top + 1, height(headers, widths))
        below = {column for _, first, last in groups for column in range(first, last + 1)}
        for title, first, last in groups:
            sheet.merge_range(top, first, top, last, title, self._head)
        for column, header in enumerate(headers):
            if column not in below:
                sheet.merge_range(top, column, top + 1, column, header, self._head)
        for column in sorted(below):
            sheet.write_string(top + 1, column, headers[column], self._head)

    def form(self, name: str, boxes: Iterable[Box], widths: Sequence[int], heights: Sequence[int]) -> None:
        """One page of boxes, A4 across, on one sheet of paper. widths in characters, heights in points."""
        sheet = self._book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for row, height in enumerate(heights):
            sheet.set_row(row, height)
        looks = {"cell": self._cell, "head": self._head, "title": self._title}
        for box in boxes:
            if box.last > box.first:
                sheet.merge_range(box.row, box.first, box.row, box.last, "", looks[box.look])
            self._write(sheet, box.row, box.first, box.value, looks[box.look])
        _for_paper(sheet, 0)
        sheet.fit_to_pages(1, 1)

    def _write(self, sheet: Any, row: int, column: int, value: Cell, look: Any) -> None:
        if value is None or value == "":
            if look is not None:
                sheet.write_blank(row, column, None, look)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, column, float(value), look)
        elif isinstance(value, date):
            sheet.write_string(row, column, value.isoformat(), look)
        else:
            text = str(value)[:LONGEST]
            sheet.write_string(row, column, text, self._quoted.get(look, look) if text.startswith(FORMULA) else look)

    def close(self) -> None:
        self._book.close()
        self._part.replace(self._path)

    def drop(self) -> None:
        """Leaves nothing behind."""
        self._part.unlink(missing_ok=True)


def _for_paper(sheet: Any, header: int, rows: int = 1, wide: bool = False) -> None:
    """A4 (wide: A3) across, as wide as one page and as long as it gets, page numbers, the header on every page."""
    sheet.set_landscape()
    sheet.set_paper(8 if wide else 9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(header - rows + 1, header)
    sheet.set_footer("&C&P / &N")


def _pages_across(sheet: Any, widths: Sequence[int], held: int, wide: bool) -> None:
    """A table too wide to be read on one page goes over several, each with the columns that stay in sight."""
    kept = sum(widths[:held])
    pages = max(1, math.ceil((sum(widths) - kept) / (READABLE[wide] - kept)))
    if pages > 1:
        sheet.fit_to_pages(pages, 0)
        if held:
            sheet.repeat_columns(0, held - 1)


def fill(template: Path | None, facts: dict[str, Any], path: Path, form: str = "bulletin") -> None:
    """Fills a Word template (None: the one of this name that comes with the program) and puts the file in its place when it is complete.
    What people wrote is text, never template."""
    from docxtpl import DocxTemplate

    part = path.with_name(f".{path.name}.part")
    try:
        raw = template.read_bytes() if template else (files("bot") / "data" / f"{form}.docx").read_bytes()
        paper = DocxTemplate(io.BytesIO(raw))
        paper.render(facts, autoescape=True)
        paper.save(str(part))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def workbook(path: Path, *, grouped: bool = False) -> Any:
    """A workbook that comes into being whole or not at all. grouped: its headers have two rows; it is then held in memory."""
    made = Workbook(path, grouped)
    try:
        yield made
        made.close()
    finally:
        made.drop()
