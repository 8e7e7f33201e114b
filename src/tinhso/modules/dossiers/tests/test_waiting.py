"""Dossiers that wait or end early: supplements, payments, opinions, apologies, transfers, withdrawals, stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.processes.models import Step
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Paper, Supplement
from tinhso.modules.dossiers.tests.factories import (
    MESSAGE,
    MISSING,
    Office,
    after,
    due_of,
    not_allowed,
    refused,
    state,
)

pytestmark = pytest.mark.django_db
REASON = "Thay đổi kế hoạch nên không cần nữa."


def test_what_is_assigned_while_it_waits_starts_no_step_until_the_clock_runs_again(office: Office) -> None:
    dossier = office.at_work()
    actions.step_back(dossier_id=dossier.pk, to_key="assign", reason="Phân công lại cho đúng lĩnh vực.",
                      by=office.actor("head"), at=after(hours=2))  # fmt: skip
    actions.ask_payment(dossier_id=dossier.pk, amount=120_000, notice="Thông báo số 1", by=office.actor("handler"),
                        at=after(hours=3))  # fmt: skip
    colleague = office.accounts["colleague"]
    actions.assign(dossier_id=dossier.pk, to=colleague, by=office.actor("head"), at=after(1))
    case, step = Case.objects.get(pk=dossier.pk), Step.objects.get(case_id=dossier.pk, state="active")
    assert (case.state, case.assignee_id, step.key) == ("payment", colleague.pk, "appraise")
    assert (case.step_due_at, step.due_at) == (None, None)
    actions.confirm_payment(dossier_id=dossier.pk, proof="Biên lai số 12", by=office.actor("colleague"), at=after(2))
    step.refresh_from_db()
    assert step.due_at == Case.objects.get(pk=dossier.pk).step_due_at
    assert step.due_at > after(2)


def test_a_supplement_stops_the_clock_and_its_answer_promises_a_new_date(office: Office) -> None:
    dossier = office.supplementing()
    case = Case.objects.get(pk=dossier.pk)
    assert (case.state, case.step_due_at) == ("supplement", None)
    assert Step.objects.get(case_id=dossier.pk, state="active").due_at is None
    with not_allowed(dossier):
        actions.supplement(dossier_id=dossier.pk, answer="Đây.", parts=[], by=office.actor("minh"), at=after(3))
    actions.supplement(dossier_id=dossier.pk, answer="Đã bổ sung.", parts=[], by=office.actor("lan"), at=after(3))
    assert state(dossier) == "processing"
    assert due_of(dossier) == datetime(2026, 11, 25, 17, 0, tzinfo=VIETNAM)  # the 24th is a holiday
    assert list(Promise.objects.order_by("id").values_list("reason", flat=True)) == ["accept", "supplement"]
    assert Supplement.objects.get().answered_at == after(3)


def test_an_empty_answer_to_a_supplement_is_refused(office: Office) -> None:
    dossier = office.supplementing()
    with refused(dossier, "dossiers.empty_supplement"):
        actions.supplement(dossier_id=dossier.pk, answer="  ", parts=[], by=office.actor("lan"), at=after(1))


def test_a_second_supplement_needs_a_leader(office: Office) -> None:
    dossier = office.supplementing()
    actions.supplement(dossier_id=dossier.pk, answer="Đã bổ sung.", parts=[], by=office.actor("lan"), at=after(1))
    again: Callable[..., Any] = lambda **more: actions.ask_supplement(  # noqa: E731
        dossier_id=dossier.pk, message=MESSAGE, missing=MISSING, by=office.actor("handler"), at=after(1, 1), **more
    )
    with refused(dossier, "dossiers.second_supplement"):
        again()
    with refused(dossier, "dossiers.second_supplement"):
        again(approved_by=office.actor("colleague"))
    again(approved_by=office.actor("leader"))
    second = Supplement.objects.get(round=2)
    assert second.approved_by_id == office.accounts["leader"].pk


def test_nothing_goes_on_overdue_before_an_apology(office: Office) -> None:
    dossier = office.at_work()
    late = after(4)  # Friday; due on Thursday
    with refused(dossier, "dossiers.apology_first"):
        actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=late)
    with refused(dossier, "dossiers.new_date"):
        actions.apologise(dossier_id=dossier.pk, reason=REASON, new_date=late - timedelta(days=1),
                          by=office.actor("handler"), at=late)  # fmt: skip
    for impossible in (late.replace(tzinfo=None), datetime(9999, 12, 31, tzinfo=UTC), late + timedelta(days=400)):
        with refused(dossier, "dossiers.new_date"):
            actions.apologise(dossier_id=dossier.pk, reason=REASON, new_date=impossible, by=office.actor("handler"),
                              at=late)  # fmt: skip
    new_date = after(7)
    actions.apologise(dossier_id=dossier.pk, reason=REASON, new_date=new_date, by=office.actor("handler"), at=late)
    assert due_of(dossier) == datetime(2026, 11, 19, 17, 0, tzinfo=VIETNAM)
    assert Promise.objects.order_by("-id").values_list("due_at", flat=True).first() == new_date
    with refused(dossier, "dossiers.one_apology"):
        actions.apologise(dossier_id=dossier.pk, reason=REASON, new_date=new_date, by=office.actor("handler"), at=late)
    actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=late)


def test_an_apology_ahead_of_time_names_a_later_day(office: Office) -> None:
    dossier = office.at_work()  # due on Thursday
    with refused(dossier, "dossiers.new_date"):
        actions.apologise(dossier_id=dossier.pk, reason=REASON, new_date=after(2), by=office.actor("handler"),
                          at=after(1))  # fmt: skip


def test_a_payment_stops_the_clock_until_it_is_confirmed(office: Office) -> None:
    dossier = office.at_work()
    with refused(dossier, "dossiers.amount"):
        actions.ask_payment(dossier_id=dossier.pk, amount=0, notice="", by=office.actor("handler"), at=after(hours=2))
    actions.ask_payment(dossier_id=dossier.pk, amount=120_000, notice="Thông báo số 1", by=office.actor("handler"),
                        at=after(hours=2))  # fmt: skip
    assert state(dossier) == "payment"
    actions.confirm_payment(dossier_id=dossier.pk, proof="Biên lai số 12 ngày 18/11", by=office.actor("handler"),
                            at=after(2))  # fmt: skip
    assert state(dossier) == "processing"
    assert due_of(dossier) == datetime(2026, 11, 23, 17, 0, tzinfo=VIETNAM)


def test_an_open_opinion_holds_the_step_until_it_is_answered(office: Office) -> None:
    dossier = office.at_work()
    step = actions.ask_opinion(dossier_id=dossier.pk, unit_id=office.province.other.pk, question="Người này ở đâu?",
                               days=Decimal(1), by=office.actor("handler"), at=after(hours=2))  # fmt: skip
    assert office.province.other.pk in Case.objects.get(pk=dossier.pk).concerned
    with refused(dossier, "processes.opinion_open"):
        actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=after(hours=3))
    with not_allowed(dossier):
        actions.answer_opinion(dossier_id=dossier.pk, step_id=step.pk, answer="Có", by=office.actor("lan"),
                               at=after(hours=4))  # fmt: skip
    actions.answer_opinion(dossier_id=dossier.pk, step_id=step.pk, answer="Ở đây.", by=office.actor("neighbour"),
                           at=after(hours=4))  # fmt: skip
    actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=after(hours=5))
    assert Step.objects.get(pk=step.pk).answer == "Ở đây."


def test_a_transfer_moves_case_and_steps_and_keeps_the_clock(office: Office) -> None:
    dossier = office.at_work()
    due = due_of(dossier)
    other = office.province.other
    with refused(dossier, "dossiers.unit"):
        actions.transfer(dossier_id=dossier.pk, unit_id=office.province.commune.pk, reason=REASON,
                         by=office.actor("head"), at=after(hours=2))  # fmt: skip
    actions.transfer(dossier_id=dossier.pk, unit_id=other.pk, reason=REASON, by=office.actor("head"),
                     at=after(hours=2))  # fmt: skip
    case = Case.objects.get(pk=dossier.pk)
    assert (case.unit_id, case.assignee_id, due_of(dossier)) == (other.pk, None, due)
    assert Step.objects.get(case_id=dossier.pk, state="active").unit_id == other.pk


def test_withdrawing_ends_all_steps_and_issues_form_five(office: Office) -> None:
    dossier = office.at_work()
    with not_allowed(dossier):
        actions.withdraw(dossier_id=dossier.pk, reason=REASON, by=office.actor("minh"), at=after(1))
    actions.withdraw(dossier_id=dossier.pk, reason=REASON, by=office.actor("lan"), at=after(1))
    assert state(dossier) == "withdrawn"
    assert set(Step.objects.filter(case_id=dossier.pk).values_list("state", flat=True)) == {"done", "skipped"}
    assert list(Paper.objects.order_by("id").values_list("form", flat=True)) == ["01", "05"]


def test_stopping_for_want_of_an_answer_is_the_leaders(office: Office) -> None:
    dossier = office.supplementing()
    with not_allowed(dossier):
        actions.stop(dossier_id=dossier.pk, reason=REASON, by=office.actor("handler"), at=after(40), no_supplement=True)
    stopped = actions.stop(dossier_id=dossier.pk, reason=REASON, by=office.actor("leader"), at=after(40),
                           no_supplement=True)  # fmt: skip
    assert (state(stopped), stopped.outcome) == ("stopped", "cancelled_no_supplement")
    assert Case.objects.get(pk=stopped.pk).clock["stopped_at"] is not None


def test_that_nothing_came_is_said_only_when_something_was_awaited(office: Office) -> None:
    leader = office.actor("leader")
    working = office.at_work()
    with refused(working, "dossiers.nothing_awaited"):
        actions.stop(dossier_id=working.pk, reason=REASON, by=leader, at=after(2), no_supplement=True)
    asked = actions.ask_supplement(dossier_id=working.pk, message=MESSAGE, missing=MISSING, by=office.actor("handler"),
                                   at=after(1), answer_by=date(2026, 11, 20))  # fmt: skip
    with refused(asked, "dossiers.still_time"):
        actions.stop(dossier_id=asked.pk, reason=REASON, by=leader, at=after(4, 9), no_supplement=True)
    stopped = actions.stop(dossier_id=asked.pk, reason=REASON, by=leader, at=after(5), no_supplement=True)
    assert stopped.outcome == "cancelled_no_supplement"
