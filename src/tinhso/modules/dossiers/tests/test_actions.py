"""The whole way of a dossier through its actions: what is allowed, what is refused and then leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.processes.models import Step
from tinhso.kernel.testing import people
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.models import Dossier, Draft, Paper, Supplement
from tinhso.modules.dossiers.tests.factories import (
    MARITAL,
    MESSAGE,
    MISSING,
    RESULT,
    START,
    Office,
    after,
    everything,
    state,
    verbs,
)
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 12
REASON = "Thay đổi kế hoạch nên không cần nữa."


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None) -> Office:
    return made


@pytest.fixture
def _without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typesetting and signing have tests of their own."""
    monkeypatch.setattr(issuing, "signed_result", lambda dossier, *, by, at: None)
    monkeypatch.setattr(issuing, "countersigned_result", lambda dossier, *, by, at: None)


@contextmanager
def refused(dossier: Dossier, code: str) -> Iterator[None]:
    """The block is refused with this code, and nothing of the dossier is different afterwards."""
    before = everything(dossier)
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code
    assert everything(dossier) == before


@contextmanager
def not_allowed(dossier: Dossier) -> Iterator[None]:
    before = everything(dossier)
    with pytest.raises((NotAllowed, NotFound)):
        yield
    assert everything(dossier) == before


def due_of(dossier: Dossier) -> datetime:
    due = Case.objects.values_list("due_at", flat=True).get(pk=dossier.pk)
    assert due is not None
    return due.astimezone(VIETNAM)


def test_the_whole_way_from_filing_to_the_hands_of_the_applicant(office: Office) -> None:
    dossier = office.to_sign()
    actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 3))
    actions.finish(dossier_id=dossier.pk, by=office.actor("registrar"), at=after(1, 6))
    done = actions.return_result(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(2, 1))
    assert verbs(done) == [
        "file", "accept", "take_over", "draft_result", "step_on", "step_on", "sign", "finish", "return_result",
    ]  # fmt: skip
    assert state(done) == "returned"
    assert done.outcome == "granted"
    assert done.result_number == "01/KQ-TTHC"
    assert done.result is not None
    assert done.result.blob.media_type == "application/pdf"
    assert set(Step.objects.filter(case_id=done.pk).values_list("state", flat=True)) == {"done"}
    assert list(journal.verify()) == []


def test_filing_twice_gives_one_dossier(office: Office) -> None:
    draft = office.draft()
    first = actions.file_online(token=draft.token, by=office.actor("lan"), at=START)
    again = actions.file_online(token=draft.token, by=office.actor("lan"), at=after(hours=1))
    assert again.pk == first.pk
    assert Dossier.objects.count() == 1


def test_another_citizen_cannot_file_the_draft(office: Office) -> None:
    draft = office.draft()
    with pytest.raises(NotFound):
        actions.file_online(token=draft.token, by=office.actor("minh"), at=START)
    assert not Dossier.objects.exists()


def test_an_unfinished_draft_is_refused_and_kept(office: Office) -> None:
    draft = actions.begin(procedure_code=office.sheet.code, branch="", by=office.actor("lan"), at=START, prefill={})
    with pytest.raises(Refusal) as caught:
        actions.file_online(token=draft.token, by=office.actor("lan"), at=START)
    assert caught.value.code == "dossiers.not_complete"
    assert Draft.objects.get(pk=draft.pk).dossier_id is None
    assert not Case.objects.exists()


def test_a_draft_is_filed_on_the_version_in_force_or_not_at_all(office: Office, request: pytest.FixtureRequest) -> None:
    draft = office.draft()
    request.addfinalizer(door.forget)
    door.publish_sample(MARITAL, valid_from=date(2026, 11, 17), at=START, name="Xác nhận tình trạng hôn nhân (mới)")
    newer = door.published(MARITAL, date(2026, 11, 17))
    assert newer is not None
    assert newer.version_id != draft.version_id
    with pytest.raises(Stale) as caught:
        actions.file_online(token=draft.token, by=office.actor("lan"), at=after(1))
    assert caught.value.code == "dossiers.version_changed"
    assert not Case.objects.exists()
    actions.renew(token=draft.token, by=office.actor("lan"), at=after(1))
    assert Draft.objects.get(pk=draft.pk).answers == draft.answers | office.answers()
    filed = actions.file_online(token=draft.token, by=office.actor("lan"), at=after(1))
    assert filed.version_id == newer.version_id


def test_codes_of_a_day_count_on(office: Office) -> None:
    numbers = [office.filed().case.number for _ in range(2)]
    assert [number.rpartition("-")[2] for number in numbers] == ["0001", "0002"]
    assert numbers[0].startswith("H53.201-261116-")


def test_accepting_starts_the_clock_and_promises_the_date(office: Office) -> None:
    dossier = office.accepted()
    assert due_of(dossier) == datetime(2026, 11, 19, 17, 0, tzinfo=VIETNAM)
    assert list(Promise.objects.values_list("reason", flat=True)) == ["accept"]
    assert list(Paper.objects.values_list("form", flat=True)) == ["01"]
    assert Case.objects.get(pk=dossier.pk).clock["started_at"] == "2026-11-16T08:30:00+07:00"


def test_accepting_twice_is_refused(office: Office) -> None:
    dossier = office.accepted()
    with refused(dossier, "cases.move_not_open"):
        actions.accept(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(hours=1))


def test_a_clerk_of_another_commune_cannot_accept(office: Office) -> None:
    dossier = office.filed()
    with not_allowed(dossier):
        actions.accept(dossier_id=dossier.pk, by=office.actor("neighbour"), at=after(hours=1))


def test_guidance_before_acceptance_does_not_start_the_clock(office: Office) -> None:
    dossier = office.filed()
    actions.ask_completion(dossier_id=dossier.pk, message=MESSAGE, missing=MISSING, by=office.actor("clerk"),
                           at=after(hours=1))  # fmt: skip
    assert state(dossier) == "incomplete"
    actions.complete(dossier_id=dossier.pk, answer="Đã bổ sung.", parts=[], by=office.actor("lan"), at=after(hours=5))
    case = Case.objects.get(pk=dossier.pk)
    assert (case.state, case.due_at, case.clock["started_at"]) == ("filed", None, None)
    assert case.step_due_at == datetime(2026, 11, 17, 11, 30, tzinfo=VIETNAM)
    assert Supplement.objects.get().before_acceptance


def test_guidance_is_given_once_unless_a_leader_gives_it_again(office: Office) -> None:
    dossier = office.filed()
    said = {"dossier_id": dossier.pk, "message": MESSAGE, "missing": MISSING}
    actions.ask_completion(**said, by=office.actor("clerk"), at=after(hours=1))
    with refused(dossier, "dossiers.empty_supplement"):
        actions.complete(dossier_id=dossier.pk, answer=" ", parts=[], by=office.actor("lan"), at=after(hours=2))
    actions.complete(dossier_id=dossier.pk, answer="Đây.", parts=[], by=office.actor("lan"), at=after(hours=2))
    with refused(dossier, "dossiers.second_guidance"):
        actions.ask_completion(**said, by=office.actor("clerk"), at=after(hours=3))
    director = people.official("director", office.province.shop, "dossiers.director")
    actions.ask_completion(**said, by=actor_of(director), at=after(hours=3))
    assert state(dossier) == "incomplete"
    assert list(Supplement.objects.values_list("approved_by_id", flat=True)) == [None, director.pk]


def test_declining_needs_a_reason_in_words(office: Office) -> None:
    dossier = office.filed()
    with refused(dossier, "dossiers.reason_needed"):
        actions.decline(dossier_id=dossier.pk, reason="không", by=office.actor("clerk"), at=after(hours=1))
    actions.decline(dossier_id=dossier.pk, reason="Không thuộc thẩm quyền của phường.", by=office.actor("clerk"),
                    at=after(hours=1))  # fmt: skip
    case = Case.objects.get(pk=dossier.pk)
    assert (case.state, case.settled_at) == ("declined", after(hours=1))
    assert list(Paper.objects.values_list("form", flat=True)) == ["03"]


def test_at_the_counter_the_clock_starts_at_once_and_one_key_gives_one_dossier(office: Office) -> None:
    dossier = office.receive(key="counter-1")
    assert office.receive(key="counter-1").pk == dossier.pk
    assert due_of(dossier) == datetime(2026, 11, 19, 17, 0, tzinfo=VIETNAM)
    assert Step.objects.get(case_id=dossier.pk, state="active").kind == "assign"


def test_who_works_where_a_dossier_was_only_received_neither_handles_nor_signs_it(office: Office) -> None:
    dossier = office.receive(for_other=True)
    with not_allowed(dossier):
        actions.take_over(dossier_id=dossier.pk, by=office.actor("handler"), at=after(hours=1))
    actions.take_over(dossier_id=dossier.pk, by=office.actor("neighbour"), at=after(hours=1))
    with not_allowed(dossier):
        actions.draft_result(dossier_id=dossier.pk, text=RESULT, by=office.actor("handler"), at=after(hours=2))
    for verb in (actions.sign, actions.step_on):
        with not_allowed(dossier):
            verb(dossier_id=dossier.pk, by=office.actor("leader"), at=after(hours=2))
    with not_allowed(dossier):
        actions.refuse(dossier_id=dossier.pk, reason=REASON, by=office.actor("leader"), at=after(hours=2))
    actions.withdraw(dossier_id=dossier.pk, reason=REASON, by=office.actor("clerk"), at=after(1), at_counter=True)


def test_the_head_assigns_and_the_handler_is_told_by_the_row(office: Office) -> None:
    dossier = office.accepted()
    actions.assign(dossier_id=dossier.pk, to=office.accounts["colleague"], by=office.actor("head"), at=after(hours=1))
    case = Case.objects.get(pk=dossier.pk)
    assert (case.state, case.assignee_id, case.news) == (
        "processing", office.accounts["colleague"].pk, "Vừa được phân công",
    )  # fmt: skip
    assert verbs(dossier)[-1] == "hand_to"


def test_going_on_without_a_draft_of_the_result_stops_before_signing(office: Office) -> None:
    dossier = office.at_work()
    actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=after(hours=4))
    with refused(dossier, "dossiers.no_result"):
        actions.step_on(dossier_id=dossier.pk, by=office.actor("head"), at=after(hours=5))


def test_an_old_page_does_not_decide(office: Office) -> None:
    dossier = office.at_work()
    with refused(dossier, "cases.changed_since"):
        actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=after(hours=2), revision=1)


def test_a_review_is_the_heads(office: Office) -> None:
    dossier = office.at_work()
    actions.draft_result(dossier_id=dossier.pk, text=RESULT, by=office.actor("handler"), at=after(hours=2))
    actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=after(hours=3))
    with not_allowed(dossier):
        actions.step_on(dossier_id=dossier.pk, by=office.actor("handler"), at=after(hours=4))
    actions.step_on(dossier_id=dossier.pk, by=office.actor("head"), at=after(hours=4))
    assert Case.objects.get(pk=dossier.pk).step_kind == "sign"


def test_sent_back_the_handler_has_it_again(office: Office) -> None:
    dossier = office.to_sign()
    actions.step_back(dossier_id=dossier.pk, to_key="appraise", reason="Nêu rõ thêm căn cứ.", by=office.actor("leader"),
                      at=after(1, 3))  # fmt: skip
    case = Case.objects.get(pk=dossier.pk)
    step = Step.objects.get(case_id=dossier.pk, state="active")
    assert (step.key, step.round, case.assignee_id) == ("appraise", 2, office.accounts["handler"].pk)
    with refused(dossier, "processes.not_earlier"):
        actions.step_back(dossier_id=dossier.pk, to_key="sign", reason="Nêu rõ thêm căn cứ.",
                          by=office.actor("leader"), at=after(1, 3))  # fmt: skip


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


@pytest.mark.usefixtures("_without_pdf")
def test_signed_nothing_can_be_withdrawn_or_rewritten(office: Office) -> None:
    dossier = office.to_sign()
    with not_allowed(dossier):
        actions.sign(dossier_id=dossier.pk, by=office.actor("handler"), at=after(1, 3))
    actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 3))
    with refused(dossier, "dossiers.result_exists"):
        actions.withdraw(dossier_id=dossier.pk, reason=REASON, by=office.actor("lan"), at=after(1, 4))
    with refused(dossier, "dossiers.result_exists"):
        actions.draft_result(dossier_id=dossier.pk, text=RESULT, by=office.actor("handler"), at=after(1, 4))
    other, handler = (
        office.province.other.pk,
        {"dossier_id": dossier.pk, "by": office.actor("handler"), "at": after(1, 4)},
    )
    for again in (
        lambda: actions.ask_supplement(**handler, message=MESSAGE, missing=MISSING),
        lambda: actions.ask_payment(**handler, amount=1000, notice=""),
        lambda: actions.ask_opinion(**handler, unit_id=other, question=REASON, days=Decimal(1)),
        lambda: actions.transfer(**handler | {"by": office.actor("head")}, unit_id=other, reason=REASON),
    ):
        with refused(dossier, "dossiers.result_exists"):
            again()
    with refused(dossier, "dossiers.not_at_signing"):
        actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 4))


def test_who_may_not_sign_is_told_no_more_than_that(office: Office) -> None:
    dossier = office.at_work()  # not yet before the leader
    for who in ("handler", "neighbour", "lan"):
        with not_allowed(dossier):
            actions.sign(dossier_id=dossier.pk, by=office.actor(who), at=after(1))
    with refused(dossier, "dossiers.not_at_signing"):
        actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1))


@pytest.mark.usefixtures("_without_pdf")
def test_a_refusal_is_a_result_that_waits_to_be_handed_over(office: Office) -> None:
    dossier = office.at_work()
    actions.refuse(dossier_id=dossier.pk, reason="Không đủ điều kiện theo quy định.", by=office.actor("leader"),
                   at=after(1))  # fmt: skip
    case = Case.objects.get(pk=dossier.pk)
    assert (case.state, case.step_kind) == ("finished", "return")
    assert Dossier.objects.get(pk=dossier.pk).result_number == "01/TB-TC"
    actions.return_result(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(2))
    assert set(Step.objects.filter(case_id=dossier.pk).values_list("state", flat=True)) == {"done", "skipped"}


@pytest.mark.usefixtures("_without_pdf")
def test_an_unpaid_fee_keeps_the_result_at_the_counter(office: Office) -> None:
    dossier = office.to_sign()
    Dossier.objects.filter(pk=dossier.pk).update(fee=15_000)
    actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 3))
    actions.finish(dossier_id=dossier.pk, by=office.actor("registrar"), at=after(1, 4))
    with refused(dossier, "dossiers.fee_unpaid"):
        actions.return_result(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(2))
    actions.record_fee(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(2))
    actions.record_fee(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(2))
    actions.return_result(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(2))
    assert verbs(dossier)[-2:] == ["fee_paid", "return_result"]


WRITES: dict[str, tuple[Callable[[Office], Dossier], Callable[[Office, int], Any]]] = {
    "accept": (Office.filed, lambda o, pk: actions.accept(dossier_id=pk, by=o.actor("clerk"), at=after(hours=1))),
    "take_over": (
        Office.accepted, lambda o, pk: actions.take_over(dossier_id=pk, by=o.actor("handler"), at=after(hours=1)),
    ),
    "step_on": (
        Office.at_work, lambda o, pk: actions.step_on(dossier_id=pk, by=o.actor("handler"), at=after(hours=2)),
    ),
    "ask_supplement": (
        Office.at_work,
        lambda o, pk: actions.ask_supplement(
            dossier_id=pk, message=MESSAGE, missing=MISSING, by=o.actor("handler"), at=after(hours=2)
        ),
    ),
    "supplement": (
        Office.supplementing,
        lambda o, pk: actions.supplement(dossier_id=pk, answer="Đã bổ sung.", parts=[], by=o.actor("lan"), at=after(1)),
    ),
    "sign": (Office.to_sign, lambda o, pk: actions.sign(dossier_id=pk, by=o.actor("leader"), at=after(1, 3))),
    "withdraw": (
        Office.at_work, lambda o, pk: actions.withdraw(dossier_id=pk, reason=REASON, by=o.actor("lan"), at=after(1)),
    ),
}  # fmt: skip


@pytest.mark.usefixtures("_without_pdf")
@pytest.mark.parametrize("verb", WRITES)
def test_a_write_takes_few_statements(office: Office, verb: str) -> None:
    bring, act = WRITES[verb]
    act(office, bring(office).pk)  # what a process reads once is read now
    dossier = bring(office)
    with CaptureQueriesContext(connection) as asked:
        act(office, dossier.pk)
    statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= MOST_STATEMENTS, "\n".join(one[:160] for one in statements)
