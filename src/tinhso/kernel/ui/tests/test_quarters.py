"""The quarter in an address, and those a page offers."""

from __future__ import annotations

from datetime import date

import pytest

from tinhso.kernel.ui import quarters

TODAY = date(2026, 2, 3)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2025-4", "Quý IV/2025"), ("2026-1", "Quý I/2026"), ("2018-1", "Quý I/2018"), ("2026-4", "Quý IV/2026"),
        ("", "Quý I/2026"), ("2017-4", "Quý I/2026"), ("2027-1", "Quý I/2026"), ("2026-5", "Quý I/2026"),
        ("2025", "Quý I/2026"), ("2025-11", "Quý I/2026"), ("x", "Quý I/2026"),
    ],
)  # fmt: skip
def test_an_address_names_a_quarter_or_means_the_present_one(text, name):
    assert quarters.chosen(text, TODAY).name == name


def test_the_last_quarters_are_offered_the_newest_first():
    assert quarters.offered(TODAY, 3) == [
        ("2026-1", "Quý I/2026"), ("2025-4", "Quý IV/2025"), ("2025-3", "Quý III/2025"),
    ]  # fmt: skip
    assert [quarters.key(quarters.chosen(key, TODAY)) for key, _name in quarters.offered(TODAY)] == [
        key for key, _name in quarters.offered(TODAY)
    ]
