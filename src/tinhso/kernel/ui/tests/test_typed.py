"""What people type becomes a plain value or a refusal that names its field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.ui import typed


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", "5"), (" 1.234,5 ", "1234.5"), ("12.345.678", "12345678"), ("1 200", "1200"), ("-3,25", "-3.25")],
)
def test_numbers_are_read_as_they_are_written_here(text, value):
    assert typed.number(text, "goal") == Decimal(value)


@pytest.mark.parametrize("text", ["", "1.5", "1,2,3", "=1+1", "9" * 20, "năm", "1e9", "NaN"])
def test_what_is_no_number_is_refused_at_its_field(text):
    with pytest.raises(Refusal) as no:
        typed.number(text, "goal")
    assert (no.value.code, no.value.field) == ("typed.number", "goal")


def test_days_lines_and_keys():
    assert typed.day("05/03/2026", "x") == typed.day("2026-03-05", "x") == date(2026, 3, 5)
    assert typed.line("  Kế   hoạch ", "x") == "Kế hoạch"
    assert typed.words("một\r\nhai  ", "x") == "một\nhai"
    assert typed.key("NQ-17", "x") == "nq-17"
    for wrong in (lambda: typed.day("31/02/2026", "x"), lambda: typed.line(" ", "x"), lambda: typed.key("kế", "x")):
        with pytest.raises(Refusal):
            wrong()


def test_what_is_written_as_yaml_becomes_what_json_can_keep():
    text = "name: Kỳ\nsince: 2026-01-05\nshare: 0.1\nrows:\n  - {1: yes, of: 12}\n"
    assert typed.mapping(text, "content", most=100) == {
        "name": "Kỳ", "since": "2026-01-05", "share": "0.1", "rows": [{"1": True, "of": 12}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 101, "dài quá 100"), ("a: b\nc: [", "dòng 2"), ("- a\n- b", "bảng các mục"), ("", "bảng các mục"),
        ("a: &x [1]\nb: *x", "neo"), ("a: 2026-13-45", "bảng các mục"), ("[" * 90, "dòng"),
    ],
)  # fmt: skip
def test_yaml_that_cannot_be_kept_is_refused_in_words(text, said):
    with pytest.raises(Refusal) as no:
        typed.mapping(text, "content", most=100)
    assert (no.value.code, no.value.field) == ("typed.mapping", "content")
    assert said in no.value.message
