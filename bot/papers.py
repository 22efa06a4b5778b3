"""Papers in and out, as slow work: a workbook written from values, the text of a .txt or .docx file read."""

import asyncio
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bot.documents import workbook
from bot.errands import Failed, Work, keep, stored_path
from bot.ledger.archive import check_archive
from bot.ledger.values import LedgerError

LARGEST_TEXT = 2_000_000
"""Bytes of a plain text, and of the main part of a .docx."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def writer(data_dir: Path) -> Work:
    """The errand that writes a workbook from the values in its payload and keeps it below the data directory under its hash."""

    async def write(payload: dict[str, Any]) -> dict[str, Any]:
        return {"sha256": await asyncio.to_thread(_write, data_dir, payload["sheets"])}

    return write


def _write(data_dir: Path, sheets: list[dict[str, Any]]) -> str:
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir) as place:
        path = Path(place) / "paper.xlsx"
        with workbook(path) as book:
            for sheet in sheets:
                book.sheet(
                    sheet["name"], sheet["headers"], sheet["rows"], title=sheet["title"], widths=sheet["widths"], paper=True
                )  # fmt: skip
        return keep(data_dir, path.read_bytes())


def reader(data_dir: Path) -> Work:
    """The errand that reads the text of a stored .txt or .docx file; of tables the cells of a row stand parted by tabs."""

    async def read(payload: dict[str, Any]) -> dict[str, Any]:
        path = stored_path(data_dir, payload["sha256"])
        return {"text": await asyncio.to_thread(text_of, path, payload["name"])}

    return read


def text_of(path: Path, name: str) -> str:
    """The text of a file. Raises Failed where it is not what its name says, or too large."""
    if name.lower().endswith(".txt"):
        raw = path.read_bytes()
        if len(raw) > LARGEST_TEXT:
            raise Failed("too_large")
        for encoding in ("utf-8-sig", "gb18030", "utf-16"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise Failed("no_text")
    try:
        check_archive(path)
        with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as part:
            raw = part.read(LARGEST_TEXT * 4 + 1)
        if len(raw) > LARGEST_TEXT * 4 or re.search(rb"<!(?:DOCTYPE|ENTITY)", raw):
            raise Failed("too_large")
        body = ElementTree.fromstring(raw).find(f"{_W}body")
    except (LedgerError, KeyError, OSError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise Failed("no_text") from error
    return "\n".join(_lines(body)) if body is not None else ""


def _lines(body: ElementTree.Element) -> list[str]:
    found: list[str] = []
    for block in body:
        if block.tag == f"{_W}tbl":
            found += ["\t".join(_said(cell) for cell in row.iter(f"{_W}tc")) for row in block.iter(f"{_W}tr")]
        elif block.tag == f"{_W}p":
            found.append(_said(block))
    return found


def _said(block: ElementTree.Element) -> str:
    """The words of a paragraph or cell; a line break within is a blank, so that a row stays a row."""
    pieces = []
    for one in block.iter():
        if one.tag == f"{_W}t":
            pieces.append(one.text or "")
        elif one.tag in (f"{_W}tab", f"{_W}br"):
            pieces.append(" ")
    return "".join(pieces).replace("\t", " ").strip()
