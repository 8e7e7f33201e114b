from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.versions.rules import Difference, Span, compare, content_hash, in_force, last_day_of_previous

JULY = date(2026, 7, 1)


def test_the_first_version_replaces_nothing():
    assert last_day_of_previous([], JULY) is None


def test_a_new_version_ends_the_running_one_the_day_before():
    running = Span(1, date(2026, 1, 1))
    assert last_day_of_previous([running], JULY) == (running, date(2026, 6, 30))


def test_a_version_that_ended_earlier_is_left_alone():
    assert last_day_of_previous([Span(1, date(2026, 1, 1), date(2026, 3, 31))], JULY) is None


@pytest.mark.parametrize("begins", [JULY, date(2026, 8, 1)])
def test_nothing_is_slipped_in_before_what_was_published(begins):
    with pytest.raises(Refusal) as refused:
        last_day_of_previous([Span(4, begins)], JULY)
    assert refused.value.code == "versions.overlap"
    assert "Bản số 4" in refused.value.message


def test_whatever_is_published_in_whatever_order_one_version_at_most_holds_on_a_day():
    chance = random.Random(7)
    for _ in range(200):
        spans: list[Span] = []
        for number in range(1, 7):
            day = JULY + timedelta(days=chance.randrange(40))
            try:
                found = last_day_of_previous(spans, day)
            except Refusal:
                continue
            if found is not None:
                old, last = found
                spans[spans.index(old)] = Span(old.number, old.valid_from, last)
            spans.append(Span(number, day))
        for offset in range(45):
            day = JULY + timedelta(days=offset)
            assert sum(span.holds_on(day) for span in spans) <= 1
            assert (in_force(spans, day) is not None) == any(span.holds_on(day) for span in spans)


def test_the_hash_does_not_depend_on_the_order_of_keys():
    assert content_hash({"a": 1, "b": [2]}) == content_hash({"b": [2], "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


def test_equal_contents_do_not_differ():
    assert compare({"a": [{"code": "x", "n": 1}]}, {"a": [{"code": "x", "n": 1}]}) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"n": 1}, {"n": 2}, Difference("n", "Số", 1, 2)),
        ({}, {"n": 2}, Difference("n", "Số", None, 2)),
        ({"n": 2}, {}, Difference("n", "Số", 2, None)),
        ({"a": {"n": 1}}, {"a": {"n": 2}}, Difference("a.n", "Phần › Số", 1, 2)),
        (
            {"a": [{"code": "x", "n": 1}, {"code": "y", "n": 1}]},
            {"a": [{"code": "y", "n": 3}, {"code": "x", "n": 1}]},
            Difference("a.y.n", "Phần › y › Số", 1, 3),
        ),
        ({"a": [{"n": 1}]}, {"a": [{"n": 2}]}, Difference("a.1.n", "Phần › 1 › Số", 1, 2)),
        ({"a": ["x"]}, {"a": ["x", "y"]}, Difference("a", "Phần", ["x"], ["x", "y"])),
    ],
)
def test_differences_are_named_by_place(old, new, expected):
    assert compare(old, new, {"n": "Số", "a": "Phần"}) == (expected,)


def test_a_row_that_came_or_went_is_one_difference():
    (found,) = compare({"a": []}, {"a": [{"code": "x", "n": 1}]})
    assert (found.path, found.is_added, found.new) == ("a.x", True, {"code": "x", "n": 1})
