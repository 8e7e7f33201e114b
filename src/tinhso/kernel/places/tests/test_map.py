"""Points and clusters: what is kept agrees with what a plain count gives, whatever happened before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from tinhso.kernel.places import grid, onmap, points, shapes
from tinhso.kernel.places.models import MapCluster, MapPoint, Status
from tinhso.kernel.places.onmap import View
from tinhso.kernel.places.points import Place
from tinhso.kernel.testing import province

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
LAYER = "tests"
WHOLE = (105.0, 10.0, 107.0, 12.0)


def test_squares_hold_their_squares():
    cell = grid.number(106.1, 11.3)
    for level in (6, 10, 14, 20):
        assert cell >> 2 * (grid.FINEST - level) == grid.number(106.1, 11.3, level)
        column, row = int(grid.across(106.1) * (1 << level)), int(grid.down(11.3) * (1 << level))
        span = grid.span(column, row, level)
        assert span.first <= cell <= span.last


def test_coordinates_come_back():
    assert grid.longitude_of(grid.across(106.0995)) == pytest.approx(106.0995)
    assert grid.latitude_of(grid.down(11.3101)) == pytest.approx(11.3101)


def test_the_ranges_of_a_box_hold_every_point_in_it_and_are_apart():
    rng = Random(1)
    spans = grid.spans(106.0, 11.2, 106.2, 11.4, 12)
    assert all(one.last < other.first for one, other in pairwise(spans))
    for _ in range(200):
        cell = grid.number(rng.uniform(106.0, 106.2), rng.uniform(11.2, 11.4))
        assert any(one.first <= cell <= one.last for one in spans)


def test_squares_on_screen_are_64_to_128_pixels():
    assert [grid.level_for(zoom) for zoom in (7, 8, 9, 12, 13, 17)] == [10, 10, 12, 14, 16, 20]


def test_a_commune_of_the_seeds_holds_its_own_centre():
    assert len(shapes.shapes()) == 96
    assert shapes.commune_at(106.0995, 11.3101) in {one.code for one in shapes.shapes()}
    assert shapes.commune_at(105.0, 21.0) == ""
    assert not shapes.is_in_province(105.8, 21.0)
    assert shapes.is_in_province(106.0995, 11.3101)


@pytest.fixture
def here(db):
    return province.found()


def somewhere(rng: Random, here: province.Province) -> Place:
    return Place(
        longitude=round(rng.gauss(106.13, 0.08), 5),
        latitude=round(rng.gauss(11.31, 0.06), 5),
        kind=rng.choice(["GT01", "MT02"]),
        commune_id=rng.choice([here.commune.pk, here.other.pk, None]),
        at=NOW - timedelta(days=rng.randrange(500)),
        done_at=rng.choice([None, NOW - timedelta(days=3), NOW - timedelta(days=90)]),
    )


def table() -> list[tuple[object, ...]]:
    rows = MapCluster.objects.filter(layer=LAYER).exclude(number=0)
    names = ("level", "cell", "status", "kind", "period", "commune", "number")
    return sorted(rows.values_list(*names, "longitudes", "latitudes"))


@pytest.fixture
def crowd(here):
    rng = Random(7)
    for key in range(150):
        points.put(LAYER, key, somewhere(rng, here), at=NOW)
    for key in rng.sample(range(150), 60):
        points.put(LAYER, key, rng.choice([None, somewhere(rng, here)]), at=NOW)
    return here


def test_clusters_kept_step_by_step_are_those_counted_anew(crowd):
    kept = table()
    points.count_anew(LAYER)
    assert kept == table()


def test_putting_the_same_again_changes_nothing(crowd):
    before = table()
    one = MapPoint.objects.filter(layer=LAYER).earliest("key")
    place = Place(one.longitude, one.latitude, one.kind, one.commune_id, one.at, one.done_at)
    assert not points.put(LAYER, one.key, place, at=NOW)
    assert not points.put(LAYER, 99_999, None, at=NOW)
    assert table() == before


NARROWED = (
    {},
    {"kind": "GT01"},
    {"period": "2026"},
    {"period": "2026-10"},
    {"kind": "MT02", "period": "2026-10"},
    {"statuses": ("open",)},
)


def test_a_view_counts_every_thing_once(crowd):
    rows = list(MapPoint.objects.filter(layer=LAYER))
    for narrowed in NARROWED:
        wanted = [
            one
            for one in rows
            if one.status in narrowed.get("statuses", ("open", "done"))
            and one.kind == narrowed.get("kind", one.kind)
            and (one.at + timedelta(hours=7)).isoformat().startswith(narrowed.get("period", ""))
        ]
        for zoom in (8, 10, 12, 14, 16, 18):
            found = onmap.clusters(LAYER, View(*WHOLE, zoom=zoom, **narrowed))
            assert sum(one.number for one in found) == len(wanted), (zoom, narrowed)


def test_a_commune_alone_is_counted_alone(crowd):
    for zoom in (9, 14):
        found = onmap.clusters(LAYER, View(*WHOLE, zoom=zoom, commune_id=crowd.commune.pk))
        wanted = MapPoint.objects.filter(commune=crowd.commune, status__in=["open", "done"]).count()
        assert sum(one.number for one in found) == wanted


def test_a_thing_alone_is_named_and_things_together_are_not(here):
    place = Place(106.1, 11.3, "GT01", here.commune.pk, NOW)
    points.put(LAYER, 1, place, at=NOW)
    (alone,) = onmap.clusters(LAYER, View(*WHOLE, zoom=18))
    assert (alone.key, alone.kind, alone.status, alone.number) == (1, "GT01", "open", 1)
    points.put(LAYER, 2, place, at=NOW)
    (both,) = onmap.clusters(LAYER, View(*WHOLE, zoom=18))
    assert (both.key, both.number) == (None, 2)


def test_the_nearest_are_those_a_plain_search_finds(crowd):
    rows = MapPoint.objects.filter(layer=LAYER).exclude(status="old")
    plain = sorted((round(grid.metres(106.15, 11.3, one.longitude, one.latitude)), one.key) for one in rows)
    for limit in (1, 20, 60):
        found = onmap.nearest(LAYER, 106.15, 11.3, limit=limit)
        assert [(one.metres, one.key) for one in found] == [one for one in plain if one[0] <= 50_000][:limit]


def test_the_nearest_of_a_kind_in_an_empty_place_are_none(crowd):
    assert onmap.nearest(LAYER, 109.0, 14.0) == []
    assert {MapPoint.objects.get(key=one.key).kind for one in onmap.nearest(LAYER, 106.1, 11.3, kind="GT01")} == {
        "GT01"
    }


def test_what_is_done_leaves_the_map_after_thirty_days(here):
    points.put(LAYER, 1, Place(106.1, 11.3, "GT01", None, NOW, done_at=NOW - timedelta(days=29)), at=NOW)
    assert points.let_age(LAYER, at=NOW) == 0
    assert points.let_age(LAYER, at=NOW + timedelta(days=2)) == 1
    assert MapPoint.objects.get(key=1).status == Status.OLD
    assert onmap.clusters(LAYER, View(*WHOLE)) == []
    (old,) = onmap.clusters(LAYER, View(*WHOLE, statuses=("open", "done", "old")))
    assert old.number == 1


def test_a_layer_filled_anew_is_the_same(crowd):
    kept = table()
    rows = list(MapPoint.objects.filter(layer=LAYER))
    places = [
        (one.key, Place(one.longitude, one.latitude, one.kind, one.commune_id, one.at, one.done_at)) for one in rows
    ]
    assert points.rebuild(LAYER, places, at=NOW) == len(rows)
    assert table() == kept


def test_a_view_of_clusters_costs_one_statement(crowd, django_assert_num_queries):
    with django_assert_num_queries(1):
        onmap.clusters(LAYER, View(*WHOLE, zoom=9))
    with django_assert_num_queries(1):
        onmap.clusters(LAYER, View(106.0, 11.2, 106.05, 11.25, zoom=16))
