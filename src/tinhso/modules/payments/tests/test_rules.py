"""References that payers write, and orders judged by the money that names them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.modules.payments.rules import references, signatures, states
from tinhso.modules.payments.rules.matching import Money, Verdict, judge
from tinhso.modules.payments.rules.states import State

DAY = date(2026, 11, 16)


def test_a_reference_is_short_ascii_and_found_whatever_banks_put_around_it():
    made = references.reference(date(2026, 11, 17), 88)
    assert made == "TS26111700088" + made[-1]
    assert (len(made), made.isascii()) == (14, True)
    for content in (
        made, made.lower(), references.spaced(made), f"MBVCB.8812.{made}.CT tu 0123 toi 456", f"thanh toan-{made}-phi",
        f"QR {made[:6]}.{made[6:10]}-{made[10:]}", f"NGUYEN THI LAN chuyen tien{made}",
    ):  # fmt: skip
        assert references.found_in(content) == made, content


@pytest.mark.parametrize("content", ["", "nop tien ho so", "TS2611170008", "TS26111700088", "H53.08-261117-0088"])
def test_other_contents_name_no_order(content):
    assert references.found_in(content) == ""


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 99_999), st.integers(2, 12), st.integers(1, 9))
def test_one_wrong_digit_is_never_taken_for_another_order(on, number, place, step):
    made = references.reference(on, number)
    wrong = made[:place] + str((int(made[place]) + step) % 10) + made[place + 1 :]
    assert references.found_in(wrong) == ""


@given(st.text(max_size=60))
def test_any_text_can_be_looked_through(text):
    found = references.found_in(text)
    assert found == "" or references.PATTERN.fullmatch(found)


def test_a_day_has_no_hundred_thousandth_order():
    with pytest.raises(ValueError, match="100000"):
        references.reference(DAY, 100_000)


AT = datetime(2026, 11, 16, 3, tzinfo=UTC)
WEEK = AT + timedelta(days=7)


def judged(*amounts: int, state: State = State.REQUESTED, kept: tuple[int, ...] = (), start: datetime = AT):
    moneys = [Money(n, amount, start + timedelta(hours=n)) for n, amount in enumerate(amounts, 1)]
    return judge(amount=75_000, state=state, expires_at=WEEK, kept=kept, moneys=moneys)


V = Verdict


@pytest.mark.parametrize(
    ("amounts", "verb", "received", "verdicts"),
    [
        ((), None, 0, []),
        ((75_000,), "pay", 75_000, [V.MATCHED]),
        ((70_000,), "differ", 70_000, [V.PARTIAL]),
        ((70_000, 5_000), "pay", 75_000, [V.MATCHED, V.MATCHED]),
        ((75_000, 75_000), "pay", 75_000, [V.MATCHED, V.DOUBLE]),
        ((80_000,), "differ", 80_000, [V.OVER]),
        ((70_000, 10_000), "differ", 80_000, [V.PARTIAL, V.OVER]),
        ((25_000, 25_000, 25_000, 1), "pay", 75_000, [V.MATCHED, V.MATCHED, V.MATCHED, V.DOUBLE]),
    ],
)
def test_parts_add_up_and_what_is_too_much_waits(amounts, verb, received, verdicts):
    found = judged(*amounts)
    assert (found.verb, found.received, list(found.verdicts.values())) == (verb, received, verdicts)


def test_money_for_a_paid_order_is_a_double_and_changes_nothing():
    found = judged(75_000, 75_000, state=State.PAID, kept=(1,))
    assert (found.verb, found.received, found.verdicts) == (None, 75_000, {1: V.MATCHED, 2: V.DOUBLE})


@pytest.mark.parametrize(
    ("state", "verb"), [(State.EXPIRED, None), (State.CANCELLED, None), (State.REQUESTED, "differ")]
)
def test_money_booked_after_the_code_ran_out_waits_for_a_person(state, verb):
    found = judged(75_000, state=state, start=WEEK)
    assert (found.verb, found.verdicts) == (verb, {1: V.LATE})


def test_money_booked_in_time_pays_although_the_notice_came_after_the_code_ran_out():
    assert judged(75_000, state=State.EXPIRED).verb == "pay"


@given(st.lists(st.integers(1, 90_000), max_size=5))
def test_the_verdicts_do_not_depend_on_the_order_in_which_notices_arrive(amounts):
    moneys = [Money(n, amount, AT + timedelta(hours=n)) for n, amount in enumerate(amounts, 1)]
    answers = set()
    for order in list(permutations(moneys))[:24]:
        found = judge(amount=75_000, state=State.REQUESTED, expires_at=WEEK, kept=(), moneys=order)
        answers.add((found.verb, found.received, tuple(sorted(found.verdicts.items()))))
    assert len(answers) == 1


def test_only_the_listed_moves_are_open():
    assert states.after("pay", "requested") == State.PAID
    for state in (State.CANCELLED, State.REFUNDED, State.NOT_REQUIRED, State.PAID, State.RECONCILED):
        with pytest.raises(Refusal) as refused:
            states.after("pay", state)
        assert refused.value.code == "payments.move_not_open"
    assert not states.can("ask_refund", "requested")
    assert {move.target for move in states.MOVES.values()} == set(State) - {State.REQUESTED}


def test_every_state_has_its_words():
    assert set(states.STATE_NAMES) == set(states.STATE_KINDS) == set(State)


def test_a_notice_is_taken_within_five_minutes_and_only_as_it_was_signed():
    stamp = str(int(AT.timestamp()))
    good = signatures.signature("bi-mat", stamp, b"{}")
    for moment in (AT, AT + timedelta(minutes=5), AT - timedelta(minutes=5)):
        assert signatures.check(secret="bi-mat", timestamp=stamp, body=b"{}", given=good, at=moment) == AT


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"body": b"{ }"}, "payments.signature"),
        ({"timestamp": str(int(AT.timestamp()) + 1)}, "payments.signature"),
        ({"given": "0" * 64}, "payments.signature"),
        ({"given": ""}, "payments.signature"),
        ({"given": "chữ ký"}, "payments.signature"),
        ({"secret": ""}, "payments.signature"),
        ({"secret": "khac"}, "payments.signature"),
        ({"at": AT + timedelta(minutes=5, seconds=1)}, "payments.time_window"),
        ({"at": AT - timedelta(minutes=6)}, "payments.time_window"),
    ],
)
def test_a_changed_or_old_notice_is_refused(changed, code):
    stamp = str(int(AT.timestamp()))
    asked = {"secret": "bi-mat", "timestamp": stamp, "body": b"{}", "at": AT}
    asked |= {"given": signatures.signature("bi-mat", stamp, b"{}")} | changed
    with pytest.raises(NotAllowed) as refused:
        signatures.check(**asked)
    assert refused.value.code == code
