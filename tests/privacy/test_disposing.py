"""What is due is counted, approved by two, ended in batches, spared by holds, and the history still verifies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.privacy.office import LATER, START, Privacy, damage

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal.actions import anchor_up_to
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.manifest import registry
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.models import Dossier, Draft
from tinhso.modules.privacy import rules
from tinhso.modules.privacy.actions import disposing, holding, schedules
from tinhso.modules.privacy.models import Disposal, Line
from tinhso.modules.privacy.queries.schedules import counted

pytestmark = pytest.mark.django_db


def counts(at=LATER) -> dict[str, int]:
    return {one.kind.code: one.count for one in counted(schedules.in_force(at)[1], at) if one.count}


def test_the_seeded_schedule_has_a_line_with_a_source_for_every_kind(privacy: Privacy):
    schedule = schedules.in_force(START)[1]
    assert {one.code for one in schedule.rules} >= {
        "dossiers.closed", "dossiers.drafts", "payments.orders", "vault.pictures", "notices", "views", "mandates",
        "privacy.accounts",
    }  # fmt: skip
    assert all(one.source for one in schedule.rules)
    assert {one.code for one in schedule.rules} <= registry.retained.keys()


def test_a_dry_run_counts_and_changes_nothing(privacy: Privacy):
    privacy.closed()
    before = list(Dossier.objects.values())
    assert counts()["dossiers.closed"] == 1
    assert counts(START + timedelta(days=365 * 19)).get("dossiers.closed") is None
    assert list(Dossier.objects.values()) == before


def test_who_proposed_cannot_approve_and_nothing_changes(privacy: Privacy):
    privacy.closed()
    made = disposing.propose(by=privacy.actor("officer"), at=LATER)
    with pytest.raises(NotAllowed):
        disposing.approve(disposal_id=made.pk, by=privacy.actor("officer"), at=LATER)
    with pytest.raises(NotAllowed):
        disposing.approve(disposal_id=made.pk, by=privacy.actor("second"), at=LATER)
    made.refresh_from_db()
    assert (made.state, made.decided_by_id) == ("proposed", None)
    assert not disposing.end_batch(disposal_id=made.pk, at=LATER)
    assert Dossier.objects.get().applicant_name != NAMELESS


def test_the_database_refuses_one_person_in_both_parts(privacy: Privacy):
    privacy.closed()
    made = disposing.propose(by=privacy.actor("officer"), at=LATER)
    with pytest.raises(Exception, match="disposal_two_people"):
        Disposal.objects.filter(pk=made.pk).update(
            state="approved", decided_by_id=made.proposed_by_id, decided_at=LATER
        )


def test_a_clerk_may_neither_propose_nor_approve(privacy: Privacy):
    privacy.closed()
    for who in ("clerk", "lan", "approver"):
        with pytest.raises(NotAllowed):
            disposing.propose(by=privacy.actor(who), at=LATER)
    assert not Disposal.objects.exists()


def test_only_one_is_open_at_a_time(privacy: Privacy):
    privacy.closed()
    disposing.propose(by=privacy.actor("officer"), at=LATER)
    with pytest.raises(Refusal) as refused:
        disposing.propose(by=privacy.actor("second"), at=LATER)
    assert refused.value.code == "privacy.one_open"
    assert Disposal.objects.count() == 1


def test_nothing_due_is_nothing_proposed(privacy: Privacy):
    with pytest.raises(Refusal) as refused:
        disposing.propose(by=privacy.actor("officer"), at=START)
    assert refused.value.code == "privacy.nothing_due"


def test_a_closed_dossier_says_nothing_of_anybody_any_more(privacy: Privacy):
    dossier = privacy.closed()
    anchor_up_to(START.date())
    number = dossier.case.number
    privacy.ended(privacy.disposal())
    dossier, case = Dossier.objects.get(), Case.objects.get(pk=dossier.pk)
    assert (dossier.answers, dossier.applicant_name, dossier.identity_number, dossier.phone, dossier.person_id) == (
        {}, NAMELESS, "", "", None,
    )  # fmt: skip
    assert (case.applicant, case.owner_id, case.number, case.state) == (NAMELESS, None, number, dossier.case.state)
    assert "lan" not in case.needle
    assert not Draft.objects.filter(dossier=dossier).exists()
    assert not Attachment.objects.filter(purpose="dossiers.component").exists()
    entries = Entry.objects.filter(case=case)
    assert {one.personal for one in entries} == {None}
    assert "Nguyễn Thị Lan" not in {one.actor_name for one in entries}
    assert not any("Bà Lan" in str(one.data) for one in entries)
    assert damage() == []


def test_batches_go_on_where_a_crash_left_them(privacy: Privacy):
    for number in range(3):
        privacy.closed(START + timedelta(minutes=number))
    disposal = privacy.disposal()
    disposing.end_batch(disposal_id=disposal.pk, at=LATER, size=2)
    assert Line.objects.filter(done__gt=0).count() <= 1
    assert privacy.ended(disposal, size=2) > 2
    line = Line.objects.get(code="dossiers.closed")
    assert (line.counted, line.done, line.left) == (3, 3, 0)
    assert disposal.state == "done"
    assert not disposing.end_batch(disposal_id=disposal.pk, at=LATER)
    assert damage() == []


def test_the_worker_ends_what_was_approved(privacy: Privacy):
    privacy.closed()
    run_jobs()
    disposal = privacy.disposal()
    run_jobs()
    disposal.refresh_from_db()
    assert (disposal.state, Dossier.objects.get().applicant_name) == ("done", NAMELESS)
    done = Entry.objects.get(subject=disposal.record, verb="privacy.done")
    assert done.data["count"] == sum(Line.objects.values_list("done", flat=True))


@pytest.mark.parametrize("by", ["case", "person"])
def test_a_hold_spares_what_it_is_on_even_after_the_approval(privacy: Privacy, by):
    kept = privacy.closed()
    disposal = privacy.disposal()
    number = kept.case.number if by == "case" else "079190012346"
    holding.place(number=number, source="Công văn 12/TTr-NC", by=privacy.actor("officer"), at=LATER)
    privacy.ended(disposal)
    assert Dossier.objects.get(pk=kept.pk).applicant_name != NAMELESS
    line = Line.objects.get(code="dossiers.closed")
    assert (line.counted, line.done) == (1, 0)


def test_a_lifted_hold_lets_its_time_count_again(privacy: Privacy):
    kept = privacy.closed()
    hold = holding.place(number=kept.case.number, source="Công văn 12", by=privacy.actor("officer"), at=LATER)
    assert "dossiers.closed" not in counts()
    holding.lift(hold_id=hold.pk, by=privacy.actor("approver"), at=LATER)
    assert counts()["dossiers.closed"] == 1


def test_holding_twice_and_holding_nothing_are_refused(privacy: Privacy):
    number = privacy.closed().case.number
    by = privacy.actor("officer")
    holding.place(number=number, source="Công văn 12", by=by, at=LATER)
    for wrong, code in ((number, "privacy.held_already"), ("H1", "privacy.unknown")):
        with pytest.raises(Refusal) as refused:
            holding.place(number=wrong, source="Công văn 12", by=by, at=LATER)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        holding.place(number=number, source="Công văn 12", by=privacy.actor("clerk"), at=LATER)


def test_one_that_is_stopped_ends_nothing_more(privacy: Privacy):
    privacy.closed()
    disposal = privacy.disposal()
    disposing.stop(disposal_id=disposal.pk, reason="Thanh tra yêu cầu", by=privacy.actor("officer"), at=LATER)
    assert not disposing.end_batch(disposal_id=disposal.pk, at=LATER)
    assert Dossier.objects.get().applicant_name != NAMELESS


def test_a_rejected_one_says_why_and_another_may_be_proposed(privacy: Privacy):
    privacy.closed()
    made = disposing.propose(by=privacy.actor("officer"), at=LATER)
    disposing.reject(disposal_id=made.pk, reason="Chưa đối chiếu.", by=privacy.actor("approver"), at=LATER)
    assert disposing.propose(by=privacy.actor("officer"), at=LATER).state == "proposed"


def test_the_record_names_nobody_whose_data_it_was(privacy: Privacy):
    dossier = privacy.closed()
    disposal = privacy.disposal()
    privacy.ended(disposal)
    said = str(list(Line.objects.values())) + str(list(Entry.objects.filter(subject=disposal.record).values("data")))
    for words in ("Lan", "079190012346", dossier.case.number):
        assert words not in said


def test_a_schedule_is_published_by_somebody_else_than_who_drafted_it(privacy: Privacy):
    content = dict(schedules.in_force(START)[0].content)
    content["rules"] = [
        {**one, "keep": {"amount": 1, "unit": "year"}} if one["code"] == "notices" else one for one in content["rules"]
    ]
    by = privacy.actor("officer")
    schedules.draft(content=content, legal_source="QĐ 1/QĐ-UBND", by=by, at=START)
    with pytest.raises(Refusal) as refused:
        schedules.publish(valid_from=START.date(), by=by, at=START)
    assert refused.value.code == "privacy.own_draft"
    published = schedules.publish(valid_from=START.date(), by=privacy.actor("second"), at=START)
    assert published.number == 2
    rule = schedules.in_force(START)[1].rule("notices")
    assert rule is not None
    assert rule.keep == rules.Span(1, "year")


def test_a_schedule_that_forgets_a_kind_or_ends_it_wrongly_is_refused(privacy: Privacy):
    content = dict(schedules.in_force(START)[0].content)
    for wrong in (
        content["rules"][1:],
        [{**one, "fate": "destroy"} for one in content["rules"]],
        [{**one, "source": ""} for one in content["rules"]],
    ):
        with pytest.raises(Refusal) as refused:
            schedules.draft(
                content={**content, "rules": wrong}, legal_source="QĐ 1", by=privacy.actor("officer"), at=START
            )
        assert refused.value.code == "privacy.schedule"


def test_what_is_handed_over_to_the_archive_is_counted_and_left(privacy: Privacy):
    privacy.closed()
    content = dict(schedules.in_force(START)[0].content)
    content["rules"] = [
        {**one, "fate": "hand_over"} if one["code"] == "dossiers.closed" else one for one in content["rules"]
    ]
    schedules.draft(content=content, legal_source="QĐ 1", by=privacy.actor("officer"), at=START)
    schedules.publish(valid_from=START.date(), by=privacy.actor("second"), at=START)
    privacy.office.draft()
    disposal = privacy.disposal()
    privacy.ended(disposal)
    assert {one.code: (one.counted, one.done) for one in Line.objects.filter(code__startswith="dossiers.")} == {
        "dossiers.closed": (1, 0),
        "dossiers.drafts": (1, 1),
    }
    assert Dossier.objects.get().applicant_name != NAMELESS
