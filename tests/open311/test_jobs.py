"""What follows from reports for everybody's eyes: queued once an entry is written, done once however often it runs."""

from __future__ import annotations

import httpx
import pytest
from tests.open311 import course, said

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.pictures.tests.drawn import jpeg, street
from tinhso.modules.field_reports.actions import photos
from tinhso.modules.field_reports.actions.open311 import file
from tinhso.modules.field_reports.jobs import fetching, showing
from tinhso.modules.field_reports.models import Photo
from tinhso.modules.field_reports.queries.catalogue import catalogue_on
from tinhso.modules.field_reports.rules.open311 import filing
from tinhso.modules.field_reports.tests.factories import MONDAY, act, filed

pytestmark = pytest.mark.django_db
ADDRESS = "https://anh.vidu.vn/1.jpg"


@pytest.fixture
def queued(monkeypatch):
    """What was handed to the queue."""
    found: list[dict[str, object]] = []
    for task in (showing.prepare, fetching.fetch):
        monkeypatch.setattr(task, "defer", lambda **said: found.append(said))
    return found


def test_each_new_photo_is_queued_and_prepared_once(world, queued):
    report = filed(world, **course.with_photo())
    entry = Entry.objects.get(case_id=report.pk, verb="field_report.file")
    showing.show_photos(entry)
    photo = Photo.objects.get()
    assert queued == [{"photo_id": photo.pk}]
    first = photos.prepare(photo_id=photo.pk, at=MONDAY)
    assert photos.prepare(photo_id=photo.pk, at=MONDAY).public_copy_id == first.public_copy_id
    showing.show_photos(entry)
    assert len(queued) == 1


def test_a_photo_withheld_while_its_copy_was_made_stays_withheld(world):
    report = course.accepted(world, **course.with_photo())
    photo = Photo.objects.get(report_id=report.pk)
    photos.withhold(photo_id=photo.pk, by=act(world.operator), at=MONDAY)
    assert photos.prepare(photo_id=photo.pk, at=MONDAY).making == "withheld"
    assert photos.release(photo_id=photo.pk, by=act(world.operator), at=MONDAY).making == "ready"


def linked(world, settings, *hosts: str) -> Entry:
    settings.OPEN311_MEDIA_HOSTS = frozenset(hosts)
    kinds = catalogue_on(MONDAY.date())[1].categories
    fields = said.pothole(world, media_url=f"{ADDRESS},http://anh.vidu.vn/2.jpg,https://noi-khac.vn/3.jpg")
    report = file(filing(fields, [], kinds), client="abc", key="k1", at=MONDAY)
    return Entry.objects.get(case_id=report.pk, verb="field_report.file")


def test_only_pictures_of_trusted_hosts_are_fetched_and_only_over_https(world, settings, queued):
    entry = linked(world, settings, "anh.vidu.vn")
    fetching.fetch_linked(entry)
    assert queued == [{"report_id": entry.case_id, "address": ADDRESS}]


def test_nothing_is_fetched_where_no_host_is_named(world, settings, queued):
    fetching.fetch_linked(linked(world, settings))
    assert queued == []


@pytest.mark.parametrize(
    "address",
    ["http://anh.vidu.vn/1.jpg", "https://anh.vidu.vn:8443/1.jpg", "https://a@anh.vidu.vn/1.jpg", "https://127.0.0.1/",
     "https://anh.vidu.vn.noi-khac.vn/", "file:///etc/passwd", "https://[::1", "https:///x"],
)  # fmt: skip
def test_addresses_that_are_not_trusted(settings, address):
    settings.OPEN311_MEDIA_HOSTS = frozenset({"anh.vidu.vn"})
    assert not fetching.is_trusted(address)
    assert fetching.is_trusted(ADDRESS)


def test_a_download_follows_no_redirect_and_stops_at_ten_megabytes():
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/away":
            return httpx.Response(302, headers={"Location": "http://127.0.0.1/secret"})
        return httpx.Response(200, content=b"x" * (11 * 1024 * 1024 if request.url.path == "/big" else 5))

    wire = httpx.MockTransport(answer)
    assert fetching.download("https://anh.vidu.vn/small", wire) == b"xxxxx"
    assert fetching.download("https://anh.vidu.vn/big", wire) == b""
    with pytest.raises(httpx.HTTPStatusError):
        fetching.download("https://anh.vidu.vn/away", wire)


def test_a_fetched_picture_is_kept_once_and_what_is_none_is_left_out(world, queued):
    report = filed(world)
    picture = jpeg(street(3))
    assert fetching.keep(report_id=report.pk, content=picture, at=MONDAY)
    assert not fetching.keep(report_id=report.pk, content=picture, at=MONDAY)
    assert not fetching.keep(report_id=report.pk, content=b"<html>", at=MONDAY)
    assert Photo.objects.filter(report_id=report.pk).count() == 1
    assert len(queued) == 1
