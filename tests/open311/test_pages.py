"""What everybody sees of reports: the map and its data, lists, one report, feeds and figures."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.open311 import course

from tinhso.kernel.places.models import MapPoint
from tinhso.modules.field_reports.actions import counting, photos, triage
from tinhso.modules.field_reports.jobs import showing
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.tests.factories import MONDAY, act, filed

pytestmark = pytest.mark.django_db


def read(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def put(*reports: Report) -> None:
    for one in reports:
        showing.put(one.pk, at=timezone.now())


def test_a_report_stands_on_the_map_once_it_is_public_and_goes_when_it_is_merged(world):
    report = filed(world)
    put(report)
    assert MapPoint.objects.count() == 0
    shown = course.accepted(world)
    other = course.accepted(world, MONDAY + timedelta(hours=1))
    put(shown, other)
    assert MapPoint.objects.count() == 2
    triage.merge(report_id=other.pk, into=shown.case.number, by=act(world.operator), at=MONDAY + timedelta(hours=2))
    put(other)
    assert list(MapPoint.objects.values_list("key", flat=True)) == [shown.pk]


def test_the_layer_filled_anew_is_what_the_followers_kept(world):
    put(course.accepted(world), course.solved(world, MONDAY + timedelta(hours=1)))
    rows = list(MapPoint.objects.order_by("key").values_list("key", "cell", "kind", "status", "commune_id"))
    assert showing.rebuild(at=timezone.now()) == 2
    assert list(MapPoint.objects.order_by("key").values_list("key", "cell", "kind", "status", "commune_id")) == rows


def test_clusters_of_a_view_and_a_report_that_stands_alone(world):
    one = course.accepted(world)
    far = Point(world.centre.latitude + 0.05, world.centre.longitude + 0.05)
    put(one, course.accepted(world, place=far))
    far_out = json.loads(read("/phan-anh/ban-do.json?muc=7"))["clusters"]
    assert sum(row[2] for row in far_out) == 2
    close = json.loads(read("/phan-anh/ban-do.json?muc=17"))["clusters"]
    named = [json.loads(read(f"/phan-anh/ban-do/{row[3]}.json")) for row in close]
    assert sorted(row["code"] for row in named) == ["PA-2026-0000001", "PA-2026-0000002"]
    assert {row["title"] for row in named} == {one.masked_title}
    assert json.loads(read("/phan-anh/ban-do.json?muc=9&loai=MT02"))["clusters"] == []
    assert json.loads(read("/phan-anh/ban-do.json?muc=12&khung=106.6,10.4,106.7,10.5"))["clusters"] == []


def test_what_is_not_public_has_no_name_on_the_map(world):
    hidden = filed(world)
    for key in (hidden.pk, 0, 10**30):
        assert Client().get(f"/phan-anh/ban-do/{key}.json").status_code == 404


SENSELESS = (
    "muc=99999", "muc=x", "khung=a,b,c,d", "khung=1,2,3", "khung=106,11,105,10&muc=20", "loai=%00", "ky=2026-99",
    "ky=202611", "xa=99999999999999999999", "tinh-trang=?",
)  # fmt: skip


@pytest.mark.parametrize("query", SENSELESS)
def test_filters_that_mean_nothing_are_left_out(world, query):
    assert Client().get(f"/phan-anh/ban-do.json?{query}").status_code == 200
    assert Client().get(f"/phan-anh/?{query}").status_code == 200


def test_the_list_is_filtered_by_what_stands_in_the_address(world):
    pothole = course.accepted(world, timezone.now() - timedelta(days=2))
    lamp = course.accepted(
        world, timezone.now() - timedelta(days=1), category="CS01", text="Đèn đường tắt cả tuần nay."
    )
    month = f"{timezone.localtime() - timedelta(days=2):%Y-%m}"
    assert pothole.case.number in read("/phan-anh/")
    assert lamp.case.number not in read("/phan-anh/?loai=GT01")
    assert pothole.case.number in read(f"/phan-anh/?ky={month}&xa={world.here.commune.pk}&tinh-trang=open")
    assert pothole.case.number not in read(f"/phan-anh/?xa={world.here.other.pk}")
    assert "Chưa có phản ánh nào khớp" in read("/phan-anh/?tinh-trang=done")


def test_a_long_list_goes_on_by_its_key(world):
    for n in range(22):
        course.accepted(world, timezone.now() - timedelta(hours=n))
    first = read("/phan-anh/")
    (key,) = [part.split('"')[0] for part in first.split("sau=")[1:2]]
    second = read(f"/phan-anh/?sau={key.split('#')[0]}")
    assert (first.count('class="report-row"'), second.count('class="report-row"')) == (20, 2)


def test_the_list_costs_the_same_for_more_reports(world):
    put(course.accepted(world, timezone.now()))
    read("/phan-anh/")
    with CaptureQueriesContext(connection) as one:
        read("/phan-anh/")
    put(*(course.accepted(world, timezone.now() - timedelta(hours=n + 1)) for n in range(4)))
    with CaptureQueriesContext(connection) as five:
        read("/phan-anh/")
    assert len(one) == len(five) <= 8


def test_near_a_place_the_nearest_come_first(world):
    lat, lon = world.centre.latitude, world.centre.longitude
    far = course.accepted(world, place=Point(lat + 0.01, lon), text="Ổ gà xa chợ, cách một cây số.")
    near = course.accepted(world, place=Point(lat + 0.001, lon), text="Ổ gà gần chợ, cách trăm mét.")
    put(far, near)
    page = read(f"/phan-anh/quanh-day/?lat={lat}&lon={lon}")
    assert page.index(near.case.number) < page.index(far.case.number)
    assert "cách 111 m" in page
    assert "ngoài địa bàn tỉnh" in read("/phan-anh/quanh-day/?lat=21.03&lon=105.85")
    assert read("/phan-anh/quanh-day/")


def test_one_report_tells_its_story_with_pictures_before_and_after(world):
    report = course.solved(world, **course.with_photo())
    page = read(f"/phan-anh/{report.case.number}/")
    assert "Đã vá mặt đường, rào chắn đã dỡ." in page
    assert page.index("Trước</figcaption>") < page.index("Sau khi xử lý</figcaption>")
    assert page.index("Đã tiếp nhận phản ánh") < page.index("Đã xử lý xong và công khai kết quả")
    for photo_id in Photo.objects.values_list("pk", flat=True):
        for ending in (".jpg", "-nho.webp"):
            assert Client().get(f"/phan-anh/anh/{photo_id}{ending}").status_code == 200


def test_nothing_of_a_report_that_is_not_public_is_found(world):
    report = filed(world, **course.with_photo())
    photo = Photo.objects.get()
    photos.prepare(photo_id=photo.pk, at=MONDAY)
    assert Client().get(f"/phan-anh/{report.case.number}/").status_code == 404
    assert Client().get(f"/phan-anh/anh/{photo.pk}.jpg").status_code == 404
    assert Client().get(f"/phan-anh/anh/{photo.pk}-nho.webp").status_code == 404


def test_a_photo_that_is_withheld_is_gone_and_one_not_ready_is_not_there_yet(world):
    course.accepted(world, **course.with_photo())
    photo = Photo.objects.get()
    assert Client().get(f"/phan-anh/anh/{photo.pk}.jpg").status_code == 404
    photos.prepare(photo_id=photo.pk, at=MONDAY)
    assert Client().get(f"/phan-anh/anh/{photo.pk}.jpg").status_code == 200
    photos.withhold(photo_id=photo.pk, by=act(world.operator), at=MONDAY)
    assert Client().get(f"/phan-anh/anh/{photo.pk}.jpg").status_code == 404


def test_the_photo_of_what_was_done_is_shown_after_its_approval_only(world):
    report = course.solved(world)
    after = Photo.objects.get(stage="after")
    assert Client().get(f"/phan-anh/anh/{after.pk}.jpg").status_code == 200
    type(report.case).objects.filter(pk=report.pk).update(state="reopened")
    assert Client().get(f"/phan-anh/anh/{after.pk}.jpg").status_code == 404


def test_the_feed_and_the_data_say_the_same(world):
    report = course.accepted(world, timezone.now())
    feed = ElementTree.fromstring(read("/phan-anh/moi.xml"))
    assert [one.findtext("guid") for one in feed.iter("item")] == [report.case.number]
    data = json.loads(read("/phan-anh/du-lieu.json"))
    (feature,) = data["features"]
    assert (feature["id"], feature["geometry"]["type"], data["next"]) == (report.case.number, "Point", None)


def test_figures_are_those_of_the_reports(world):
    reports = course.solved(world, timezone.now() - timedelta(hours=5)), filed(world, timezone.now())
    counting.recount([one.pk for one in reports])
    page = read("/phan-anh/so-lieu/")
    assert "<dd>2</dd>" in page
    assert "1 <small>50%</small>" in page
    assert "Không có phản ánh nào trong kỳ này" in read("/phan-anh/so-lieu/?tu=2020-01-01&den=2020-01-31")


def test_outlines_of_the_communes_are_public(world):
    said = json.loads(read("/ban-do/ranh-gioi.json"))
    assert len(said["features"]) == 96
    assert said["bbox"] == pytest.approx([105.52, 10.40, 106.74, 11.77], abs=0.01)
