"""A case's statutory time: it begins once, stands still and goes on, and says the same as the clock."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.rules import Calendar, Extension, Limit, Pause, Unit, due

AT = datetime(2026, 11, 16, 2, tzinfo=UTC)  # Monday, 9 o'clock in Việt Nam
FIVE_DAYS = Limit(Decimal(5), Unit.WORKING_DAY)
CALENDAR = Calendar("standard")
HOUR = timedelta(hours=1)


def begun() -> Term:
    return Term(FIVE_DAYS).start(AT, "standard")


def test_a_term_that_has_not_begun_has_no_due_date():
    assert Term(FIVE_DAYS).due(CALENDAR) is None


def test_five_working_days_from_monday_end_on_the_next_monday():
    found = begun().due(CALENDAR)
    assert found is not None
    assert found.at == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_second_beginning_changes_nothing():
    assert begun().start(AT + HOUR, "other") == begun()


def test_pausing_while_it_stands_still_changes_nothing():
    paused = begun().pause(AT + HOUR, "supplement", "Thiếu bản vẽ")
    assert paused.is_paused
    assert paused.pause(AT + 2 * HOUR, "financial_obligation", "Khác") == paused


def test_resuming_while_it_runs_changes_nothing():
    assert not begun().is_paused
    assert begun().resume(AT + HOUR) == begun()


def test_the_legal_ground_of_a_pause_must_be_known():
    with pytest.raises(ValueError, match="coffee"):
        begun().pause(AT, "coffee", "")


def test_a_resumption_dated_before_its_pause_ends_it_at_once():
    term = begun().pause(AT + HOUR, "supplement", "").resume(AT)
    assert (term.pauses[0].start, term.pauses[0].end) == (AT + HOUR, AT + HOUR)


def test_while_it_stands_still_there_is_no_due_date():
    found = begun().pause(AT + HOUR, "supplement", "").due(CALENDAR)
    assert found is not None
    assert (found.at, found.is_paused) == (None, True)


def test_stopping_ends_an_open_pause_and_keeps_the_moment():
    stopped = begun().pause(AT + HOUR, "supplement", "").stop(AT + 2 * HOUR)
    assert (stopped.is_paused, stopped.pauses[0].end, stopped.stopped_at) == (False, AT + 2 * HOUR, AT + 2 * HOUR)


def test_an_extension_is_added_to_the_limit():
    found = begun().extend(Extension(Decimal(2), Unit.WORKING_DAY, "Vùng biên giới")).due(CALENDAR)
    assert found is not None
    assert found.at == datetime(2026, 11, 25, 10, tzinfo=UTC)


def test_an_empty_value_is_a_term_of_unknown_length_that_has_not_begun():
    assert Term.from_json({}) == Term(Limit.unknown())
    assert Term.from_json({}).due(CALENDAR) is None


moments = st.integers(0, 200 * 24 * 60).map(lambda minutes: AT + timedelta(minutes=minutes))
units = st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.HOUR])
limits = st.one_of(
    st.builds(Limit, st.integers(1, 60).map(Decimal), units),
    st.builds(Limit, st.sampled_from([Decimal("0.5"), Decimal("2.25")]), st.just(Unit.WORKING_DAY)),
    st.just(Limit.same_day()),
    st.just(Limit.unknown()),
)
extensions = st.lists(st.builds(Extension, st.integers(1, 20).map(Decimal), units, st.text(max_size=9)), max_size=2)
kinds = st.sampled_from(["supplement", "financial_obligation", "verification", "force_majeure"])
doings = st.lists(st.tuples(st.sampled_from(["pause", "resume", "extend"]), kinds, st.integers(0, 9000)), max_size=8)


def lived(limit: Limit, start: datetime, life: list[tuple[str, str, int]], more: list[Extension]) -> Term:
    """A term that began and to which things happened, one after the other."""
    term, at, more = Term(limit).start(start, "standard"), start, list(more)
    for what, kind, minutes in life:
        at += timedelta(minutes=minutes)
        if what == "pause":
            term = term.pause(at, kind, "lý do")
        elif what == "resume":
            term = term.resume(at)
        elif more:
            term = term.extend(more.pop())
    return term


@pytest.mark.slow
@given(limits, moments, doings, extensions, st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_stored_is_what_was_meant(limit, start, life, more, stops):
    term = lived(limit, start, life, more)
    term = term.stop(start + timedelta(days=400)) if stops else term
    assert Term.from_json(term.to_json()) == term
    assert Term.from_json(Term(limit).to_json()) == Term(limit)


@pytest.mark.slow
@given(limits, moments, doings, extensions)
@settings(max_examples=150, deadline=None)
def test_the_due_date_is_the_clocks(limit, start, life, more):
    term = lived(limit, start, life, more)
    said = due(start, limit, CALENDAR, term.pauses, term.extensions)
    for one in (term, Term.from_json(term.to_json())):
        found = one.due(CALENDAR)
        assert found is not None
        assert (found.at, found.is_paused, found.remaining) == (said.at, said.is_paused, said.remaining)


@pytest.mark.slow
@given(limits, moments, doings)
@settings(max_examples=100, deadline=None)
def test_pauses_follow_each_other_and_only_the_last_is_open(limit, start, life):
    pauses: tuple[Pause, ...] = lived(limit, start, life, []).pauses
    assert all(pause.end is not None for pause in pauses[:-1])
    assert all(before.end <= after.start for before, after in pairwise(pauses))
