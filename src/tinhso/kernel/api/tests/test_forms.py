"""Forms that the browser's outbox sends, perhaps twice."""

import uuid
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tinhso.kernel.api.models import Idempotency
from tinhso.kernel.api.tests.factories import account, fresh
from tinhso.kernel.people.marks import mark_of
from tinhso.kernel.people.models import Person
from tinhso.kernel.testing import together

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tinhso.kernel.api.tests.urls")]
PAGE = "/to-khai/"


@pytest.fixture
def lan():
    return account("lan")


@pytest.fixture
def window(lan):
    client = Client()
    client.force_login(lan)
    return client


def send(client, key, mark, name="Lan", **more):
    return client.post(PAGE, {"full_name": name, **more}, headers={**key, "Outbox-Account": mark})


def test_a_form_without_a_key_is_an_ordinary_form(window):
    response = window.post(PAGE, {"full_name": "Lan"})
    assert (response.status_code, response["Location"]) == (302, f"/nguoi/{Person.objects.get().pk}/")
    assert Idempotency.objects.count() == 0


def test_the_outbox_is_told_where_to_go_and_sending_again_does_nothing_more(window, lan):
    key = fresh()
    first, second = (send(window, key, mark_of(lan.pk)) for _ in range(2))
    assert (first.status_code, first.json()) == (200, {"url": f"/nguoi/{Person.objects.get().pk}/"})
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"


def test_a_refused_form_leaves_nothing_and_may_be_mended_under_its_key(window, lan):
    key = fresh()
    refused = send(window, key, mark_of(lan.pk), "refused")
    assert (refused.status_code, refused.json()) == (
        422,
        {"code": "people.refused", "message": "Không được.", "field": "full_name"},
    )
    page = send(window, key, mark_of(lan.pk), "")
    assert (page.status_code, page.content.decode()) == (422, "<p>Nhập họ tên.</p>")
    assert Person.objects.count() == Idempotency.objects.count() == 0
    assert send(window, key, mark_of(lan.pk), "Lan").status_code == 200
    assert [person.full_name for person in Person.objects.all()] == ["Lan"]


def test_the_same_key_with_other_words_or_files_is_refused(window, lan):
    key = fresh()
    send(window, key, mark_of(lan.pk), photo=SimpleUploadedFile("a.jpg", b"one"))
    for more in ({"name": "Hoa"}, {"photo": SimpleUploadedFile("a.jpg", b"two")}):
        response = send(window, key, mark_of(lan.pk), **more)
        assert (response.status_code, response.json()["code"]) == (422, "api.key_reused")
    assert Person.objects.count() == 1


def test_what_one_account_wrote_is_not_sent_under_another_or_signed_out(window, lan):
    for client, mark in ((window, mark_of(account("hoa").pk)), (window, ""), (Client(), mark_of(lan.pk))):
        response = send(client, fresh(), mark)
        assert (response.status_code, response.json()["code"]) == (409, "outbox.other_account")
    assert Person.objects.count() == Idempotency.objects.count() == 0


def test_nobody_may_send_too_and_keys_keep_accounts_apart(window, lan):
    key = fresh()
    assert send(Client(), key, "").status_code == 200
    assert send(window, key, mark_of(lan.pk)).status_code == 200
    assert Person.objects.count() == 2


@pytest.mark.parametrize("key", ["short", "x" * 121, "a b" * 10])
def test_a_key_that_is_none_is_refused(window, lan, key):
    response = send(window, {"Idempotency-Key": key}, mark_of(lan.pk))
    assert (response.status_code, response.json()["code"]) == (400, "api.key_missing")
    assert Person.objects.count() == 0


def test_the_mark_of_an_account_says_nothing_about_it(lan):
    assert mark_of(None) == ""
    assert len(mark_of(lan.pk)) == 16
    assert mark_of(lan.pk) != mark_of(lan.pk + 1)
    assert str(uuid.UUID(int=lan.pk)) not in mark_of(lan.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_two_sent_at_once_one_happens(lan):
    key, clients = fresh(), [Client(), Client()]
    for client in clients:
        client.force_login(lan)

    first, second = together.at_once(*[partial(send, client, key, mark_of(lan.pk)) for client in clients])
    first, second = first.json(), second.json()
    assert first == second == {"url": f"/nguoi/{Person.objects.get().pk}/"}
