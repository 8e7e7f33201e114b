"""A refusal that no page caught becomes a page with its own status; a bug stays a bug."""

from __future__ import annotations

import errno
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from tinhso.config.refusals import broken
from tinhso.config.urls import urlpatterns as ours
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale, TooMany, Unavailable
from tinhso.kernel.outage import trouble

REFUSALS = {
    "refusal": Refusal("demo.no", "Chưa đủ giấy tờ. Bổ sung rồi gửi lại."),
    "not-allowed": NotAllowed(),
    "not-found": NotFound(),
    "stale": Stale(),
    "unavailable": Unavailable(),
    "too-many": TooMany(30),
}


def refuse(request: HttpRequest, name: str) -> HttpResponse:
    raise REFUSALS[name]


def crash(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def lose(request: HttpRequest, state: str) -> HttpResponse:
    """What Django raises when the driver lost the server, or the server said why."""
    problem = psycopg.errors.lookup(state)() if state.isalnum() else psycopg.OperationalError("could not connect")
    raise OperationalError("lost") from problem


handler404 = "tinhso.config.refusals.not_found"
handler500 = "tinhso.config.refusals.broken"
urlpatterns = [
    path("refuse/<slug:name>", refuse),
    path("crash", crash),
    path("lose/<slug:state>", lose),
    path("api/lose/<slug:state>", lose),
    *ours,
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_refusals")]


@pytest.mark.parametrize(("name", "refusal"), REFUSALS.items())
def test_a_refusal_is_a_page_with_its_status_and_sentence(client: Client, name: str, refusal: Refusal) -> None:
    answer = client.get(f"/refuse/{name}")
    assert answer.status_code == refusal.status
    assert refusal.message in answer.content.decode()


def test_too_many_says_when_to_come_back(client: Client) -> None:
    assert client.get("/refuse/too-many")["Retry-After"] == "30"


def test_for_htmx_the_page_replaces_the_body(client: Client) -> None:
    answer = client.get("/refuse/stale", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (409, "body", "innerHTML")
    assert "HX-Retarget" not in client.get("/refuse/stale")


def test_an_unknown_address_is_a_page_in_vietnamese(client: Client) -> None:
    answer = client.get("/khong-co")
    assert answer.status_code == 404
    assert "Không tìm thấy trang này" in answer.content.decode()


@override_settings(DEBUG=False)
def test_a_bug_is_a_500_page_without_details(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/crash")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.content.decode()


def test_the_500_page_needs_nothing_else_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinhso.config.refusals.render_to_string", lambda *_: 1 / 0)
    answer = broken(RequestFactory().get("/"))
    assert (answer.status_code, answer.content.decode()) == (500, "Hệ thống gặp lỗi.")


LOST = ("no-answer", "08006", "57P01", "57P03", "53300")  # lost, ended, starting, no connection left


@pytest.mark.parametrize("state", LOST)
def test_without_its_database_a_page_says_503_when_to_come_back_and_asks_nobody_who_is_there(
    client: Client, state: str, django_assert_num_queries: Any
) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = client.get(f"/lose/{state}")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Dữ liệu đã gửi vẫn còn; thử lại sau ít phút." in answer.content.decode()
    assert "tel:1022" in answer.content.decode()


def test_without_its_database_a_program_is_told_as_a_problem(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.post("/api/lose/no-answer")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "database_away"


@pytest.mark.parametrize(
    ("state", "code", "seconds"),
    [("40P01", "database_busy", "5"), ("55P03", "database_busy", "5"), ("53100", "no_room", "60")],
)
def test_what_may_be_asked_again_is_no_bug(client: Client, state: str, code: str, seconds: str) -> None:
    """Two that waited for each other, a lock held for too long, a full disk."""
    client.raise_request_exception = False
    page, program = client.get(f"/lose/{state}"), client.post(f"/api/lose/{state}")
    assert (page.status_code, page["Retry-After"]) == (503, seconds)
    assert (program.status_code, program["Retry-After"], program.json()["code"]) == (503, seconds, code)


def test_a_full_disk_is_no_bug_either() -> None:
    full = trouble(OSError(errno.ENOSPC, "No space left on device"))
    assert full is not None
    assert (full.status, full.code) == (503, "no_room")
    assert trouble(OSError(errno.ENOENT, "No such file")) is None


def test_a_statement_that_took_too_long_is_no_lost_database(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/lose/57014")
    assert (answer.status_code, answer.has_header("Retry-After")) == (500, False)


def test_what_does_not_answer_says_when_to_come_back(client: Client) -> None:
    assert client.get("/refuse/unavailable")["Retry-After"] == "60"


def test_a_forged_form_is_refused_with_a_sentence() -> None:
    answer = Client(enforce_csrf_checks=True).post("/refuse/stale")
    assert answer.status_code == 403
    assert "Tải lại trang" in answer.content.decode()


def test_the_log_line_of_a_page_names_its_route_and_nothing_of_the_query(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tinhso")
    answer = client.get("/refuse/stale?so=012345678901", headers={"X-Request-ID": "counter-0001"})
    [line] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert answer["X-Request-ID"] == line["request_id"] == "counter-0001"
    assert (line["method"], line["status"], line["account"]) == ("GET", 409, None)
    assert line["route"] == "tests.test_refusals.refuse"
    assert "012345678901" not in str(line)


@pytest.mark.django_db
def test_a_nul_letter_in_an_address_or_a_form_is_left_out(client):
    found = client.get("/tim-kiem/?q=khai%00sinh")
    assert found.status_code == 200
    assert "khaisinh" in found.content.decode()
    assert client.post("/tra-cuu/", {"code": "H53\x00.201"}).status_code < 500


@pytest.mark.django_db
def test_a_nul_letter_in_a_body_is_refused_in_words_before_anything_is_kept(client):
    body = '{"answer": "a\\u0000b"}'
    response = client.post("/api/v1/dossiers/", body, content_type="application/json")
    assert response.status_code == 422
    assert "ký tự điều khiển" in response.json()["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("letter", ["\u202e", "\\u202e", "\\u2066", "\u2069", "\\u0001"])
def test_a_program_is_told_of_letters_that_nobody_sees(client: Client, letter: str) -> None:
    body = f'{{"title": "anh{letter}gpj.exe"}}'
    response = client.post("/api/v1/questions/", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (422, "not_plain_text")


@pytest.mark.django_db
def test_unseen_letters_are_left_out_of_what_people_type(client: Client) -> None:
    page = client.get("/tim-kiem/", {"q": "khai\u202e si\u200bnh co\u0302\u0301" + "\u0301" * 50}).content.decode()
    assert "khai sinh co\u0302\u0301\u0301\u0301" in page
    assert not set("\u202e\u200b") & set(page)
    assert "\u0301" * 4 not in page


@pytest.mark.parametrize(
    ("address", "kind"), [("/ho-so/%00/", "text/html"), ("/api/v1/dossiers/%00x/", "application/problem+json")]
)
def test_a_path_with_a_letter_that_no_column_holds_leads_nowhere(client: Client, address: str, kind: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith(kind)
