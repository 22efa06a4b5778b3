"""Which columns and rows of a workbook's sheets are hidden: what the reader of the cells does not tell. Told for .xlsx, .xlsm and .xls; of
.xlsb and .ods nothing is known, and all is read as if it were shown."""

import re
import zlib
from pathlib import Path
from xml.sax.saxutils import unescape
from zipfile import BadZipFile, ZipFile

from bot.ledger.hiding_old import Hidden, hidden_in_old

HEAD = 65_536
"""Bytes of a sheet in which its columns are described, before the cells."""
MOST_COLUMNS = 16_384
MOST_BYTES = 64 << 20
"""Of a sheet that is looked through for hidden rows."""
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<Relationship\s([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*\shidden=\"(?:1|true)\"[^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def hidden(path: Path) -> dict[str, Hidden]:
    """Sheet → its hidden columns and rows, counted from 0. Nothing where the file does not say."""
    try:
        with ZipFile(path) as archive:
            relations = _values(archive, "xl/_rels/workbook.xml.rels", _RELATION)
            targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
            return {
                unescape(sheet.get("name", ""), {"&quot;": '"', "&apos;": "'"}): found
                for sheet in _values(archive, "xl/workbook.xml", _SHEET)
                if any(found := _of_sheet(archive, targets.get(sheet.get("r:id", ""), "")))
            }
    except BadZipFile:
        return hidden_in_old(path.read_bytes())
    except (OSError, ValueError, KeyError, NotImplementedError, EOFError, zlib.error):
        return {}


def _of_sheet(archive: ZipFile, target: str) -> Hidden:
    if not target:
        return frozenset(), frozenset()
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    columns: set[int] = set()
    for column in _values(archive, part, _COLUMN):
        if column.get("hidden") in ("1", "true"):
            first, last = int(column.get("min", "1")), int(column.get("max", "0"))
            columns.update(range(first - 1, min(last, MOST_COLUMNS)))
    with archive.open(part) as sheet:
        cells = sheet.read(MOST_BYTES)
    rows = (_attributes(row) for row in _ROW.findall(cells)) if b"hidden=" in cells else ()
    return frozenset(columns), frozenset(int(row["r"]) - 1 for row in rows if row.get("r", "").isdigit())


def _values(archive: ZipFile, name: str, pattern: re.Pattern[bytes]) -> list[dict[str, str]]:
    """The attributes of the elements of one kind in a part of the workbook, as far as its head reaches."""
    with archive.open(name) as part:
        head = part.read(HEAD).partition(b"<sheetData")[0]
    return [_attributes(element) for element in pattern.findall(head)]


def _attributes(element: bytes) -> dict[str, str]:
    return {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(element)}
