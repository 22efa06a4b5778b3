"""A workbook's sheets as rows of cells with their merged ranges; the only place that knows calamine."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bot.ledger.cells import Row, plain
from bot.ledger.hiding import hidden
from bot.ledger.hiding_old import Hidden
from bot.ledger.values import LedgerError, Refusal

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Place = tuple[int, int]  # row and column, counted from 0
MOST_MERGED = 200_000  # cells


@dataclass(frozen=True)
class Sheet:
    """One sheet. `merged`: each covered cell of a merged range → the cell that holds its value."""

    name: str
    rows: list[Row]
    merged: dict[Place, Place] = field(default_factory=dict)
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()

    def above(self, row: int) -> Iterator[str]:
        """The words that stand above a row, one by one: the title, 填报单位, 单位：万元."""
        return (words for cells in self.rows[:row] for cell in cells if (words := plain(cell)))


def open_sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook (.xlsx, .xlsm, .xls, .xlsb, .ods), told by its content. Raises LedgerError."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        unseen, none = hidden(path), (frozenset[int](), frozenset[int]())
        return [
            _sheet(workbook, about.name, about.visible is not SheetVisibleEnum.Visible, unseen.get(about.name, none))
            for about in workbook.sheets_metadata
            if about.typ is SheetTypeEnum.WorkSheet
        ]
    except FileNotFoundError:
        raise LedgerError(Refusal.NOT_FOUND, {"file": path.name}) from None
    except PasswordError:
        raise LedgerError(Refusal.ENCRYPTED, {"file": path.name}) from None
    except (CalamineError, OSError) as error:
        raise LedgerError(Refusal.NOT_A_WORKBOOK, {"file": path.name, "why": str(error)}) from None
    except BaseException as error:  # a panic in calamine is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise LedgerError(Refusal.CRASHED, {"file": path.name, "why": str(error)}) from None


def spread_down(sheet: Sheet, first: int, columns: Collection[int]) -> None:
    """Give each row from `first` on the value of a cell merged over several rows, in `columns`: those that rows may share."""
    for (row, column), (top, left) in sheet.merged.items():
        if first <= top < row and column == left and column in columns:
            sheet.rows[row][column] = sheet.rows[top][left]


def _sheet(workbook: "CalamineWorkbook", name: str, away: bool, unseen: Hidden) -> Sheet:
    if away:
        return Sheet(name, [], hidden=True)
    sheet = workbook.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    merged = _merged(sheet.merged_cell_ranges or (), len(rows), len(rows[0]) if rows else 0)
    return Sheet(name, rows, merged, False, *unseen)


def _merged(ranges: Iterable[tuple[Place, Place]], height: int, width: int) -> dict[Place, Place]:
    """The covered cells of the ranges, as far as they lie within the sheet's used area; absurdly large ranges are left out."""
    covered: dict[Place, Place] = {}
    for (top, left), (bottom, right) in ranges:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        if len(covered) + (bottom - top + 1) * (right - left + 1) > MOST_MERGED:
            continue
        covered |= {
            (row, column): (top, left)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }
    return covered
