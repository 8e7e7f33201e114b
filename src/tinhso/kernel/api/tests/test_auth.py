from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tinhso.kernel.api import actions
from tinhso.kernel.api.models import ApiKey
from tinhso.kernel.api.tests.factories import AT, account, bearer, fresh, key
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.models import Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tinhso.kernel.api.tests.urls")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
ME = "/api/v1/things/me"


def code_of(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def test_a_key_acts_as_its_account_and_the_answer_costs_one_statement(client, django_assert_num_queries):
    lan = account()
    headers = bearer(key(lan))
    assert client.get(ME, headers=headers).json() == {"account": lan.pk, "rights": []}
    with django_assert_num_queries(1):
        client.get(ME, headers=headers)


def test_only_the_hash_of_a_key_is_kept():
    text = key(account())
    row = ApiKey.objects.get()
    assert text.startswith(f"ts_{row.prefix}_")
    assert text.encode() not in bytes(row.secret_hash)
    assert row.scopes == ["read"]


@pytest.mark.parametrize("what", ["wrong", "no prefix", "revoked", "expired", "account closed", "empty"])
def test_a_key_that_does_not_hold_is_refused_the_same_way(client, what):
    lan = account()
    text = key(lan, expires_at=timezone.now() - timedelta(seconds=1) if what == "expired" else None)
    if what == "revoked":
        actions.revoke_key(key_id=ApiKey.objects.get().pk, by=actor_of(lan), at=AT)
    if what == "account closed":
        lan.is_active = False
        lan.save()
    sent = {"wrong": text[:-1] + ("a" if text[-1] != "a" else "b"), "no prefix": text[3:], "empty": ""}.get(what, text)
    response = client.get(ME, headers=bearer(sent))
    assert code_of(response) == (401, "api.not_signed_in")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert ApiKey.objects.get().last_used_at is None


def test_a_wrong_key_is_refused_even_beside_a_session_that_would_do(client):
    client.force_login(account(), backend=BACKEND)
    assert code_of(client.get(ME, headers=bearer("ts_wrong"))) == (401, "api.not_signed_in")


def test_the_last_use_is_written_at_most_once_a_minute(client):
    headers = bearer(key(account()))
    client.get(ME, headers=headers)
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    client.get(ME, headers=headers)
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    client.get(ME, headers=headers)
    assert ApiKey.objects.get().last_used_at > first - timedelta(minutes=2)


def test_a_key_for_reading_writes_nothing(client):
    response = client.post(
        "/api/v1/things/people",
        {"full_name": "Lan"},
        "application/json",
        headers={**bearer(key(account())), **fresh()},
    )
    assert code_of(response) == (403, "api.read_only_key")
    assert Person.objects.count() == 0


def test_a_session_reads_and_writes_only_with_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    lan = account()
    client.force_login(lan, backend=BACKEND)
    assert client.get(ME).json()["account"] == lan.pk
    response = client.post("/api/v1/things/people", {"full_name": "Lan"}, "application/json", headers=fresh())
    assert code_of(response) == (403, "api.csrf")
    assert Person.objects.count() == 0
    client.cookies["csrftoken"] = "a" * 32
    wrong = client.post(
        "/api/v1/things/people", {"full_name": "Lan"}, "application/json", headers={**fresh(), "X-CSRFToken": "b" * 32}
    )
    assert code_of(wrong) == (403, "api.csrf")
    response = client.post(
        "/api/v1/things/people",
        {"full_name": "Lan"},
        "application/json",
        headers={**fresh(), "X-CSRFToken": "a" * 32},
    )
    assert response.status_code == 201
    assert Person.objects.count() == 1


def test_nobody_gets_in_where_one_must_sign_in(client):
    assert code_of(client.get(ME)) == (401, "api.not_signed_in")


def test_an_open_route_takes_everybody_as_who_they_are_and_a_session_only_with_csrf(client):
    assert client.get("/api/v1/things/open").json() == {"account": None}
    lan = account()
    assert client.get("/api/v1/things/open", headers=bearer(key(lan))).json() == {"account": lan.pk}
    strict = Client(enforce_csrf_checks=True)
    sent = {"data": {"full_name": "Lan"}, "content_type": "application/json"}
    assert strict.post("/api/v1/things/open", **sent, headers=fresh()).status_code == 200
    strict.force_login(lan, backend=BACKEND)
    assert code_of(strict.post("/api/v1/things/open", **sent, headers=fresh())) == (403, "api.csrf")
    assert Person.objects.count() == 1


@pytest.mark.parametrize("who", ["colleague", "official", "nobody"])
def test_one_makes_and_ends_keys_for_oneself_only(who):
    lan = account()
    key(lan)
    by = NOBODY if who == "nobody" else actor_of(account("hoa", is_official=who == "official"))
    with pytest.raises(NotAllowed):
        actions.create_key(account_id=lan.pk, name="x", scopes=[], by=by, at=AT)
    with pytest.raises(NotFound):
        actions.revoke_key(key_id=ApiKey.objects.get().pk, by=by, at=AT)
    assert ApiKey.objects.get().revoked_at is None


def test_a_key_cannot_be_given_a_right_that_does_not_exist():
    lan = account()
    with pytest.raises(Refusal) as no:
        key(lan, "kingdom.rule")
    assert (no.value.code, no.value.field) == ("api.unknown_scope", "scopes")
    assert ApiKey.objects.count() == 0
