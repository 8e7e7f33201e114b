"""A unit connects an account of its own at its pages: keys go in, are kept sealed, and never come out again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.channels.conftest import Talking

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing import people
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries.keys import missing, secret_of
from tinhso.modules.channels.rules import Kind

pytestmark = pytest.mark.django_db
PAGE = "/lam-viec/kenh/zalo-xa/cai-dat/"
TYPED = {"name": "Zalo xã", "app_id": "77", "app_secret": "APP-SECRET-XA", "oa_secret": "OA-SECRET-XA"}


@pytest.fixture
def keeper(line: Talking) -> Client:
    commune = line.world.province.commune
    Line.objects.create(code="zalo-xa", kind=Kind.ZALO, unit_id=commune.pk, name="Zalo xã", added_at=timezone.now())
    browser = Client()
    browser.force_login(people.official("giu", commune, "channels.manager"))
    return browser


def test_a_commune_connects_its_own_account_by_itself(line: Talking, keeper: Client) -> None:
    assert "Chưa nhập đủ khóa" in keeper.get("/lam-viec/kenh/zalo-xa/").content.decode()
    assert keeper.post(PAGE, TYPED).status_code == 302
    row = Line.objects.get(code="zalo-xa")
    assert (secret_of(row, "app_secret"), secret_of(row, "oa_secret")) == ("APP-SECRET-XA", "OA-SECRET-XA")
    assert "SECRET" not in row.keys
    assert missing(row) == []
    shown = keeper.get(PAGE).content.decode()
    assert "SECRET-XA" not in shown
    assert "/kenh/nhan/zalo-xa/" in shown
    assert Entry.objects.get(verb="channels.set_up").data["keys"] == "app_secret, oa_secret"
    assert "app_id=77&" in keeper.post("/lam-viec/kenh/zalo-xa/ket-noi/")["Refresh"]


def test_an_empty_key_stays_and_a_wrong_one_changes_nothing(line: Talking, keeper: Client) -> None:
    keeper.post(PAGE, TYPED)
    assert keeper.post(PAGE, {**TYPED, "app_secret": "", "oa_secret": "NEW"}).status_code == 302
    row = Line.objects.get(code="zalo-xa")
    assert (secret_of(row, "app_secret"), secret_of(row, "oa_secret")) == ("APP-SECRET-XA", "NEW")
    refused = keeper.post(PAGE, {**TYPED, "oa_secret": "có dấu"})
    assert refused.status_code == 422
    assert "có dấu" not in refused.content.decode()
    assert secret_of(Line.objects.get(code="zalo-xa"), "oa_secret") == "NEW"


def test_disconnecting_forgets_keys_tokens_and_account(line: Talking, keeper: Client) -> None:
    keeper.post(PAGE, TYPED)
    Line.objects.filter(code="zalo-xa").update(outside_id="555", access_token="x", refresh_token="y")
    assert keeper.post("/lam-viec/kenh/zalo-xa/ngat/").status_code == 302
    row = Line.objects.get(code="zalo-xa")
    assert (row.keys, row.access_token, row.refresh_token, row.outside_id) == ("", "", "", "")
    assert Entry.objects.filter(verb="channels.disconnect").count() == 1


def test_a_commune_does_not_touch_anothers_line(line: Talking, keeper: Client) -> None:
    before = Line.objects.values_list("keys", "name", "access_token").get(code="zalo-tinh")
    for page in ("cai-dat/", "ngat/", "ket-noi/"):
        assert keeper.post(f"/lam-viec/kenh/zalo-tinh/{page}", TYPED).status_code == 404
    assert Line.objects.values_list("keys", "name", "access_token").get(code="zalo-tinh") == before


def test_an_account_of_another_line_is_not_taken_and_the_code_not_spent(line: Talking, keeper: Client) -> None:
    Line.objects.filter(code="zalo-tinh").update(outside_id="888")
    keeper.post(PAGE, TYPED)
    keeper.post("/lam-viec/kenh/zalo-xa/ket-noi/")
    assert keeper.get("/lam-viec/kenh/ket-noi/?code=code-1&oa_id=888").status_code == 422
    assert Line.objects.get(code="zalo-xa").access_token == ""
    assert "code-1" in line.operator.zalo.codes


def test_sealed_keys_open_with_a_former_secret_of_the_deployment(keeper: Client, settings: Any) -> None:
    keeper.post(PAGE, TYPED)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    assert secret_of(Line.objects.get(code="zalo-xa"), "oa_secret") == "OA-SECRET-XA"
    settings.SECRET_KEY_FALLBACKS = []
    assert secret_of(Line.objects.get(code="zalo-xa"), "oa_secret") == ""
