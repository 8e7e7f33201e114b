"""Reading maps: clusters of a part of the earth, the points in it, and what lies nearest to a place.

A cluster answer adds up at most a few hundred rows that are kept counted (``points``), whatever number of things there
are. Rare combinations of filters, and the closest zooms, count the points themselves, at most ``MOST_POINTS``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tinhso.kernel.places import grid
from tinhso.kernel.places.models import Status
from tinhso.kernel.places.points import FINE_LEVEL, LEVELS

MOST_POINTS = 5_000
SINGLE_LEVEL = 20  # squares of 38 m: from zoom 17 on every thing stands alone
MOST_SPANS = 64
CURRENT = (Status.OPEN, Status.DONE)


@dataclass(frozen=True, slots=True)
class View:
    """What part of the earth is looked at, how closely (zoom of a web map, 0 to 22), and through which filters."""

    west: float
    south: float
    east: float
    north: float
    zoom: int = 9
    kind: str = ""
    period: str = ""
    commune_id: int = 0
    statuses: tuple[str, ...] = CURRENT

    @property
    def level(self) -> int:
        return min(SINGLE_LEVEL, max(LEVELS[0], grid.level_for(self.zoom)))

    @property
    def is_kept(self) -> bool:
        """Whether clusters for just these filters are kept."""
        if self.level > FINE_LEVEL:
            return False
        narrowed = (bool(self.kind), bool(self.period), bool(self.commune_id))
        if self.level == FINE_LEVEL:
            return narrowed in ((False, False, False), (True, False, False), (False, False, True))
        return sum(narrowed) <= 2 and (sum(narrowed) < 2 or len(self.period) in (0, 4))

    def spans(self) -> list[grid.Span]:
        """What it covers, in squares so coarse that there are not too many."""
        level = self.level
        while level > 4 and _squares(self, level) > MOST_SPANS:
            level -= 1
        return grid.spans(self.west, self.south, self.east, self.north, level)


def _squares(view: View, level: int) -> float:
    wide = 1 << level
    columns = (grid.across(view.east) - grid.across(view.west)) * wide + 1
    return columns * ((grid.down(view.south) - grid.down(view.north)) * wide + 1)


@dataclass(frozen=True, slots=True)
class Cluster:
    """So many things around a point. ``key`` is the thing's number where it stands alone and is known."""

    longitude: float
    latitude: float
    number: int
    key: int | None = None
    kind: str = ""
    status: str = ""


_KEPT = """
select (sum(longitudes) / sum(number) / 1e6)::float, (sum(latitudes) / sum(number) / 1e6)::float, sum(number)::bigint
from unnest(%s::bigint[], %s::bigint[]) as r(a, b) join places_mapcluster c
    on c.layer = %s and c.level = %s and c.kind = %s and c.period = %s and c.commune = %s
    and c.cell between r.a and r.b and c.status = any(%s) and c.number > 0
group by c.cell
"""


def clusters(layer: str, view: View) -> list[Cluster]:
    """The clusters of a view: one statement."""
    if not view.is_kept:
        return _of_points(layer, view)
    shift = 2 * (grid.FINEST - view.level)
    spans = view.spans()
    said: list[Any] = [
        [one.first >> shift for one in spans], [one.last >> shift for one in spans], layer, view.level, view.kind,
        view.period, view.commune_id, list(view.statuses),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, said)
        return [Cluster(round(x, 5), round(y, 5), n) for x, y, n in cursor.fetchall()]


_POINTS = """
select p.cell, p.longitude, p.latitude, p.key, p.kind, p.status
from unnest(%s::bigint[], %s::bigint[]) as r(a, b) join places_mappoint p
    on p.layer = %s and p.cell between r.a and r.b{where}
limit %s
"""


def _of_points(layer: str, view: View) -> list[Cluster]:
    """Clusters of the points themselves, at most ``MOST_POINTS``; a point alone in its square keeps its number."""
    shift = 2 * (grid.FINEST - view.level)
    together: dict[int, list[Any]] = {}
    for cell, longitude, latitude, key, kind, status in _points(layer, view, MOST_POINTS):
        found = together.setdefault(cell >> shift, [0.0, 0.0, 0, key, kind, status])
        found[0] += longitude
        found[1] += latitude
        found[2] += 1
    return [
        Cluster(round(x / n, 5), round(y / n, 5), n, *((key, kind, status) if n == 1 else ()))
        for x, y, n, key, kind, status in together.values()
    ]


def _points(layer: str, view: View, most: int) -> Sequence[Any]:
    spans = view.spans()
    where, values = _where(view)
    said = [[one.first for one in spans], [one.last for one in spans], layer, *values, most]
    with connection.cursor() as cursor:
        cursor.execute(_POINTS.format(where=where), said)
        return cursor.fetchall()


def _where(view: View) -> tuple[str, list[Any]]:
    """The filters as conditions; that old things are left out is said in the index's own words."""
    where = ""
    values: list[Any] = []
    if Status.OLD not in view.statuses:
        where += " and not p.status = 'old'"
    if len(view.statuses) < 3 and tuple(view.statuses) != CURRENT:
        where += " and p.status = any(%s)"
        values.append(list(view.statuses))
    if view.kind:
        where += " and p.kind = %s"
        values.append(view.kind)
    if view.commune_id:
        where += " and p.commune_id = %s"
        values.append(view.commune_id)
    if view.period:
        where += " and to_char(p.at at time zone 'Asia/Ho_Chi_Minh', %s) = %s"
        values += ["YYYY" if len(view.period) == 4 else "YYYY-MM", view.period]
    return where, values


@dataclass(frozen=True, slots=True)
class Near:
    """A thing and how many metres away it is."""

    key: int
    metres: int


_DENSITY = """
select level, sum(number)::bigint from places_mapcluster
where layer = %s and kind = %s and period = '' and commune = 0 and status in ('open', 'done')
    and (level, cell) in (select * from unnest(%s::smallint[], %s::bigint[]))
group by level
"""
_NEAR = """
select p.key, p.longitude, p.latitude
from unnest(%s::bigint[], %s::bigint[]) as r(a, b) join places_mappoint p
    on p.layer = %s and p.cell between r.a and r.b and not p.status = 'old'{where}
limit %s
"""


def nearest(
    layer: str, longitude: float, latitude: float, *, limit: int = 20, kind: str = "", within: float = 50_000
) -> list[Near]:
    """The nearest things that current maps show, nearest first, within so many metres. Mostly two statements.

    The first asks the clusters how densely things lie here, so that the second reads about as many as are wanted.
    """
    level = _start(layer, longitude, latitude, limit, kind)
    while True:
        spans, complete = grid.ring(longitude, latitude, level)
        found = sorted(_around(layer, spans, longitude, latitude, kind), key=lambda one: (one.metres, one.key))
        reach = min(complete, within)
        sure = [one for one in found if one.metres <= reach]
        if len(sure) >= limit or complete >= within or level <= 6:
            return sure[:limit]
        level -= 1 if len(found) >= limit else 2


def _start(layer: str, longitude: float, latitude: float, limit: int, kind: str) -> int:
    """The finest level whose nine squares probably hold enough."""
    levels = (*LEVELS, FINE_LEVEL)
    cells = [grid.number(longitude, latitude, level) for level in levels]
    with connection.cursor() as cursor:
        cursor.execute(_DENSITY, [layer, kind, list(levels), cells])
        numbers = dict(cursor.fetchall())
    for level in reversed(levels):
        here = numbers.get(level, 0)
        if here * 4 >= limit:
            quarters = max(0, math.ceil(math.log(here / limit, 4)))  # each finer level has a quarter
            return min(22, level + quarters)
    return LEVELS[0]


def _around(layer: str, spans: Iterable[grid.Span], longitude: float, latitude: float, kind: str) -> Iterable[Near]:
    pairs = list(spans)
    said: list[Any] = [[one.first for one in pairs], [one.last for one in pairs], layer]
    where = ""
    if kind:
        where = " and p.kind = %s"
        said.append(kind)
    with connection.cursor() as cursor:
        cursor.execute(_NEAR.format(where=where), [*said, MOST_POINTS])
        rows = cursor.fetchall()
    return [Near(key, round(grid.metres(longitude, latitude, lon, lat))) for key, lon, lat in rows]
