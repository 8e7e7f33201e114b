"""One's own keys: made once proven, shown once, used, ended."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tinhso.kernel.api.auth import actor_of_key
from tinhso.kernel.api.models import ApiKey
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.tests import factories

pytestmark = pytest.mark.django_db
PAGE, CREATE = "/tai-khoan/khoa-api/", "/tai-khoan/khoa-api/lap/"
SAID = {"name": "Máy của tôi", "write": "1", "days": "30"}


@pytest.fixture
def lan() -> Client:
    factories.citizen("lan")
    browser = Client()
    browser.post("/tai-khoan/login/", {"login": "lan", "password": factories.PASSWORD})
    return browser


def test_a_key_is_shown_once_and_signs_in(lan: Client) -> None:
    page = lan.post(CREATE, SAID).content.decode()
    (text,) = set(re.findall(r"ts_[0-9a-f]{8}_[\w-]{43}", page))
    found = actor_of_key(text)
    assert found is not None
    assert (found[0].name, found[1]) == ("Nguyễn Thị Lan", ["read", "write"])
    key = ApiKey.objects.get()
    assert (key.name, (key.expires_at - key.created_at).days) == ("Máy của tôi", 30)
    assert text not in lan.get(PAGE).content.decode()
    assert "dùng lần cuối" in lan.get(PAGE).content.decode()
    assert list(Entry.objects.values_list("verb", flat=True)) == ["api_key.create"]


def test_a_key_that_was_ended_opens_nothing(lan: Client) -> None:
    page = lan.post(CREATE, SAID).content.decode()
    text = re.findall(r"ts_[0-9a-f]{8}_[\w-]{43}", page)[0]
    assert lan.post(f"{PAGE}{ApiKey.objects.get().pk}/thu/").status_code == 302
    assert actor_of_key(text) is None
    assert lan.post(f"{PAGE}{ApiKey.objects.get().pk}/thu/").status_code == 302
    assert Entry.objects.filter(verb="api_key.revoke").count() == 1


def test_a_key_needs_a_name_and_takes_no_right_one_lacks(lan: Client) -> None:
    assert lan.post(CREATE, {"name": " "}).status_code == 422
    assert ApiKey.objects.count() == 0
    lan.post(CREATE, {"name": "x", "rights": ["people.manage"]})
    assert ApiKey.objects.get().scopes == ["read"]


def test_who_was_not_seen_lately_proves_themselves_first() -> None:
    browser = Client()
    browser.force_login(factories.citizen("lan"))
    assert browser.post(CREATE, SAID)["Location"].startswith("/tai-khoan/xac-nhan/")
    assert ApiKey.objects.count() == 0


def test_anothers_key_is_not_there(lan: Client) -> None:
    lan.post(CREATE, SAID)
    other = Client()
    other.force_login(factories.citizen("minh"))
    assert other.post(f"{PAGE}{ApiKey.objects.get().pk}/thu/").status_code == 404
    assert "Máy của tôi" not in other.get(PAGE).content.decode()
    assert ApiKey.objects.get().revoked_at is None
