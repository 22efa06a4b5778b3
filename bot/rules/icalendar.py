"""Dates as a calendar program reads them (RFC 5545): whole days and moments, escaped, folded at 75 octets, lines ended by CRLF."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

OCTETS = 75


@dataclass(frozen=True)
class Event:
    """Something on a day, or at a moment (UTC). uid: the same whenever the same thing is told again."""

    uid: str
    at: date | datetime
    title: str
    details: str = ""
    group: str = ""


def calendar(name: str, events: Iterable[Event], stamp: datetime, zone: str) -> str:
    """A whole calendar. stamp: the moment it was made; zone: the time zone programs show moments in."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Diaodu//Diaodu//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}", f"X-WR-TIMEZONE:{zone}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H",
    ]  # fmt: skip
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def mark(text: str) -> str:
    """The same for two calendars that tell the same, whenever they were made: for a reader that asks whether there is anything new."""
    told = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("DTSTAMP:"))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _event(event: Event, stamp: datetime) -> list[str]:
    """A limit takes no time of anybody's day: it is shown, and the day stays free."""
    lines = ["BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{_moment(stamp)}"]
    if isinstance(event.at, datetime):
        lines.append(f"DTSTART:{_moment(event.at)}")
    else:
        lines += [
            f"DTSTART;VALUE=DATE:{event.at:%Y%m%d}", f"DTEND;VALUE=DATE:{event.at + timedelta(days=1):%Y%m%d}",
        ]  # fmt: skip
    lines.append(f"SUMMARY:{escaped(event.title)}")
    if event.details:
        lines.append(f"DESCRIPTION:{escaped(event.details)}")
    if event.group:
        lines.append(f"CATEGORIES:{escaped(event.group)}")
    return [*lines, "TRANSP:TRANSPARENT", "END:VEVENT"]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A text as a value: backslashes, semicolons, commas and line ends marked, other control characters left out."""
    marked = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = marked.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in lines if letter >= " " and letter != "\x7f")


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, no letter cut in two; each piece but the first begins with a blank."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])
