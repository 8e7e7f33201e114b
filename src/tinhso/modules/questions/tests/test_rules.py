"""What may be asked, what is hidden, who answers what: no database."""

from __future__ import annotations

from datetime import date

import pytest

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import Faults, Refusal, by_field
from tinhso.modules.questions.rules import QUESTION, REASONS, STEPS
from tinhso.modules.questions.rules.asking import check_asked, masked, short_name
from tinhso.modules.questions.rules.library import check_written, references_from, source_number
from tinhso.modules.questions.rules.routing import routing_from

MOVES = {  # verb: from, to
    "screen": ("received", "screened"),
    "send_back": ("assigned drafted screened", "received"),
    "hand_over": ("assigned drafted screened", "screened"),
    "take": ("screened", "assigned"),
    "assign": ("assigned drafted screened", "assigned"),
    "draft": ("assigned drafted screened", "drafted"),
    "propose": ("drafted", "approving"),
    "return_draft": ("approving", "drafted"),
    "publish": ("approving", "published"),
    "answer_privately": ("approving", "answered_privately"),
    "reject": ("received screened", "rejected"),
    "merge": ("assigned drafted received screened", "merged"),
    "withdraw": ("approving assigned drafted received screened", "withdrawn"),
}


def test_the_lifecycle_is_this_table():
    assert {one.verb: (" ".join(sorted(one.sources)), one.target) for one in QUESTION.lifecycle.moves} == MOVES


def test_every_open_state_says_what_waits():
    opened = {one.code for one in QUESTION.lifecycle.states if one.phase is Phase.OPEN}
    assert opened == STEPS.keys()


SAID = {"title": "Khai sinh ở đâu vậy?", "text": "", "name": "Lan", "phone": "0912 345 678", "email": ""}
WRONG = (
    ({"title": "Hỏi"}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"text": "x" * 4001}, "text"),
    ({"name": " "}, "name"),
    ({"name": "x" * 101}, "name"),
    ({"phone": "12345"}, "phone"),
    ({"phone": ""}, "phone"),
    ({"phone": "", "email": "lan"}, "email"),
    ({"email": "lan@x.vn<script>"}, "email"),
)


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_what_cannot_be_taken_names_its_field(change, field):
    with pytest.raises(Refusal) as refused:
        check_asked(**{**SAID, **change}, is_signed_in=False)
    assert refused.value.field == field


def test_all_that_is_wrong_with_a_question_is_said_at_once():
    with pytest.raises(Faults) as refused:
        check_asked(title="ngắn", text="", name=" ", phone="12", email="", is_signed_in=False)
    assert list(by_field(refused.value, "title")) == ["title", "name", "phone"]
    assert (refused.value.code, refused.value.field) == ("questions.too_short", "title")


def test_who_has_an_account_need_not_say_how_to_be_reached():
    assert check_asked(**{**SAID, "phone": ""}, is_signed_in=True).phone == ""
    assert check_asked(**SAID, is_signed_in=False).phone == "+84912345678"


MASKED = (
    ("Gọi 0912 345 678 nhé", "Gọi ••• nhé"),
    ("gọi +84912345678", "gọi •••"),
    ("gọi 0912 - 345 - 678 hay 09\u200b12 345\u00ad678", "gọi ••• hay •••"),
    ("từ 01.11.2026 đến 02.11.2026", "từ 01.11.2026 đến 02.11.2026"),
    ("CCCD 079190012346 của tôi", "CCCD ••• của tôi"),
    ("CMND 290123456", "CMND •••"),
    ("thẻ 079 188 001 234", "thẻ •••"),
    ("giá 150.000.000.000 đồng", "giá 150.000.000.000 đồng"),
    ("viết lan.nguyen@vidu.vn", "viết •••"),
    ("Luật 60/2014/QH13 năm 2026", "Luật 60/2014/QH13 năm 2026"),
    ("diện tích 120 m2, giá 1500000000 đồng", "diện tích 120 m2, giá 1500000000 đồng"),
)


@pytest.mark.parametrize(("text", "shown"), MASKED)
def test_numbers_of_persons_are_hidden_and_those_of_laws_are_not(text, shown):
    assert masked(text) == shown


def test_the_name_of_who_asked_is_hidden_however_it_is_written():
    assert masked("Tôi là NGUYỄN thị Lan, hỏi", "Nguyễn Thị Lan") == "Tôi là •••, hỏi"
    assert masked("toi la nguyen thi  lan", "Nguyễn Thị Lan") == "toi la •••"
    assert masked("Lan hỏi về lan can", "Lan") == "Lan hỏi về lan can"


def test_a_name_becomes_initials():
    assert (short_name("Nguyễn Thị Lan"), short_name("  "), short_name("(x) Đỗ")) == ("N.T.L.", "", "Đ.")


def test_references_without_a_number_are_left_out_and_each_stands_once():
    said = [
        {"number": " 60/2014/QH13 ", "place": "Điều 1"},
        {"number": ""},
        {"number": "60/2014/QH13", "place": "Điều 1"},
    ]
    assert [(one.number, one.place) for one in references_from(said)] == [("60/2014/QH13", "Điều 1")]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Ngắn"},
        {"text": "Ngắn"},
        {"references": ()},
        {"valid_as_of": date(2026, 11, 17)},
        {"text": "x" * 8001},
    ],
)
def test_an_answer_that_lacks_something_is_not_published(change):
    whole = {
        "title": "Khai sinh ở đâu vậy?", "text": "Tại Ủy ban nhân dân cấp xã.", "valid_as_of": date(2026, 11, 16),
        "references": references_from([{"number": "60/2014/QH13"}]), "today": date(2026, 11, 16),
    }  # fmt: skip
    check_written(**whole)
    with pytest.raises(Refusal):
        check_written(**{**whole, **change})


ROUTING = {"fields": [{"code": "a", "name": "A", "unit": "stp"}], "screening": "vpub", "acknowledge": 1,
           "days": {"plain": 5, "complex": 10, "several": 15}, "review_months": 12}  # fmt: skip


def test_a_routing_gives_each_level_its_working_days():
    found = routing_from(ROUTING)
    assert [int(found.limit(level).amount) for level in ("plain", "complex", "several")] == [5, 10, 15]
    assert found.field("b") is None


@pytest.mark.parametrize(
    "change",
    [
        {"fields": []},
        {"days": {"plain": 5}},
        {"acknowledge": 0},
        {"fields": ROUTING["fields"] * 2},
        {"review_months": "x"},
    ],
)
def test_a_routing_that_cannot_work_is_refused(change):
    with pytest.raises(Refusal, match="Bảng phân luồng"):
        routing_from({**ROUTING, **change})


def test_every_reason_says_what_to_do_or_why():
    assert all(len(words) > 20 for words in REASONS.values())


NUMBERS = {
    "60/2014/QH13": "60/2014/QH13",
    "Luật Hộ tịch số 60/2014/qh13": "60/2014/QH13",
    "Nghị định 123/2015/nd-cp ": "123/2015/NĐ-CP",
    "Quyết định 45/2012/QD-TTg.": "45/2012/QĐ-TTg",
    "34/2023/TT-BTNMT": "34/2023/TT-BTNMT",
    "Hiến  pháp": "Hiến pháp",
}


@pytest.mark.parametrize("typed", NUMBERS)
def test_a_document_has_one_number_however_it_is_typed(typed):
    assert source_number(typed) == NUMBERS[typed]
