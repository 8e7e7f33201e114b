"""Answers to the questions of a form: plain values, or what to do in words; hidden questions ask nothing."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import get_args

import pytest

from tinhso.modules.procedures.rules.answers import check_answers, parse_number, visible_fields, visible_sections
from tinhso.modules.procedures.rules.content import (
    Field,
    FieldType,
    Option,
    Section,
)


def form(**more) -> tuple[Section, ...]:
    return (Section(code="s", title="S", fields=(Field(**({"code": "x", "label": "Giá trị"} | more)),)),)


def answer(raw, **more):
    clean, errors = check_answers(form(**more), {"x": raw})
    return errors.get("x") or clean.get("x")


@pytest.mark.parametrize(
    ("raw", "more", "clean"),
    [
        ("  Nguyễn   Thị\tMẫu ", {}, "Nguyễn Thị Mẫu"),
        (unicodedata.normalize("NFD", "Tờ khai"), {}, "Tờ khai"),
        ("a\u202eb\u200bc\x00d", {}, "abcd"),
        ("dòng 1\r\ndòng  2", {"type": "longtext"}, "dòng 1\ndòng 2"),
        ("1.234,5", {"type": "number"}, "1234.5"),
        ("1234", {"type": "number"}, "1234"),
        (12.5, {"type": "number"}, "12.5"),
        ("1.500.000 đ", {"type": "money"}, 1500000),
        (250000, {"type": "money"}, 250000),
        ("5/11/2026", {"type": "date"}, "2026-11-05"),
        ("2026-11-05", {"type": "date"}, "2026-11-05"),
        ({"day": "5", "month": "11", "year": "2026"}, {"type": "date"}, "2026-11-05"),
        ("072 190 004 417", {"type": "identity"}, "072190004417"),
        ("0912 345 678", {"type": "phone"}, "+84912345678"),
        ("ten@example.vn", {"type": "email"}, "ten@example.vn"),
        ("true", {"type": "yesno"}, True),
        ("khong", {"type": "yesno"}, False),
        ("12 Lê Lợi", {"type": "address"}, {"commune": "", "detail": "12 Lê Lợi"}),
        ({"commune": "25459", "detail": "12 Lê Lợi"}, {"type": "address"}, {"commune": "25459", "detail": "12 Lê Lợi"}),
        (
            ["b", "a", "b"],
            {"type": "choices", "options": (Option(value="a", label="A"), Option(value="b", label="B"))},
            ["a", "b"],
        ),
        ("", {"required": False}, None),
        ({"commune": "", "detail": " "}, {"type": "address", "required": False}, None),
    ],
)
def test_answers_become_plain_values(raw, more, clean):
    assert answer(raw, **more) == clean


@pytest.mark.parametrize(
    ("raw", "more", "sentence"),
    [
        ("", {}, "Nhập giá trị."),
        (None, {"type": "yesno"}, "Chọn Có hoặc Không: giá trị."),
        ("a" * 251, {}, "Rút ngắn còn tối đa 250 ký tự (đang có 251)."),
        ("a" * 10_000_000, {}, "Rút ngắn còn tối đa 250 ký tự."),
        ({"a": "b"}, {}, "Nhập bằng chữ hoặc số."),
        (["a"], {}, "Nhập bằng chữ hoặc số."),
        (True, {}, "Nhập bằng chữ hoặc số."),
        ("12a", {"type": "number"}, "Nhập số, ví dụ 1.234,5."),
        ("٣", {"type": "number"}, "Nhập số, ví dụ 1.234,5."),
        ("1e999", {"type": "number"}, "Nhập số, ví dụ 1.234,5."),
        (float("nan"), {"type": "number"}, "Nhập số, ví dụ 1.234,5."),
        (float("inf"), {"type": "money"}, "Nhập số tiền bằng đồng, ví dụ 1.500.000."),
        ("0", {"type": "number", "min": Decimal(5), "unit": "m²"}, "Nhập số từ 5 m² trở lên."),
        ("99", {"type": "number", "max": Decimal(9)}, "Nhập số không quá 9."),
        ("1,5", {"type": "money"}, "Nhập số tiền tròn đồng, từ 0 đến 1.000.000.000.000.000 đ."),
        ("31/02/2026", {"type": "date"}, "Nhập ngày có thật theo dạng ngày/tháng/năm, ví dụ 05/11/2026."),
        ("11/2026", {"type": "date"}, "Nhập ngày có thật theo dạng ngày/tháng/năm, ví dụ 05/11/2026."),
        ("123", {"type": "identity"}, "Nhập đủ 12 chữ số của số định danh cá nhân, ghi trên thẻ căn cước."),
        ("12345", {"type": "phone"}, "Nhập số điện thoại Việt Nam 10 chữ số, ví dụ 0912 345 678."),
        ("a@b", {"type": "email"}, "Nhập địa chỉ thư điện tử, ví dụ ten@example.vn."),
        ("c", {"type": "choice", "options": (Option(value="a", label="A"),)}, "Chọn một mục trong danh sách."),
        ({"commune": "", "detail": "12"}, {"type": "address"}, "Chọn xã, phường hoặc đặc khu."),
        (
            {"commune": "1", "detail": ""},
            {"type": "address"},
            "Nhập số nhà và tên đường. Nếu chưa có số nhà, ghi “chưa có”.",
        ),
    ],
)
def test_answers_that_cannot_stand_are_told_what_to_do(raw, more, sentence):
    assert answer(raw, **more) == sentence


def test_no_kind_of_answer_breaks_any_kind_of_question():
    hostile = [
        None,
        "",
        0,
        -1,
        1.5,
        float("nan"),
        True,
        [],
        [[]],
        {},
        {"a": {}},
        b"x",
        "\ud800",
        "\u0301" * 400,
        "'\"<",
        10**400,
    ]
    for kind in get_args(FieldType):
        options = (Option(value="a", label="A"),)
        for raw in hostile:
            clean, errors = check_answers(form(type=kind, options=options), {"x": raw})
            assert set(clean) | set(errors) == {"x"}, (kind, raw)


CONDITIONAL = (
    Section(
        code="a",
        title="A",
        fields=(
            Field(
                code="way",
                label="Cách",
                type="choice",
                options=(Option(value="post", label="P"), Option(value="own", label="O")),
            ),
            Field(code="street", label="Đường", when={"field": "way", "is": "post"}),
            Field(code="gate", label="Cổng", when={"field": "street", "is": "Lê Lợi"}),
        ),
    ),
    Section(
        code="b",
        title="B",
        fields=(
            Field(
                code="only",
                label="Riêng",
                when={"all": [{"field": "way", "in": ["post"]}, {"not": {"field": "gate", "is": "x"}}]},
            ),
        ),
    ),
)


def test_questions_appear_when_their_condition_is_met():
    def asked(answers):
        return [field.code for field in visible_fields(CONDITIONAL, answers)]

    assert asked({}) == ["way"]
    assert asked({"way": "own", "street": "Lê Lợi"}) == ["way"]
    assert asked({"way": "post", "street": "Lê Lợi"}) == ["way", "street", "gate", "only"]
    assert asked({"way": "post", "street": "Lê Lợi", "gate": "x"}) == ["way", "street", "gate"]
    assert [section.code for section, _ in visible_sections(CONDITIONAL, {})] == ["a"]


def test_answers_to_questions_not_asked_are_dropped():
    clean, errors = check_answers(CONDITIONAL, {"way": "own", "street": "Lê Lợi", "evil": "x"})
    assert (clean, errors) == ({"way": "own"}, {})


def test_one_section_can_be_checked_alone():
    clean, errors = check_answers(CONDITIONAL, {"way": "post"}, only_section="b")
    assert (clean, errors) == ({}, {"only": "Nhập riêng."})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234", 1234),
        ("1,5", Decimal("1.5")),
        ("12.5", Decimal("12.5")),
        ("0.125", Decimal("0.125")),
        ("1.23.4", None),
    ],
)
def test_numbers_are_read_the_vietnamese_way(text, value):
    assert parse_number(text) == value
