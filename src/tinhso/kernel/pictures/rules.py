"""What a photo's own notes say about place and time, when two photos are the same, and which parts are hidden. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

HERE = timezone(timedelta(hours=7))  # of clocks that do not name their zone
SAME_BITS = 6  # of 64: a photo saved anew, made smaller or a little brighter stays within
TOO_PLAIN_BITS = 8  # a sky or a wall has hardly any edges, and is the "same" as any other
GROWN = 0.3  # how much of its size a hidden part is made larger on each side: detectors draw close
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
GPS_SOUTH_WEST = ("S", "W")


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in a picture, as shares of its width and height (0 to 1)."""

    x: float
    y: float
    width: float
    height: float

    def grown(self, share: float = GROWN) -> Region:
        """Larger by a share of its size on every side, within the picture."""
        left, top = max(0.0, self.x - self.width * share), max(0.0, self.y - self.height * share)
        right = min(1.0, self.x + self.width * (1 + share))
        bottom = min(1.0, self.y + self.height * (1 + share))
        return Region(left, top, max(0.0, right - left), max(0.0, bottom - top))


def region(x: Any, y: Any, width: Any, height: Any) -> Region | None:
    """A rectangle from what a person drew, cut to the picture; None when nothing of it lies inside."""
    try:
        left, top, wide, high = (float(one) for one in (x, y, width, height))
    except (TypeError, ValueError):
        return None
    right, bottom = min(1.0, left + wide), min(1.0, top + high)
    left, top = max(0.0, left), max(0.0, top)
    return Region(left, top, right - left, bottom - top) if right - left > 0.001 and bottom - top > 0.001 else None


def position(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Latitude and longitude in degrees from EXIF's GPS part; None when it is missing, broken or the null island.

    Tags 1 to 4 of EXIF 2.3: reference and degrees, minutes, seconds of latitude, then of longitude.
    """
    latitude, longitude = _degrees(gps.get(2), gps.get(1)), _degrees(gps.get(4), gps.get(3))
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return None if (latitude, longitude) == (0.0, 0.0) else (round(latitude, 6), round(longitude, 6))


def _degrees(parts: Any, reference: Any) -> float | None:
    try:
        degrees, minutes, seconds = (float(one) for one in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if found != found or found in (float("inf"), float("-inf")):
        return None
    return -found if str(reference).strip("\x00 ").upper() in GPS_SOUTH_WEST else found


def moment(text: Any, offset: Any, *, before: datetime) -> datetime | None:
    """When a photo was taken, from ``2026:03:02 08:15:00`` and ``+07:00``; a clock without zone counts as ours.

    None when it cannot be read, lies before 2000 or more than a day after ``before``: such clocks were never set.
    """
    found = _TIME.fullmatch(str(text or "").strip("\x00 "))
    if found is None:
        return None
    zone = HERE
    if said := _OFFSET.fullmatch(str(offset or "").strip("\x00 ")):
        minutes = int(said[2]) * 60 + int(said[3])
        if minutes < 24 * 60:
            zone = timezone(timedelta(minutes=minutes if said[1] == "+" else -minutes))
    try:
        taken = datetime(*map(int, found.groups()), tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    return taken.astimezone(UTC) if taken.year >= 2000 and taken <= before + timedelta(days=1) else None


def fingerprint(rows: Iterable[Iterable[int]]) -> int:
    """64 bits of 8 rows of 9 brightnesses: whether each is darker than its right neighbour. Signed, as databases keep
    it; 0 for a picture that is too plain to be told from others."""
    bits = 0
    for row in rows:
        values = list(row)
        for left, right in pairwise(values):
            bits = bits << 1 | (right > left + 1)
    if not TOO_PLAIN_BITS <= bits.bit_count() <= 64 - TOO_PLAIN_BITS:
        return 0
    return bits - (1 << 64) if bits >> 63 else bits


def distance(one: int, other: int) -> int:
    """How many of the 64 bits differ."""
    return ((one ^ other) & (1 << 64) - 1).bit_count()


def is_same(one: int | None, other: int | None) -> bool:
    """Whether two fingerprints are of the same picture; never for one that says nothing."""
    return bool(one) and bool(other) and distance(one or 0, other or 0) <= SAME_BITS


def joined(regions: Iterable[Region]) -> tuple[Region, ...]:
    """The regions without those that lie wholly in another."""
    ordered = sorted(set(regions), key=lambda one: -one.width * one.height)
    kept: list[Region] = []
    for one in ordered:
        if not any(_holds(other, one) for other in kept):
            kept.append(one)
    return tuple(kept)


def _holds(outer: Region, inner: Region) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and outer.x + outer.width >= inner.x + inner.width
        and outer.y + outer.height >= inner.y + inner.height
    )
