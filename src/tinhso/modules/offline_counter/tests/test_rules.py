"""Tables: what stands in the way of a reception, what may be decided, what a signature is worth."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tinhso.modules.offline_counter import rules
from tinhso.modules.offline_counter.rules import Conflict, Decision, Seen, State
from tinhso.modules.offline_counter.rules.envelopes import LONGEST, is_signed, public_key, raw, read
from tinhso.modules.offline_counter.tests.factories import key_pair, sign

AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
GOOD = Seen(
    is_signed=True, is_counter_live=True, may_receive=True, is_own_number=True, is_number_free=True,
    is_block_open=True, skew=timedelta(0), is_late_time=False, is_applicant_possible=True, version=7, current=7,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"is_signed": False}, (Conflict.SIGNATURE,)),
        ({"is_counter_live": False}, (Conflict.COUNTER_REVOKED,)),
        ({"may_receive": False}, (Conflict.RIGHT_REVOKED,)),
        ({"is_own_number": False, "is_block_open": False}, (Conflict.NUMBER_FOREIGN,)),
        ({"is_number_free": False}, (Conflict.NUMBER_USED,)),
        ({"is_block_open": False}, (Conflict.BLOCK_OVER,)),
        ({"skew": timedelta(minutes=5)}, ()),
        ({"skew": timedelta(minutes=5, seconds=1)}, (Conflict.CLOCK,)),
        ({"skew": timedelta(minutes=-6)}, (Conflict.CLOCK,)),
        ({"is_late_time": True}, (Conflict.CLOCK,)),
        ({"is_applicant_possible": False}, (Conflict.APPLICANT,)),
        ({"current": None}, (Conflict.PROCEDURE_GONE,)),
        ({"current": 8}, (Conflict.PROCEDURE_CHANGED,)),
        ({"lacking": ("Tờ khai",)}, (Conflict.PAPERS,)),
        ({"twins": 1}, (Conflict.TWIN,)),
        ({"promised": AT, "due": AT}, ()),
        ({"promised": AT + timedelta(days=1), "due": AT}, ()),
        ({"promised": AT, "due": AT + timedelta(days=1)}, (Conflict.DUE,)),
        (
            {"is_signed": False, "twins": 2, "current": 8},
            (Conflict.SIGNATURE, Conflict.PROCEDURE_CHANGED, Conflict.TWIN),
        ),
    ],
)
def test_all_that_stands_in_the_way_is_named_the_weightiest_first(changes: Any, expected: Any) -> None:
    assert rules.conflicts(replace(GOOD, **changes)) == expected


@pytest.mark.parametrize(
    ("state", "decision", "reasons", "open_"),
    [
        (State.HELD, Decision.REGISTER, {Conflict.TWIN}, True),
        (State.HELD, Decision.REGISTER, {Conflict.NUMBER_USED}, False),
        (State.HELD, Decision.REGISTER, {Conflict.NUMBER_FOREIGN, Conflict.TWIN}, False),
        (State.HELD, Decision.RENUMBER, {Conflict.NUMBER_USED}, True),
        (State.HELD, Decision.MERGE, {Conflict.NUMBER_USED}, True),
        (State.HELD, Decision.REJECT, {Conflict.SIGNATURE}, True),
        (State.STORED, Decision.REJECT, set(), False),
        (State.REGISTERED, Decision.MERGE, set(), False),
        (State.REJECTED, Decision.REGISTER, {Conflict.TWIN}, False),
    ],
)
def test_a_decision_is_made_once_and_never_gives_away_a_number_of_somebody_else(
    state: State, decision: Decision, reasons: set[str], open_: bool
) -> None:
    assert rules.may_decide(state, decision, frozenset(reasons)) is open_


def test_numbers_are_leased_for_today_and_two_days_more() -> None:
    assert rules.days_from(date(2026, 12, 31)) == (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2))


def test_every_conflict_state_and_decision_has_its_words() -> None:
    assert set(rules.CONFLICT_WORDS) == set(Conflict)
    assert set(rules.STATE_WORDS) == set(State)
    assert set(rules.DECISION_WORDS) == set(Decision)


def test_only_the_very_text_signed_with_that_very_key_counts() -> None:
    (mine, public), (other, _) = key_pair(), key_pair()
    text, spki = "Biên nhận số 1", raw(public)
    assert is_signed(text, raw(sign(text, mine)), spki) is True
    assert is_signed(text + " ", raw(sign(text, mine)), spki) is False
    assert is_signed(text, raw(sign(text, other)), spki) is False
    assert is_signed(text, b"", spki) is False
    assert is_signed(text, b"\0" * 64, spki) is False
    assert is_signed(text, raw(sign(text, mine)) + b"\0", spki) is False
    assert is_signed(text, raw(sign(text, mine)), b"no key") is False


@pytest.mark.parametrize("key", ["", "!!", "QUJD", "a" * 400])
def test_what_is_no_key_on_the_curve_is_none(key: str) -> None:
    assert public_key(raw(key)) is None


GOOD_TEXT: dict[str, Any] = {
    "v": 1, "id": "0b9c6c2e-5a0e-4b58-9c8e-0c1f7a9f4e10", "counter": 1, "clerk": 2, "code": "H53.08-261116-0001",
    "received_at": "2026-11-16T09:15:00+07:00", "procedure": "1.004873", "version": 3, "branch": "",
    "applicant": {"name": "Lan", "identity_number": "079190012346"}, "papers": [], "result_channel": "counter",
    "fee_paid": False, "due_at": None,
}  # fmt: skip


def test_a_reception_is_read_as_it_was_signed() -> None:
    said = read(json.dumps(GOOD_TEXT))
    assert said is not None
    assert (said.code, said.applicant.name, said.received_at.astimezone(UTC).hour) == ("H53.08-261116-0001", "Lan", 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2}, {"id": "1"}, {"counter": 0}, {"counter": "1"}, {"code": "x" * 41}, {"received_at": "hôm nay"},
        {"received_at": "2026-11-16T09:15:00"}, {"applicant": {"name": "", "identity_number": ""}}, {"applicant": None},
        {"papers": [{"code": "a", "originals": -1, "copies": 0}]}, {"result_channel": "fax"}, {"fee_paid": 1},
        {"papers": [{"code": "a", "originals": 1000, "copies": 0}]}, {"more": 1},
        {"papers": [{"code": "a", "originals": 1, "copies": 0}] * 10_000},
    ],
)  # fmt: skip
def test_what_is_no_reception_is_not_read(changes: dict[str, Any]) -> None:
    assert read(json.dumps(GOOD_TEXT | changes)) is None


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "\ud800", "x" * (LONGEST + 1), "[" * 31_000])
def test_junk_is_not_read(text: str) -> None:
    assert read(text) is None
