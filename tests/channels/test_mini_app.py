"""The Mini App: only whom the operator names comes in, and sees their own cases once an account is linked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from tests.channels.conftest import Talking

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Reach
from tinhso.modules.channels.actions import entering
from tinhso.modules.channels.models import Contact, Line

pytestmark = pytest.mark.django_db
APP = "https://h5.zdn.vn"


def enter(token: Any, code: str = "zalo-tinh", **more: Any) -> Any:
    said = json.dumps({"access_token": token, "id": "999"})
    return Client().post(f"/kenh/mini/{code}/vao/", said, "application/json", headers={"Origin": APP}, **more)


def cases(token: str) -> Any:
    return Client().get("/kenh/mini/viec/", headers={"Origin": APP, "Authorization": f"Bearer {token}"})


def test_who_signed_in_once_sees_their_cases_in_the_app(line: Talking) -> None:
    line.operator.zalo.people["good"] = "777"
    first = enter("good")
    assert (first.status_code, first["Access-Control-Allow-Origin"]) == (200, APP)
    told = first.json()
    assert (told["is_linked"], told["name"], Contact.objects.get().outside_id) == (False, "Lan", "mini:777")
    assert cases(told["token"]).status_code == 403
    browser = Client()
    browser.force_login(line.world.lan)
    assert browser.post("/kenh/lien-ket/" + told["link"].partition("/kenh/lien-ket/")[2]).status_code == 200
    assert not Reach.objects.exists()
    again = enter("good").json()
    assert (again["is_linked"], again["link"]) == (True, "")
    [one] = cases(again["token"]).json()["cases"]
    case = line.world.dossiers["filed"].case
    assert (one["number"], one["state"]) == (case.number, "Đã nộp")
    assert cases(told["token"]).status_code == 403
    Contact.objects.update(account=line.world.minh)
    assert cases(again["token"]).status_code == 403


def test_a_token_that_the_operator_does_not_know_enters_nowhere_and_is_written_down(line: Talking) -> None:
    for forged in ("forged", "", 5, None):
        assert enter(forged).status_code == 422
    assert Contact.objects.count() == 0
    assert Entry.objects.filter(verb="channels.refuse").count() == 1
    assert enter("good", code="khac").status_code == 404


def test_a_wrong_secret_of_ours_does_not_open_the_door(line: Talking, settings: Any) -> None:
    line.operator.zalo.people["good"] = "777"
    settings.CHANNEL_SECRETS = {"zalo-tinh": {"app_secret": "ANOTHER"}}
    assert enter("good").status_code == 422
    settings.CHANNEL_SECRETS = {}
    assert enter("good").status_code == 422
    assert Contact.objects.count() == 0


def test_forged_old_and_foreign_tokens_show_nothing(line: Talking, monkeypatch: Any) -> None:
    contact = Contact.objects.create(
        line=line.row, outside_id="mini:7", account=line.world.lan, first_at=line.row.added_at
    )
    mine = [contact.pk, line.world.lan.pk]
    good = signing.dumps(mine, salt=entering.SALT, compress=True)
    assert cases(good).status_code == 200
    for wrong in ("", "x", good + "x", signing.dumps(mine, salt="other"), signing.dumps(5, salt=entering.SALT)):
        assert cases(wrong).status_code == 403
    Line.objects.update(is_open=False)
    assert cases(good).status_code == 403
    Line.objects.update(is_open=True)
    monkeypatch.setattr("tinhso.modules.channels.rules.mini.LIFE", entering.mini.LIFE * -1)
    assert cases(good).status_code == 403


def test_only_the_apps_own_pages_may_read_the_answer(line: Talking) -> None:
    asked = Client().options("/kenh/mini/viec/", headers={"Origin": "https://xau.example"})
    assert "Access-Control-Allow-Origin" not in asked
    asked = Client().options("/kenh/mini/zalo-tinh/vao/", headers={"Origin": APP})
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, APP)
