"""Workbooks going out. Text is written as text, whatever it begins with: nothing that somebody typed becomes a formula."""

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

LONGEST = 32_000
"""Characters of one cell; Excel takes 32 767."""
Cell = str | int | float | Decimal | date | None


class Workbook:
    """A workbook that is written row by row, however long it gets, and put in its place when it is complete."""

    def __init__(self, path: Path) -> None:
        import xlsxwriter

        self._path, self._part = path, path.with_name(f".{path.name}.part")
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(self._part), options)
        self._title = self._book.add_format({"bold": True, "font_size": 14})
        self._head = self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#F2F2F2"}
        )

    def sheet(
        self,
        name: str,
        headers: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        title: str = "",
        widths: Sequence[int] = (),
    ) -> int:
        """One sheet: a title line (where given), the header, the rows. Returns how many rows there were."""
        sheet = self._book.add_worksheet(name)
        for column in range(len(headers)):
            sheet.set_column(column, column, widths[column] if column < len(widths) else 14)
        top = 0
        if title:
            sheet.write_string(0, 0, title, self._title)
            top = 1
        for column, header in enumerate(headers):
            sheet.write_string(top, column, header, self._head)
        sheet.freeze_panes(top + 1, 0)
        count = 0
        for count, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self._write(sheet, top + count, column, value)
        return count

    def _write(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        if value is None or value == "":
            return
        if isinstance(value, int | float | Decimal):
            sheet.write_number(row, column, float(value))
        elif isinstance(value, date):
            sheet.write_string(row, column, value.isoformat())
        else:
            sheet.write_string(row, column, str(value)[:LONGEST])

    def close(self) -> None:
        self._book.close()
        self._part.replace(self._path)

    def drop(self) -> None:
        """Leaves nothing behind."""
        self._part.unlink(missing_ok=True)


@contextmanager
def workbook(path: Path) -> Any:
    """A workbook that comes into being whole or not at all."""
    made = Workbook(path)
    try:
        yield made
        made.close()
    finally:
        made.drop()
