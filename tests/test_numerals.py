"""Numbers in addresses and hidden fields: what somebody types there by hand breaks no page."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from tinhso.kernel.numerals import is_whole
from tinhso.modules.procedures.forms import wanted_from

NONE = ("", "²", "٣", "１２", "-1", "1.5", " 7", "1e3", "9" * 19, "9" * 5000, "NaN")


@pytest.mark.parametrize("text", NONE, ids=lambda text: text[:8])
def test_what_is_no_whole_number_that_fits_a_column(text: str) -> None:
    assert not is_whole(text)


@pytest.mark.parametrize("text", ["0", "7", "007", "9" * 18])
def test_whole_numbers_that_can_be_read(text: str) -> None:
    assert is_whole(text)
    assert int(text) >= 0


@pytest.mark.parametrize(("typed", "page"), [("3", 3), ("0", 1), ("²", 1), ("9" * 5000, 1), ("99999", 1000)])
def test_a_page_of_the_catalogue_that_does_not_exist_is_the_first_or_the_last(typed: str, page: int) -> None:
    said = QueryDict(mutable=True)
    said["trang"] = typed
    assert wanted_from(said)[1] == page
