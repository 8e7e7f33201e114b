"""The earth as squares within squares, so that an ordinary index finds what is near and clusters add up. Pure.

Coordinates are those of web maps (Web Mercator), the whole world from 0 to 1 each way. At level n the world is 2ⁿ
squares wide; a square's number interleaves the bits of its column and row (Morton order), so that all that lies in a
square has one unbroken range of numbers at every finer level. Points are kept at ``FINEST``: about 2 metres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

FINEST = 24
METRES_ROUND = 40_075_016.7
_MASKS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of numbers of points, both ends included."""

    first: int
    last: int


def across(longitude: float) -> float:
    """From 0 at 180° west to 1 at 180° east."""
    return (longitude + 180) / 360


def down(latitude: float) -> float:
    """From 0 in the north to 1 in the south; beyond 85.05° the edge."""
    bent = math.sin(math.radians(max(-85.05, min(85.05, latitude))))
    return 0.5 - math.log((1 + bent) / (1 - bent)) / (4 * math.pi)


def longitude_of(x: float) -> float:
    return x * 360 - 180


def latitude_of(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def number(longitude: float, latitude: float, level: int = FINEST) -> int:
    """The number of the square in which the point lies."""
    wide = 1 << level
    column = min(wide - 1, max(0, int(across(longitude) * wide)))
    row = min(wide - 1, max(0, int(down(latitude) * wide)))
    return interleave(column, row)


def interleave(column: int, row: int) -> int:
    return _spread(column) | _spread(row) << 1


def _spread(value: int) -> int:
    """The bits of a number of at most 32 bits with a zero before each."""
    for shift, mask in _MASKS:
        value = (value | value << shift) & mask
    return value


def span(column: int, row: int, level: int) -> Span:
    """The points that lie in a square."""
    first = interleave(column, row) << 2 * (FINEST - level)
    return Span(first, first + (1 << 2 * (FINEST - level)) - 1)


def spans(west: float, south: float, east: float, north: float, level: int) -> list[Span]:
    """The points that lie in the squares touched by a box, in as few ranges as possible, in order."""
    wide = 1 << level
    left, right = (min(wide - 1, max(0, int(across(one) * wide))) for one in (west, east))
    top, bottom = (min(wide - 1, max(0, int(down(one) * wide))) for one in (north, south))
    found = sorted(
        (span(column, row, level) for column in range(left, right + 1) for row in range(top, bottom + 1)),
        key=lambda one: one.first,
    )
    joined: list[Span] = []
    for one in found:
        if joined and joined[-1].last + 1 == one.first:
            joined[-1] = Span(joined[-1].first, one.last)
        else:
            joined.append(one)
    return joined


def ring(longitude: float, latitude: float, level: int) -> tuple[list[Span], float]:
    """The nine squares around a point, and within how many metres of it they hold everything."""
    wide = 1 << level
    x, y = across(longitude) * wide, down(latitude) * wide
    column, row = int(x), int(y)
    nine = [
        span(c, r, level)
        for c in range(max(0, column - 1), min(wide, column + 2))
        for r in range(max(0, row - 1), min(wide, row + 2))
    ]
    inside = min(x - column, column + 1 - x, y - row, row + 1 - y) + 1
    return sorted(nine, key=lambda one: one.first), inside * metres_wide(level, latitude)


def metres_wide(level: int, latitude: float) -> float:
    """How wide a square is on the ground."""
    return METRES_ROUND * math.cos(math.radians(latitude)) / (1 << level)


def metres(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """The distance on the ground; good to a part in a thousand within a province."""
    mean = math.radians((latitude + other_latitude) / 2)
    step = METRES_ROUND / 360
    return math.hypot((longitude - other_longitude) * math.cos(mean), latitude - other_latitude) * step


@cache
def level_for(zoom: int) -> int:
    """The level whose squares are 64 to 128 pixels wide on a map of this zoom (world 512 pixels wide at zoom 0)."""
    return (zoom + 3) // 2 * 2
