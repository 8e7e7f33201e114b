"""Properties of the clock on random dossiers, against the slow reference and against itself."""

from datetime import datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.clock.rules import VIETNAM, Calendar, Extension, Limit, Pause, Unit, due, verdict, worked_minutes
from tinhso.kernel.clock.rules.many import (
    NO_VERDICT,
    due_many,
    due_working_days_many,
    verdict_many,
    worked_minutes_many,
)
from tinhso.kernel.clock.tests import reference
from tinhso.kernel.clock.tests.factories import POLICE_WEEK, seeded

OFFICE = seeded()
CALENDARS = st.sampled_from([OFFICE, seeded(also_unconfirmed=True), Calendar("police", POLICE_WEEK)])
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2028, 12, 1)).map(
    lambda found: found.replace(second=0, microsecond=0, tzinfo=VIETNAM)
)
SPANS = st.integers(1, 20 * 1440).map(lambda minutes: timedelta(minutes=minutes))
DAYS = st.integers(1, 30)
LIMITS = st.one_of(
    DAYS.map(lambda n: Limit(n, Unit.WORKING_DAY)),
    DAYS.map(lambda n: Limit(n, Unit.DAY)),
    st.integers(1, 60).map(lambda n: Limit(n, Unit.HOUR)),
    st.integers(1, 20).map(lambda n: Limit(n / 2, Unit.WORKING_DAY)),
    st.sampled_from([Limit.same_day(), Limit.same_day(time(10))]),
)
quick = settings(max_examples=60, deadline=None)


def paused(begin: datetime, span: timedelta | None) -> Pause:
    return Pause("supplement", begin, None if span is None else begin + span)


@quick
@given(MOMENTS, DAYS, CALENDARS)
def test_working_days_and_days_agree_with_walking_the_days(start, days, calendar):
    assert due(start, Limit(days, Unit.WORKING_DAY), calendar).at == reference.due_days(start, days, calendar)
    assert due(start, Limit(days, Unit.DAY), calendar).at == reference.due_days(
        start, days, calendar, calendar_days=True
    )


@settings(max_examples=25, deadline=None)
@given(MOMENTS, st.integers(1, 12), CALENDARS, SPANS, SPANS)
def test_hours_agree_with_walking_the_minutes(start, hours, calendar, wait, span):
    stop = paused(start + wait / 8, span / 8)
    stop = paused(stop.start.replace(second=0, microsecond=0), timedelta(minutes=span // timedelta(minutes=8)))
    expected = reference.due_minutes(start, hours * 60, calendar, (stop,))
    assert due(start, Limit(hours, Unit.HOUR), calendar, [stop]).at == expected


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(MOMENTS, DAYS, CALENDARS, st.integers(-3000, 40 * 1440), SPANS)
def test_a_pause_agrees_with_the_sentences_of_its_rule(start, days, calendar, wait, span):
    stop = paused(start + timedelta(minutes=wait), span)
    found = due(start, Limit(days, Unit.WORKING_DAY), calendar, [stop])
    assert found.at == reference.due_paused(start, days, calendar, stop)
    assert [step.code for step in found.steps][-1] == "due"


@settings(max_examples=20, deadline=None)
@given(MOMENTS, SPANS, CALENDARS)
def test_worked_minutes_agree_with_walking_the_minutes(begin, span, calendar):
    end = begin + span / 4
    end = end.replace(second=0, microsecond=0)
    assert worked_minutes(begin, end, calendar) == reference.worked(begin, end, calendar)


@quick
@given(MOMENTS, SPANS, LIMITS, CALENDARS)
def test_a_later_receipt_is_never_due_earlier(start, span, limit, calendar):
    assert due(start, limit, calendar).at <= due(start + span, limit, calendar).at


@quick
@given(MOMENTS, DAYS, DAYS, st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.HOUR]), CALENDARS)
def test_a_longer_limit_is_never_due_earlier(start, days, more, unit, calendar):
    found = due(start, Limit(days, unit), calendar).at
    assert found <= due(start, Limit(days + more, unit), calendar).at
    assert due(start, Limit(days, unit), calendar, extensions=[Extension(more, unit)]).at == (
        due(start, Limit(days + more, unit), calendar).at
    )


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(MOMENTS, LIMITS, CALENDARS, SPANS, SPANS, SPANS)
def test_pauses_never_bring_the_due_moment_forward_and_longer_ones_push_it_back(
    start, limit, calendar, wait, span, more
):
    stop, longer = paused(start + wait, span), paused(start + wait, span + more)
    unpaused, found = due(start, limit, calendar), due(start, limit, calendar, [stop])
    assert unpaused.at <= found.at <= due(start, limit, calendar, [longer]).at
    assert unpaused.at <= found.exact_at


@quick
@given(MOMENTS, LIMITS, CALENDARS, SPANS)
def test_a_pause_of_no_length_changes_nothing(start, limit, calendar, wait):
    found = due(start, limit, calendar, [paused(start + wait, timedelta(0))])
    unpaused = due(start, limit, calendar)
    assert (found.at, found.exact_at) == (unpaused.at, unpaused.exact_at)


@quick
@given(MOMENTS, LIMITS, CALENDARS, SPANS, SPANS, SPANS)
def test_a_pause_in_two_parts_is_one_pause(start, limit, calendar, wait, span, more):
    begin = start + wait
    parts = [paused(begin + span, more), paused(begin, span)]
    whole = due(start, limit, calendar, [paused(begin, span + more)])
    found = due(start, limit, calendar, parts)
    assert (found.at, found.exact_at) == (whole.at, whole.exact_at)


@quick
@given(MOMENTS, LIMITS, CALENDARS, SPANS, SPANS, SPANS, SPANS)
def test_one_more_pause_never_brings_the_due_moment_forward(start, limit, calendar, wait, span, again, more):
    first = paused(start + wait, span)
    second = paused(first.end + again, more)
    found, both = due(start, limit, calendar, [first]), due(start, limit, calendar, [second, first])
    assert found.at <= both.at
    assert found.exact_at <= both.exact_at


@quick
@given(MOMENTS, LIMITS, CALENDARS, SPANS)
def test_an_open_pause_before_the_due_moment_leaves_no_date_and_one_after_it_changes_nothing(
    start, limit, calendar, wait
):
    unpaused = due(start, limit, calendar).at
    found = due(start, limit, calendar, [paused(start + wait, None)])
    assert found.at == (unpaused if unpaused <= start + wait else None)
    assert bool(found.remaining) is (found.at is None)


@pytest.mark.slow
@quick
@given(st.lists(MOMENTS, min_size=1, max_size=20), LIMITS, CALENDARS, SPANS)
def test_arrays_give_what_single_dossiers_give(starts, limit, calendar, span):
    received = np.array([start.astimezone().timestamp() for start in starts], dtype="int64").astype("datetime64[s]")
    found = due_many(received, limit, calendar)
    singles = [due(start, limit, calendar).at for start in starts]
    assert [int(moment) for moment in found.astype("datetime64[s]").astype("int64")] == [
        int(at.timestamp()) for at in singles
    ]
    ends = [start + span for start in starts]
    finished = received + np.timedelta64(span)
    assert worked_minutes_many(received, finished, calendar).tolist() == [
        worked_minutes(start, end, calendar) for start, end in zip(starts, ends, strict=True)
    ]
    names = ("early", "on_time", "late")
    assert [names[code] for code in verdict_many(finished, found)] == [
        verdict(end, at) for end, at in zip(ends, singles, strict=True)
    ]


@pytest.mark.slow
@quick
@given(st.lists(st.tuples(MOMENTS, DAYS), min_size=1, max_size=20), CALENDARS)
def test_arrays_of_days_give_what_single_dossiers_give(pairs, calendar):
    received = np.array([start.timestamp() for start, _ in pairs], dtype="int64").astype("datetime64[s]")
    found = due_working_days_many(received, [days for _, days in pairs], calendar).astype("datetime64[s]")
    assert found.astype("int64").tolist() == [
        int(due(start, Limit(days, Unit.WORKING_DAY), calendar).at.timestamp()) for start, days in pairs
    ]


def test_unknown_moments_stay_unknown_in_arrays():
    received = np.array(["2026-11-18T02:10", "NaT"], dtype="datetime64[m]")
    found = due_many(received, Limit(5, Unit.WORKING_DAY), OFFICE)
    assert [str(moment) for moment in found] == ["2026-11-26T10:00", "NaT"]
    assert np.isnat(due_many(received, Limit.unknown(), OFFICE)).all()
    assert verdict_many(found, found[::-1]).tolist() == [NO_VERDICT, NO_VERDICT]
    assert worked_minutes_many(received, found, OFFICE).tolist()[1] == 0
    assert due_many(received[:0], Limit(5, Unit.DAY), OFFICE).size == 0


def test_hours_that_end_with_a_window_end_there_in_arrays_too():
    received = np.array(["2026-11-18T03:30"], dtype="datetime64[m]")
    assert str(due_many(received, Limit(1, Unit.HOUR), OFFICE)[0]) == "2026-11-18T04:30"
