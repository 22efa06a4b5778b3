"""The rules for photos: seen before, far from the site, older than the period.

Codes and facts: photo_seen (on: day it came before, project: its name where it is another; "" where the same, alike: 1 where it only looks
alike) · photo_far (kilometres) · photo_old (taken, since).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt

from bot.rules.reason import Reason
from bot.rules.truth.values import TruthPolicy

EARTH = 6371.0
PLAIN = range(8, 57)
"""A likeness with fewer bits set, or more, is that of a wall or of darkness and tells nothing."""
Place = tuple[float, float]


@dataclass(frozen=True)
class Photo:
    """likeness: 16 hexadecimal digits; taken_on, place (latitude, longitude): what the photo says of itself; None: nothing."""

    sha256: str
    likeness: str = ""
    taken_on: date | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Seen:
    """A photo that came with an earlier report; project: the name of its project where it is another one."""

    sha256: str
    likeness: str
    on: date
    project: str = ""


def photo_doubts(
    photo: Photo, seen: Iterable[Seen], site: Place | None, since: date, policy: TruthPolicy
) -> tuple[Reason, ...]:
    """What speaks against a photo of a report whose period began on `since`."""
    found = [_seen(photo, seen, policy), _far(photo, site, policy), _old(photo, since, policy)]
    return tuple(reason for reason in found if reason is not None)


def _seen(photo: Photo, seen: Iterable[Seen], policy: TruthPolicy) -> Reason | None:
    alike: Seen | None = None
    for one in seen:
        if one.sha256 == photo.sha256:
            return Reason("photo_seen", {"on": one.on, "project": one.project, "alike": 0})
        if alike is None and apart(photo.likeness, one.likeness) <= policy.photo_bits:
            alike = one
    return Reason("photo_seen", {"on": alike.on, "project": alike.project, "alike": 1}) if alike else None


def apart(likeness: str, other: str) -> int:
    """In how many of 64 bits two likenesses differ; 64 where one tells nothing."""
    if not likeness or not other:
        return 64
    first, second = int(likeness, 16), int(other, 16)
    if first.bit_count() not in PLAIN or second.bit_count() not in PLAIN:
        return 64
    return (first ^ second).bit_count()


def _far(photo: Photo, site: Place | None, policy: TruthPolicy) -> Reason | None:
    if photo.place is None or site is None:
        return None
    kilometres = Decimal(kilometres_between(photo.place, site)).quantize(Decimal("0.1"))
    return Reason("photo_far", {"kilometres": kilometres}) if kilometres > policy.photo_kilometres else None


def kilometres_between(one: Place, other: Place) -> float:
    """Along the earth's surface."""
    a, b, c, d = map(radians, (*one, *other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def _old(photo: Photo, since: date, policy: TruthPolicy) -> Reason | None:
    if photo.taken_on is None or photo.taken_on >= since - timedelta(days=policy.photo_days):
        return None
    return Reason("photo_old", {"taken": photo.taken_on, "since": since})
