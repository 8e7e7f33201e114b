"""Sharing by consent: the code opens, nothing else does; it ends, is taken back, and every look is told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.actions import store_made
from tinhso.kernel.files.rules import JPEG
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.vault import actions
from tinhso.modules.vault.actions.keeping import NewItem, keep
from tinhso.modules.vault.models import Item, Share, Use
from tinhso.modules.vault.queries.signatures import Checked
from tinhso.modules.vault.tests.factories import Counter, photo

pytestmark = [pytest.mark.django_db]
SECRET_WORDS = "NGUYỄN THỊ LAN, sinh năm 1990"


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def item(counter: Counter) -> Item:
    file = store_made(photo("x", size=(120, 160)), name="khai-sinh.jpg", purpose="test", media_type=JPEG)
    new = NewItem(title="Giấy khai sinh", attachment=file, origin="paper", source_key="test/1", kind="khai_sinh",
                  person_id=counter.person("lan").pk, business_id=None, text=SECRET_WORDS, number="15")  # fmt: skip
    kept = keep(new, signature=Checked(), by=SYSTEM, at=timezone.now())
    assert kept is not None
    return kept


def shared(counter: Counter, item: Item, **more: Any) -> tuple[Share, str]:
    given = {"purpose": "vay vốn ngân hàng", "days": 7, "by": counter.actor("lan"), "at": timezone.now()} | more
    return actions.share_item(token=item.token, **given)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_right_code_opens_the_paper_for_this_browser_only(counter: Counter, item: Item) -> None:
    share, code = shared(counter, item)
    link, file = reverse("vault:link", args=[share.token]), reverse("vault:link_file", args=[share.token])
    friend, stranger = Client(), Client()
    assert code not in share.code_hash
    assert "Giấy khai sinh" not in friend.get(link).content.decode()
    assert friend.get(file).status_code == 404
    assert friend.post(link, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    shown = friend.get(link).content.decode()
    assert "Giấy khai sinh" in shown
    assert SECRET_WORDS not in shown
    assert friend.get(file).status_code == 200
    assert stranger.get(file).status_code == 404
    assert "Giấy khai sinh" not in stranger.get(link).content.decode()
    assert Use.objects.get().how == "opened"
    run_jobs()
    assert Notice.objects.get(kind="vault.open_share").account == counter.accounts["lan"]


def test_a_wrong_code_and_a_link_that_is_not_there_look_the_same(counter: Counter, item: Item) -> None:
    share, code = shared(counter, item)
    pages = [
        Client().post(reverse("vault:link", args=[token]), {"code": wrong(code)}) for token in (share.token, "khong-co")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    bare = [page.content.decode().replace(share.token, "khong-co") for page in pages]
    strip = [re.sub(r"[A-Za-z0-9]{64}", "", text) for text in bare]
    assert strip[0] == strip[1]


def test_five_wrong_codes_lock_the_link_for_good(counter: Counter, item: Item) -> None:
    share, code = shared(counter, item)
    for _ in range(5):
        assert actions.open_share(token=share.token, code=wrong(code), at=timezone.now()) is None
    assert actions.open_share(token=share.token, code=code, at=timezone.now()) is None
    share.refresh_from_db()
    assert (share.wrong_codes, share.locked_at is not None) == (5, True)
    assert not Use.objects.exists()


def test_one_place_may_not_try_for_ever(counter: Counter, item: Item) -> None:
    client, link = Client(), reverse("vault:link", args=["khong-co"])
    answers = [client.post(link, {"code": "000000"}).status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def test_a_share_that_was_taken_back_or_has_ended_opens_nothing(counter: Counter, item: Item) -> None:
    share, code = shared(counter, item)
    client = Client()
    link = reverse("vault:link", args=[share.token])
    client.post(link, {"code": code})
    actions.end_share(share_id=share.pk, by=counter.actor("lan"), at=timezone.now())
    assert client.get(reverse("vault:link_file", args=[share.token])).status_code == 404
    assert client.post(link, {"code": code}).status_code == 422
    late, code = shared(counter, item, at=timezone.now() - timedelta(days=8))
    assert actions.open_share(token=late.token, code=code, at=timezone.now()) is None


def test_a_unit_sees_what_is_shared_with_it_until_it_is_taken_back(counter: Counter, item: Item) -> None:
    share, code = shared(counter, item, unit_id=counter.province.commune.pk)
    assert code == ""
    sees = {who: Item.objects.visible_to(counter.actor(who)).exists() for who in counter.accounts}
    assert sees == dict.fromkeys(("lan", "clerk", "handler", "leader", "registrar"), True) | dict.fromkeys(
        ("minh", "neighbour"), False
    )
    client = Client()
    client.force_login(counter.accounts["leader"])
    assert "Giấy khai sinh" in client.get(reverse("vault:shared")).content.decode()
    for _ in range(2):
        assert client.get(reverse("vault:desk_item", args=[item.token])).status_code == 200
    assert [(use.how, use.who, use.times) for use in Use.objects.all()] == [("seen", "Trần Văn Leader", 2)]
    lan = Client()
    lan.force_login(counter.accounts["lan"])
    assert "Trần Văn Leader" in lan.get(reverse("vault:item", args=[item.token])).content.decode()
    lan.post(reverse("vault:end_share", args=[share.pk]))
    assert client.get(reverse("vault:desk_item", args=[item.token])).status_code == 404


def test_only_the_owner_shares_and_takes_back_and_nothing_changes_when_refused(counter: Counter, item: Item) -> None:
    share, _ = shared(counter, item)
    before = list(Share.objects.values()), Entry.objects.count()
    for who in ("minh", "leader", "clerk"):
        with pytest.raises(NotFound):
            shared(counter, item, by=counter.actor(who))
        with pytest.raises(NotFound):
            actions.end_share(share_id=share.pk, by=counter.actor(who), at=timezone.now())
    for bad in ({"days": 0}, {"days": 91}, {"purpose": "x"}, {"unit_id": 0}):
        with pytest.raises(Refusal):
            shared(counter, item, **bad)
    assert (list(Share.objects.values()), Entry.objects.count()) == before


def test_the_owners_pages_show_find_and_share(counter: Counter, item: Item) -> None:
    client, other = Client(), Client()
    client.force_login(counter.accounts["lan"])
    other.force_login(counter.accounts["minh"])
    mine, page = reverse("vault:mine"), reverse("vault:item", args=[item.token])
    assert "Giấy khai sinh" in client.get(mine).content.decode()
    assert "Giấy khai sinh" in client.get(mine, {"q": "sinh nam 1990"}).content.decode()
    assert "Giấy khai sinh" not in client.get(mine, {"q": "hộ chiếu"}).content.decode()
    assert "Giấy khai sinh" not in other.get(mine).content.decode()
    assert (client.get(page).status_code, other.get(page).status_code) == (200, 404)
    assert other.get(reverse("vault:file", args=[item.token])).status_code == 404
    share = reverse("vault:share", args=[item.token])
    assert client.post(share, {"way": "link", "purpose": "", "days": "7"}).status_code == 422
    made = client.post(share, {"way": "link", "purpose": "ghi danh học", "days": "7"}).content.decode()
    assert Share.objects.get().token in made
    assert "ghi danh học" in client.get(page).content.decode()


def test_a_later_edition_replaces_the_earlier_one(counter: Counter, item: Item) -> None:
    file = store_made(photo("y", size=(120, 160)), name="khai-sinh-2.jpg", purpose="test", media_type=JPEG)
    new = NewItem(title="Giấy khai sinh", attachment=file, origin="result", source_key="test/2", kind="khai_sinh",
                  person_id=item.person_id, business_id=None, number="15")  # fmt: skip
    later = keep(new, signature=Checked(), by=SYSTEM, at=timezone.now())
    item.refresh_from_db()
    assert later is not None
    assert (later.version, later.replaces, item.is_replaced) == (2, item, True)
    assert keep(new, signature=Checked(), by=SYSTEM, at=timezone.now()) is None
