"""Points on the ground: distances, boxes, and the rounding under which a private place is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_METRES = 6_371_000.0
METRES_A_DEGREE = 111_195.0  # of latitude
GRID_METRES = 50.0  # places on private land are shown to about this
SAME_METRES, SAME_DAYS = 100.0, 7  # nearer and newer than this, of the same kind: perhaps the same thing (our choice)
PROOF_METRES = 150.0  # how far from the place an after-photo may have been taken (our choice)
OUTSIDE_METRES = 40_000.0  # farther from every commune's centre than this is not in the province (our choice)


@dataclass(frozen=True, slots=True)
class Point:
    """WGS84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Box:
    """South-west and north-east corner in degrees."""

    south: float
    west: float
    north: float
    east: float


def point(latitude: object, longitude: object) -> Point | None:
    """A point from what came in; None when it is none: no numbers, out of range, or the 0, 0 of a failed fix."""
    try:
        found = Point(float(str(latitude)), float(str(longitude)))
    except ValueError:
        return None
    is_one = -90 <= found.latitude <= 90 and -180 <= found.longitude <= 180  # also false for NaN
    return found if is_one and (found.latitude, found.longitude) != (0.0, 0.0) else None


def metres(one: Point, other: Point) -> float:
    """The distance on the ground in metres."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


def around(centre: Point, radius: float) -> Box:
    """The box that holds everything within ``radius`` metres."""
    up = radius / METRES_A_DEGREE
    wide = up / max(0.01, math.cos(math.radians(centre.latitude)))
    return Box(centre.latitude - up, centre.longitude - wide, centre.latitude + up, centre.longitude + wide)


def shown(place: Point, *, is_private_land: bool) -> Point:
    """Where a report is shown: to a metre on public ground, to about 50 m on private land."""
    if not is_private_land:
        return Point(round(place.latitude, 5), round(place.longitude, 5))
    step = GRID_METRES / METRES_A_DEGREE
    wide = step / max(0.01, math.cos(math.radians(round(place.latitude, 1))))
    return Point(round(round(place.latitude / step) * step, 6), round(round(place.longitude / wide) * wide, 6))
