"""A process from its first step to its last: on, back, asking others, standing still, moving house."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.tests.factories import AT, citizen, unit, working
from tinhso.kernel.errors import Refusal
from tinhso.kernel.processes import actions
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepKind, StepPlan, StepState

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SEVEN_HOURS_ON = datetime(2026, 11, 17, 1, tzinfo=UTC)  # lunch and night left out: Tuesday, 8 o'clock
KINDS = (
    ("receive", StepKind.RECEIVE, 0), ("appraise", StepKind.APPRAISE, 7), ("review", StepKind.REVIEW, 4),
    ("sign", StepKind.SIGN, 4), ("return", StepKind.RETURN, 0),
)  # fmt: skip


@pytest.fixture
def case() -> Case:
    return working(1, unit("XA1"))


def planned(case: Case, *, done_first: bool = True) -> Step | None:
    steps = [StepPlan(key, f"Bước {key}", kind, "role", case.unit_id, Decimal(hours)) for key, kind, hours in KINDS]
    return actions.plan(case, steps, at=AT, done_first=done_first)


def steps(case: Case) -> list[Step]:
    return actions.steps_of(case)


def states(case: Case) -> dict[str, str]:
    return {step.key: step.state for step in steps(case)}


def on(case: Case, **more: Any) -> Step | None:
    return actions.go_on(steps(case), at=AT, by_id=None, **more)


def test_reception_is_done_and_the_next_step_begins(case):
    active = planned(case)
    assert active is not None
    assert states(case) == {
        "receive": "done", "appraise": "active", "review": "waiting", "sign": "waiting", "return": "waiting",
    }  # fmt: skip
    assert (active.key, active.started_at, active.due_at) == ("appraise", AT, SEVEN_HOURS_ON)


def test_when_reception_is_not_yet_done_it_is_the_active_step(case):
    active = planned(case, done_first=False)
    assert active is not None
    assert (active.key, active.due_at) == ("receive", None)


def test_a_process_without_steps_has_no_active_one(case):
    assert actions.plan(case, [], at=AT) is None
    assert steps(case) == []


def test_two_active_steps_are_impossible(case):
    planned(case)
    with pytest.raises(Exception, match="step_one_active"), transaction.atomic():
        Step.objects.filter(case=case, key="review").update(state=StepState.ACTIVE)
    assert states(case)["review"] == "waiting"


def test_going_on_finishes_the_step_and_begins_the_next_until_none_is_left(case):
    planned(case)
    minh = citizen("minh")
    walked = []
    while (following := actions.go_on(steps(case), at=AT, by_id=minh.pk, note="xong")) is not None:
        walked.append(following.key)
    assert walked == ["review", "sign", "return"]
    assert set(states(case).values()) == {"done"}
    done = Step.objects.get(case=case, key="appraise")
    assert (done.account_id, done.note, done.done_at) == (minh.pk, "xong", AT)


def test_nobody_goes_on_from_nothing(case):
    with pytest.raises(Refusal) as no:
        on(case)
    assert no.value.code == "processes.nothing_active"


def test_a_step_goes_back_to_an_earlier_one_and_those_between_wait_again(case):
    planned(case)
    on(case)
    on(case)
    target = actions.send_back(steps(case), "appraise", at=AT + HOUR, reason="Sai tên")
    assert states(case) == {
        "receive": "done", "appraise": "active", "review": "waiting", "sign": "waiting", "return": "waiting",
    }  # fmt: skip
    assert (target.round, target.done_at, target.started_at) == (2, None, AT + HOUR)
    signing = Step.objects.get(case=case, key="sign")
    assert (signing.note, signing.due_at) == ("Sai tên", None)


@pytest.mark.parametrize("to_key", ["appraise", "review", "nowhere", ""])
def test_back_is_never_forward(case, to_key):
    planned(case)
    before = states(case)
    with pytest.raises(Refusal) as no:
        actions.send_back(steps(case), to_key, at=AT, reason="x")
    assert (no.value.code, no.value.field) == ("processes.not_earlier", "to")
    assert states(case) == before


def asked(case: Case, at: datetime = AT) -> Step:
    other = unit("SO")
    return actions.ask_opinion(case, steps(case), unit_id=other.pk, question="Quy hoạch?", hours=Decimal(4), at=at)


def test_an_opinion_is_asked_beside_the_active_step(case):
    planned(case)
    step = asked(case)
    assert (step.seq, step.is_parallel, step.state, step.note) == (2, True, "active", "Quy hoạch?")
    assert step.due_at == AT + 6 * HOUR  # four working hours with the lunch break between: 15:00
    active = actions.active_of(steps(case))
    assert active is not None
    assert active.key == "appraise"


def test_nothing_goes_on_while_an_opinion_is_open(case):
    planned(case)
    step = asked(case)
    before = states(case)
    with pytest.raises(Refusal) as no:
        on(case)
    assert (no.value.code, states(case)) == ("processes.opinion_open", before)
    actions.answer_opinion(step, answer="Phù hợp", by_id=None, at=AT + HOUR)
    following = on(case)
    assert following is not None
    assert following.key == "review"


def test_an_opinion_is_answered_once(case):
    planned(case)
    step = asked(case)
    actions.answer_opinion(step, answer="Phù hợp", by_id=None, at=AT + HOUR)
    with pytest.raises(Refusal) as no:
        actions.answer_opinion(step, answer="Không", by_id=None, at=AT)
    row = Step.objects.get(pk=step.pk)
    assert (no.value.code, row.answer, row.done_at) == ("processes.opinion_closed", "Phù hợp", AT + HOUR)


def test_a_step_of_the_main_line_is_no_opinion(case):
    active = planned(case)
    assert active is not None
    with pytest.raises(Refusal) as no:
        actions.answer_opinion(active, answer="x", by_id=None, at=AT)
    assert no.value.code == "processes.opinion_closed"


def test_two_opinions_have_two_keys(case):
    planned(case)
    first = asked(case)
    second = actions.ask_opinion(case, steps(case), unit_id=case.unit_id, question="?", hours=Decimal(4), at=AT)
    assert [first.key, second.key] == ["opinion-6", "opinion-7"]


def test_while_the_clock_stands_still_the_step_has_no_due_time_and_gets_its_whole_time_again(case):
    planned(case)
    actions.hold(steps(case))
    actions.hold(steps(case))
    assert Step.objects.get(case=case, key="appraise").due_at is None
    again = actions.resume(steps(case), at=AT + 24 * HOUR)
    assert again is not None
    assert again.due_at == SEVEN_HOURS_ON + 24 * HOUR


def test_holding_and_resuming_a_finished_process_changes_nothing(case):
    actions.hold(steps(case))
    assert actions.resume(steps(case), at=AT) is None


def test_open_steps_move_house_and_the_active_one_begins_anew(case):
    planned(case)
    on(case)
    other = unit("XA2")
    active = actions.move_to(steps(case), from_unit_id=case.unit_id, to_unit_id=other.pk, at=AT + 24 * HOUR)
    assert active is not None
    assert (active.key, active.started_at) == ("review", AT + 24 * HOUR)
    where = dict(Step.objects.filter(case=case).values_list("key", "unit_id"))
    assert where == {
        "receive": case.unit_id, "appraise": case.unit_id, "review": other.pk, "sign": other.pk, "return": other.pk,
    }  # fmt: skip


def test_a_process_ends_early_or_at_the_counter(case):
    planned(case)
    last = actions.close(steps(case), at=AT, by_id=None, until=StepKind.RETURN)
    assert last is not None
    assert states(case) == {
        "receive": "done", "appraise": "done", "review": "skipped", "sign": "skipped", "return": "active",
    }  # fmt: skip
    assert actions.close(steps(case), at=AT, by_id=None) is None
    assert states(case)["return"] == "done"


def test_ending_a_process_ends_its_open_opinions(case):
    planned(case)
    step = asked(case)
    actions.close(steps(case), at=AT, by_id=None)
    assert Step.objects.get(pk=step.pk).state == "done"
