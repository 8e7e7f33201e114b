"""Numbers leased, receptions stored, registered or held, decided; refusals change nothing."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.cases import lookup
from tinhso.kernel.cases.models import Case, NumberSeries, OtherNumber
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.manifest import Subject
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.offline_counter import actions, queries
from tinhso.modules.offline_counter.models import Block, Number, Reception
from tinhso.modules.offline_counter.rules import Decision
from tinhso.modules.offline_counter.tests.factories import LAN, MARITAL, START, Shop, everything, key_pair, verbs
from tinhso.modules.procedures import door

REASON = "Đã đối chiếu giấy tờ tại quầy."


def refused(act: Any, code: str) -> None:
    before = everything()
    with pytest.raises(Refusal) as no:
        act()
    assert no.value.code == code
    assert everything() == before


# --- numbers


def test_a_counter_takes_numbers_procedures_and_promised_dates_along(shop: Shop) -> None:
    days = [START.date() + timedelta(days=ahead) for ahead in range(3)]
    blocks = list(Block.objects.order_by("day"))
    assert [(one.day, one.first, one.last) for one in blocks] == [(day, 1, 20) for day in days]
    agency = shop.kit["procedures"][0]["agency"]
    assert shop.numbers()[0] == f"{agency}-261116-0001"
    assert [one["code"] for one in shop.kit["procedures"]] == [MARITAL]
    assert len(shop.kit["numbers"]) == 60
    assert len({one["token"] for one in shop.kit["numbers"]}) == 60


def test_promised_dates_taken_along_are_those_the_clock_counts(shop: Shop) -> None:
    steps = shop.kit["procedures"][0]["branches"][0]["dues"]["2026-11-16"]
    said = shop.said()
    late = queries.late_reception(
        Reception(pk=said["id"], counter=shop.counter, code=said["code"]),
        queries.read(json.dumps(said)),  # type: ignore[arg-type]
        code=said["code"],
        version=shop.sheet.version_id,
    )
    for minute in (0, 8 * 60, 9 * 60 + 15, 16 * 60 + 45, 17 * 60, 23 * 60 + 45):
        at = START.replace(hour=0) + timedelta(minutes=minute)
        promised = [due for begin, due in steps if begin <= minute][-1]
        due = dossiers.due_if_received(late, at)
        assert due is not None
        assert promised == timezone.localtime(due).isoformat()


def test_preparing_again_leases_no_more_while_enough_is_left(shop: Shop) -> None:
    before = everything()
    kit = actions.prepare(counter_id=shop.counter.pk, by=shop.actor("clerk"), at=START)
    assert kit == shop.kit
    assert everything() == before


def test_a_counter_that_runs_low_gets_a_further_block_and_keeps_the_rest(shop: Shop) -> None:
    for place in range(13):
        shop.store(shop.said(place))
    kit = actions.prepare(counter_id=shop.counter.pk, by=shop.actor("clerk"), at=START + timedelta(hours=5))
    today = [one["code"][-4:] for one in kit["numbers"] if one["day"] == "2026-11-16"]
    assert today == [f"{number:04d}" for number in [*range(14, 21), *range(21, 41)]]


def test_dossiers_received_with_network_get_numbers_beyond_the_leased_ones(shop: Shop) -> None:
    series = shop.numbers()[0][:-5]
    assert NumberSeries.objects.get(series=series).last == 20


def test_given_back_numbers_stay_unused_and_are_explained(shop: Shop) -> None:
    shop.registered()
    at = START + timedelta(hours=6)
    assert actions.give_back(counter_id=shop.counter.pk, by=shop.actor("clerk"), at=at) == 59
    rows = queries.blocks([shop.counter.pk], at)
    assert [(row.block.day.day, row.size, row.used, row.left, row.bare) for row in rows] == [
        (18, 20, 0, 0, 20), (17, 20, 0, 0, 20), (16, 20, 1, 0, 19),
    ]  # fmt: skip
    assert actions.give_back(counter_id=shop.counter.pk, by=shop.actor("clerk"), at=at) == 0


def test_only_who_receives_there_enrols_prepares_and_gives_back(shop: Shop) -> None:
    public = key_pair()[1]
    for who in ("elsewhere", "handler", "lan"):
        by = shop.actor(who)
        for act in (
            lambda by=by: actions.enrol(unit_id=shop.province.shop.pk, name="", key=public, by=by, at=START),
            lambda by=by: actions.prepare(counter_id=shop.counter.pk, by=by, at=START),
            lambda by=by: actions.give_back(counter_id=shop.counter.pk, by=by, at=START),
            lambda by=by: actions.revoke(counter_id=shop.counter.pk, reason="Mất máy", by=by, at=START),
        ):
            refused(act, "people.not_allowed")
    with pytest.raises(NotFound):
        actions.prepare(counter_id=0, by=shop.actor("clerk"), at=START)


def test_what_is_no_key_or_belongs_to_another_shop_is_refused(shop: Shop) -> None:
    clerk, there = shop.actor("clerk"), shop.actor("elsewhere")
    unit_id, other_id = shop.province.shop.pk, shop.province.other_shop.pk
    for key in ("", "abc", "A" * 400):
        refused(
            lambda key=key: actions.enrol(unit_id=unit_id, name="", key=key, by=clerk, at=START),
            "offline_counter.bad_key",
        )
    public = key_pair()[1]
    actions.enrol(unit_id=unit_id, name="Quầy 2", key=public, by=clerk, at=START)
    refused(
        lambda: actions.enrol(unit_id=other_id, name="", key=public, by=there, at=START),
        "offline_counter.key_elsewhere",
    )


def test_a_revoked_counter_takes_nothing_more_along(shop: Shop) -> None:
    refused(
        lambda: actions.revoke(counter_id=shop.counter.pk, reason=" ", by=shop.actor("director"), at=START),
        "offline_counter.reason",
    )
    actions.revoke(counter_id=shop.counter.pk, reason="Mất máy", by=shop.actor("director"), at=START)
    refused(
        lambda: actions.prepare(counter_id=shop.counter.pk, by=shop.actor("clerk"), at=START), "offline_counter.revoked"
    )
    assert shop.held().reasons == ["counter_revoked", "block_over"]


# --- receptions


def test_a_reception_becomes_a_dossier_with_that_very_number_and_hour(shop: Shop) -> None:
    one = shop.store()
    assert (one.state, one.is_signed, one.settled_at) == ("stored", True, None)
    assert run_jobs() > 0
    one.refresh_from_db()
    assert (one.state, one.state_words) == ("registered", "Đã đăng ký")
    whole = dossiers.whole([one.case_id])[one.case_id]
    assert whole.code == one.code == shop.numbers()[0]
    assert whole.opened_at == whole.accepted_at == START + timedelta(minutes=75)
    case = Case.objects.get(pk=one.case_id)
    assert case.clock["started_at"] == (START + timedelta(minutes=75)).isoformat()
    assert (whole.channel, whole.applicant, whole.identity_number) == ("direct", "Nguyễn Thị Lan", LAN)
    assert (case.owner_id, case.received_unit_id) == (shop.accounts["lan"].pk, shop.province.shop.pk)
    assert [paper.source for paper in whole.papers] == ["paper"] * len(
        shop.kit["procedures"][0]["branches"][0]["papers"]
    )
    assert verbs(one) == ["store", "register"]


def test_sent_twice_it_is_stored_and_registered_once(shop: Shop) -> None:
    said = shop.said()
    first = shop.registered(said)
    before = everything()
    again = shop.registered(said, at=START + timedelta(hours=9), who="second")
    assert again.pk == first.pk
    assert everything() == before
    assert Case.objects.filter(number=first.code).count() == 1


def test_the_same_receipt_with_other_content_is_refused(shop: Shop) -> None:
    said = shop.said()
    shop.store(said)
    refused(lambda: shop.store(said | {"fee_paid": True}), "offline_counter.other_content")


@pytest.mark.parametrize("text", ["", "{}", "[1]", "x" * 40_000])
def test_what_cannot_be_read_is_refused(shop: Shop, text: str) -> None:
    refused(lambda: shop.store(text=text), "offline_counter.unreadable")


def test_ten_thousand_papers_are_refused(shop: Shop) -> None:
    papers = [{"code": "a", "originals": 1, "copies": 0}] * 10_000
    refused(lambda: shop.store(shop.said(papers=papers)), "offline_counter.unreadable")


def test_an_unknown_counter_is_refused(shop: Shop) -> None:
    refused(lambda: shop.store(shop.said(counter=shop.counter.pk + 10_000)), "offline_counter.no_counter")


def test_strangers_send_nothing_for_this_counter(shop: Shop) -> None:
    for who in ("elsewhere", "handler", "lan"):
        refused(lambda who=who: shop.store(who=who), "people.not_allowed")


def test_a_forged_signature_is_kept_and_held_never_registered(shop: Shop) -> None:
    one = shop.held(key=key_pair()[0])
    assert (one.is_signed, one.reasons) == (False, ["signature"])
    assert Case.objects.count() == 0
    said = shop.said(1)
    for signature in ("", "AAAA", "!" * 90):
        other = shop.held(said | {"id": str(uuid.uuid4())}, signature=signature)
        assert "signature" in other.reasons


def test_a_number_of_another_counter_is_held(shop: Shop) -> None:
    public = key_pair()[1]
    other = actions.enrol(unit_id=shop.province.shop.pk, name="Quầy 2", key=public, by=shop.actor("clerk"), at=START)
    actions.prepare(counter_id=other.pk, by=shop.actor("clerk"), at=START)
    theirs = Number.objects.filter(block__counter=other).order_by("id")[0].code
    assert shop.held(shop.said(code=theirs)).reasons == ["number_foreign"]
    assert shop.held(shop.said(code="H99.99-261116-0001")).reasons == ["number_foreign"]


def test_the_second_reception_under_one_number_is_held_and_the_first_stays(shop: Shop) -> None:
    first = shop.registered()
    papers_of_minh = {"name": "Trần Minh", "identity_number": "079190012347"}
    second = shop.held(shop.said(applicant=papers_of_minh))
    assert second.reasons == ["number_used"]
    assert Case.objects.get().pk == first.case_id


def test_the_clerk_may_still_send_after_losing_the_right_and_it_is_held(shop: Shop) -> None:
    Grant.objects.filter(account=shop.accounts["clerk"]).delete()
    Account.objects.filter(pk=shop.accounts["clerk"].pk).update(rights_version=99)
    assert shop.held(who="clerk").reasons == ["right_revoked"]
    refused(lambda: shop.store(shop.said(1), who="clerk", key=key_pair()[0]), "people.not_allowed")


@pytest.mark.parametrize(
    ("hours", "clock_minutes", "reasons"),
    [
        (1.25, 0, None),
        (1.25, 6, ["clock"]),
        (1.25, -6, ["clock"]),
        (5, 0, ["clock"]),  # received an hour after it was sent
        (-2, 0, ["block_over"]),  # before the numbers were leased
        (-24, 0, ["block_over"]),  # the number bears another day
    ],
)
def test_times_that_do_not_fit_are_held(
    shop: Shop, hours: float, clock_minutes: int, reasons: list[str] | None
) -> None:
    at = START + timedelta(hours=4)
    said = shop.said(received_at=(START + timedelta(hours=hours)).isoformat())
    one = shop.registered(said, at=at, clock=at + timedelta(minutes=clock_minutes))
    assert one.reasons == (reasons or [])
    assert one.state == ("held" if reasons else "registered")


@pytest.mark.parametrize("days", [1, -1])
def test_a_counter_whose_clock_is_a_day_wrong_is_held_and_its_dossier_gets_the_true_hour(shop: Shop, days: int) -> None:
    wrong, true = timedelta(days=days), START + timedelta(minutes=75)
    leased = Number.objects.filter(block__counter=shop.counter, block__day=(true + wrong).date()).order_by("id").first()
    said = shop.said(received_at=(true + wrong).isoformat(), **({"code": leased.code} if leased else {}))
    at = START + timedelta(hours=4)
    one = shop.held(said, at=at, clock=at + wrong)
    assert one.reasons == (["clock"] if leased else ["block_over", "clock"])
    assert not Case.objects.filter(number=one.code).exists()
    one = decide(shop, one, Decision.REGISTER)
    assert one.case is not None
    assert (one.received_at, one.case.opened_at, one.case.number) == (true + wrong, true, one.code)


def test_a_twin_an_impossible_number_a_missing_paper_and_an_early_promise_are_held(shop: Shop) -> None:
    shop.registered()
    assert shop.held(shop.said(1)).reasons == ["twin"]
    nobody = {"name": "Ai đó", "identity_number": "123"}
    assert shop.held(shop.said(2, applicant=nobody)).reasons == ["applicant"]
    minh = {"name": "Trần Minh", "identity_number": "079190012347"}
    early = (START + timedelta(hours=3)).isoformat()
    assert shop.held(shop.said(3, applicant=minh, due_at=early)).reasons == ["due"]
    if any(paper["is_required"] for paper in shop.kit["procedures"][0]["branches"][0]["papers"]):
        assert shop.held(shop.said(4, applicant=minh, papers=[])).reasons == ["papers"]


def test_a_procedure_changed_or_gone_meanwhile_is_held(shop: Shop) -> None:
    one = shop.held(shop.said(version=shop.sheet.version_id + 1))
    assert one.reasons == ["procedure_changed"]
    gone = shop.held(shop.said(1, procedure="9.999999", applicant={"name": "Minh", "identity_number": "079190012347"}))
    assert gone.reasons == ["procedure_gone"]


# --- decisions


def decide(shop: Shop, one: Reception, decision: Decision, **how: Any) -> Reception:
    args = {"reason": REASON, "by": shop.actor("director"), "at": START + timedelta(hours=5)} | how
    actions.decide(reception_id=one.pk, decision=decision, **args)
    return Reception.objects.select_related("case").get(pk=one.pk)


def test_registering_anyway_keeps_the_number_and_the_hour(shop: Shop) -> None:
    one = decide(shop, shop.held(key=key_pair()[0]), Decision.REGISTER)
    assert one.case is not None
    assert (one.state, one.case.number, one.case.opened_at) == ("registered", one.code, one.received_at)
    assert verbs(one) == ["store", "hold", "register", "decide"]


def test_registering_under_another_number_keeps_the_receipts_number_for_the_look_up(shop: Shop) -> None:
    shop.registered()
    one = decide(shop, shop.held(shop.said(1)), Decision.RENUMBER)
    assert one.case is not None
    assert one.case.number == shop.numbers()[0][:-4] + "0021"
    found = lookup.by_key(one.code, one.case.lookup_key)
    assert found is not None
    assert found.pk == one.case_id
    assert OtherNumber.objects.get().number == one.code


def test_a_number_that_is_another_dossiers_own_stays_that_dossiers(shop: Shop) -> None:
    first = shop.registered()
    minh = {"name": "Trần Minh", "identity_number": "079190012347"}
    held = shop.held(shop.said(applicant=minh))
    refused(lambda: decide(shop, held, Decision.REGISTER), "offline_counter.number_used")
    one = decide(shop, held, Decision.RENUMBER)
    assert one.case_id != first.case_id
    assert OtherNumber.objects.count() == 0
    assert Case.objects.get(number=first.code).pk == first.case_id


def test_merging_opens_nothing_and_lets_the_receipt_find_the_other_dossier(shop: Shop) -> None:
    first = shop.registered()
    held = shop.held(shop.said(1))
    for into, code in (("H1-000000-0000", "no_such_dossier"), ("", "no_such_dossier")):
        refused(lambda into=into: decide(shop, held, Decision.MERGE, into=into), f"offline_counter.{code}")
    one = decide(shop, held, Decision.MERGE, into=first.code.lower())
    assert (one.state, one.case_id) == ("merged", first.case_id)
    assert Case.objects.count() == 1
    assert OtherNumber.objects.get(number=one.code).case_id == first.case_id


def test_merging_into_another_procedure_is_refused(shop: Shop) -> None:
    first = shop.registered()
    held = shop.held(shop.said(1, procedure="9.999999"))
    refused(lambda: decide(shop, held, Decision.MERGE, into=first.code), "offline_counter.other_procedure")


def test_a_rejected_reception_is_kept_and_its_applicant_told_why(shop: Shop) -> None:
    one = decide(shop, shop.held(key=key_pair()[0]), Decision.REJECT)
    assert (one.state, one.case_id, one.reason) == ("rejected", None, REASON)
    run_jobs()
    told = Notice.objects.filter(account=shop.accounts["lan"], kind="offline_counter.rejected")
    assert [REASON in notice.body for notice in told] == [True]
    assert Notice.objects.filter(account=shop.accounts["director"], kind="offline_counter.held").count() == 1


def test_a_decision_needs_the_right_a_reason_and_an_open_question(shop: Shop) -> None:
    held = shop.held(key=key_pair()[0])
    for who in ("clerk", "elsewhere", "handler", "lan"):
        refused(lambda who=who: decide(shop, held, Decision.REJECT, by=shop.actor(who)), "people.not_allowed")
    refused(lambda: decide(shop, held, Decision.REJECT, reason="Không  "), "offline_counter.reason")
    decide(shop, held, Decision.REJECT)
    refused(lambda: decide(shop, held, Decision.REGISTER), "offline_counter.settled")
    with pytest.raises(NotFound):
        actions.decide(
            reception_id=uuid.uuid4(), decision=Decision.REJECT, reason=REASON, by=shop.actor("director"), at=START
        )


def test_looking_again_at_what_was_settled_changes_nothing(shop: Shop) -> None:
    one = shop.registered()
    before = everything()
    actions.register(reception_id=one.pk, at=START + timedelta(days=1))
    assert actions.register(reception_id=uuid.uuid4(), at=START) is None
    assert everything() == before


def test_not_allowed_is_what_a_clerk_of_nowhere_gets(shop: Shop) -> None:
    assert queries.counter_unit(shop.actor("lan")) is None
    assert queries.counter_unit(shop.actor("handler")) is None
    with pytest.raises(NotAllowed):
        shop.store(who="handler")


def test_the_kit_names_nobody_but_its_clerk(shop: Shop) -> None:
    assert shop.kit["clerk"]["name"] == "Trần Văn Clerk"
    assert LAN not in json.dumps(shop.kit, default=str)
    assert door.published(MARITAL, START.date()) is not None


def test_a_person_is_told_what_is_held_of_them_and_nothing_of_others(shop: Shop) -> None:
    one = shop.store()
    lan, minh = (Subject(1, person_id) for person_id in (shop.accounts["lan"].person_id, None))
    assert [queries.tell_held(row)["Số trên biên nhận"] for row in queries.held_of(lan)] == [one.code]
    assert list(queries.held_of(minh)) == []
