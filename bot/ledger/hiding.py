"""Which columns of a workbook's sheets are hidden: what the reader of the cells does not tell. Only .xlsx and .xlsm say so here."""

import re
import zlib
from pathlib import Path
from xml.sax.saxutils import unescape
from zipfile import BadZipFile, ZipFile

HEAD = 65_536
"""Bytes of a sheet in which its columns are described, before the cells."""
MOST_COLUMNS = 16_384
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<Relationship\s([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def hidden_columns(path: Path) -> dict[str, frozenset[int]]:
    """Sheet → its hidden columns, counted from 0. Nothing where the file does not say."""
    try:
        with ZipFile(path) as archive:
            relations = _values(archive, "xl/_rels/workbook.xml.rels", _RELATION)
            targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
            return {
                unescape(sheet.get("name", ""), {"&quot;": '"', "&apos;": "'"}): found
                for sheet in _values(archive, "xl/workbook.xml", _SHEET)
                if (found := _of_sheet(archive, targets.get(sheet.get("r:id", ""), "")))
            }
    except (BadZipFile, OSError, ValueError, KeyError, NotImplementedError, EOFError, zlib.error):
        return {}


def _of_sheet(archive: ZipFile, target: str) -> frozenset[int]:
    if not target:
        return frozenset()
    found: set[int] = set()
    for column in _values(archive, target.lstrip("/") if target.startswith("/") else f"xl/{target}", _COLUMN):
        if column.get("hidden") in ("1", "true"):
            first, last = int(column.get("min", "1")), int(column.get("max", "0"))
            found.update(range(first - 1, min(last, MOST_COLUMNS)))
    return frozenset(found)


def _values(archive: ZipFile, name: str, pattern: re.Pattern[bytes]) -> list[dict[str, str]]:
    """The attributes of the elements of one kind in a part of the workbook, as far as its head reaches."""
    with archive.open(name) as part:
        head = part.read(HEAD).partition(b"<sheetData")[0]
    return [
        {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(element)}
        for element in pattern.findall(head)
    ]
