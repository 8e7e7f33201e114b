"""The lifecycle as a table, and what it lets whom do."""

from datetime import UTC, datetime
from itertools import product

import pytest

from tinhso.kernel.cases.rules import (
    LATER,
    Clock,
    Lifecycle,
    Move,
    Party,
    Phase,
    State,
    Whom,
    holds,
    open_moves,
    unmet,
    urgent_at,
)
from tinhso.kernel.cases.tests.factories import PAID, PERMIT, READY, Permission, Standing
from tinhso.kernel.people.rules import EVERYWHERE, NOBODY, SYSTEM, Actor, ActorKind, Scope

OPEN, DONE = State("open", "Mở", Phase.OPEN), State("done", "Xong", Phase.SETTLED)
FINISH = Move("finish", "Xong", frozenset({"open"}), "done", "x.work")
NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)
ONE_O_CLOCK = datetime(2026, 11, 16, 6, tzinfo=UTC)
WHOM = Whom(unit_id=1, received_unit_id=2, owner_id=10)


def official(*rights: str, units: frozenset[int] = frozenset({1}), account_id: int = 20) -> Actor:
    return Actor(ActorKind.OFFICIAL, account_id, rights={right: Scope(units=units) for right in rights})


def test_a_state_declared_twice_stops_the_program():
    with pytest.raises(ValueError, match="declared twice"):
        Lifecycle((OPEN, OPEN), ())


def test_a_move_declared_twice_stops_the_program():
    with pytest.raises(ValueError, match="declared twice"):
        Lifecycle((OPEN, DONE), (FINISH, FINISH))


@pytest.mark.parametrize(
    ("sources", "target", "named"),
    [({"open"}, "gone", "gone"), ({"open", "lost"}, "done", "lost"), ({"lost"}, None, "lost")],
)
def test_a_move_from_or_to_an_unknown_state_stops_the_program(sources, target, named):
    with pytest.raises(ValueError, match=named):
        Lifecycle((OPEN, DONE), (Move("m", "M", frozenset(sources), target, "x.work"),))


def test_states_and_moves_are_found_by_their_codes():
    lifecycle = Lifecycle((OPEN, DONE), (FINISH,))
    assert (lifecycle.state("done"), lifecycle.move("finish")) == (DONE, FINISH)
    with pytest.raises(KeyError):
        lifecycle.move("nothing")


def test_a_move_leaves_the_clock_alone_unless_it_says_otherwise():
    assert (FINISH.clock, FINISH.needs) == (Clock.KEEP, ())


@pytest.mark.parametrize(
    ("right", "who", "may"),
    [
        ("x.work", official("x.work"), True),
        ("x.work", official("x.work", units=frozenset({2})), True),  # where it was received
        ("x.work", official("x.work", units=frozenset({3})), False),
        ("x.work", official("x.see"), False),
        ("x.work", Actor(ActorKind.OFFICIAL, 20, rights={"x.work": EVERYWHERE}), True),
        ("x.work", Actor(ActorKind.CITIZEN, 10), False),
        ("x.work", NOBODY, False),
        ("x.work", SYSTEM, True),
        (Party.OWNER, Actor(ActorKind.CITIZEN, 10), True),
        (Party.OWNER, Actor(ActorKind.CITIZEN, 11), False),
        (Party.OWNER, official("x.work"), False),
        (Party.OWNER, NOBODY, False),
        (Party.OWNER, SYSTEM, True),
        (Party.SYSTEM, SYSTEM, True),
        (Party.SYSTEM, Actor(ActorKind.OFFICIAL, 20, rights={"x.work": EVERYWHERE}), False),
        (Party.SYSTEM, Actor(ActorKind.CITIZEN, 10), False),
    ],
)
def test_who_holds_a_right_on_a_case(right, who, may):
    assert holds(right, WHOM, who) is may


def test_nobody_owns_a_case_that_has_no_owner():
    assert not holds(Party.OWNER, Whom(1, 2, None), NOBODY)
    assert not holds(Party.OWNER, Whom(1, 2, None), Actor(ActorKind.CITIZEN, 11))


def test_only_moves_out_of_the_state_by_who_has_the_right_are_open():
    worker = official(Permission.WORK)
    opened = {state.code: open_moves(PERMIT.lifecycle, state.code, WHOM, worker) for state in PERMIT.lifecycle.states}
    assert {state: [move.verb for move in moves] for state, moves in opened.items()} == {
        "filed": [], "working": ["ask", "transfer"], "waiting": [], "decided": [], "closed": [],
    }  # fmt: skip


def test_with_a_standing_moves_whose_needs_are_unmet_are_not_offered():
    leader = official(Permission.SIGN)
    for ready, paid in product((True, False), repeat=2):
        offered = open_moves(PERMIT.lifecycle, "working", WHOM, leader, Standing(ready, paid))
        assert [move.verb for move in offered] == (["decide"] if ready and paid else [])


def test_all_unmet_needs_are_told_in_their_order():
    decide = PERMIT.lifecycle.move("decide")
    assert unmet(decide, Standing(ready=False, paid=False)) == [READY, PAID]
    assert unmet(decide, Standing(paid=False)) == [PAID]
    assert unmet(decide, Standing()) == []


@pytest.mark.parametrize(
    ("phase", "due_at", "step_due_at", "urgent"),
    [
        (Phase.OPEN, NOON, ONE_O_CLOCK, NOON),
        (Phase.OPEN, ONE_O_CLOCK, NOON, NOON),
        (Phase.OPEN, None, NOON, NOON),
        (Phase.OPEN, NOON, None, NOON),
        (Phase.OPEN, None, None, LATER),
        (Phase.PAUSED, NOON, NOON, LATER),
        (Phase.SETTLED, NOON, NOON, LATER),
        (Phase.CLOSED, NOON, None, LATER),
        (Phase.DRAFT, NOON, None, LATER),
    ],
)
def test_the_nearest_due_time_of_a_running_clock_decides_what_is_urgent(phase, due_at, step_due_at, urgent):
    assert urgent_at(phase, due_at, step_due_at) == urgent
