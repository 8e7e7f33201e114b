"""Text messages and ZNS: what is counted, how operators are asked and understood, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.notices.rules import plain_text
from tinhso.modules.channels.rules import zalo, zns
from tinhso.modules.channels.rules.hearing import What
from tinhso.modules.channels.rules.sms import CONTRACTS, Asked, Fate, segments, wish_of

ASKED = Asked("84912345678", "Ho so da xong", "r-1", "TINHSO", "http://x/", {"key": "K", "secret": "S", "token": "T"})


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("ạ" * 70, 1), ("ạ" * 71, 2), ("^" * 80, 1),
     ("^" * 81, 2), ("", 1)],
)  # fmt: skip
def test_a_message_counts_as_operators_count_it(text: str, count: int) -> None:
    assert segments(text) == count


def test_what_the_platform_writes_is_never_longer_than_two_parts() -> None:
    said = plain_text("[Nguy hiểm] `cầu` {sập}|~^\\ " * 40)
    assert said.startswith("(Nguy hiem) 'cau' (sap)/--/ (")
    assert (len(said), segments(said)) == (306, 2)


@pytest.mark.parametrize(
    ("text", "wish"),
    [("DỪNG", False), ("dung", False), ("stop.", False), ("TC", False), ("Nhận", True), ("dừng xe", None), ("", None),
     ("đúng", None), ("dùng", None), ("Huy", False), ("Huỷ", False), ("nhân", None)],
)  # fmt: skip
def test_what_is_answered_ends_or_begins_messages(text: str, wish: bool | None) -> None:
    assert wish_of(text) is wish


def test_esms_is_asked_and_understood_as_published() -> None:
    request = CONTRACTS["esms"].request(ASKED)
    assert request.path.endswith("SendMultipleMessage_V4_post_json/")
    assert (request.body["SmsType"], request.body["IsUnicode"], request.body["RequestId"]) == ("2", "0", "r-1")
    assert CONTRACTS["esms"].answer({"CodeResult": "100", "SMSID": "e1"}).outside_id == "e1"
    assert CONTRACTS["esms"].answer({"CodeResult": "124"}).error == ""
    wrong = CONTRACTS["esms"].answer({"CodeResult": "104", "ErrorMessage": "Brand name code is not exist"})
    assert (wrong.error, wrong.is_final) == ("eSMS 104: Brand name code is not exist", True)
    assert CONTRACTS["esms"].answer({}).is_final is False


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ({"SendStatus": "5", "SendSuccess": "1"}, Fate.DELIVERED),
        ({"SendStatus": "5", "SendSuccess": "0"}, Fate.FAILED),
        ({"SendStatus": "4"}, Fate.FAILED),
        ({"SendStatus": "7"}, Fate.TAKEN),
    ],
)
def test_esms_reports_what_became_of_it(said: dict[str, str], fate: Fate) -> None:
    news = CONTRACTS["esms"].news({"SMSID": "e1", "TotalPrice": "470.0000", **said})
    assert (news.outside_id, news.fate, news.price) == ("e1", fate, 470)


def test_speedsms_is_asked_and_understood_as_published() -> None:
    contract = CONTRACTS["speedsms"]
    request = contract.request(ASKED)
    assert (request.body["to"], request.body["sms_type"], request.headers["Authorization"]) == (
        ["84912345678"], 3, "Basic VDp4",
    )  # fmt: skip
    taken = contract.answer({"status": "success", "data": {"tranId": 12, "totalPrice": 250, "invalidPhone": []}})
    assert (taken.outside_id, taken.price, taken.error) == ("12", 250, "")
    assert contract.answer({"status": "error", "code": "105", "message": "phone"}).is_final is True
    fates = [contract.news({"type": "report", "tranId": 12, "status": one}).fate for one in (0, 5, 64, "x")]
    assert fates == [Fate.DELIVERED, Fate.TAKEN, Fate.FAILED, Fate.FAILED]
    said = contract.news({"type": "sms", "phone": "84912345678", "content": "DUNG"})
    assert (said.fate, said.phone, said.text) == (None, "84912345678", "DUNG")


@pytest.mark.parametrize("said", [{}, {"data": 5, "status": []}, {"SMSID": {}, "SendStatus": None, "type": True}])
def test_any_answer_is_understood_or_refused(said: dict[str, Any]) -> None:
    for contract in CONTRACTS.values():
        contract.news(said)
        assert contract.answer(said).error


def test_parameters_are_read_line_by_line_and_filled_to_their_length() -> None:
    asked = zns.parameters_of("ma_ho_so = number 10\n\nten = name\n")
    assert [(one.name, one.word, one.most) for one in asked] == [("ma_ho_so", "number", 10), ("ten", "name", 100)]
    given = {one.name: {"word": one.word, "most": one.most} for one in asked}
    assert zns.filled(given, {"number": "H53.08-261117-0088"}) == {"ma_ho_so": "H53.08-261", "ten": "–"}
    for wrong in ("ma = secret", "MA = number", "ma = number 0", "ma = number 999", "ma"):
        with pytest.raises(Refusal):
            zns.parameters_of(wrong)


def test_approval_is_what_the_operator_says_and_unknown_words_forbid() -> None:
    said = [zns.approval_of(one) for one in ("ENABLE", "PENDING_REVIEW", "REJECT", "DELETE", None)]
    assert said == ["enabled", "pending", "rejected", "disabled", "disabled"]


def test_a_delivery_of_a_notice_is_news_with_our_own_number() -> None:
    body = (
        b'{"app_id":"1","event_name":"user_received_message","sender":{"id":"8"},"recipient":{"id":"9"},'
        b'"message":{"delivery_time":"1","msg_id":"z1","tracking_id":"zns-t-1"},"timestamp":"5"}'
    )
    at = datetime.fromtimestamp(0, UTC)
    heard = zalo.read(body, zalo.signature("1", body, "5", "S"), app_id="1", secret="S", at=at, account="8")
    assert (heard.what, heard.key) == (What.DELIVERED, "zns-t-1")
