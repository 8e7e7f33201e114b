"""The words of notices: the module's own until a province publishes others, from a day on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.manifest import Message, registry
from tinhso.kernel.notices import actions, queries, rules
from tinhso.kernel.notices.models import Notice, TemplateVersion
from tinhso.kernel.notices.rules import Text
from tinhso.kernel.notices.tests import factories
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import found

KIND = "trial.done"
OWN = Message(KIND, "Xong việc {number}", "Kết quả: {result}.", "Xong viec {number}")


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.messages, KIND, OWN)


@pytest.fixture
def manager(db: None) -> Any:
    return people.official("manager", found().root, "core.admin")


def _tell(day: int) -> Notice:
    lan = factories.account(f"lan{day}", "")
    actions.tell_in_words(account_id=lan.pk, kind=KIND, words={"number": "H53-1", "result": "đạt"}, url="/",
                          dedupe="1", at=timezone.now() + timedelta(days=day))  # fmt: skip
    return Notice.objects.get(account=lan)


@pytest.mark.django_db
def test_without_a_published_text_the_modules_own_is_used() -> None:
    notice = _tell(0)
    assert (notice.title, notice.body, notice.sms) == ("Xong việc H53-1", "Kết quả: đạt.", "Xong viec H53-1")


def test_a_published_text_is_used_from_its_day_on(manager: Any) -> None:
    by, today = actor_of(manager), timezone.localdate()
    actions.draft_template(kind=KIND, text=Text("Tin vui: {number}", "Mời bạn xem.", ""), by=by, at=timezone.now())
    actions.publish_template(kind=KIND, valid_from=today + timedelta(days=2), by=by, at=timezone.now())
    assert [_tell(day).title for day in (0, 1, 2, 3)] == [
        "Xong việc H53-1", "Xong việc H53-1", "Tin vui: H53-1", "Tin vui: H53-1"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [(Text(" ", "x"), "notices.no_title", "title"), (Text("{ten}", ""), "notices.unknown_words", "title"),
     (Text("x", "{number.__class__}"), "notices.braces", "body"), (Text("x", "{"), "notices.braces", "body"),
     (Text("x", "{0}"), "notices.braces", "body"), (Text("x", "{number!r}"), "notices.braces", "body"),
     (Text("x", "", "a" * 307), "notices.too_long", "sms"), (Text("x" * 201, ""), "notices.too_long", "title")],
)  # fmt: skip
def test_a_text_that_cannot_be_told_is_refused(manager: Any, text: Text, code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.draft_template(kind=KIND, text=text, by=actor_of(manager), at=timezone.now())
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not TemplateVersion.objects.exists()


def test_only_managers_change_words_and_only_forward_in_time(manager: Any) -> None:
    clerk = actor_of(people.official("clerk", found().root, "dossiers.clerk"))
    with pytest.raises(NotAllowed):
        actions.draft_template(kind=KIND, text=Text("x", ""), by=clerk, at=timezone.now())
    by = actor_of(manager)
    with pytest.raises(Refusal) as refused:
        actions.publish_template(kind=KIND, valid_from=date(2030, 1, 1), by=by, at=timezone.now())
    assert refused.value.code == "notices.no_draft"
    actions.draft_template(kind=KIND, text=Text("x", ""), by=by, at=timezone.now())
    with pytest.raises(Refusal) as refused:
        actions.publish_template(kind=KIND, valid_from=date(2020, 1, 1), by=by, at=timezone.now())
    assert refused.value.code == "notices.past_day"
    assert TemplateVersion.objects.get().is_draft


def test_the_pages_draft_preview_and_publish(manager: Any, client: Client) -> None:
    address = f"/lam-viec/mau-thong-bao/{KIND}/"
    client.force_login(manager)
    assert client.post(address, {"title": "Tin vui {number}", "body": "{result}", "sms": ""}).status_code == 302
    page = client.get(address).content.decode()
    assert "Tin vui H53.201-261117-0001" in page
    assert client.post(address, {"title": "{la}", "body": "giữ lại", "sms": ""}).status_code == 422
    assert client.post(address + "cong-bo/", {"valid_from": "mai"}).status_code == 422
    assert client.post(address + "cong-bo/", {"valid_from": f"{timezone.localdate():%Y-%m-%d}"}).status_code == 302
    assert queries.text_of(KIND, timezone.localdate()).title == "Tin vui {number}"
    assert client.get("/lam-viec/mau-thong-bao/khong.co/").status_code == 404


def test_every_declared_text_can_be_told_as_it_stands() -> None:
    for declared in registry.messages.values():
        rules.check_text(queries.own_text(declared), queries.words_of(declared))
        written = re.sub(r"[{}]", "", declared.sms)  # the braces give way to words
        assert rules.plain_text(written) == written
