"""Workbooks and papers going out. Text is written as text, whatever it begins with: nothing that somebody typed becomes a formula."""

import io
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

LONGEST = 32_000
"""Characters of one cell; Excel takes 32 767."""
FORMULA = ("=", "+", "-", "@")
"""What a formula begins with: such a text is marked as text, so that it stays one when somebody edits its cell."""
Cell = str | int | float | Decimal | date | None


class Strong(list[Cell]):
    """A row in bold: a total, the head of a section."""


class Workbook:
    """A workbook that is written row by row, however long it gets, and put in its place when it is complete."""

    def __init__(self, path: Path, grouped: bool) -> None:
        import xlsxwriter

        self._path, self._part = path, path.with_name(f".{path.name}.part")
        options = {"constant_memory": not grouped, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(self._part), options)
        self._title = self._book.add_format({"bold": True, "font_size": 14})
        self._head = self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#F2F2F2"}
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
        paper: set to be read and printed: cells wrapped and framed, A4 (wide: A3) across, as wide as a page, the header on each.
        held: so many columns at the left stay in sight.
        """
        sheet = self._book.add_worksheet(name)
        for column in range(len(headers)):
            sheet.set_column(column, column, widths[column] if column < len(widths) else 14)
        top = 0
        if title:
            sheet.write_string(0, 0, title, self._title)
            top = 1
        if groups:
            self._grouped(sheet, top, headers, groups)
            top += 1
        else:
            for column, header in enumerate(headers):
                sheet.write_string(top, column, header, self._head)
        sheet.freeze_panes(top + 1, held)
        if paper:
            _for_paper(sheet, top, 2 if groups else 1, wide)
        count = 0
        for count, row in enumerate(rows, 1):
            look = (self._strong if isinstance(row, Strong) else self._cell) if paper else None
            for column, value in enumerate(row):
                self._write(sheet, top + count, column, value, look)
        for at, note in enumerate(notes, top + count + 2):
            sheet.write_string(at, 0, note)
        return count

    def _grouped(self, sheet: Any, top: int, headers: Sequence[str], groups: Sequence[tuple[str, int, int]]) -> None:
        """Two rows of headers, each cell written once, row by row."""
        below = {column for _, first, last in groups for column in range(first, last + 1)}
        for title, first, last in groups:
            sheet.merge_range(top, first, top, last, title, self._head)
        for column, header in enumerate(headers):
            if column not in below:
                sheet.merge_range(top, column, top + 1, column, header, self._head)
        for column in sorted(below):
            sheet.write_string(top + 1, column, headers[column], self._head)

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
            sheet.write_string(row, column, text, self._quoted[look] if text.startswith(FORMULA) else look)

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


def fill(template: Path | None, facts: dict[str, Any], path: Path) -> None:
    """Fills a Word template (None: the one that comes with the program) and puts the file in its place when it is complete. What people
    wrote is text, never template."""
    from docxtpl import DocxTemplate

    part = path.with_name(f".{path.name}.part")
    try:
        form = template.read_bytes() if template else (files("bot") / "data" / "bulletin.docx").read_bytes()
        paper = DocxTemplate(io.BytesIO(form))
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
