"""Months, quarters, years and the same day of another month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.clock.rules import periods
from tinhso.kernel.clock.rules.periods import LENGTHS, around, month_after, months_later, period_of, spanning

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("code", "since", "until", "name", "before"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "Tháng 11/2026", "2026-10"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "Tháng 1/2026", "2025-12"),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31), "Quý IV/2026", "2026-q3"),
        ("2026-q1", date(2026, 1, 1), date(2026, 3, 31), "Quý I/2026", "2025-q4"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "Năm 2024", "2023"),
    ],
)
def test_a_period_is_a_month_a_quarter_or_a_year(code, since, until, name, before):
    period = period_of(f" {code.upper()} ")
    assert (period.since, period.until, period.name, period.code) == (since, until, name, code)
    assert (period.before.code, period.before.after) == (before, period)


def test_labels_of_charts_are_short():
    assert [period_of(code).label for code in ("2026-11", "2026-q4", "2026")] == ["11/2026", "Q4/2026", "2026"]


NONSENSE = ["", "2026-13", "2026-00", "2026-q5", "26-11", "2026-1", "2026-1-1", "1999", "2026-11-01", "x", "20२6"]


@pytest.mark.parametrize("code", NONSENSE)
def test_nonsense_is_no_period(code):
    assert period_of(code) is None


def test_days_that_are_no_whole_period_have_none():
    assert spanning(date(2026, 11, 2), date(2026, 11, 30)) is None
    assert spanning(date(2026, 11, 1), date(2026, 12, 31)) is None


def test_periods_that_touch_some_days_come_oldest_first():
    found = periods.touching(date(2025, 12, 5), date(2026, 7, 1), periods.QUARTER)
    assert [one.code for one in found] == ["2025-q4", "2026-q1", "2026-q2", "2026-q3"]
    assert list(periods.touching(date(2026, 7, 1), date(2026, 6, 30), periods.MONTH)) == []


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
        (datetime(2026, 8, 31, 9, 5, tzinfo=UTC), -6, datetime(2026, 2, 28, 9, 5, tzinfo=UTC)),
    ],
)
def test_the_same_day_some_months_on_or_the_last_of_a_shorter_month(day, months, then):
    assert months_later(day, months) == then


@given(DAYS, st.sampled_from(LENGTHS))
def test_each_day_lies_in_one_period_of_each_length_and_its_code_and_its_days_name_it(day, months):
    period = around(day, months)
    assert period.since <= day <= period.until
    assert period_of(period.code) == period == spanning(period.since, period.until)
    assert period.after.since == period.until + timedelta(days=1)
    assert around(period.last_month, 1).until == period.until


@given(DAYS, st.integers(-24, 24))
def test_months_add_up_and_come_back(day, months):
    first = month_after(day, months)
    assert first.day == 1
    assert month_after(first, -months) == day.replace(day=1)
    assert months_later(day, months).replace(day=1) == first


@given(DAYS, st.integers(0, 400), st.sampled_from(LENGTHS))
def test_periods_that_touch_some_days_lie_side_by_side_and_cover_them(since, more, months):
    until = since + timedelta(days=more)
    found = list(periods.touching(since, until, months))
    assert all(later == one.after for one, later in pairwise(found))
    assert found[0] == around(since, months)
    assert found[-1] == around(until, months)
