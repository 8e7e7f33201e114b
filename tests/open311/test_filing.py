"""What programs file: refusals in the right order, once and not twice, told to come back in a crowd."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from tests.open311 import course, said
from tests.open311.said import V2, as_json, as_xml, post, wrong

from tinhso.modules.field_reports.actions import photos
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.portal import crowding
from tinhso.modules.field_reports.tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def test_a_filed_report_waits_for_the_desk_and_says_where_it_came_from(world):
    (receipt,) = as_json(post(said.pothole(world, api_key=said.key(), address_string="Trước chợ")))
    report = Report.objects.select_related("case").get(case__number=receipt["service_request_id"])
    assert (report.case.state, report.channel, report.is_public) == ("received", "open311", False)
    assert (report.sender_name, report.phone, report.email) == ("Nguyễn Thị Lan", "+84912345678", "lan@vidu.vn")
    assert (report.attributes, report.address) == ({"size": "large"}, "Trước chợ")
    assert report.source_ref.startswith("open311:")


def test_the_same_sent_again_is_one_report(world):
    fields = said.pothole(world, api_key=said.key())
    first, second = as_json(post(fields)), as_json(post(fields))
    assert first == second
    assert as_xml(post(fields, "requests.xml")).find(".//service_request_id").text == first[0]["service_request_id"]
    assert Report.objects.count() == 1


def test_a_program_s_own_name_for_it_counts_more_than_its_words(world):
    fields = said.pothole(world, api_key=said.key()) | {"attribute[external_id]": "FMS-1"}
    post(fields)
    post(fields | {"description": "Ổ gà rất sâu trước chợ, đã rộng thêm."})
    post(fields | {"attribute[external_id]": "FMS-2"})
    assert Report.objects.count() == 2
    header = {"Idempotency-Key": "0123456789abcdef"}
    post(said.pothole(world, api_key=said.key("khac")), headers=header)
    post(said.pothole(world, api_key=fields["api_key"]), headers=header)
    assert Report.objects.count() == 4


def test_filing_costs_few_statements(world):
    fields = said.pothole(world, api_key=said.key())
    post(fields)
    with CaptureQueriesContext(connection) as asked:
        post(said.pothole(world, api_key=fields["api_key"], description="Một ổ gà khác ở đầu cầu, rất sâu."))
    kinds = [one["sql"].split()[0].lower() for one in asked]
    assert len([one for one in kinds if one not in ("savepoint", "release")]) == 7
    assert Report.objects.count() == 2


@pytest.mark.parametrize("text", ["", "xyz", "ts_00000000_falsch", "ts_", "a" * 5000, "ts_\x00"])
def test_without_a_good_key_nothing_is_written(world, text):
    response = post(said.pothole(world, api_key=text))
    assert response.status_code == 403
    assert wrong(response)[0][0] == 403
    assert Report.objects.count() == 0


def test_a_key_that_may_only_read_writes_nothing(world):
    response = post(said.pothole(world, api_key=said.key(scopes=("read",))))
    assert (response.status_code, Report.objects.count()) == (403, 0)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"service_code": ""}, 400, ["service_code was not provided"]),
        ({"service_code": "XX"}, 404, ["service_code was not found"]),
        ({"lat": "", "long": ""}, 400, ["lat and long, address_string or address_id must be provided"]),
        ({"long": ""}, 400, ["lat and long must be given together"]),
        ({"attribute[size]": "huge"}, 400, ["attribute[size] must be one of"]),
        ({"service_code": "MT02"}, 400, ["attribute[kind] was not provided"]),
        ({"email": "a" * 300}, 400, ["email is too long"]),
        ({"lat": "21.03", "long": "105.85"}, 400, ["place: Vị trí này ngoài địa bàn tỉnh."]),
        ({"service_code": "CS01", "attribute[count]": "nhiều"}, 400, ["attribute[count] must be a number"]),
    ],
)
def test_what_cannot_be_filed_says_why(world, fields, status, words):
    response = post(said.pothole(world, api_key=said.key()) | fields)
    told = [text for _code, text in wrong(response)]
    assert response.status_code == status
    assert [text.startswith(beginning) for text, beginning in zip(told, words, strict=True)] == [True] * len(words)
    assert Report.objects.count() == 0


def test_several_keys_of_a_list_are_taken(world):
    fields = said.pothole(world, api_key=said.key(), service_code="MT02") | {
        "attribute[kind][]": ["household", "medical"], "attribute[seen_at]": "2026-11-16T08:00:00+07:00",
    }  # fmt: skip
    del fields["attribute[size]"]
    post(fields)
    assert Report.objects.get().attributes["kind"] == ["household", "medical"]


def test_an_address_alone_is_enough(world):
    fields = said.pothole(world, api_key=said.key(), lat="", long="", address_string="12 Trưng Nữ Vương")
    assert post(fields).status_code == 200
    assert (Report.objects.get().latitude, Report.objects.get().address) == (None, "12 Trưng Nữ Vương")


def test_photos_of_a_form_are_kept_and_shown_only_as_copies(world):
    fields = said.pothole(world, api_key=said.key(), media=course.picture(3, latitude=11.31, longitude=106.1))
    (receipt,) = as_json(post(fields))
    photo = Photo.objects.get(report__case__number=receipt["service_request_id"])
    assert (photo.latitude, photo.making, photo.public_copy_id) == (11.31, "waiting", None)
    assert photos.prepare(photo_id=photo.pk, at=MONDAY).making == "ready"


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"GIF89a" + b"\0" * 90, b"\xff\xd8\xff" + b"A" * 300])
def test_what_only_looks_like_a_photo_is_refused_and_nothing_is_written(world, content):
    fields = said.pothole(world, api_key=said.key(), media=SimpleUploadedFile("anh.jpg", content, "image/jpeg"))
    assert post(fields).status_code == 400
    assert (Report.objects.count(), Photo.objects.count()) == (0, 0)


def test_a_link_to_a_photo_is_kept_for_officials_and_not_fetched(world):
    fields = said.pothole(world, api_key=said.key(), media_url="https://anh.vidu.vn/1.jpg")
    post(fields)
    report = Report.objects.get()
    assert report.text.endswith("Ảnh kèm theo: https://anh.vidu.vn/1.jpg")
    assert "vidu" not in report.masked_text


def test_a_key_that_sends_too_much_is_told_to_come_back(world, settings):
    settings.OPEN311_WRITES_A_MINUTE = 2
    key = said.key()
    answers = [post(said.pothole(world, api_key=key, description=f"Ổ gà thứ {n} trên đường này.")) for n in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "30"
    assert wrong(answers[2])[0][0] == 429
    assert Report.objects.count() == 2


def test_in_a_crowd_of_programs_a_report_is_told_to_come_back_and_stored_then(world, monkeypatch):
    """Nothing is written meanwhile; sent again under the same name it is one."""
    key = said.key()
    report = said.pothole(world, api_key=key)
    monkeypatch.setattr(crowding.CROWD, "enter", lambda now: False)
    many = post(report)
    assert (many.status_code, wrong(many)[0][0], Report.objects.count()) == (429, 429, 0)
    assert 1 <= int(many["Retry-After"]) <= 5
    monkeypatch.undo()
    assert [post(report).status_code for _ in range(2)] == [200, 200]
    assert Report.objects.count() == 1


class Unread(BytesIO):
    def read(self, *_more):
        raise AssertionError("the body was read")


@pytest.mark.parametrize(("path", "form"), [("requests.json", "application/json"), ("requests.xml", "text/xml")])
def test_whoever_is_told_to_come_back_costs_no_statement_and_no_byte_of_the_body(db, monkeypatch, path, form):
    monkeypatch.setattr(crowding.CROWD, "enter", lambda now: False)
    asked = RequestFactory().post(f"{V2}/{path}", {"photo": SimpleUploadedFile("a.jpg", b"x" * 10_000)})
    asked._stream = Unread()
    with CaptureQueriesContext(connection) as statements:
        answer = crowding.crowd_middleware(lambda request: pytest.fail("it was let in"))(asked)
    assert (answer.status_code, answer["Content-Type"], len(statements)) == (429, f"{form}; charset=utf-8", 0)
    monkeypatch.undo()
    assert crowding.crowd_middleware(lambda request: "in")(asked) == "in"


def test_a_broken_form_is_refused_in_the_same_shape(world):
    response = Client().post(f"{V2}/requests.json", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert response.status_code in (400, 403)
    assert wrong(response)
