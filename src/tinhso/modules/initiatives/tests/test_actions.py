"""Proposing, judging, recognising: who may, who may not, and what stays as it was."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Spared, Subject
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.together import at_once
from tinhso.modules.initiatives import demo, jobs
from tinhso.modules.initiatives.actions import appraising, proposing, settings
from tinhso.modules.initiatives.models import Author, Council, Initiative, Opinion, RegulationEdition
from tinhso.modules.initiatives.queries import lists
from tinhso.modules.initiatives.tests import factories
from tinhso.modules.initiatives.tests.factories import (
    GOOD,
    NOW,
    POOR,
    TODAY,
    actor,
    before_council,
    judged,
    proposal,
    proposed,
    recognised,
)

pytestmark = pytest.mark.django_db


def test_an_official_proposes_with_others_and_the_clock_begins(stage):
    found = proposed(stage, others={"dong.nghiep": 30})
    assert (found.case.number, found.case.unit_id, found.case.state) == (
        "SK-26-00001",
        stage.here.commune.pk,
        "proposed",
    )
    assert list(found.authors.order_by("pk").values_list("name", "share")) == [
        (stage.author.display_name, 70), (stage.colleague.display_name, 30),
    ]  # fmt: skip
    assert f"{found.case.due_at:%d/%m/%Y}" == "01/06/2026"  # 90 days end on a Sunday


@pytest.mark.parametrize("others", [{"khong.co": 10}, {"tac.gia": 10}, {"dong.nghiep": 100}, {"dong.nghiep": 0}])
def test_authors_are_other_officials_and_their_shares_leave_something(stage, others):
    with pytest.raises(Refusal) as no:
        proposed(stage, others=others)
    assert (no.value.code, Initiative.objects.count(), Entry.objects.filter(verb="initiative.propose").count()) == (
        "initiatives.authors", 0, 0,
    )  # fmt: skip


def test_citizens_propose_nothing(stage):
    with pytest.raises(NotAllowed):
        proposing.propose(proposal(), by=actor(people.citizen("lan")), at=NOW)
    assert Initiative.objects.count() == 0


def test_what_is_nearly_the_same_is_said_first_and_sent_only_knowingly(stage):
    first = proposed(stage)
    again = {"title": "Ma QR tren giay hen de nguoi dan tu xem ho so"}
    with pytest.raises(Refusal) as no:
        proposed(stage, by=stage.stranger, **again)
    assert (no.value.code, first.case.number in no.value.message, Initiative.objects.count()) == (
        "initiatives.alike", True, 1,
    )  # fmt: skip
    second = proposed(stage, by=stage.stranger, is_aware=True, **again)
    assert [one.pk for one, _share in lists.alike(second.pk, second.title, second.solution)] == [first.pk]
    proposing.withdraw(initiative_id=first.pk, by=actor(stage.author), at=NOW)
    assert lists.alike(second.pk, second.title, second.solution) == []


def test_what_is_asked_for_is_sent_again_by_its_sender_only(stage):
    found = proposed(stage)
    appraising.ask_more(initiative_id=found.pk, words="Thêm số liệu trước và sau", by=actor(stage.secretary), at=NOW)
    new = proposal(title="Mã QR trên giấy hẹn, có số liệu trước và sau")
    with pytest.raises(NotAllowed):
        proposing.resend(initiative_id=found.pk, proposal=new, by=actor(stage.colleague), at=NOW)
    found.refresh_from_db()
    assert (found.title, found.asked_words) == (factories.TITLE, "Thêm số liệu trước và sau")
    sent = proposing.resend(initiative_id=found.pk, proposal=new, by=actor(stage.author), at=NOW)
    assert (sent.title, sent.case.state, sent.asked_words) == (new.title, "proposed", "")


def test_a_council_of_the_unit_or_above_takes_it_no_other(stage):
    found = proposed(stage)
    other = settings.found_council(
        unit_id=stage.here.other.pk, name="Hội đồng xã khác", decision_number="1", begins_on=TODAY,
        usernames=["uv0", "uv1", "uv2"], by=SYSTEM, at=NOW,
    )  # fmt: skip
    who = {"initiative_id": found.pk, "at": NOW}
    with pytest.raises(Refusal) as no:
        appraising.appraise(**who, council_id=other.pk, by=actor(stage.secretary))
    with pytest.raises(NotAllowed):
        appraising.appraise(**who, council_id=stage.council.pk, by=actor(stage.stranger))
    found.refresh_from_db()
    assert (no.value.code, found.council_id, found.case.state) == ("initiatives.council", None, "proposed")


def test_members_judge_once_each_and_may_change_their_points(stage):
    found = before_council(stage)
    judged(found, stage.members[0], POOR)
    judged(found, stage.members[0])
    assert list(Opinion.objects.values_list("total", flat=True)) == [Decimal("85.50")]
    assert (lists.judged(found).have, lists.judged(found).needed) == (1, 2)


@pytest.mark.parametrize(
    ("who", "code"),
    [("author", "initiatives.own"), ("colleague", "initiatives.no_member"), ("stranger", "initiatives.no_member"),
     ("secretary", "initiatives.no_member")],
)  # fmt: skip
def test_who_is_no_member_or_an_author_judges_nothing(stage, who, code):
    found = before_council(stage)
    entries = Entry.objects.count()
    with pytest.raises(NotAllowed) as no:
        judged(found, getattr(stage, who))
    assert (no.value.code, Opinion.objects.count(), Entry.objects.count()) == (code, 0, entries)


def test_a_member_who_is_an_author_does_not_judge_their_own_and_does_not_count(stage):
    found = before_council(stage, others={"uv0": 40})
    with pytest.raises(NotAllowed) as no:
        judged(found, stage.members[0])
    assert (no.value.code, Opinion.objects.count()) == ("initiatives.own", 0)
    judged(found, stage.members[1])
    assert (lists.judged(found).may_judge, lists.judged(found).needed) == (2, 2)
    assert list(lists.to_judge(actor(stage.members[0]))) == []
    assert list(lists.to_judge(actor(stage.members[2]))) == [found]


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_member_who_judges_twice_at_once_has_one_opinion(stage):
    found, by = before_council(stage), actor(stage.members[0])
    acts = [
        lambda points=points: appraising.judge(initiative_id=found.pk, points=points, words="", by=by, at=NOW).total
        for points in (GOOD, POOR)
    ]
    assert sorted(at_once(*acts)) == [Decimal(30), Decimal("85.5")]
    assert Opinion.objects.count() == 1


def test_recognition_needs_quorum_points_and_somebody_else(stage):
    found = before_council(stage)
    who = {"initiative_id": found.pk, "number": "21/QĐ", "decided_on": TODAY, "at": NOW}
    judged(found, stage.members[0], POOR)
    with pytest.raises(Refusal) as quorum:
        appraising.recognise(**who, by=actor(stage.head))
    judged(found, stage.members[1])
    with pytest.raises(Refusal) as points:
        appraising.recognise(**who, by=actor(stage.head))
    with pytest.raises(NotAllowed):
        appraising.recognise(**who, by=actor(stage.secretary))
    Author.objects.create(initiative=found, account=stage.head, name="x", share=1)
    with pytest.raises(NotAllowed) as own:
        appraising.recognise(**who, by=actor(stage.head))
    found.refresh_from_db()
    assert (quorum.value.code, points.value.code, own.value.code, found.decided_at, found.case.state) == (
        "initiatives.quorum", "initiatives.too_few_points", "initiatives.own", None, "appraising",
    )  # fmt: skip


def test_what_is_recognised_is_public_and_its_effect_noted_afterwards(stage):
    found = recognised(stage)
    assert (found.total, found.decision_number, found.case.state) == (Decimal("85.50"), "21/QĐ-UBND", "recognised")
    who = {"initiative_id": found.pk, "words": "Áp dụng ở mười xã", "at": NOW}
    with pytest.raises(NotAllowed):
        appraising.note_effect(**who, dong=1, by=actor(stage.author))
    with pytest.raises(Refusal):
        appraising.note_effect(**who, dong=-1, by=actor(stage.secretary))
    found.refresh_from_db()
    assert (found.effect_note, found.effect_dong) == ("", None)
    noted = appraising.note_effect(**who, dong=120_000_000, by=actor(stage.secretary))
    assert (noted.effect_note, noted.effect_dong) == ("Áp dụng ở mười xã", 120_000_000)
    assert [one.pk for one, _ in lists.alike(None, found.title, found.solution)] == [found.pk]
    assert [one.pk for one in lists.public("ma qr giay hen", "")[0]] == [found.pk]
    assert lists.public("bệnh viện huyết áp", "")[0] == lists.public("", "health")[0] == []


def test_authors_and_members_are_told(stage):
    recognised(stage, others={"uv2": 10})
    run_jobs()
    assert sorted(Notice.objects.values_list("account__username", "kind")) == [
        ("tac.gia", "initiative.appraise"),
        ("tac.gia", "initiative.recognise"),
        ("uv0", "initiative.judge_wanted"),
        ("uv1", "initiative.judge_wanted"),
        ("uv2", "initiative.appraise"),
        ("uv2", "initiative.recognise"),
    ]


def test_the_measure_counts_recognised_ones_by_body(stage):
    recognised(stage)
    found = lists.recognised([stage.here.commune.pk, stage.here.other.pk], date(2026, 1, 1), date(2026, 12, 31))
    assert {unit: one.value for unit, one in found.items()} == {stage.here.commune.pk: 1, stage.here.other.pk: 0}


def test_an_older_regulation_goes_on_for_what_began_under_it(stage):
    found = before_council(stage)
    stricter = {**settings.seeded(), "pass_points": 95}
    settings.publish_regulation(stricter, valid_from=date(2026, 3, 1), by=SYSTEM, at=NOW)
    for member in stage.members[:2]:
        judged(found, member)
    done = appraising.recognise(initiative_id=found.pk, number="21/QĐ", decided_on=TODAY, by=actor(stage.head), at=NOW)
    assert (done.case.state, RegulationEdition.objects.count()) == ("recognised", 2)
    assert lists.regulation_of(proposed(stage, title="Một sáng kiến hoàn toàn khác", is_aware=True)).pass_points == 95


def test_councils_are_founded_by_who_manages_and_have_three_officials(stage):
    who = {
        "unit_id": stage.here.root.pk,
        "name": "Hội đồng khác",
        "decision_number": "2",
        "begins_on": TODAY,
        "at": NOW,
    }
    for names, by, error in (
        (["uv0", "uv1", "uv2"], stage.head, "people.not_allowed"),
        (["uv0", "uv1"], stage.secretary, "initiatives.members"),
        (["uv0", "uv1", "ma"], stage.secretary, "initiatives.members"),
    ):
        with pytest.raises(Refusal) as no:
            settings.found_council(**who, usernames=names, by=actor(by))
        assert (no.value.code, Council.objects.count()) == (error, 1)
    ended = settings.end_council(council_id=stage.council.pk, last_day=TODAY, by=actor(stage.secretary))
    assert lists.councils_for(stage.here.commune.pk, TODAY + timedelta(days=1)) == []
    assert ended.ends_on == TODAY


def test_names_go_from_what_was_not_recognised_when_their_time_is_over(stage):
    refused, kept = proposed(stage), recognised(stage, title="Một cách làm khác hẳn", is_aware=True)
    appraising.refuse(initiative_id=refused.pk, words="Đã có nơi khác làm", by=actor(stage.head), at=NOW)
    assert [one.name for one in lists.made_by(Subject(stage.author.pk, None))] == [stage.author.display_name] * 2
    due = lists.unrecognised_due(NOW + timedelta(days=1), Spared())
    assert [one.pk for one in due] == [refused.pk]
    assert list(lists.unrecognised_due(NOW + timedelta(days=1), Spared(cases=frozenset({refused.case_id})))) == []
    proposing.forget_authors([refused.pk], record="disposal/1", at=NOW)
    assert list(Author.objects.values_list("initiative_id", flat=True)) == [kept.pk]
    assert list(lists.unrecognised_due(NOW + timedelta(days=1), Spared())) == []


def test_the_command_publishes_the_seeded_regulation(db):
    (said,) = jobs.publish_regulation([])
    assert said.startswith("regulation edition 1 holds from")
    with pytest.raises(Refusal):
        list(jobs.publish_regulation(["khong-co.yaml"]))


def test_the_demonstration_is_loaded_once(stage):
    maker = stage.author
    type(maker).objects.filter(pk=maker.pk).update(is_demonstration=True)
    for name in ("kiemsoat", "lanhdao.tinh", "lanhdao"):
        account = people.official(name, stage.here.root)
        type(account).objects.filter(pk=account.pk).update(is_demonstration=True)
    for _again in range(2):
        demo.demo(NOW)
    states = sorted(Initiative.objects.values_list("case__state", flat=True))
    assert states == ["appraising", "recognised", "recognised", "returned"]
