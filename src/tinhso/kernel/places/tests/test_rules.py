"""Addresses taken apart and put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.places.rules import Address, formerly, parse, spell_out, write


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "12 Nguyễn Trãi, phường 1, TP Tây Ninh, Tây Ninh",
            Address("12 Nguyễn Trãi", "phường 1", "TP Tây Ninh", "Tây Ninh"),
        ),
        (
            "Số 5, ấp Bình Hòa, xã Hảo Đước, tỉnh Tây Ninh",
            Address("Số 5, ấp Bình Hòa", "xã Hảo Đước", "", "tỉnh Tây Ninh"),
        ),
        ("P.3, Q.1, TP. Hồ Chí Minh, Việt Nam", Address("", "P.3", "Q.1", "TP. Hồ Chí Minh")),
        ("TT. Hòa Thành, TX Hòa Thành", Address("", "TT. Hòa Thành", "TX Hòa Thành", "")),
        ("Đặc khu Phú Quốc, An Giang", Address("", "Đặc khu Phú Quốc", "", "An Giang")),
        ("gần chợ Long Hoa", Address("gần chợ Long Hoa")),
        ("", Address()),
    ],
)
def test_addresses_are_taken_apart(text, address):
    assert parse(text) == address


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("P.1, TX Hòa Thành", "phuong 1 thi xa hoa thanh"),
        ("p1 tp tây ninh", "phuong 1 thanh pho tay ninh"),
        ("Phường IV", "phuong 4"),
        ("Q.01", "quan 1"),
        ("xã Hảo Đước", "xa hao duoc"),
    ],
)
def test_abbreviations_are_spelled_out(text, spelled):
    assert spell_out(text) == spelled


@given(st.text(max_size=60))
def test_any_text_can_be_taken_apart_and_spelled_out(text):
    parse(text)
    assert spell_out(spell_out(text)).split() is not None


def test_an_address_is_written_as_in_official_papers():
    assert write(["12 Nguyễn Trãi", "Phường Tân Ninh", "", "Tỉnh Tây Ninh"]) == (
        "12 Nguyễn Trãi, phường Tân Ninh, tỉnh Tây Ninh"
    )
    assert write(["Phường Tân Ninh", "Tỉnh Tây Ninh"]) == "Phường Tân Ninh, tỉnh Tây Ninh"


def test_former_names_make_one_line():
    assert formerly(["Phường 1, thành phố Tây Ninh"]) == "trước 01/7/2025 là Phường 1, thành phố Tây Ninh"
    assert formerly([]) == ""
