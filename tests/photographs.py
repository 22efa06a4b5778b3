"""Photographs made by hand: a tiny JPEG with what a phone writes into it."""

import io
import struct
from datetime import datetime


def photograph(
    shade: int = 90, *, place: tuple[float, float] | None = (36.5541, 116.7519), taken: str = "2026-11-23T10:30:00", turn: int = 6
) -> bytes:  # fmt: skip
    """A JPEG of stripes, with its place (north, east), time and which side is up. shade: another one looks different."""
    from PIL import Image

    image = Image.new("L", (64, 48))
    image.putdata([(x * shade + y * (shade // 3 + 1) * (x // 8)) % 256 for y in range(48) for x in range(64)])
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=90, comment=b"camera of Wang")
    raw = out.getvalue()
    segment = b"Exif\0\0" + _tiff(place, taken, turn)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='36,33.2N'/>"
    return raw[:2] + _app1(segment) + _app1(xmp) + raw[2:] + b"a film behind it +36.5541+116.7519/"


def _app1(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _tiff(place: tuple[float, float] | None, taken: str, turn: int) -> bytes:
    """Directories of a TIFF header, one behind the other: the main one, that of the shot, that of the place."""
    moment = datetime.fromisoformat(taken).strftime("%Y:%m:%d %H:%M:%S").encode() + b"\0"
    main = 3 if place else 2
    shot_at = 8 + 2 + 12 * main + 4
    text_at = shot_at + 2 + 12 + 4
    place_at = text_at + len(moment)
    entries = [(0x0112, 3, 1, turn << 16), (0x8769, 4, 1, shot_at)]
    if place:
        entries.append((0x8825, 4, 1, place_at))
    body = _directory(entries) + _directory([(0x9003, 2, len(moment), text_at)]) + moment
    if place:
        degrees_at = place_at + 2 + 12 * 4 + 4
        rows = [
            (1, 2, 2, int.from_bytes(b"N\0\0\0")), (2, 5, 3, degrees_at),
            (3, 2, 2, int.from_bytes(b"E\0\0\0")), (4, 5, 3, degrees_at + 24),
        ]  # fmt: skip
        body += _directory(rows) + _degrees(place[0]) + _degrees(place[1])
    return b"MM\0*" + struct.pack(">I", 8) + body


def _directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    rows = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    return struct.pack(">H", len(entries)) + rows + bytes(4)


def _degrees(value: float) -> bytes:
    whole = int(value)
    seconds = round((value - whole) * 3_600_000)
    return struct.pack(">6I", whole, 1, 0, 1, seconds, 1000)
