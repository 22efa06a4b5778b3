"""What a photo looks like and says of itself: enough to know it again, and to ask about it; nothing is ever required of one."""

import io
import warnings
from datetime import datetime
from itertools import pairwise
from typing import Any

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST = 60_000_000
"""Pixels that are decoded; what has more is left alone."""
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
TAKEN = (0x9003, 0x9004, 0x0132)
"""DateTimeOriginal, DateTimeDigitized, DateTime."""
WIDE, HIGH = 9, 8


def look(raw: bytes) -> dict[str, Any]:
    """likeness (16 hexadecimal digits of a difference hash), taken_at (ISO, local clock), latitude, longitude: those that can be had.

    Never raises: whatever is no photo, or a broken or hostile one, says nothing of itself."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(raw), formats=FORMATS)
            if image.width * image.height > LARGEST:
                return {}
            exif = image.getexif()
            found = {"taken_at": _taken_at(exif), **_place(exif.get_ifd(GPS_IFD))}
            image.draft("L", (WIDE * 32, HIGH * 32))
            small = image.convert("L").resize((WIDE, HIGH), Image.Resampling.BOX)
            found["likeness"] = _likeness(small.tobytes())
    except Exception:
        return {}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _likeness(grey: bytes) -> str:
    """One bit for each of 64 neighbours: whether the left one is darker."""
    bits = 0
    for row in range(HIGH):
        line = grey[row * WIDE : (row + 1) * WIDE]
        for left, right in pairwise(line):
            bits = bits << 1 | (left < right)
    return f"{bits:016x}"


def _taken_at(exif: Any) -> str | None:
    inner = exif.get_ifd(EXIF_IFD)
    for tag in TAKEN:
        text = str(inner.get(tag) or exif.get(tag) or "").strip("\0 ")
        try:
            return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _place(gps: Any) -> dict[str, float]:
    if not {1, 2, 3, 4} <= set(gps):
        return {}
    latitude, longitude = (_degrees(gps[at]) for at in (2, 4))
    signed = (latitude * (-1 if gps[1] == "S" else 1), longitude * (-1 if gps[3] == "W" else 1))
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or signed == (0, 0):
        return {}
    return {"latitude": round(signed[0], 6), "longitude": round(signed[1], 6)}


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
