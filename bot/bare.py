"""Pictures and films without what they tell of place and camera: the copy that is sent to others. The stored original keeps it all."""

import re
import struct
from collections.abc import Iterator

JPEG = b"\xff\xd8\xff"
PNG = b"\x89PNG\r\n\x1a\n"
TELLING = (b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME")
KEPT_APPS = {0xE0: b"", 0xE2: b"ICC_PROFILE", 0xEE: b"Adobe"}
"""JPEG application segments that matter for how it looks: JFIF, the colour profile, Adobe's colour transform."""
TIFF = re.compile(rb"II\*\0|MM\0\*")
SIZES = {3: 2, 4: 4, 5: 8, 9: 4, 10: 8}
"""Bytes of a value of each TIFF type; of others 1."""
GPS_IFD, ORIENTATION = 0x8825, 0x0112
ISO_6709 = re.compile(rb"[+-]\d{2,3}\.\d+[+-]\d{3}\.\d+(?:[+-]\d+(?:\.\d+)?)?")
"""A place as films bear it: +36.5541+116.7519+038/."""
WRITTEN = re.compile(rb"GPSL(?:at|ong)itude\W{1,3}[\d,.]+[NSEW]")
"""A place as XMP has it."""


def bare(raw: bytes) -> bytes:
    """The same picture, without the position and whatever else is told beside it; other files as they are. Never raises.

    JPEG, PNG and WebP lose the parts that tell; in any other picture or film the position is blanked where it stands."""
    if not may_tell(raw[:16]):
        return raw
    try:
        if raw.startswith(JPEG):
            return b"".join(_jpeg(raw))
        if raw.startswith(PNG):
            return b"".join(_png(raw))
        if raw.startswith(b"RIFF"):
            return _webp(raw)
    except (struct.error, IndexError):
        pass
    return _blanked(raw)


def may_tell(head: bytes) -> bool:
    """Whether a file with these first 16 bytes is a picture or film that may bear its position."""
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return head.startswith((JPEG, PNG)) or webp or head[4:8] == b"ftyp" or bool(TIFF.match(head))


# --- JPEG -----------------------------------------------------------------------------------------------------------------


def _jpeg(raw: bytes) -> Iterator[bytes]:
    """Up to the end of the picture, without the segments that tell; how it is to be turned is told anew. What hangs on behind (other
    pictures, films) falls."""
    yield raw[:2]
    at = 2
    while at < len(raw):
        if raw[at] != 0xFF:
            raise IndexError
        marker = raw[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            yield raw[at : at + 2]
            return
        else:
            end = at + 2 + _number(raw, at + 2, ">H")
            segment = raw[at:end]
            if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
                yield _turned(segment[10:])
            elif not (marker == 0xFE or 0xE0 <= marker <= 0xEF) or _matters(marker, segment):
                yield segment
            at = end
            if marker == 0xDA:
                end = _end_of_scan(raw, at)
                yield raw[at:end]
                at = end


def _matters(marker: int, segment: bytes) -> bool:
    return marker in KEPT_APPS and segment[4:].startswith(KEPT_APPS[marker])


def _end_of_scan(raw: bytes, at: int) -> int:
    """Where the next real marker stands behind the data of a scan."""
    while (at := raw.find(b"\xff", at)) >= 0 and at + 1 < len(raw):
        if raw[at + 1] != 0 and not 0xD0 <= raw[at + 1] <= 0xD7 and raw[at + 1] != 0xFF:
            return at
        at += 1 if raw[at + 1] == 0xFF else 2
    return len(raw)


def _turned(tiff: bytes) -> bytes:
    """An Exif segment that says nothing but which side is up; nothing where that is as it stands."""
    order = "<" if tiff.startswith(b"II") else ">"
    for at, tag in _entries(tiff, order, _number(tiff, 4, f"{order}I")):
        if tag == ORIENTATION and (turn := _number(tiff, at + 8, f"{order}H")) in range(2, 9):
            body = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, ORIENTATION, 3, 1, turn, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return b""


# --- PNG, WebP ------------------------------------------------------------------------------------------------------------


def _png(raw: bytes) -> Iterator[bytes]:
    yield PNG
    at = len(PNG)
    while at + 8 <= len(raw):
        end = at + 12 + _number(raw, at, ">I")
        if raw[at + 4 : at + 8] not in TELLING:
            yield raw[at:end]
        if raw[at + 4 : at + 8] == b"IEND":
            return
        at = end
    raise IndexError  # it does not end as a picture does: nothing of it may be lost


def _webp(raw: bytes) -> bytes:
    kept, at = [], 12
    while at + 8 <= len(raw):
        size = _number(raw, at + 4, "<I")
        end = at + 8 + size + size % 2
        name, chunk = raw[at : at + 4], raw[at:end]
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]  # neither Exif nor XMP behind
        if name not in (b"EXIF", b"XMP "):
            kept.append(chunk)
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# --- others ---------------------------------------------------------------------------------------------------------------


def _blanked(raw: bytes) -> bytes:
    """The same length: the entries of every table of positions emptied, and every place that is written out."""
    found = bytearray(raw)
    for pattern in (ISO_6709, WRITTEN):
        for place in pattern.finditer(raw):
            found[place.start() : place.end()] = re.sub(rb"\d", b"0", place[0])
    for start in TIFF.finditer(raw):
        _blank_position(found, raw[start.start() :], start.start())
    return bytes(found)


def _blank_position(found: bytearray, tiff: bytes, start: int) -> None:
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        for at, tag in _entries(tiff, order, _number(tiff, 4, f"{order}I")):
            if tag != GPS_IFD:
                continue
            table = _number(tiff, at + 8, f"{order}I")
            for entry, _ in list(_entries(tiff, order, table)):
                kind, count, place = struct.unpack_from(f"{order}HII", tiff, entry + 2)
                size = count * SIZES.get(kind, 1)
                if 4 < size <= 256 and place + size <= len(tiff):
                    found[start + place : start + place + size] = bytes(size)
                found[start + entry : start + entry + 12] = bytes(12)
            found[start + table : start + table + 2] = bytes(2)
    except (struct.error, IndexError):
        return


def _entries(tiff: bytes, order: str, directory: int) -> Iterator[tuple[int, int]]:
    """(place, tag) of each entry of a directory."""
    for number in range(min(_number(tiff, directory, f"{order}H"), 200)):
        at = directory + 2 + number * 12
        yield at, _number(tiff, at, f"{order}H")


def _number(raw: bytes, at: int, form: str) -> int:
    return int(struct.unpack_from(form, raw, at)[0])
