"""Every answer's shape, in both forms, against golden files; XML and JSON say the same.

To write the files anew, delete them and
run once: a missing one is written and its test fails.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.open311 import course, said
from tests.open311.said import V2, as_json, as_xml, plain, texts

from tinhso.modules.field_reports.tests.factories import MONDAY, filed

GOLDEN = Path(__file__).parent / "golden"
WEEK = f"start_date={(MONDAY - timedelta(days=1)):%Y-%m-%d}&end_date={(MONDAY + timedelta(days=5)):%Y-%m-%d}"
pytestmark = pytest.mark.django_db


def settled(text: str) -> str:
    """Without what differs from run to run: numbers of rows, seals of tokens."""
    text = re.sub(r"(update_id[\">: ]+)\d+", r"\g<1>1", text)
    text = re.sub(r"/anh/\d+\.jpg", "/anh/1.jpg", text)
    return re.sub(r"T[0-9a-f]+-[0-9a-f]{20}", "T1-00000000000000000000", text)


def golden(name: str, content: bytes) -> None:
    path = GOLDEN / name
    text = settled(content.decode())
    if not path.exists():
        path.write_text(text + "\n")
        pytest.fail(f"{name} was missing and is written now: read it")
    assert text + "\n" == path.read_text()


def both(name: str, get, *, status: int = 200) -> None:
    """The same answer in both forms, each as its golden file says."""
    xml, told = get("xml"), get("json")
    assert (xml.status_code, told.status_code) == (status, status)
    golden(f"{name}.xml", xml.content)
    golden(f"{name}.json", told.content)
    assert plain(as_xml(xml)) == texts(as_json(told))


def read(path: str, query: str = ""):
    return lambda form: Client().get(f"{V2}/{path}.{form}?{query}")


def test_discovery(world):
    both("discovery", read("discovery"))


def test_services(world):
    both("services", read("services"))


def test_the_definition_of_a_kind(world):
    both("definition", read("services/GT01"))


def test_a_list_without_reports(world):
    both("nothing", read("requests", WEEK))


def test_lists_newest_first(world):
    course.accepted(world)
    course.solved(world, MONDAY + timedelta(hours=1), text="Mặt đường hỏng trước trường học.", **course.with_photo())
    both("requests", read("requests", WEEK))


def test_one_report(world):
    report = course.accepted(world)
    both("request", read(f"requests/{report.case.number}"))


def test_one_report_with_all_extensions(world):
    report = course.solved(world, attributes={"size": "large", "lane": "chiều đi chợ"}, **course.with_photo())
    both("extended", read(f"requests/{report.case.number}", "extensions=true"))


def test_what_happened(world):
    course.solved(world)
    both("updates", read("servicerequestupdates", WEEK))


def test_filing(world):
    fields = said.pothole(world, api_key=said.key())
    both("filed", lambda form: Client().post(f"{V2}/requests.{form}", fields))


def test_filing_of_a_kind_that_is_looked_at_first_gives_a_token(world):
    fields = said.pothole(world, service_code="AN01", api_key=said.key())
    both("token", lambda form: Client().post(f"{V2}/requests.{form}", fields))


def test_a_token_before_and_after_its_id_may_be_told(world):
    report = filed(world, category="AN01")
    from tinhso.modules.field_reports.portal.open311 import token_of

    name = token_of(report.pk)
    type(report).objects.filter(pk=report.pk).update(received_at=_now())
    both("token-waiting", read(f"tokens/{name}"))
    type(report.case).objects.filter(pk=report.pk).update(state="assigned")
    both("token-known", read(f"tokens/{name}"))


def _now():
    from django.utils import timezone

    return timezone.now()


def test_several_errors_at_once(world):
    fields = {"api_key": said.key(), "service_code": "MT02", "lat": "11.3", "description": "x" * 4001}
    both("errors", lambda form: Client().post(f"{V2}/requests.{form}", fields), status=400)


def test_an_unknown_report(world):
    both("unknown", read("requests/PA-2026-9999999"), status=404)


def test_a_write_without_a_key(world):
    both("no-key", lambda form: Client().post(f"{V2}/requests.{form}", said.pothole(world)), status=403)


def test_more_words_to_a_report(world):
    report = course.accepted(world)
    fields = {"api_key": said.key(), "service_request_id": report.case.number, "update_id": "77", "status": "OPEN",
              "updated_datetime": "2026-11-16T10:00:00+07:00", "description": "Vẫn còn nguy hiểm."}  # fmt: skip
    both("heard", lambda form: Client().post(f"{V2}/servicerequestupdates.{form}", fields))


def test_json_says_nothing_as_null_and_true_as_true(world):
    course.accepted(world)
    (one,) = json.loads(read("requests", WEEK)("json").content)
    assert one["zipcode"] is None
    assert one["lat"] == pytest.approx(world.centre.latitude, abs=1e-5)
