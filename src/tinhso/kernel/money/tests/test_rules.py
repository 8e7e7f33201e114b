"""Amounts written, read and spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.money.rules import dong, dong_in_words, number_in_words, parse_dong


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0\u00a0đ"), (75_000, "75.000\u00a0đ"), (1_234_567_890, "1.234.567.890\u00a0đ"), (-5_000, "-5.000\u00a0đ")],
)
def test_amounts_are_written_with_points_and_a_no_break_space(amount, text):
    assert dong(amount) == text


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("75.000 đ", 75_000),
        ("75.000\u00a0đ", 75_000),
        ("75,000", 75_000),
        ("75000đ", 75_000),
        ("75 000 đồng", 75_000),
        ("75k", 75_000),
        ("75 nghìn", 75_000),
        ("75 ngàn đồng", 75_000),
        ("1,5 triệu", 1_500_000),
        ("1.5tr", 1_500_000),
        ("2 tỷ", 2_000_000_000),
        ("2 tỉ đồng", 2_000_000_000),
        ("150.000 VNĐ", 150_000),
        ("150.000 ₫", 150_000),
        ("-5.000", -5_000),
        ("1.5", None),
        ("12.34.567", None),
        ("1,2345 k", None),
        ("miễn phí", None),
        ("5 yến", None),
        ("", None),
    ],
)
def test_amounts_are_read_as_people_type_them(text, amount):
    assert parse_dong(text) == amount


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (1, "một"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (91, "chín mươi mốt"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (104, "một trăm linh bốn"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (555, "năm trăm năm mươi lăm"),
        (1_000, "một nghìn"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_050, "một nghìn không trăm năm mươi"),
        (75_000, "bảy mươi lăm nghìn"),
        (121_000, "một trăm hai mươi mốt nghìn"),
        (1_000_005, "một triệu không trăm linh năm"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (2_024_000, "hai triệu không trăm hai mươi tư nghìn"),
        (1_000_000_000, "một tỷ"),
        (1_000_000_001, "một tỷ không trăm linh một"),
        (21_500_000_000, "hai mươi mốt tỷ năm trăm triệu"),
        (1_000_000_000_000, "một nghìn tỷ"),
        (-15, "âm mười lăm"),
    ],
)
def test_numbers_in_words(number, words):
    assert number_in_words(number) == words


def test_a_receipt_says_the_amount_in_words():
    assert dong_in_words(75_000) == "bảy mươi lăm nghìn đồng"


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_what_is_written_is_read_back(amount):
    assert parse_dong(dong(amount)) == amount


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=10**12))
def test_different_numbers_have_different_words(one, other):
    assert (number_in_words(one) == number_in_words(other)) == (one == other)


@given(st.integers(min_value=0, max_value=10**12))
def test_words_are_parted_by_single_spaces(number):
    words = number_in_words(number)
    assert words == " ".join(words.split())
