"""Keeping the points of maps and their clusters, when a thing appears, changes or goes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.places import grid
from tinhso.kernel.places.models import MapCluster, MapPoint, Status

LEVELS = (10, 12, 14)
FINE_LEVEL = (
    16  # there only the whole, each kind and each commune are kept: others are counted from the few points seen
)
HIDDEN_AFTER = timedelta(days=30)
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing lies and what maps filter by. Without a point it is on lists only: pass None instead."""

    longitude: float
    latitude: float
    kind: str
    commune_id: int | None
    at: datetime
    done_at: datetime | None = None

    def status(self, at: datetime) -> Status:
        if self.done_at is None:
            return Status.OPEN
        return Status.DONE if self.done_at > at - HIDDEN_AFTER else Status.OLD


def facets(kind: str, commune: int, at: datetime) -> Iterator[tuple[int, str, str, int]]:
    """Level, kind, period and commune of every cluster a point counts in."""
    local = timezone.localtime(at)
    year, month = f"{local:%Y}", f"{local:%Y-%m}"
    for level in LEVELS:
        yield from ((level, "", "", 0), (level, kind, "", 0), (level, "", year, 0), (level, "", month, 0))
        yield from ((level, kind, year, 0), (level, "", "", commune), (level, kind, "", commune))
        yield level, "", year, commune
    yield from ((FINE_LEVEL, "", "", 0), (FINE_LEVEL, kind, "", 0), (FINE_LEVEL, "", "", commune))


@transaction.atomic
def put(layer: str, key: int, place: Place | None, *, at: datetime) -> bool:
    """The thing is now here, or (None) nowhere; whether that was news. Two at once wait for each other."""
    with connection.cursor() as cursor:  # also where there is no row yet to lock
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s), %s)", [layer, key % 2**31])
    before = MapPoint.objects.filter(layer=layer, key=key).first()
    after = None if place is None else _point(layer, key, place, at)
    if _same(before, after):
        return False
    changes = [*_counted(before, -1), *_counted(after, 1)]
    if after is None:
        MapPoint.objects.filter(layer=layer, key=key).delete()
    else:
        after.pk = before.pk if before else None
        after.save(force_insert=before is None, force_update=before is not None)
    _count(layer, changes)
    return True


def _point(layer: str, key: int, place: Place, at: datetime) -> MapPoint:
    return MapPoint(
        layer=layer,
        key=key,
        cell=grid.number(place.longitude, place.latitude),
        longitude=place.longitude,
        latitude=place.latitude,
        kind=place.kind,
        status=place.status(at),
        commune_id=place.commune_id,
        at=place.at,
        done_at=place.done_at,
    )


_KEPT = ("longitude", "latitude", "kind", "status", "commune_id", "at", "done_at")


def _same(one: MapPoint | None, other: MapPoint | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(getattr(one, name) == getattr(other, name) for name in _KEPT)


MILLION = 1_000_000
Change = tuple[int, int, str, str, str, int, int, int, int]


def _counted(point: MapPoint | None, sign: int) -> Iterator[Change]:
    if point is None:
        return
    for level, kind, period, commune in facets(point.kind, point.commune_id or 0, point.at):
        cell = point.cell >> 2 * (grid.FINEST - level)
        x, y = round(point.longitude * MILLION), round(point.latitude * MILLION)
        yield level, cell, point.status, kind, period, commune, sign, sign * x, sign * y


_COUNT = """
insert into places_mapcluster as c (layer, level, cell, status, kind, period, commune, number, longitudes, latitudes)
select %s, level, cell, status, kind, period, commune, sum(number), sum(longitudes), sum(latitudes)
from jsonb_to_recordset(%s::jsonb) as given(level smallint, cell bigint, status text, kind text, period text,
    commune bigint, number int, longitudes bigint, latitudes bigint)
group by level, cell, status, kind, period, commune
having sum(number) <> 0 or sum(longitudes) <> 0 or sum(latitudes) <> 0
order by level, kind, period, commune, cell, status
on conflict (layer, level, kind, period, commune, cell, status) do update set
    number = c.number + excluded.number, longitudes = c.longitudes + excluded.longitudes,
    latitudes = c.latitudes + excluded.latitudes
"""
_NAMES = ("level", "cell", "status", "kind", "period", "commune", "number", "longitudes", "latitudes")


def _count(layer: str, changes: Iterable[Change]) -> None:
    """All changes in one statement, its rows always in the same order: who counts at once waits, never in a circle."""
    said = json.dumps([dict(zip(_NAMES, one, strict=True)) for one in set_once(changes)])
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [layer, said])


def set_once(changes: Iterable[Change]) -> list[Change]:
    """Where a thing lies in no commune its facets repeat themselves; each counts once."""
    return list(dict.fromkeys(changes))


def let_age(layer: str, *, at: datetime) -> int:
    """Things done more than thirty days ago leave the usual map; how many did. At most a thousand a call."""
    keys = MapPoint.objects.filter(layer=layer, status=Status.DONE, done_at__lte=at - HIDDEN_AFTER)
    found = list(keys.order_by("done_at")[:AT_ONCE])
    for one in found:
        place = Place(one.longitude, one.latitude, one.kind, one.commune_id, one.at, one.done_at)
        put(layer, one.key, place, at=at)
    return len(found)


_FACETS = (
    ("''", "''", "0"),
    ("p.kind", "''", "0"),
    ("''", "p.year", "0"),
    ("''", "p.month", "0"),
    ("p.kind", "p.year", "0"),
    ("''", "''", "p.commune"),
    ("p.kind", "''", "p.commune"),
    ("''", "p.year", "p.commune"),
)
_FINE = (_FACETS[0], _FACETS[1], _FACETS[5])
_ZONE = "Asia/Ho_Chi_Minh"


@transaction.atomic
def rebuild(layer: str, places: Iterable[tuple[int, Place]], *, at: datetime) -> int:
    """Throw the layer away and fill it again; how many points it has."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("delete from places_mappoint where layer = %s", [layer])
    points = (_point(layer, key, place, at) for key, place in places)
    made = sum(len(rows) for rows in _batches(points))
    count_anew(layer)
    return made


def _batches(points: Iterable[MapPoint]) -> Iterator[list[MapPoint]]:
    rows: list[MapPoint] = []
    for one in points:
        rows.append(one)
        if len(rows) == AT_ONCE:
            yield MapPoint.objects.bulk_create(rows)
            rows = []
    if rows:
        yield MapPoint.objects.bulk_create(rows)


def count_anew(layer: str) -> None:
    """All clusters of a layer from its points, inside the database."""
    MapCluster.objects.filter(layer=layer).delete()
    with connection.cursor() as cursor:
        for level in (*LEVELS, FINE_LEVEL):
            for kind, period, commune in _FINE if level == FINE_LEVEL else _FACETS:
                where = "where p.commune <> 0" if commune != "0" else ""
                cursor.execute(
                    f"""
                    with p as (select *, cell >> %s as square, to_char(at at time zone '{_ZONE}', 'YYYY') as year,
                            to_char(at at time zone '{_ZONE}', 'YYYY-MM') as month, coalesce(commune_id, 0) as commune
                        from places_mappoint where layer = %s)
                    insert into places_mapcluster (layer, level, cell, status, kind, period, commune, number,
                        longitudes, latitudes)
                    select %s, %s, square, status, {kind}, {period}, {commune}, count(*),
                        sum(round(longitude * 1e6)::bigint), sum(round(latitude * 1e6)::bigint)
                    from p {where} group by 3, 4, 5, 6, 7
                    """,  # noqa: S608 - names of columns written above
                    [2 * (grid.FINEST - level), layer, layer, level],
                )
