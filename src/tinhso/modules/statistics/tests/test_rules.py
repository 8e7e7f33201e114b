from __future__ import annotations

from datetime import date

import pytest

from tinhso.modules.statistics.rules import (
    SMALLEST_SHOWN,
    Line,
    Row,
    is_small,
    offered,
    problems,
    share,
    told_in_public,
)


def test_periods_on_offer_begin_with_the_first_figures():
    codes = [one.code for one in offered(date(2026, 9, 1), date(2026, 11, 22))]
    assert codes == ["2026", "2026-q4", "2026-q3", "2026-11", "2026-10", "2026-09"]


LINE = Line(carried=10, online=5, counter=3, post=2, early=6, on_time=4, late=2, open_in_time=7, open_late=1)


def test_the_columns_are_those_of_the_form_and_their_identities_hold():
    assert LINE.statutory() == (20, 5, 5, 10, 12, 6, 4, 2, 8, 7, 1)
    assert problems(LINE.statutory()) == []
    assert (LINE.kept_share, LINE.overdue_share, LINE.online_share) == (83.3, 12.5, 50.0)


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        (0, ["3 = 4 + 5 + 6", "3 = 7 + 11"]), (1, ["3 = 4 + 5 + 6"]), (4, ["7 = 8 + 9 + 10", "3 = 7 + 11"]),
        (7, ["7 = 8 + 9 + 10"]), (8, ["11 = 12 + 13", "3 = 7 + 11"]), (10, ["11 = 12 + 13"]),
    ],
)  # fmt: skip
def test_a_wrong_cell_breaks_the_identities_it_stands_in(place, broken):
    cells = list(LINE.statutory())
    cells[place] += 1
    assert problems(cells) == broken


def test_what_was_adjusted_counts_as_received():
    moved_in = Line(early=1, adjusted=1)
    assert problems(moved_in.statutory()) == ["3 = 7 + 11"]
    assert problems(moved_in.statutory(), moved_in.adjusted) == []


def test_of_nothing_there_is_no_share():
    assert share(0, 0) is None
    assert Line().kept_share is None


def rows(*numbers: int) -> list[Row]:
    return [Row(f"tt{place}", Line(online=number, early=number)) for place, number in enumerate(numbers)]


def told(*numbers: int) -> list[tuple[str, int, int]]:
    return [(row.key, row.line.received, row.merged) for row in told_in_public(rows(*numbers))]


def test_lines_too_small_to_be_told_become_one_without_a_name():
    assert told(9, 2, 20, 4, 1) == [("tt2", 20, 0), ("tt0", 9, 0), ("", 7, 3)]


def test_a_single_small_line_takes_the_next_with_it_so_that_nobody_finds_it_by_subtraction():
    assert told(9, 2, 20) == [("tt2", 20, 0), ("", 11, 2)]


def test_large_lines_are_told_as_they_are():
    assert told(9, 20, 5) == [("tt1", 20, 0), ("tt0", 9, 0), ("tt2", 5, 0)]
    assert told() == []


def test_sums_stay_the_same_when_small_lines_are_merged():
    merged = told_in_public(rows(1, 2, 3, 40, 7))
    assert sum(row.line.received for row in merged) == 53


def test_a_line_resolved_more_often_than_received_does_not_push_a_small_one_out():
    moved, small = Row("moved", Line(early=6, adjusted=5)), Row("small", Line(online=4))
    assert [row.key for row in told_in_public([moved, small, Row("large", Line(online=30))])] == ["large", ""]


def test_five_may_be_told_four_may_not_and_nothing_points_to_nobody():
    assert not is_small(Line(online=SMALLEST_SHOWN))
    assert is_small(Line(online=SMALLEST_SHOWN - 1))
    assert is_small(Line(open_late=1))
    assert not is_small(Line())
