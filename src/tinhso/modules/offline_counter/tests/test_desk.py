"""The pages: who sees what, what the counter's own page is told, what a receipt says to whoever holds it."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tinhso.modules.offline_counter.models import Counter, Number, Reception
from tinhso.modules.offline_counter.tests.factories import Shop, everything, key_pair, sign

DESK = "/lam-viec/quay-khong-mang/"


def window(shop: Shop, who: str) -> Client:
    client = Client()
    if who != "nobody":
        client.force_login(shop.accounts[who])
    return client


def sent(shop: Shop, said: dict[str, Any], who: str = "clerk", **changes: Any) -> Any:
    text = json.dumps(said, ensure_ascii=False)
    form = {"text": text, "signature": sign(text, shop.key), "clock": timezone.now().isoformat()} | changes
    return window(shop, who).post(f"{DESK}gui/", form)


def test_the_page_without_network_opens_for_everybody_and_holds_nothing(shop: Shop) -> None:
    pages = [window(shop, who).get("/quay-ngoai-tuyen/") for who in ("nobody", "clerk")]
    assert [page.status_code for page in pages] == [200, 200]
    assert [page["Offline-Copy"] for page in pages] == ["1", "1"]
    assert shop.numbers()[0] not in pages[1].content.decode()


def test_preparing_enrols_the_browser_once_and_gives_the_kit(shop: Shop) -> None:
    public = key_pair()[1]
    kits = [window(shop, "clerk").post(f"{DESK}chuan-bi/", {"key": public, "name": "Máy mới"}).json() for _ in range(2)]
    assert kits[0]["counter"]["id"] == kits[1]["counter"]["id"]
    assert [one["code"] for one in kits[0]["numbers"]] == [one["code"] for one in kits[1]["numbers"]]
    assert Counter.objects.filter(name="Máy mới").count() == 1


def test_who_may_not_prepare_is_told_so_and_nothing_is_written(shop: Shop) -> None:
    before = everything()
    answers = {who: window(shop, who).post(f"{DESK}chuan-bi/", {"key": "x"}).status_code for who in shop.accounts}
    assert answers == {"clerk": 422, "second": 422, "director": 422, "elsewhere": 422, "handler": 403, "lan": 403}
    assert window(shop, "nobody").post(f"{DESK}chuan-bi/", {}).status_code == 302
    assert everything() == before


def test_sending_answers_how_far_it_is_and_asking_tells_the_same(shop: Shop) -> None:
    said = shop.said()
    first, again = (sent(shop, said).json() for _ in range(2))
    assert (first["state"], first["words"], first["id"]) == ("stored", "Tỉnh đã nhận", said["id"])
    assert again == first
    asked = window(shop, "clerk").get(f"{DESK}tinh-trang/", {"id": [said["id"], "x", ""]}).json()
    assert asked == {"receptions": [first]}
    assert window(shop, "elsewhere").get(f"{DESK}tinh-trang/", {"id": said["id"]}).json() == {"receptions": []}


@pytest.mark.parametrize(
    ("who", "changes", "status", "code"),
    [
        ("clerk", {"text": "{}"}, 422, "offline_counter.unreadable"),
        ("clerk", {"text": "x" * 100_000}, 422, "offline_counter.unreadable"),
        ("handler", {}, 403, "people.not_allowed"),
        ("elsewhere", {}, 403, "people.not_allowed"),
    ],
)
def test_what_is_refused_is_told_in_a_sentence(shop: Shop, who: str, changes: Any, status: int, code: str) -> None:
    before = everything()
    answer = sent(shop, shop.said(), who, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert everything() == before


def test_a_clock_that_is_none_is_taken_for_the_servers(shop: Shop) -> None:
    for clock in ("", "hôm qua", "2026-11-16T09:15:00", "9" * 400):
        said = shop.said(id=str(uuid.uuid4()))
        assert sent(shop, said, clock=clock).status_code == 200
        assert Reception.objects.get(pk=said["id"]).skew_seconds == 0


def test_the_list_shows_what_waits_the_counters_and_why_numbers_stay_unused(shop: Shop) -> None:
    one = shop.held(key=key_pair()[0])
    page = window(shop, "director").get(DESK).content.decode()
    for words in (one.code, "Chờ giải quyết vướng mắc (1)", "Quầy 1", "Dải số đã cấp", "Thu hồi khóa"):
        assert words in page
    assert "Thu hồi khóa" not in window(shop, "clerk").get(DESK).content.decode()
    assert one.code not in window(shop, "elsewhere").get(DESK).content.decode()
    assert [window(shop, who).get(DESK).status_code for who in ("handler", "lan", "nobody")] == [403, 403, 302]


def test_an_empty_list_says_how_to_begin(shop: Shop) -> None:
    assert "Chưa có biên nhận nào lập khi mất mạng" in window(shop, "elsewhere").get(DESK).content.decode()
    held = window(shop, "director").get(DESK, {"loc": "vuong-mac", "truoc": "x"}).content.decode()
    assert "Không có biên nhận nào vướng mắc" in held


def test_twice_the_receptions_cost_the_same_statements(shop: Shop, django_assert_max_num_queries: Any) -> None:
    client = window(shop, "director")
    counts = []
    for place in range(2):
        shop.store(shop.said(place))
        client.get(DESK)
        with django_assert_max_num_queries(40) as asked:
            client.get(DESK)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_decision_is_made_on_the_page_of_the_reception(shop: Shop) -> None:
    one = shop.held(key=key_pair()[0])
    address, client = f"{DESK}{one.pk}/", window(shop, "director")
    page = client.get(address).content.decode()
    for words in (
        "Chữ ký của quầy không khớp nội dung.",
        "Không khớp",
        "•••••••••346",
        "Ghi quyết định",
        "Xác nhận tình trạng hôn nhân",
    ):
        assert words in page
    assert "079190012346" not in page
    for form, words in (
        ({}, "Chọn một cách giải quyết."),
        ({"decision": "reject", "reason": ""}, "Ghi lý do"),
        ({"decision": "merge", "reason": "Đã có hồ sơ trước đó.", "into": "H1"}, "Không có hồ sơ với mã này."),
    ):
        answer = client.post(address, form)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert client.post(address, {"decision": "register", "reason": "Đã gặp người nộp để đối chiếu."}).status_code == 302
    assert "Đã đăng ký" in client.get(address).content.decode()


def test_who_may_not_decide_sees_no_form_and_strangers_see_nothing(shop: Shop) -> None:
    one = shop.held(key=key_pair()[0])
    form = {"decision": "reject", "reason": "Không đúng người nộp hồ sơ."}
    before = everything()
    assert "Ghi quyết định" not in window(shop, "clerk").get(f"{DESK}{one.pk}/").content.decode()
    answers = {
        who: window(shop, who).post(f"{DESK}{one.pk}/", form).status_code for who in shop.accounts if who != "director"
    }
    assert answers == {"clerk": 403, "second": 403, "elsewhere": 404, "handler": 403, "lan": 403}
    assert everything() == before


def test_a_receipt_tells_its_holder_how_far_it_is_without_a_name(shop: Shop) -> None:
    number = Number.objects.get(code=shop.numbers()[0])
    address = f"/bien-nhan/{number.code}/{number.token}/"
    page = Client().get(address).content.decode()
    assert "Quầy chưa nối lại mạng" in page
    said = shop.said()
    text = json.dumps(said, ensure_ascii=False)
    one = shop.registered(text=text)
    printed = sign(text, shop.key)
    page = Client().get(address).content.decode()
    assert f"/tra-cuu/{one.code}/" in page
    assert "Nguyễn Thị Lan" not in page
    stored = base64.urlsafe_b64encode(bytes(one.signature)).decode().rstrip("=")
    assert "khớp với bản tỉnh đã nhận" in Client().get(address, {"k": stored}).content.decode()
    assert "không khớp với bản tỉnh" in Client().get(address, {"k": printed[::-1]}).content.decode()
    for wrong in (f"/bien-nhan/{number.code}/sai/", f"/bien-nhan/H1-261116-0001/{number.token}/"):
        answer = Client().get(wrong)
        assert (answer.status_code, "Không tìm thấy biên nhận này" in answer.content.decode()) == (404, True)


def test_giving_back_and_revoking_have_their_buttons(shop: Shop) -> None:
    pk = shop.counter.pk
    assert window(shop, "clerk").post(f"{DESK}quay/{pk}/tra-so/").status_code == 302
    assert window(shop, "clerk").post(f"{DESK}quay/{pk}/thu-hoi/", {"reason": "Mất máy"}).status_code == 403
    assert window(shop, "director").post(f"{DESK}quay/{pk}/thu-hoi/", {"reason": "Mất máy"}).status_code == 302
    assert Counter.objects.get(pk=pk).revoked_by_id == shop.accounts["director"].pk
