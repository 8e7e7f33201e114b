import threading
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tinhso.kernel.api.models import Idempotency
from tinhso.kernel.api.tests import urls
from tinhso.kernel.api.tests.factories import account, bearer, fresh, key
from tinhso.kernel.people.models import Business, Person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tinhso.kernel.api.tests.urls")]
PEOPLE = "/api/v1/things/people"


@pytest.fixture
def headers():
    return bearer(key(account(), "write"))


def post(client, headers, name="Lan", url=PEOPLE):
    return client.post(url, {"full_name": name}, "application/json", headers=headers)


def test_the_same_request_again_gets_the_same_answer_and_happens_once(client, headers):
    headers |= fresh()
    first, second = post(client, headers), post(client, headers)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json() == {"id": Person.objects.get().pk, "full_name": "Lan"}
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Content-Type"] == "application/json"


def test_another_key_is_another_request(client, headers):
    post(client, headers | fresh())
    post(client, headers | fresh())
    assert Person.objects.count() == 2


def test_the_same_key_with_another_body_or_address_is_refused_and_changes_nothing(client, headers):
    headers |= fresh()
    post(client, headers)
    for response in (post(client, headers, "Hoa"), post(client, headers, url="/api/v1/things/open")):
        assert (response.status_code, response.json()["code"]) == (422, "api.key_reused")
    assert [person.full_name for person in Person.objects.all()] == ["Lan"]


@pytest.mark.parametrize("sent", [None, "", "short", "ü" * 20, "a b" * 10, "x" * 121])
def test_without_a_possible_key_nothing_is_written(client, headers, sent):
    response = post(client, headers | ({"Idempotency-Key": sent} if sent is not None else {}))
    assert (response.status_code, response.json()["code"]) == (400, "api.key_missing")
    assert Person.objects.count() == Idempotency.objects.count() == 0


def test_keys_of_two_accounts_do_not_meet(client, headers):
    shared = fresh()
    post(client, headers | shared)
    response = post(client, bearer(key(account("hoa"), "write")) | shared, "Hoa")
    assert response.status_code == 201
    assert Person.objects.count() == 2


def test_a_refused_request_keeps_nothing_and_may_be_sent_again(client, headers):
    headers |= fresh()
    assert post(client, headers, "refused").status_code == 422
    assert Person.objects.count() == Idempotency.objects.count() == 0
    assert post(client, headers, "Lan").status_code == 201


def test_requests_of_nobody_are_kept_apart_by_their_key_and_body(client):
    headers = fresh()
    first, second = (post(client, headers, url="/api/v1/things/open") for _ in range(2))
    assert first.json() == second.json()
    assert Person.objects.count() == 1
    assert Idempotency.objects.get().account_id is None


def test_a_form_with_a_file_is_the_same_only_with_the_same_file(client, headers):
    headers |= fresh()

    def send(content):
        file = SimpleUploadedFile("a.pdf", content)
        return client.post("/api/v1/things/files", {"name": "Hợp tác xã", "file": file}, headers=headers)

    assert send(b"one").json() == {"size": 3}
    assert send(b"one").headers["Idempotency-Replayed"] == "true"
    assert send(b"two").json()["code"] == "api.key_reused"
    assert Business.objects.count() == 1


def test_a_write_costs_five_statements_beside_its_own(client, headers, django_assert_num_queries):
    with django_assert_num_queries(6):  # key, begin, take, effect, keep the answer, commit
        post(client, headers | fresh())


def at_once(count, headers, name="Lan"):
    answers = []

    def work():
        try:
            response = post(Client(), headers, name)
            answers.append((response.status_code, response.json().get("code"), response.json().get("id")))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    return threads, answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_many_at_once_one_happens_and_all_get_its_answer(headers):
    threads, answers = at_once(6, headers | fresh())
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(201, None, Person.objects.get().pk)] * 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_who_waits_longer_than_the_lock_time_out_is_told_to_come_again(headers):
    urls.gate.clear()
    urls.inside.clear()
    headers = headers | {"Idempotency-Key": str(uuid.uuid4())}
    (first,), answers = at_once(1, headers, "slow")
    first.start()
    assert urls.inside.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '200ms'")
    try:
        response = post(Client(), headers, "slow")
        assert (response.status_code, response.json()["code"]) == (409, "api.still_running")
    finally:
        urls.gate.set()
        first.join()
        with connection.cursor() as cursor:
            cursor.execute("reset lock_timeout")
    assert answers == [(201, None, Person.objects.get().pk)]
