"""Seals and anchors: the same words give the same seal, any other word another."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.journal.rules import NO_HASH, Head, anchor, seal

AT = datetime(2026, 11, 16, 2, tzinfo=UTC)
KNOWN = "9b2620a2965637afa63f54041b0fff79bdd44c397a5918d9bf483b8f4b8c7748"
SAID = {"chain": "case/1", "seq": 1, "verb": "x.do", "at": AT, "actor_id": 7, "data": {"a": 1, "b": "đ"}}


def test_the_seal_of_an_entry_is_known():
    assert seal(NO_HASH, **SAID).hex() == KNOWN


@pytest.mark.parametrize(
    "changed",
    [
        {"chain": "case/2"}, {"seq": 2}, {"verb": "x.undo"}, {"at": AT + timedelta(microseconds=1)},
        {"actor_id": None}, {"data": {"a": 1, "b": "d"}}, {"data": {}},
    ],
)  # fmt: skip
def test_every_word_counts(changed):
    assert seal(NO_HASH, **(SAID | changed)) != seal(NO_HASH, **SAID)


def test_the_entry_before_counts():
    assert seal(b"\1" * 32, **SAID) != seal(NO_HASH, **SAID)


def test_the_order_of_the_data_and_the_time_zone_do_not_count():
    hanoi = AT.astimezone(timezone(timedelta(hours=7)))
    assert seal(NO_HASH, **(SAID | {"at": hanoi, "data": {"b": "đ", "a": 1}})) == seal(NO_HASH, **SAID)


def test_an_empty_chain_ends_at_zero():
    assert Head() == Head(0, bytes(32))


def test_an_anchor_tells_which_entries_in_which_order_on_which_day():
    one, two = seal(NO_HASH, **SAID), seal(NO_HASH, **(SAID | {"seq": 2}))
    found = {
        anchor(NO_HASH, "2026-11-16", [one, two]), anchor(NO_HASH, "2026-11-16", [two, one]),
        anchor(NO_HASH, "2026-11-16", [one]), anchor(NO_HASH, "2026-11-17", [one, two]),
        anchor(one, "2026-11-16", [one, two]),
    }  # fmt: skip
    assert len(found) == 5


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=9), values, max_size=4))
@settings(max_examples=100, deadline=None)
def test_the_seal_of_data_is_that_of_its_canonical_form(data):
    turned = dict(reversed(data.items()))
    assert seal(NO_HASH, **(SAID | {"data": data})) == seal(NO_HASH, **(SAID | {"data": turned}))
