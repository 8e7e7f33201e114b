"""An official hides more of a photo by hand, or keeps it back; who may not see the report finds nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image, ImageStat
from tests.open311 import course

from tinhso.modules.field_reports.actions import photos
from tinhso.modules.field_reports.models import Photo
from tinhso.modules.field_reports.tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(world):
    report = course.accepted(world, **course.with_photo(5))
    found = Photo.objects.get(report_id=report.pk)
    photos.prepare(photo_id=found.pk, at=MONDAY)
    return Photo.objects.select_related("report__case").get(pk=found.pk)


def desk(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def way(photo: Photo, last: str = "che/") -> str:
    return f"/lam-viec/phan-anh/{photo.report.case.number}/anh/{photo.pk}/{last}"


def seen(photo: Photo) -> Image.Image:
    answer = Client().get(f"/phan-anh/anh/{photo.pk}.jpg")
    return Image.open(BytesIO(b"".join(answer.streaming_content)))


def test_chosen_fields_are_hidden_in_what_everybody_sees(world, photo):
    before = seen(photo).convert("L").crop((0, 0, 900, 300))
    fields = [f"{row}-{column}" for row in range(4) for column in range(10)]
    answer = desk(world.operator).post(way(photo), {"act": "hide", "fields": fields})
    assert (answer.status_code, answer["Location"]) == (302, way(photo))
    after = seen(photo).convert("L").crop((0, 0, 900, 300))
    assert ImageStat.Stat(after).stddev[0] < ImageStat.Stat(before).stddev[0]
    assert desk(world.handler).get(way(photo, "ban-che/")).status_code == 200


def test_nothing_chosen_changes_nothing_and_says_so(world, photo):
    answer = desk(world.operator).post(way(photo), {"act": "hide", "fields": ["x", "99-99-1"]})
    assert answer.status_code == 422
    assert "Chọn ít nhất một ô cần che." in answer.content.decode()
    assert Photo.objects.get(pk=photo.pk).public_copy_id == photo.public_copy_id


def test_a_photo_is_kept_back_and_released(world, photo):
    client = desk(world.operator)
    client.post(way(photo), {"act": "withhold"})
    assert Client().get(f"/phan-anh/anh/{photo.pk}.jpg").status_code == 404
    assert "Ảnh đang không công khai." in client.get(way(photo)).content.decode()
    client.post(way(photo), {"act": "release"})
    assert Client().get(f"/phan-anh/anh/{photo.pk}.jpg").status_code == 200


def test_an_official_of_elsewhere_finds_nothing(world, photo):
    for last in ("che/", "ban-che/"):
        assert desk(world.outsider).get(way(photo, last)).status_code == 404
    assert desk(world.outsider).post(way(photo), {"act": "withhold"}).status_code == 404
    assert Photo.objects.get(pk=photo.pk).making == "ready"
