"""What happens to reports, told to programs and heard from them; hostile XML is refused."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.open311 import course, said
from tests.open311.said import V2, as_json, as_xml, get, post, wrong

from tinhso.kernel.journal.models import Entry
from tinhso.modules.field_reports.tests.factories import filed

pytestmark = pytest.mark.django_db
WEEK = {"start_date": "2026-11-15T00:00:00+07:00", "end_date": "2026-11-21T00:00:00+07:00"}


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<service_request_updates><request_update><description>&b;</description></request_update></service_request_updates>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x><description>&f;</description></x>"""


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, b"<x", b"<x>" * 30_000, b""])
def test_hostile_xml_is_refused(world, body):
    response = Client().post(f"{V2}/servicerequestupdates.xml", body, content_type="text/xml")
    assert response.status_code in (400, 403)
    assert as_xml(response).tag == "errors"
    assert b"root:" not in response.content


def test_an_update_is_heard_once_and_by_officials_only(world):
    report = course.accepted(world)
    fields = {"api_key": said.key(), "service_request_id": report.case.number, "update_id": "5", "status": "OPEN",
              "description": "Gọi tôi 0912345678."}  # fmt: skip
    first, second = (as_json(post(fields, "servicerequestupdates.json")) for _ in range(2))
    assert first == second
    (entry,) = Entry.objects.filter(verb="field_report.hear")
    assert entry.said["text"] == "Gọi tôi 0912345678."
    assert "0912345678" not in str(entry.data)
    assert "0912345678" not in get("servicerequestupdates.json", **WEEK).content.decode()


def test_an_update_as_xml_is_heard(world):
    report = course.accepted(world)
    fields = {"api_key": said.key(), "service_request_id": report.case.number, "update_id": "9", "status": "OPEN"}
    told = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    body = f"<service_request_updates><request_update>{told}<description>Vẫn chưa sửa.</description></request_update>"
    body = f"{body}</service_request_updates>".encode()
    assert Client().post(f"{V2}/servicerequestupdates.xml", body, content_type="text/xml").status_code == 200


def test_an_update_to_what_one_may_not_see_is_not_found(world):
    report = filed(world)
    fields = {"api_key": said.key(), "service_request_id": report.case.number, "description": "Xin chào mọi người."}
    response = post(fields, "servicerequestupdates.json")
    assert (response.status_code, wrong(response)) == (404, [(404, "service_request_id was not found")])
    assert not Entry.objects.filter(verb="field_report.hear").exists()


def test_updates_of_public_reports_only(world):
    course.accepted(world)
    filed(world)
    rows = as_json(get("servicerequestupdates.json", **WEEK))
    assert [one["status"] for one in rows] == ["OPEN", "INVESTIGATING", "ACTION_SCHEDULED"]
