"""Which columns and rows are hidden in an old .xls: read from the records of its sheets ([MS-CFB], [MS-XLS]), which calamine leaves out."""

import struct
from collections.abc import Iterator, Sequence

Hidden = tuple[frozenset[int], frozenset[int]]
"""Columns and rows, counted from 0."""
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFA  # this and above: no sector
_SHEET, _COLUMNS, _ROW, _END = 0x85, 0x7D, 0x208, 0x0A
_ROW_HIDDEN = 0x20
_SIZES, _SMALL = {9: 512, 12: 4096}, 64
"""Bytes of a sector, by its exponent; of a small one."""
MOST_COLUMNS = 256


def hidden_in_old(data: bytes) -> dict[str, Hidden]:
    """Sheet → its hidden columns and rows. Nothing where the file does not say, or is none of these."""
    try:
        stream = _workbook(data)
        return {name: found for name, at in _sheets(stream) if any(found := _of_sheet(stream, at))}
    except (struct.error, LookupError, ValueError):
        return {}


# --- the records ----------------------------------------------------------------------------------------------------------


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place on, up to the end of its part: number and contents."""
    while at + 4 <= len(stream):
        number, size = struct.unpack_from("<HH", stream, at)
        if number == _END:
            return
        yield number, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """The sheets by name, each with the place where its records begin."""
    for number, body in _records(stream, 0):
        if number == _SHEET:
            at, _, length, wide = struct.unpack_from("<IHBB", body)
            yield body[8 : 8 + length * (1 + (wide & 1))].decode("utf-16-le" if wide & 1 else "latin-1"), at


def _of_sheet(stream: bytes, at: int) -> Hidden:
    columns: set[int] = set()
    rows: set[int] = set()
    for number, body in _records(stream, at):
        if number == _COLUMNS:
            first, last, _, _, options = struct.unpack_from("<HHHHH", body)
            if options & 1:
                columns.update(range(first, min(last, MOST_COLUMNS - 1) + 1))
        elif number == _ROW and struct.unpack_from("<H", body, 12)[0] & _ROW_HIDDEN:
            rows.add(struct.unpack_from("<H", body)[0])
    return frozenset(columns), frozenset(rows)


# --- the compound file that holds them ------------------------------------------------------------------------------------


def _workbook(data: bytes) -> bytes:
    """The stream Workbook; a short one lies in the small sectors."""
    if not data.startswith(_MAGIC):
        raise ValueError("no compound file")
    size = _SIZES[struct.unpack_from("<H", data, 30)[0]]
    directory, _, smallest, small, _, more, count = struct.unpack_from("<7I", data, 48)
    tables = [at for at in struct.unpack_from("<109I", data, 76) if at < _END_OF_CHAIN]
    body = data[size:]
    for _ in range(min(count, len(body) // size)):
        if more >= _END_OF_CHAIN:
            break
        *further, more = _numbers(_sector(body, more, size))
        tables += [at for at in further if at < _END_OF_CHAIN]
    following: Sequence[int] = [
        at for table in tables[: len(body) // size] for at in _numbers(_sector(body, table, size))
    ]
    entries = _chain(body, directory, size, following)
    for at in range(0, len(entries), 128):
        name = entries[at : at + max(struct.unpack_from("<H", entries, at + 64)[0] - 2, 0)].decode("utf-16-le")
        if name in ("Workbook", "Book"):
            start, length = struct.unpack_from("<II", entries, at + 116)
            if length < smallest:
                body = _chain(body, struct.unpack_from("<I", entries, 116)[0], size, following)
                following, size = _numbers(_chain(data[size:], small, size, following)), _SMALL
            return _chain(body, start, size, following)[:length]
    raise ValueError("no workbook")


def _chain(body: bytes, first: int, size: int, following: Sequence[int]) -> bytes:
    """The sectors that follow one another, joined; a chain that runs in a circle ends."""
    sectors: list[bytes] = []
    while first < _END_OF_CHAIN and len(sectors) * size <= len(body):
        sectors.append(_sector(body, first, size))
        first = following[first]
    return b"".join(sectors)


def _sector(body: bytes, number: int, size: int) -> bytes:
    return body[number * size : (number + 1) * size].ljust(size, b"\0")


def _numbers(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}I", sector)
