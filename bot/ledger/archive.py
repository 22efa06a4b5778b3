"""A look at a file before anything unpacks it: a workbook is a zip archive, and what a zip claims to hold can be seen from its end."""

import struct
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from bot.ledger.values import LedgerError, Refusal

LARGEST_FILE = 32 << 20  # bytes, as they lie
LARGEST_UNPACKED = 64 << 20
LARGEST_RATIO = 200  # unpacked to packed, of an entry of some size
RATIO_MATTERS_FROM = 4 << 20
LARGEST_DIRECTORY = 1 << 20
MOST_ENTRIES = 4_000

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = ("vbaproject.bin", "xl/macrosheets/", "xl/dialogsheets/")
_OLD_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_END, _ZIP64 = b"PK\x05\x06", b"PK\x06\x07"


def check_archive(path: Path) -> None:
    """Raise LedgerError where the file is no workbook or would unpack to too much; reads only its two ends and directory.

    Fault 58 of a hostile upload: 1.5 MB that unpack to 629 MB are refused within 100 ms. Old .xls files are no archives and pass.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            file.seek(max(0, size - 65_557))
            tail = file.read()
    except OSError as error:
        raise LedgerError(Refusal.NOT_FOUND, {"file": path.name, "why": error.strerror or ""}) from None
    if size == 0:
        raise LedgerError(Refusal.EMPTY, {"file": path.name})
    if size > LARGEST_FILE:
        raise _too_large(path, "size", size, LARGEST_FILE)
    if head == _OLD_EXCEL:
        if _OLD_MACROS in path.read_bytes():
            raise LedgerError(Refusal.MACROS, {"file": path.name})
        return
    if not head.startswith(_ZIP):
        raise LedgerError(Refusal.NOT_A_WORKBOOK, {"file": path.name})
    _check_end(path, tail)
    _check_entries(path, size)


def _check_end(path: Path, tail: bytes) -> None:
    """The directory's own size, from the record at the archive's end: it is read whole into memory next."""
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise LedgerError(Refusal.NOT_A_WORKBOOK, {"file": path.name})
    entries, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if _ZIP64 in tail[max(0, at - 20) : at] or directory > LARGEST_DIRECTORY:
        raise _too_large(path, "directory", directory, LARGEST_DIRECTORY)
    if entries > MOST_ENTRIES:
        raise _too_large(path, "entries", entries, MOST_ENTRIES)


def _check_entries(path: Path, size: int) -> None:
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        raise LedgerError(Refusal.NOT_A_WORKBOOK, {"file": path.name}) from None
    if len(entries) > MOST_ENTRIES:
        raise _too_large(path, "entries", len(entries), MOST_ENTRIES)
    if any(
        entry.filename.lower().startswith(_MACROS[1:]) or entry.filename.lower().endswith(_MACROS[0])
        for entry in entries
    ):
        raise LedgerError(Refusal.MACROS, {"file": path.name})
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_UNPACKED:
        raise _too_large(path, "unpacked", unpacked, LARGEST_UNPACKED)
    if sum(entry.compress_size for entry in entries) > size:  # entries that lie over one another
        raise _too_large(path, "unpacked", unpacked, LARGEST_UNPACKED)
    for entry in entries:
        if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1):
            raise _too_large(path, "ratio", entry.file_size // max(entry.compress_size, 1), LARGEST_RATIO)


def _too_large(path: Path, what: str, found: int, limit: int) -> LedgerError:
    """`what`: size, directory, entries, unpacked or ratio; sizes in bytes."""
    return LedgerError(Refusal.TOO_LARGE, {"file": path.name, "what": what, "found": str(found), "limit": str(limit)})
