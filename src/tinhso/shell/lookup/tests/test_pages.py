from __future__ import annotations

import random
import re

import pytest

from tinhso.kernel.cases.codes import tidy_code, tidy_digits
from tinhso.kernel.cases.lookup import Pace
from tinhso.kernel.people.tests import factories as people
from tinhso.shell.lookup import pages
from tinhso.shell.tests.factories import TAIL, counting, finish, parcel, pause, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def _patient(monkeypatch):
    for limit in ("FROM_ONE_PLACE", "ABOUT_ONE_CODE"):
        monkeypatch.setattr(pages, limit, Pace(1000, 60))


def _ask(client, code, digits):
    return client.post("/tra-cuu/", {"code": code, "digits": digits})


def _body(response, *said):
    """The page without the token of its form and without what was typed."""
    text = re.sub(r'(csrfmiddlewaretoken" value="|CSRFToken": ")[^"]+', "", response.content.decode())
    for one in said:
        text = text.replace(one, "")
    return text


@pytest.mark.parametrize(
    ("typed", "read"),
    [(" h53.08-261117-0088 ", "H53.08-261117-0088"), ("H53.08–261117—0088", "H53.08-261117-0088"), ("'; drop", "DROP")],
)
def test_codes_are_read_as_people_type_them(typed, read):
    assert tidy_code(typed) == read


@pytest.mark.parametrize(("typed", "read"), [("4417", "4417"), (" 44 17", "4417"), ("417", ""), ("abcd", "")])
def test_only_four_digits_count(typed, read):
    assert tidy_digits(typed) == read


def test_code_and_digits_lead_to_the_page_of_the_qr_code(client):
    case = parcel(1, unit())
    response = _ask(client, case.number.lower(), TAIL)
    assert (response.status_code, response["Location"]) == (302, f"/tra-cuu/{case.number}/{case.lookup_key}/")


def test_the_page_tells_where_it_is_and_nothing_of_the_person(client):
    lan = people.citizen("lan", phone="+84900004417")
    case = parcel(1, unit("XA1"), owner=lan)
    pause(case)
    response = client.get(f"/tra-cuu/{case.number}/{case.lookup_key}/")
    page = response.content.decode()
    assert "Cần bổ sung" in page
    assert "Phường XA1" in page
    assert "Bước 2/5" in page
    assert "Người nộp gửi T01-000001" in page
    for secret in ("Trần Văn", "Lan", "4417", "Thiếu giấy", "bí mật"):
        assert secret not in page
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


def test_a_finished_case_says_when(client):
    case = parcel(1, unit())
    finish(case)
    page = client.get(f"/tra-cuu/{case.number}/{case.lookup_key}/").content.decode()
    assert "Có kết quả" in page
    assert "thứ Năm, 19/11/2026" in page


def test_the_date_is_explained_without_the_reasons_officials_wrote(client):
    case = parcel(1, unit())
    pause(case)
    page = client.get(f"/tra-cuu/{case.number}/{case.lookup_key}/vi-sao/").content.decode()
    assert "5 ngày làm việc" in page
    assert "chờ bổ sung hồ sơ" in page
    assert "bí mật" not in page


@pytest.mark.usefixtures("_patient")
def test_wrong_code_and_wrong_digits_get_the_same_answer_for_the_same_work(client):
    case = parcel(1, unit())
    chance = random.Random(7)
    answers, costs = set(), set()
    for _ in range(10):
        unknown = f"T01-{chance.randrange(100000, 999999)}"
        for code, digits in ((unknown, TAIL), (case.number, f"{chance.randrange(0, 4000):04d}"), (case.number, "")):
            with counting() as statements:
                response = _ask(client, code, digits)
            answers.add((response.status_code, _body(response, code)))
            costs.add(len(statements))
    assert len(answers) == 1
    assert {status for status, _ in answers} == {422}
    assert len(costs) == 1


@pytest.mark.usefixtures("_patient")
def test_a_wrong_key_is_answered_like_an_unknown_code(client):
    case = parcel(1, unit())
    known = client.get(f"/tra-cuu/{case.number}/wrong-key/")
    unknown = client.get("/tra-cuu/T01-999999/wrong-key/")
    assert known.status_code == unknown.status_code == 404
    assert _body(known, case.number) == _body(unknown, "T01-999999")


def test_digits_of_one_code_are_guessed_only_a_few_times(client):
    case = parcel(1, unit())
    codes = [_ask(client, case.number, f"{number:04d}").status_code for number in range(11)]
    assert codes == [422] * 10 + [429]
    refused = _ask(client, case.number, TAIL)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_the_limit_tells_nothing_of_which_codes_exist(client):
    codes = [_ask(client, "T01-999999", f"{number:04d}").status_code for number in range(11)]
    assert codes == [422] * 10 + [429]


def test_an_address_is_opened_only_so_often_from_one_place(client, monkeypatch):
    monkeypatch.setattr(pages, "FROM_ONE_PLACE", Pace(3, 60))
    statuses = [client.get(f"/tra-cuu/T01-{number:06d}/x/").status_code for number in range(4)]
    assert statuses == [404, 404, 404, 429]


def test_following_costs_four_statements(client):
    case = parcel(1, unit())
    address = f"/tra-cuu/{case.number}/{case.lookup_key}/"
    client.get(address)
    with counting() as statements:
        client.get(address)
    assert len(statements) == 4
