import pytest

from tinhso.kernel.api.tests.factories import account, bearer, fresh, key
from tinhso.kernel.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tinhso.kernel.api.tests.urls")]


@pytest.fixture
def headers():
    return bearer(key(account(), "write"))


def test_a_refusal_is_a_problem_document(client, headers):
    response = client.get("/api/v1/things/missing", headers=headers)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:tinhso:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "Không tìm thấy. Kiểm tra lại mã hoặc địa chỉ.",
        "instance": "/api/v1/things/missing",
    }


def test_a_refusal_about_a_field_names_it_and_its_effect_is_undone(client, headers):
    response = client.post(
        "/api/v1/things/people", {"full_name": "refused"}, "application/json", headers={**headers, **fresh()}
    )
    assert (response.status_code, response.json()["code"]) == (422, "people.refused")
    assert response.json()["errors"] == [{"field": "full_name", "code": "people.refused", "message": "Không được."}]
    assert Person.objects.count() == 0


def test_wrong_fields_are_all_named_in_vietnamese(client, headers):
    response = client.post(
        "/api/v1/things/people",
        {"full_name": "L", "born_on": "2026-02-30"},
        "application/json",
        headers={**headers, **fresh()},
    )
    assert (response.status_code, response.json()["code"]) == (422, "api.invalid")
    assert response.json()["errors"] == [
        {"field": "full_name", "code": "string_too_short", "message": "Ngắn quá."},
        {
            "field": "born_on",
            "code": "date_from_datetime_parsing",
            "message": "Phải là ngày dạng 2026-01-31.",
        },
    ]
    assert Person.objects.count() == 0


def test_a_body_that_is_no_json_is_unreadable(client, headers):
    response = client.post("/api/v1/things/people", "{", "application/json", headers={**headers, **fresh()})
    assert (response.status_code, response.json()["code"]) == (400, "api.unreadable")


def test_asking_too_often_says_when_to_come_again(client, headers):
    response = client.get("/api/v1/things/often", headers=headers)
    assert (response.status_code, response.json()["code"]) == (429, "too_many")
    assert response.headers["Retry-After"] == "7"


def test_a_bug_is_told_without_its_inside(client, headers):
    client.raise_request_exception = False
    response = client.get("/api/v1/things/bug", headers=headers)
    assert (response.status_code, response.json()["code"]) == (500, "api.broken")
    assert b"ZeroDivision" not in response.content


def test_a_lost_database_says_when_to_come_again(client, headers):
    client.raise_request_exception = False
    response = client.get("/api/v1/things/lost", headers=headers)
    assert (response.status_code, response.json()["code"]) == (503, "database_away")
    assert response.headers["Retry-After"] == "30"


def test_the_index_is_open_and_names_the_modules_and_the_contract(client):
    assert client.get("/api/v1/").json() == {
        "title": "Tỉnh Số",
        "version": "1",
        "contract": "/api/v1/openapi.json",
        "modules": {"things": "/api/v1/things/"},
    }
    contract = client.get("/api/v1/openapi.json").json()
    assert contract["info"] == {"title": "Tỉnh Số", "version": "1", "description": ""}
    header = contract["paths"]["/api/v1/things/people"]["post"]["parameters"][0]
    assert (header["name"], header["in"], header["required"]) == ("Idempotency-Key", "header", True)


def test_there_is_no_page_that_loads_scripts_from_elsewhere(client):
    response = client.get("/api/v1/docs")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert client.post("/api/v2/", {}, "application/json").json()["code"] == "not_found"
