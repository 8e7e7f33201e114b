"""Text in spreadsheets stays text."""

from __future__ import annotations

import pytest

from tinhso.kernel.spreadsheets import inert


@pytest.mark.parametrize("text", ["=1+1", "+84", "-cmd", "@x", "\t=1", "\r=1", "-1+2"])
def test_what_would_be_a_formula_keeps_its_quote(text):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "-", "Phường Tân Ninh", "-12", "-1.5", "-1,5", "a=b", 7, -7.5, None])
def test_anything_else_stays_as_it_is(cell):
    assert inert(cell) == cell
