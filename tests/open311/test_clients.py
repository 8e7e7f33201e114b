"""Clients of Open311 as they are: ``three`` of Code for America, and one in the manner of FixMyStreet."""

from __future__ import annotations

import itertools
import sys
import warnings
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import requests
from django.test import Client
from tests.open311 import course, said

from tinhso.kernel.pictures.tests.drawn import jpeg, street
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SITE = "http://tinh.vidu.vn"


class Wire(requests.adapters.BaseAdapter):
    """Carries a program's requests to the platform as bytes, without a socket: so both see one transaction."""

    def send(self, request: Any, **_: Any) -> requests.Response:
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        headers = {
            name: value for name, value in request.headers.items() if name not in ("Content-Length", "Content-Type")
        }
        parts = urlsplit(request.url)
        answer = Client().generic(
            request.method, f"{parts.path}?{parts.query}", body,
            content_type=request.headers.get("Content-Type", "application/octet-stream"), headers=headers,
        )  # fmt: skip
        response = requests.Response()
        response.status_code, response.request, response.url = answer.status_code, request, request.url
        response.headers.update(dict(answer.items()))
        response.raw = BytesIO(answer.content)
        return response

    def close(self) -> None:
        pass


@pytest.fixture
def three(monkeypatch):
    """The package as PyPI has it. It was written for Python 2, whose ``itertools.ifilter`` is today's ``filter``."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    for name in [one for one in sys.modules if one.partition(".")[0] == "three"]:
        monkeypatch.delitem(sys.modules, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an old reader of XML that it brings along
        import three

    return three


def city(three: Any, **more: Any) -> Any:
    client = three.Three(f"{SITE}/open311/v2", **more)
    client.session.mount(SITE, Wire())
    return client


def test_three_finds_kinds_and_their_questions(world, three):
    client = city(three)
    assert client.discovery()["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    kinds = {one["service_code"]: one for one in client.services()}
    assert kinds["GT01"]["service_name"] == "Ổ gà, mặt đường hư hỏng"
    assert [one["code"] for one in client.services("GT01")["attributes"]] == ["size", "lane"]


def test_three_lists_reports_by_count_date_and_kind(world, three):
    for n in range(3):
        course.accepted(world, MONDAY, text=f"Ổ gà số {n} rất sâu ở đầu đường.")
    client = city(three)
    between = ["11-15-2026", "11-20-2026"]
    assert len(client.requests(between=between)) == 3
    assert len(client.requests(between=between, count=2)) == 2
    assert client.requests("CS01", between=between) == []
    (one,) = client.request("PA-2026-0000001")
    assert (one["status"], one["service_code"]) == ("open", "GT01")


def test_three_files_a_report_with_a_photo(world, three):
    client = city(three, api_key=said.key(), jurisdiction="tinh.vidu.vn")
    photo = BytesIO(jpeg(street(2)))
    photo.name = "anh.jpg"
    (receipt,) = client.post(
        "GT01", lat=world.centre.latitude, long=world.centre.longitude, address="Trước chợ", name="Lan Nguyễn",
        phone="0912345678", description="Ổ gà rất sâu trước chợ.", media=photo,
    )  # fmt: skip
    report = Report.objects.get(case__number=receipt["service_request_id"])
    assert (report.address, report.sender_name) == ("Trước chợ", "Nguyễn Lan")
    assert Photo.objects.filter(report=report).count() == 1


def test_three_polls_a_token(world, three):
    client = city(three, api_key=said.key())
    (receipt,) = client.post("AN01", address="Quán ở đầu hẻm", description="Đánh nhau trước quán lúc nửa đêm.")
    assert client.token(receipt["token"]) == [{"token": receipt["token"], "service_request_id": None}]


class Street:
    """Speaks as FixMyStreet does: XML only, titles as attributes, updates both ways."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.session = requests.Session()
        self.session.mount(SITE, Wire())

    def _xml(self, method: str, path: str, **fields: Any) -> ElementTree.Element:
        said = {"params" if method == "GET" else "data": fields}
        answer = self.session.request(method, f"{SITE}/open311/v2/{path}", **said)
        assert answer.headers["Content-Type"].startswith("text/xml")
        return ElementTree.fromstring(answer.content)

    def send_report(self, problem: dict[str, Any]) -> str:
        fields = {
            "api_key": self.key, "service_code": problem["kind"], "lat": problem["lat"], "long": problem["lon"],
            "description": f"title: {problem['title']}\n\ndetail: {problem['detail']}\n\nurl: {problem['url']}",
            "first_name": "Lan", "last_name": "Nguyễn", "email": "lan@vidu.vn",
            "attribute[title]": problem["title"], "attribute[description]": problem["detail"],
            "attribute[external_id]": problem["id"], "attribute[easting]": "1", "jurisdiction_id": "tinh",
        }  # fmt: skip
        answer = self._xml("POST", "requests.xml", **fields)
        return answer.findtext("./request/service_request_id") or answer.findtext("./request/token") or ""

    def fetch_updates(self, since: str, until: str) -> list[tuple[str, str]]:
        rows = self._xml("GET", "servicerequestupdates.xml", start_date=since, end_date=until)
        return [(one.findtext("service_request_id"), one.findtext("status")) for one in rows.findall("request_update")]

    def post_update(self, number: str, name: str, text: str) -> str | None:
        fields = {
            "api_key": self.key, "service_request_id": number, "service_request_id_ext": "12", "update_id": name,
            "status": "OPEN", "updated_datetime": "2026-11-16T12:00:00+07:00", "description": text, "title": "",
            "first_name": "Lan", "last_name": "Nguyễn", "public_anonymity_required": "TRUE", "email": "lan@vidu.vn",
        }  # fmt: skip
        return self._xml("POST", "servicerequestupdates.xml", **fields).findtext("./request_update/update_id")


def test_a_client_in_the_manner_of_fixmystreet_sends_once_and_follows(world):
    street_of = Street(said.key())
    problem = {
        "id": "4711", "kind": "GT01", "lat": world.centre.latitude, "lon": world.centre.longitude, "title": "Ổ gà",
        "detail": "Rất sâu, trước chợ.", "url": "https://sua-duong.vidu.vn/report/4711",
    }  # fmt: skip
    number = street_of.send_report(problem)
    assert number == street_of.send_report(problem)
    assert Report.objects.get().case.number == number
    assert "Rất sâu, trước chợ." in Report.objects.get().text


def test_a_client_in_the_manner_of_fixmystreet_hears_what_was_done(world):
    report = course.solved(world)
    rows = Street(said.key()).fetch_updates("2026-11-16T00:00:00+07:00", "2026-11-17T00:00:00+07:00")
    assert rows == [
        (report.case.number, state) for state in ("OPEN", "INVESTIGATING", "ACTION_SCHEDULED", "IN_PROGRESS", "FIXED")
    ]


def test_a_client_in_the_manner_of_fixmystreet_adds_words(world):
    report = course.accepted(world)
    street_of = Street(said.key())
    first = street_of.post_update(report.case.number, "81", "Thêm một xe bị té.")
    assert first
    assert first == street_of.post_update(report.case.number, "81", "Thêm một xe bị té.")
