"""Filling, proving, sending, judging, appealing, closing: who may, who may not, and what stays as it was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import verify
from tinhso.kernel.testing import people
from tinhso.kernel.testing.together import at_once
from tinhso.modules.scorecards.actions import filling, proving, reviewing, rounds
from tinhso.modules.scorecards.models import Appeal, Card, Cell, Evidence, Round
from tinhso.modules.scorecards.rules.words import EvidenceKind
from tinhso.modules.scorecards.tests import factories, sheets
from tinhso.modules.scorecards.tests.factories import LATER, NOW, actor, card, opened

pytestmark = pytest.mark.django_db


def put(where, by, code="1.1", revision=0, **values):
    return filling.fill(card_id=where.pk, criterion=code, values=values, revision=revision, by=actor(by), at=NOW)


def judge(where, by, code, points, reason="", revision=None):
    return reviewing.review(
        card_id=where.pk, criterion=code, points=points, reason=reason, revision=revision, by=actor(by), at=LATER
    )


def test_a_filled_cell_gives_its_points_and_the_cards_total(stage):
    where = card(opened(stage), stage.here.commune)
    filled = put(where, stage.clerk, a="9", b="10")
    assert (filled.cell.self_points, filled.total, filled.filled) == (Decimal("1.8"), Decimal("1.80"), 1)
    put(where, stage.clerk, "2.4", days="17,5")
    where.refresh_from_db()
    assert (where.self_total, where.filled) == (Decimal("2.3"), 2)


def test_the_whole_sheet_gives_eight_point_three(stage):
    where = card(opened(stage), stage.here.commune)
    factories.fill(where, stage.clerk)
    where.refresh_from_db()
    assert (where.self_total, where.filled) == (Decimal("8.3"), 9)
    assert Entry.objects.filter(subject=f"scorecards/card/{where.pk}", verb="scorecards.fill").count() == 9


@pytest.mark.parametrize("typed", ["mười", "-3", "1e20", "100000000000000000000", "1.5.2", "0,12345", "=1+1", "nan"])
def test_what_is_no_number_is_refused_in_words_and_nothing_changes(stage, typed):
    where = card(opened(stage), stage.here.commune)
    with pytest.raises(Refusal) as refused:
        put(where, stage.clerk, a=typed, b="10")
    assert (refused.value.code, refused.value.field) == ("scorecards.number", "a")
    assert not Cell.objects.filter(card=where).exists()


def test_two_people_on_one_cell_see_what_the_other_saved(stage):
    where = card(opened(stage), stage.here.commune)
    put(where, stage.clerk, a="9", b="10")
    with pytest.raises(filling.CellStale) as stale:
        put(where, stage.head, a="8", b="10", revision=0)
    assert (stale.value.inputs, stale.value.revision) == ({"a": "9", "b": "10"}, 1)
    assert "Trần Văn Tu" in stale.value.message
    assert Cell.objects.get(card=where).inputs == {"a": "9", "b": "10"}
    assert put(where, stage.head, a="8", b="10", revision=1).cell.self_points == Decimal("1.6")


def test_saving_the_same_again_after_a_lost_answer_is_no_conflict(stage):
    where = card(opened(stage), stage.here.commune)
    put(where, stage.clerk, a="9", b="10")
    assert put(where, stage.clerk, a="9", b="10", revision=0).cell.inputs == {"a": "9", "b": "10"}


def test_a_unit_sees_and_fills_only_its_own_draft(stage):
    where = card(opened(stage), stage.here.commune)
    put(where, stage.clerk, a="9", b="10")
    assert list(Card.objects.visible_to(actor(stage.stranger)).values_list("unit_id", flat=True)) == [
        stage.here.other.pk
    ]
    assert not Card.objects.visible_to(actor(stage.council)).exists()
    for who in (stage.stranger, stage.council, stage.manager):
        with pytest.raises(NotFound):
            put(where, who, a="1", b="10")
    assert Cell.objects.get(card=where).inputs == {"a": "9", "b": "10"}


def test_points_without_evidence_are_not_sent(stage):
    where = card(opened(stage), stage.here.commune)
    factories.fill(where, stage.clerk)
    with pytest.raises(Refusal) as refused:
        filling.submit(card_id=where.pk, by=actor(stage.head), at=LATER)
    assert refused.value.code == "scorecards.no_evidence"
    assert "1.1, 1.2, 1.3, 1.4, 2.1 và 4 tiêu chí khác" in refused.value.message
    factories.prove(where, stage.clerk)
    with pytest.raises(NotAllowed):
        filling.submit(card_id=where.pk, by=actor(stage.clerk), at=LATER)
    assert filling.submit(card_id=where.pk, by=actor(stage.head), at=LATER).state == "submitted"


def test_one_report_proves_several_criteria(stage):
    where = card(opened(stage), stage.here.commune)
    factories.fill(where, stage.clerk, {"1.1": {"a": "9", "b": "10"}, "1.3": {"a": "1"}})
    proof = proving.Proof(EvidenceKind.DOCUMENT, number="12/BC-UBND", dated_on=date(2026, 11, 2))
    everything = {"card_id": where.pk, "proof": proof, "by": actor(stage.clerk), "at": NOW}
    with pytest.raises(NotFound):
        proving.attach_to_several(criteria=["1.1", "9.9"], **everything)
    with pytest.raises(Refusal) as refused:
        proving.attach_to_several(criteria=[], **everything)
    assert (refused.value.code, Evidence.objects.count()) == ("scorecards.no_criteria", 0)
    proving.attach_to_several(criteria=["1.1", "1.3", "1.1"], **everything)
    assert list(Evidence.objects.order_by("cell__criterion").values_list("cell__criterion", "number")) == [
        ("1.1", "12/BC-UBND"), ("1.3", "12/BC-UBND"),
    ]  # fmt: skip
    assert list(verify()) == []
    assert filling.submit(card_id=where.pk, by=actor(stage.head), at=LATER).state == "submitted"


def test_after_the_last_day_nobody_appeals(stage):
    round_, where = announced(stage)
    Round.objects.filter(pk=round_.pk).update(appeals_until=LATER.date())
    assert object_to(where, stage.head, "a", "10").state == "open"
    Round.objects.filter(pk=round_.pk).update(appeals_until=date(2026, 12, 9))
    with pytest.raises(Refusal) as refused:
        object_to(where, stage.head, "b", "9")
    assert (refused.value.code, Appeal.objects.count()) == ("scorecards.appeal_too_late", 1)


def test_after_the_due_moment_a_first_card_is_too_late(stage):
    round_ = opened(stage)
    where = card(round_, stage.here.commune)
    factories.fill(where, stage.clerk)
    factories.prove(where, stage.clerk)
    with pytest.raises(Refusal) as refused:
        filling.submit(card_id=where.pk, by=actor(stage.head), at=round_.due_at.replace(hour=11))
    assert refused.value.code == "scorecards.too_late"
    where.refresh_from_db()
    assert where.state == "filling"


def test_the_council_changes_points_only_with_a_reason(stage):
    where = factories.sent(card(opened(stage), stage.here.commune), stage.head)
    with pytest.raises(Refusal) as refused:
        judge(where, stage.council, "1.1", "1")
    assert refused.value.code == "scorecards.reason"
    with pytest.raises(Refusal) as refused:
        judge(where, stage.council, "1.1", "2,01", "Quá điểm tối đa")
    assert refused.value.code == "scorecards.points"
    cell = judge(where, stage.council, "1.1", "1", "Thiếu biên bản hai cuộc họp")
    assert (cell.self_points, cell.review_points) == (Decimal("1.8"), Decimal("1"))
    where.refresh_from_db()
    assert (where.self_total, where.review_total) == (Decimal("8.3"), Decimal("7.5"))
    assert judge(where, stage.council, "1.1", "1,8").review_points is None


def test_two_members_on_one_cell(stage):
    where = factories.sent(card(opened(stage), stage.here.commune), stage.head)
    judge(where, stage.council, "1.1", "1", "Thiếu biên bản", revision=0)
    with pytest.raises(Stale):
        judge(where, stage.council, "1.1", "0", "Không có biên bản", revision=0)
    assert Cell.objects.get(card=where, criterion="1.1").review_points == Decimal("1")


def test_nobody_judges_their_own_unit(stage):
    here = stage.here
    both = people.official("hai", here.commune, "scorecards.council", also_on=(here.root, here.other))
    round_ = opened(stage)
    own = factories.sent(card(round_, here.commune), stage.head)
    with pytest.raises(NotAllowed) as refused:
        judge(own, both, "1.1", "2", "Đơn vị tôi xứng đáng")
    assert refused.value.code == "scorecards.own_unit"
    assert Cell.objects.get(card=own, criterion="1.1").review_points is None
    other = factories.sent(card(round_, here.other), stage.stranger)
    assert judge(other, both, "1.1", "1", "Thiếu biên bản").review_points == Decimal("1")


def test_who_filled_a_card_does_not_judge_it_from_another_post(stage):
    here = stage.here
    guest = people.official("khach", here.department, "scorecards.clerk", "scorecards.council", also_on=(here.commune,))
    where = card(opened(stage), here.commune)
    put(where, guest, a="1", b="2")
    factories.sent(where, stage.head)
    with pytest.raises(NotAllowed):
        judge(where, guest, "1.3", "0", "Không có tài liệu")
    assert Cell.objects.get(card=where, criterion="1.3").review_points is None


def test_a_card_given_back_is_filled_again_and_sent_again_even_late(stage):
    round_ = opened(stage)
    where = factories.sent(card(round_, stage.here.commune), stage.head)
    with pytest.raises(Refusal):
        put(where, stage.clerk, a="5", b="10", revision=1)
    reviewing.ask_more(card_id=where.pk, criteria=["1.1"], reason="Bổ sung biên bản", by=actor(stage.council), at=LATER)
    assert Cell.objects.get(card=where, criterion="1.1").needs_more
    put(where, stage.clerk, a="5", b="10", revision=1)
    again = filling.submit(card_id=where.pk, by=actor(stage.head), at=round_.due_at.replace(day=20))
    assert (again.state, again.self_total) == ("submitted", Decimal("7.5"))


def announced(stage):
    round_ = opened(stage)
    where = card(round_, stage.here.commune)
    factories.sent(where, stage.head)
    judge(where, stage.council, "1.1", "1", "Thiếu biên bản")
    reviewing.finish_review(card_id=where.pk, by=actor(stage.council), at=LATER)
    factories.reviewed(card(round_, stage.here.other), stage.stranger, {"1.3": {"a": "1"}}, stage.council)
    rounds.announce(round_id=round_.pk, by=actor(stage.manager), at=LATER)
    return round_, where


def object_to(where, by, input_code="", claimed="1,8", code="1.1"):
    return filling.appeal(
        card_id=where.pk, criterion=code, input_code=input_code, claimed=claimed,
        reason="Biên bản đã gửi kèm", by=actor(by), at=LATER,
    )  # fmt: skip


def test_an_appeal_points_at_one_input_and_the_rule_decides_anew(stage):
    round_, where = announced(stage)
    made = object_to(where, stage.head, "a", "10")
    with pytest.raises(Refusal) as twice:
        object_to(where, stage.head, "a", "8")
    assert twice.value.code == "scorecards.appealed"
    with pytest.raises(Refusal) as early:
        rounds.close(round_id=round_.pk, by=actor(stage.manager), at=LATER)
    assert early.value.code == "scorecards.open_appeals"
    reviewing.answer(
        appeal_id=made.pk, granted=True, reason="Đã đối chiếu đủ biên bản", by=actor(stage.council), at=LATER
    )
    cell = Cell.objects.get(card=where, criterion="1.1")
    assert (cell.inputs["a"], cell.final_inputs["a"], cell.review_points) == ("9", "10", None)
    where.refresh_from_db()
    assert where.review_total == Decimal("8.5")


def test_a_refused_appeal_changes_no_points(stage):
    _round, where = announced(stage)
    made = object_to(where, stage.head)
    reviewing.answer(
        appeal_id=made.pk, granted=False, reason="Biên bản không có chữ ký", by=actor(stage.council), at=LATER
    )
    where.refresh_from_db()
    assert where.review_total == Decimal("7.5")
    with pytest.raises(Stale):
        reviewing.answer(appeal_id=made.pk, granted=True, reason="Xem lại thấy đủ", by=actor(stage.council), at=LATER)
    assert Appeal.objects.get().state == "refused"


def test_closing_freezes_scores_ranks_and_grades(stage):
    round_, where = announced(stage)
    with pytest.raises(NotAllowed):
        rounds.close(round_id=round_.pk, by=actor(stage.council), at=LATER)
    rounds.close(round_id=round_.pk, by=actor(stage.manager), at=LATER)
    where.refresh_from_db()
    assert (where.final_total, where.rank, where.grade, where.decided) == (Decimal("7.5"), 1, "kha", {"1.1": 100})
    assert where.points == [100, 150, 100, 50, 100, 50, 25, 100, 75]
    other = card(round_, stage.here.other)
    assert (other.final_total, other.rank, other.grade) == (Decimal("1"), 2, "yeu")
    with pytest.raises(Refusal):
        object_to(where, stage.head)
    done = rounds.publish(
        round_id=round_.pk, number="12/QĐ-UBND", decided_on=date(2027, 1, 5), by=actor(stage.manager), at=LATER
    )
    assert (done.state, done.decision_number) == ("published", "12/QĐ-UBND")
    assert Card.objects.visible_to(actor(stage.stranger)).count() == 2


def test_a_round_with_cards_in_review_is_not_closed(stage):
    round_ = opened(stage)
    factories.sent(card(round_, stage.here.commune), stage.head)
    with pytest.raises(Refusal) as refused:
        rounds.close(round_id=round_.pk, by=actor(stage.manager), at=LATER)
    assert refused.value.code == "scorecards.unfinished"
    assert Round.objects.get().state == "open"


def test_a_code_is_used_once(stage):
    opened(stage)
    with pytest.raises(Refusal) as refused:
        opened(stage, sheets.judged("5", "5"))
    assert refused.value.code == "scorecards.code_taken"
    assert Round.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_types_while_the_round_is_closed_is_before_it_or_refused(stage):
    round_ = opened(stage)
    where = card(round_, stage.here.commune)
    factories.reviewed(card(round_, stage.here.other), stage.stranger, {"1.3": {"a": "1"}}, stage.council)
    typist, manager = actor(stage.clerk), actor(stage.manager)

    def typing():
        return filling.fill(card_id=where.pk, criterion="1.3", values={"a": "1"}, revision=0, by=typist, at=NOW).filled

    def closing():
        return rounds.close(round_id=round_.pk, by=manager, at=LATER).state

    gave = at_once(typing, closing)
    assert "closed" in gave
    assert set(gave) - {"closed"} <= {1, "scorecards.card_state"}
