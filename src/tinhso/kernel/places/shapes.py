"""Shapes of communes for maps: read once from a TopoJSON seed, given as GeoJSON or as paths of an SVG.

The boundaries are illustrative (see ``seeds/SOURCE.md``): good enough to colour and to find one's way, never to decide
which commune is competent. Every map that shows them says so.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).parent / "seeds"
Point = tuple[float, float]  # longitude, latitude
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One commune's outline, by its national number (``25459``)."""

    code: str
    ring: Ring

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        lons, lats = [one[0] for one in self.ring], [one[1] for one in self.ring]
        return min(lons), min(lats), max(lons), max(lats)

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether the point lies inside; on the line itself either answer may come."""
        inside = False
        for (ax, ay), (bx, by) in zip(self.ring, self.ring[1:] + self.ring[:1], strict=True):
            if (ay > latitude) != (by > latitude) and longitude < (bx - ax) * (latitude - ay) / (by - ay) + ax:
                inside = not inside
        return inside


@dataclass(frozen=True, slots=True)
class Drawn:
    """A commune's outline as the ``d`` of an SVG path, and where its label goes."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """All communes of one map on a sheet of ``width`` by ``height`` units."""

    width: int
    height: int
    communes: tuple[Drawn, ...]

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a point of the earth lies on the sheet."""
        west, _south, east, north = bounds()
        scale = self.width / ((east - west) * _narrow())
        return round((longitude - west) * _narrow() * scale, 1), round((north - latitude) * scale, 1)


def read(topology: dict[str, Any]) -> tuple[Shape, ...]:
    """The outlines in a TopoJSON with whole-number arcs, as ``tools/boundaries.py`` writes it."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines: list[list[Point]] = []
    for arc in topology["arcs"]:
        x = y = 0
        line: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((round(x * sx + tx, 6), round(y * sy + ty, 6)))
        lines.append(line)
    geometries = topology["objects"]["communes"]["geometries"]
    return tuple(Shape(one["id"], _ring(one["arcs"][0], lines)) for one in geometries)


def _ring(numbers: Iterable[int], lines: Sequence[list[Point]]) -> Ring:
    points: list[Point] = []
    for number in numbers:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        points.extend(line[:-1])
    return tuple(points)


@cache
def shapes() -> tuple[Shape, ...]:
    """Outlines of all communes there are seeds for."""
    return tuple(one for path in sorted(SEEDS.glob("boundaries-*.json")) for one in read(json.loads(path.read_text())))


@cache
def bounds() -> tuple[float, float, float, float]:
    """West, south, east, north of all of them; the middle of the country's south when there are none."""
    boxes = [one.box for one in shapes()]
    if not boxes:
        return 105.0, 10.0, 107.0, 12.0
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def commune_at(longitude: float, latitude: float) -> str:
    """The number of the commune whose illustrative outline holds the point, or ``""`` outside all of them."""
    for shape in shapes():
        west, south, east, north = shape.box
        if west <= longitude <= east and south <= latitude <= north and shape.holds(longitude, latitude):
            return shape.code
    return ""


def is_in_province(longitude: float, latitude: float, *, margin: float = 0.02) -> bool:
    """Whether the point lies in the province, or within ``margin`` degrees of its box where the outline is a guess.

    Without any outline every point of the country's box counts: nothing is refused for want of a map.
    """
    if not shapes():
        return 102.0 <= longitude <= 118.0 and 6.0 <= latitude <= 24.0
    if commune_at(longitude, latitude):
        return True
    steps = ((margin, 0.0), (-margin, 0.0), (0.0, margin), (0.0, -margin))
    return any(commune_at(longitude + dx, latitude + dy) for dx, dy in steps)


@cache
def geojson() -> bytes:
    """All outlines as a GeoJSON collection; a feature's only property is its commune's number."""
    features = [
        {
            "type": "Feature",
            "id": number,
            "properties": {"code": one.code},
            "geometry": {"type": "Polygon", "coordinates": [[*map(list, one.ring), list(one.ring[0])]]},
        }
        for number, one in enumerate(shapes(), 1)
    ]
    said = {"type": "FeatureCollection", "bbox": list(bounds()), "features": features}
    return json.dumps(said, separators=(",", ":")).encode()


@cache
def packed() -> bytes:
    """The same, compressed once: a fifth of the size on the way to a telephone."""
    return gzip.compress(geojson(), 9, mtime=0)


@cache
def drawing(width: int = 400) -> Drawing:
    """The outlines on a sheet, north up, one scale in both directions; to half a unit, which no screen shows."""
    west, south, east, north = bounds()
    scale = width / ((east - west) * _narrow())
    height = math.ceil((north - south) * scale)
    drawn = []
    for one in shapes():
        points = [((lon - west) * _narrow() * scale, (north - lat) * scale) for lon, lat in one.ring]
        path = _path(points)
        middle = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
        drawn.append(Drawn(one.code, path, round(middle[0], 1), round(middle[1], 1)))
    return Drawing(width, height, tuple(drawn))


def _path(points: Iterable[Point]) -> str:
    """The shortest way to say it, since it stands in pages: steps from point to point, on a grid of half units. Shared
    borders fall on the same points, so that neighbours still touch."""
    grid = [(round(x * 2), round(y * 2)) for x, y in points]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(grid) if (a, b) != (x, y)]
    said = "".join(_half(number) for step in steps for number in step)
    return f"M{_half(grid[0][0]).strip()}{_half(grid[0][1])}l{said.strip()}z"


def _half(number: int) -> str:
    """Half of a whole number: ``-.5``, ``3``, with a blank before it where a minus does not part it from the last."""
    text = f"{number / 2:g}".replace("0.", ".", 1) if abs(number) == 1 else f"{number / 2:g}"
    return text if text.startswith("-") else f" {text}"


@cache
def _narrow() -> float:
    """How much narrower a degree of longitude is than one of latitude here."""
    _west, south, _east, north = bounds()
    return math.cos(math.radians((south + north) / 2))
