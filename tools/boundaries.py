"""Write illustrative boundaries of a province's communes since 1 July 2025 into ``kernel/places/seeds``.

A tool for developers, run by hand; the platform itself reads only what it writes. No free source has the true
boundaries, so they are guessed: points thrown over the province go to the former commune whose box (from
``vietnamadminunits``, MIT) holds them and whose centre is nearest measured by that box; former communes become today's;
what the country's outline (Natural Earth, public domain, npm ``world-atlas``) leaves out is cut away.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-*.tgz
    python tools/boundaries.py package/countries-10m.json 80
"""

from __future__ import annotations

import itertools
import json
import math
import re
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from units_seeds import SOURCE, new_points, successors

TARGET = Path(__file__).parents[1] / "src/tinhso/kernel/places/seeds"
STEP = 0.0045  # degrees between points: about 500 m
MARGIN = 0.12  # degrees around the province, so that neighbours take their points
NEAR = 0.02  # a point in no box goes to the nearest centre within this, else to nobody
NOTHING = 1e-9  # degrees
CLOSED = 0.012  # degrees: gaps between communes narrower than twice this are closed
SIMPLER = 0.004  # degrees that a boundary may move when it is simplified
DIGITS = 4  # 0.0001 degrees: 11 m
SEED = 2025

Box = tuple[float, float, float, float]


def former(base: sqlite3.Connection) -> Iterable[tuple[str, float, float, Box]]:
    """Successor's code, centre and box (south, west, north, east) of every former commune that has them."""
    went_to = successors(base)
    rows = base.execute(
        "SELECT provinceKey, districtKey, wardKey, wardLat, wardLon, wardBounds FROM admin_units_legacy"
        " WHERE wardBounds IS NOT NULL AND wardLat IS NOT NULL"
    )
    for province, district, ward, lat, lon, text in rows:
        south, west, north, east = map(float, re.findall(r"-?\d+\.?\d*", text)[:4])
        news = went_to.get("_".join(one for one in (province, district, ward) if one), [])
        if news and north > south and east > west and north - south < 0.6 and east - west < 0.6:
            yield news[0], lat, lon, (south, west, north, east)


def thrown(box: Box) -> np.ndarray[Any, Any]:
    """Points over the box, a little off their grid, as rows of longitude and latitude."""
    south, west, north, east = box
    rng = Random(SEED)
    off = STEP * 0.42
    return np.array(
        [
            (west + x * STEP + rng.uniform(-off, off), south + y * STEP + rng.uniform(-off, off))
            for y in range(math.ceil((north - south) / STEP))
            for x in range(math.ceil((east - west) / STEP))
        ]
    )


def owners(points: np.ndarray[Any, Any], communes: list[tuple[str, float, float, Box]]) -> np.ndarray[Any, Any]:
    """For each point the number of the commune it goes to, or -1."""
    best = np.full(len(points), np.inf)
    chosen = np.full(len(points), -1)
    for number, (_code, lat, lon, (south, west, north, east)) in enumerate(communes):
        inside = (points[:, 0] >= west) & (points[:, 0] <= east) & (points[:, 1] >= south) & (points[:, 1] <= north)
        away = ((points[:, 0] - lon) / (east - west)) ** 2 + ((points[:, 1] - lat) / (north - south)) ** 2
        near = np.hypot(points[:, 0] - lon, points[:, 1] - lat)
        away = np.where(inside, away, np.where(near < NEAR, 10 + near, np.inf))
        closer = away < best
        best[closer], chosen[closer] = away[closer], number
    return chosen


def outline(path: Path) -> Any:
    """Viet Nam's main land of Natural Earth, from the TopoJSON of ``world-atlas``."""
    atlas = json.loads(path.read_text())
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]

    def line(number: int) -> list[tuple[float, float]]:
        found, x, y = [], 0, 0
        for dx, dy in atlas["arcs"][number if number >= 0 else ~number]:
            x, y = x + dx, y + dy
            found.append((x * sx + tx, y * sy + ty))
        return found if number >= 0 else found[::-1]

    country = next(one for one in atlas["objects"]["countries"]["geometries"] if one.get("id") == "704")
    rings = [[point for number in part[0] for point in line(number)] for part in country["arcs"]]
    return shapely.union_all([Polygon(ring).buffer(0) for ring in rings])


def joined(parts: dict[str, Any], land: Any) -> dict[str, Any]:
    """Each commune in one piece: what lies between or apart goes to the neighbour it touches the longest."""
    whole = {code: max(_pieces(shape), key=lambda one: one.area) for code, shape in parts.items()}
    held = shapely.union_all(list(whole.values()))
    closed = shapely.union_all([Polygon(one.exterior) for one in _pieces(held.buffer(CLOSED).buffer(-CLOSED))])
    loose = _pieces(closed.intersection(land).difference(held))
    for piece in sorted(loose, key=lambda one: -one.area):
        code = max(whole, key=lambda one: whole[one].intersection(piece).length if whole[one].touches(piece) else 0.0)
        if whole[code].touches(piece):
            whole[code] = max(_pieces(whole[code].union(piece)), key=lambda one: one.area)
    for code, shape in whole.items():  # holes that nobody has are filled; an enclave keeps its place
        others = shapely.union_all([one for other, one in whole.items() if other != code and one.intersects(shape)])
        whole[code] = max(_pieces(Polygon(shape.exterior).difference(others)), key=lambda one: one.area)
    return dict(sorted(whole.items(), key=lambda one: -one[1].area))  # the smallest last, so that it is drawn on top


def _pieces(shape: Any) -> list[Any]:
    return [one for one in getattr(shape, "geoms", [shape]) if isinstance(one, Polygon)]


def rounded(line: Any) -> list[tuple[int, int]]:
    """An arc with its corners cut twice (its ends stay), on the grid of ``DIGITS`` digits."""
    points = list(line.coords)
    for _ in range(2):
        if len(points) < 3 or points[0] == points[-1]:
            break
        cut = [points[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            cut += [(ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25), (ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75)]
        points = [*cut, points[-1]]
    if points[0] != points[-1]:
        points = list(LineString(points).simplify(0.0006).coords)
    grid = [(round(x * 10**DIGITS), round(y * 10**DIGITS)) for x, y in points]
    return [one for index, one in enumerate(grid) if index == 0 or one != grid[index - 1]]


def topology(shapes: dict[str, Any]) -> dict[str, Any]:
    """TopoJSON of the shapes: arcs that neighbours share are written once, so that no gap can open between them."""
    codes = list(shapes)
    simple = shapely.coverage_simplify([shapes[code] for code in codes], SIMPLER)
    lines = shapely.line_merge(shapely.unary_union([one.boundary for one in simple]))
    arcs = [rounded(one) for one in lines.geoms]
    middles = [line.interpolate(0.5, normalized=True) for line in lines.geoms]
    geometries = []
    for code, shape in zip(codes, simple, strict=True):
        mine = [number for number, one in enumerate(middles) if shape.boundary.distance(one) < NOTHING]
        geometries.append({"type": "Polygon", "id": code, "arcs": [_ring(mine, arcs)]})
    return {
        "type": "Topology",
        "note": "Ranh giới minh họa, không có giá trị pháp lý",
        "transform": {"scale": [10**-DIGITS, 10**-DIGITS], "translate": [0, 0]},
        "arcs": [[list(one[0]), *([b[0] - a[0], b[1] - a[1]] for a, b in itertools.pairwise(one))] for one in arcs],
        "objects": {"communes": {"type": "GeometryCollection", "geometries": geometries}},
    }  # fmt: skip


def _ring(numbers: list[int], arcs: list[list[tuple[int, int]]]) -> list[int]:
    """The commune's outer ring: its arcs one after the other, each forwards (n) or backwards (~n), until they close."""
    left, rings = list(numbers), []
    while left:
        ring = [left.pop(0)]
        end, goal = arcs[ring[0]][-1], arcs[ring[0]][0]
        while end != goal:
            number = next((one for one in left if end in (arcs[one][0], arcs[one][-1])), None)
            if number is None:
                raise SystemExit(f"a boundary does not close at {end}")
            left.remove(number)
            forwards = arcs[number][0] == end
            ring.append(number if forwards else ~number)
            end = arcs[number][-1 if forwards else 0]
        rings.append(ring)
    return max(rings, key=lambda ring: _extent([point for one in ring for point in arcs[one if one >= 0 else ~one]]))


def _extent(points: list[tuple[int, int]]) -> int:
    xs, ys = [one[0] for one in points], [one[1] for one in points]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def main() -> None:
    atlas, province = Path(sys.argv[1]), sys.argv[2]
    base = sqlite3.connect(f"file:{SOURCE / 'dataset.db'}?mode=ro", uri=True)
    wanted = {code for (code,) in base.execute("SELECT wardCode FROM admin_units WHERE provinceCode = ?", [province])}
    everywhere = list(former(base))
    everywhere += [(code, lat, lon, (lat - 0.01, lon - 0.01, lat + 0.01, lon + 0.01))
                   for code, (lat, lon) in new_points(base).items() if code in wanted]  # fmt: skip
    mine = [box for code, _lat, _lon, box in everywhere if code in wanted]
    around = (
        min(one[0] for one in mine) - MARGIN, min(one[1] for one in mine) - MARGIN,
        max(one[2] for one in mine) + MARGIN, max(one[3] for one in mine) + MARGIN,
    )  # fmt: skip
    near = [one for one in everywhere if around[0] < one[1] < around[2] and around[1] < one[2] < around[3]]
    points = thrown(around)
    chosen = owners(points, near)
    cells = np.array(shapely.voronoi_polygons(shapely.MultiPoint(points), ordered=True).geoms)
    land = outline(atlas)
    parts: dict[str, Any] = {}
    for code in sorted(wanted):
        numbers = {number for number, one in enumerate(near) if one[0] == code}
        held = shapely.union_all(cells[np.isin(chosen, list(numbers))]).intersection(land)
        if not held.is_empty:
            parts[code] = held
    shapes = joined(parts, land)
    TARGET.mkdir(exist_ok=True)
    text = json.dumps(topology(shapes), ensure_ascii=False, separators=(",", ":"))
    (TARGET / f"boundaries-{province}.json").write_text(text + "\n")
    area = sum(one.area for one in shapes.values()) * 111.32**2 * math.cos(math.radians(11))
    print(f"{len(shapes)} of {len(wanted)} communes, {area:,.0f} km², {len(text):,} bytes")


if __name__ == "__main__":
    main()
