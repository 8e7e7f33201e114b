"""Labels and waiting times."""

import pytest

from tinhso.modules.queueing.rules import label, minutes_to_wait, series


@pytest.mark.parametrize(
    ("purpose", "number", "words"), [("submit", 1, "A001"), ("collect", 17, "B017"), ("ask", 1000, "C1000")]
)
def test_a_number_is_shown_with_its_letter(purpose, number, words):
    assert label(purpose, number) == words


def test_each_shop_day_and_purpose_counts_from_one():
    assert series(7, "2026-11-16", "collect") == "queue/7/2026-11-16/B"


@pytest.mark.parametrize(
    ("ahead", "calls", "minutes"),
    [(0, 0, None), (5, 2, None), (0, 3, 20), (0, 60, 5), (5, 12, 30), (6, 12, 35), (11, 60, 15)],
)
def test_waiting_times_are_told_in_fives_and_only_when_they_can_be_foreseen(ahead, calls, minutes):
    assert minutes_to_wait(ahead, calls) == minutes
