"""The dossier's lifecycle as the decrees draw it, what its moves need, its codes, and when it must be handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.rules import Clock, Party, Phase, Whom, open_moves, unmet
from tinhso.kernel.clock.rules import VIETNAM, Calendar
from tinhso.kernel.people.rules import SYSTEM, Actor, ActorKind, Scope
from tinhso.modules.dossiers.rules import (
    DOSSIER,
    ROLES,
    Permission,
    Standing,
    dossier_code,
    hand_over_at,
    is_dossier_code,
)

LIFECYCLE = DOSSIER.lifecycle
READY = Standing(result_ready=True, result_signed=True)
WHOM = Whom(unit_id=1, received_unit_id=2, owner_id=10)


def who(role: str) -> Actor:
    rights = next(one.permissions for one in ROLES if one.code == f"dossiers.{role}")
    return Actor(ActorKind.OFFICIAL, 20, rights={right: Scope(units=frozenset({1})) for right in rights})


OWNER = Actor(ActorKind.CITIZEN, 10)


def test_every_state_has_one_of_the_ten_national_statuses():
    assert {state.code: state.national for state in LIFECYCLE.states} == {
        "filed": 1, "received": 2, "declined": 3, "processing": 4, "incomplete": 5, "supplement": 5, "payment": 6,
        "withdrawn": 7, "stopped": 8, "finished": 9, "returned": 10,
    }  # fmt: skip


def test_every_state_can_be_reached_and_all_but_the_last_can_be_left():
    targets = {move.target for move in LIFECYCLE.moves} | {"filed"}
    assert {state.code for state in LIFECYCLE.states} <= targets
    left = {source for move in LIFECYCLE.moves for source in move.sources if move.target}
    assert {state.code for state in LIFECYCLE.states if state.phase is not Phase.CLOSED} == left
    assert {state.code for state in LIFECYCLE.states if state.phase is Phase.CLOSED}.isdisjoint(
        source for move in LIFECYCLE.moves for source in move.sources
    )


def test_the_clock_pauses_where_a_case_is_paused_and_stops_where_it_is_settled():
    phases = {state.code: state.phase for state in LIFECYCLE.states}
    for move in LIFECYCLE.moves:
        for source in move.sources:
            after = phases[move.target] if move.target else phases[source]
            if phases[source] is Phase.OPEN and after is Phase.PAUSED and source == "processing":
                assert move.clock is Clock.PAUSE, move.verb
            if phases[source] is Phase.PAUSED and after is Phase.OPEN and move.target == "processing":
                assert move.clock is Clock.RESUME, move.verb
            if phases[source] < Phase.SETTLED <= after:
                assert move.clock is Clock.STOP, move.verb


def test_every_move_needs_a_permission_or_a_party():
    assert {move.right for move in LIFECYCLE.moves} <= {*Permission, *Party}


@pytest.mark.parametrize(
    ("role", "state", "offered"),
    [
        ("clerk", "filed", {"accept", "decline", "ask_completion"}),
        ("clerk", "processing", {"withdraw_at_counter", "step_back"}),
        ("clerk", "supplement", {"supplement_at_counter", "withdraw_at_counter"}),
        ("clerk", "finished", {"return_result"}),
        ("specialist", "filed", set()),
        ("specialist", "received", {"take_over", "apologise"}),
        ("specialist", "processing", {"ask_supplement", "ask_payment", "step_on", "draft_result", "step_back",
                                      "consult", "apologise"}),
        ("specialist", "payment", {"confirm_payment"}),
        ("leader", "processing", {"sign", "sign_and_finish", "refuse", "stop", "transfer", "assign", "step_back"}),
        ("registrar", "processing", {"finish", "step_back"}),
        ("overseer", "filed", set()),
        ("overseer", "received", set()),
        ("specialist", "returned", set()),
        ("leader", "withdrawn", set()),
    ],
)  # fmt: skip
def test_what_each_role_may_do_where(role, state, offered):
    assert {move.verb for move in open_moves(LIFECYCLE, state, WHOM, who(role))} == offered


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("filed", {"withdraw"}), ("incomplete", {"complete", "withdraw"}), ("received", {"withdraw"}),
        ("processing", {"withdraw"}), ("supplement", {"supplement", "withdraw"}), ("payment", {"withdraw"}),
        ("finished", set()), ("returned", set()), ("withdrawn", set()), ("declined", set()), ("stopped", set()),
    ],
)  # fmt: skip
def test_what_the_applicant_may_do_where(state, offered):
    assert {move.verb for move in open_moves(LIFECYCLE, state, WHOM, OWNER)} == offered


def test_only_the_system_hands_over_electronically():
    assert "return_online" in {move.verb for move in open_moves(LIFECYCLE, "finished", WHOM, SYSTEM)}
    for role in ROLES:
        offered = open_moves(LIFECYCLE, "finished", WHOM, who(role.code.partition(".")[2]))
        assert "return_online" not in {move.verb for move in offered}


@pytest.mark.parametrize(
    ("verb", "standing", "code"),
    [
        ("sign", Standing(result_ready=False), "dossiers.no_result"),
        ("sign", replace(READY, children_open=1), "dossiers.children_open"),
        ("sign_and_finish", Standing(result_ready=False), "dossiers.no_result"),
        ("sign_and_finish", replace(READY, children_open=2), "dossiers.children_open"),
        ("finish", Standing(result_signed=False), "dossiers.not_signed"),
        ("return_result", Standing(fee_settled=False), "dossiers.fee_unpaid"),
        ("ask_supplement", Standing(supplements=1), "dossiers.second_supplement"),
        ("ask_completion", Standing(guidances=1), "dossiers.second_guidance"),
        ("ask_supplement", Standing(result_signed=True), "dossiers.result_exists"),
        ("ask_payment", Standing(result_signed=True), "dossiers.result_exists"),
        ("consult", Standing(result_signed=True), "dossiers.result_exists"),
        ("transfer", Standing(result_signed=True), "dossiers.result_exists"),
        ("withdraw", Standing(result_signed=True), "dossiers.result_exists"),
        ("withdraw_at_counter", Standing(result_signed=True), "dossiers.result_exists"),
        ("stop", Standing(result_signed=True), "dossiers.result_exists"),
        ("refuse", Standing(result_signed=True), "dossiers.result_exists"),
        ("step_on", Standing(apology_due=True), "dossiers.apology_first"),
    ],
)
def test_what_a_move_needs(verb, standing, code):
    assert [need.code for need in unmet(LIFECYCLE.move(verb), standing)] == [code]


@pytest.mark.parametrize(
    ("verb", "standing"),
    [
        ("sign", READY), ("finish", READY), ("return_result", Standing()), ("ask_supplement", Standing()),
        ("ask_supplement", Standing(supplements=1, leader_approves=True)), ("withdraw", Standing()),
        ("step_on", Standing()),
    ],
)  # fmt: skip
def test_when_a_move_needs_nothing_more(verb, standing):
    assert unmet(LIFECYCLE.move(verb), standing) == []


def test_every_need_says_what_to_do():
    for move in LIFECYCLE.moves:
        for need in move.needs:
            assert need.code.startswith("dossiers.")
            assert need.message.endswith(".")
            assert len(need.message) > 30


# 16 November 2026 is a Monday, the 20th a Friday; the 24th is Vietnam Culture Day.
CALENDAR = Calendar("standard", off={date(2026, 11, 24): "Ngày Văn hóa Việt Nam"})


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("received", "handed_over"),
    [
        (moment(16, 9), moment(16, 9)),
        (moment(16, 14, 59), moment(16, 14, 59)),
        (moment(16, 15), moment(17, 7)),
        (moment(16, 20), moment(17, 7)),
        (moment(20, 15, 1), moment(23, 7)),  # Friday afternoon: Monday
        (moment(21, 9), moment(23, 7)),  # Saturday
        (moment(23, 16), moment(25, 7)),  # before the holiday
        (moment(24, 9), moment(25, 7)),  # on the holiday
    ],
)
def test_what_is_received_after_three_is_handed_over_the_next_working_morning(received, handed_over):
    assert hand_over_at(received, CALENDAR) == handed_over


def test_nothing_is_ever_handed_over_before_it_was_received():
    for day, hour in product(range(1, 31), range(24)):
        received = moment(day, hour)
        handed = hand_over_at(received, CALENDAR)
        assert received <= handed <= received + timedelta(days=4)
        assert CALENDAR.is_working(handed.date())
        assert handed.time() < time(15)


@pytest.mark.parametrize(
    ("agency", "number", "code"),
    [
        ("H53", 1, "H53-261116-0001"),
        ("H53.242.01", 42, "H53.242.01-261116-0042"),
        ("H53.242", 12345, "H53.242-261116-12345"),
    ],
)
def test_a_code_names_agency_day_and_number(agency, number, code):
    assert dossier_code(agency, date(2026, 11, 16), number) == code
    assert is_dossier_code(code)


@pytest.mark.parametrize("text", ["000.00.01.H53-220615-0007", "000.12.34.H53-190101-1234", "H53.1.2-261116-0001"])
def test_codes_of_earlier_generations(text):
    assert is_dossier_code(text) is (".1.2" not in text)


@pytest.mark.parametrize("text", ["", "H53", "H53-261116", "H53-261116-1", "h53-261116-0001", "H53-261116-0001 x"])
def test_other_texts_are_no_codes(text):
    assert not is_dossier_code(text)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("h53.201-261116-0001", "H53.201-261116-0001"),
        ("  H53.201 – 261116 – 0001 ", "H53.201-261116-0001"),
        ("H53.201—261116—0001", "H53.201-261116-0001"),
        ("H53.201-261116-0001\n", "H53.201-261116-0001"),
        ("h53201 261116 0001", "H53.201-261116-0001"),
        ("PA20260000037", "PA-2026-0000037"),
        ("HD26000001", "HD-26-000001"),
        ("H53'; drop table", "H53DROPTABLE"),
        ("", ""),
        ("9" * 100, "9" * 40),
    ],
)
def test_a_code_is_made_comparable(typed, code):
    assert tidy_code(typed) == code
