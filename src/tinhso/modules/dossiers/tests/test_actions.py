"""The whole way of a dossier through its actions: what is allowed, what is refused and then leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.errors import NotFound, Refusal, Stale
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.processes.models import Step
from tinhso.kernel.testing import people
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Draft, Paper, Supplement
from tinhso.modules.dossiers.tests.factories import (
    MARITAL,
    MESSAGE,
    MISSING,
    RESULT,
    START,
    Office,
    after,
    due_of,
    not_allowed,
    refused,
    state,
    verbs,
)
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 12
REASON = "Thay đổi kế hoạch nên không cần nữa."


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
