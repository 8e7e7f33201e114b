"""From acceptance to the sender's rating: what is allowed, what is refused, and that a refusal changes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import NOBODY
from tinhso.modules.field_reports.actions import filing, handling, senders, triage
from tinhso.modules.field_reports.models import Assignment, Rating, Report
from tinhso.modules.field_reports.queries.public import of_last_answer, view
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import SENDER
from tinhso.modules.field_reports.tests.factories import (
    DONE,
    MONDAY,
    accepted,
    act,
    answered,
    approved,
    filed,
    picture,
    snapshot,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "Đường này do Sở Xây dựng quản lý."


def local(moment):
    return f"{timezone.localtime(moment):%d/%m %H:%M}"


def refused(code, report, act, *args, **more):
    before = snapshot(report)
    with pytest.raises(Refusal) as no:
        act(*args, report_id=report.pk, **more)
    assert no.value.code == code
    assert snapshot(report) == before


def test_accepting_starts_the_clock_and_hands_it_to_the_unit_of_kind_and_place(world):
    report = accepted(world)
    case = Case.objects.get(pk=report.pk)
    assert (case.state, case.unit_id) == ("assigned", world.here.commune.pk)
    assert local(case.due_at) == "23/11 17:00"  # five working days
    assert case.concerned == sorted({world.here.commune.pk, world.desk.pk})
    assert report.is_public
    assert Assignment.objects.get(report=report).unit_id == world.here.commune.pk


@pytest.mark.parametrize(
    ("category", "level", "unit", "due"),
    [
        ("GT03", "urgent", "sxd", "16/11 15:00"),  # four working hours
        ("CS03", "danger", "commune", "16/11 11:00"),  # two hours of the clock
        ("XD01", "complex", "commune", "08/12 17:00"),  # fifteen working days, 24/11 off
    ],
)
def test_each_kind_has_its_unit_and_its_time(world, category, level, unit, due):
    report = triage.accept(report_id=filed(world).pk, category=category, level=level, by=act(world.operator), at=MONDAY)
    case = Case.objects.get(pk=report.pk)
    assert case.unit_id == (world.here.department.pk if unit == "sxd" else world.here.commune.pk)
    assert local(case.due_at) == due


def test_danger_does_not_wait_for_the_desk_and_its_time_runs_by_night(world):
    from tinhso.modules.field_reports.jobs.watching import dispatch

    night = MONDAY + timedelta(hours=13)  # 22:00 in Vietnam
    report = filed(world, night, category="CS03", text="Cây đổ đè dây điện, chặn đường.")
    entry = Entry.objects.get(case_id=report.pk)
    dispatch(entry)
    dispatch(entry)
    case = Case.objects.get(pk=report.pk)
    assert (case.state, case.unit_id, local(case.due_at)) == ("assigned", world.here.commune.pk, "17/11 00:00")
    assert Assignment.objects.count() == 1


def test_only_the_desk_accepts(world):
    report = filed(world)
    before = snapshot(report)
    for account in (world.handler, world.leader, world.outsider, world.lan):
        with pytest.raises((NotAllowed, NotFound)):
            triage.accept(report_id=report.pk, category="GT01", level="normal", by=act(account), at=MONDAY)
    assert snapshot(report) == before


def test_two_who_accept_at_once_find_that_one_was_first(world):
    report = filed(world)
    accept = {"category": "GT01", "level": "normal", "by": act(world.operator), "at": MONDAY}
    triage.accept(report_id=report.pk, revision=report.case.revision, **accept)
    refused("cases.changed_since", report, triage.accept, revision=report.case.revision, **accept)


def test_not_ours_goes_back_once_within_a_day_and_the_time_is_the_unit_s_own(world):
    report = accepted(world)
    by = act(world.handler)
    handling.send_back(report_id=report.pk, reason=WHY, by=by, at=MONDAY + HOUR)
    case = Case.objects.get(pk=report.pk)
    assert (case.state, case.unit_id, case.concerned) == ("returned", world.desk.pk, [world.desk.pk])
    assert local(case.due_at) == "23/11 17:00"
    assert Assignment.objects.get(report=report).minutes_lost == 60
    with pytest.raises(NotFound):
        handling.start(report_id=report.pk, by=by, at=MONDAY + HOUR)
    triage.route(report_id=report.pk, unit_id=world.here.commune.pk, by=act(world.operator), at=MONDAY + 2 * HOUR)
    refused("field_reports.not_ours_twice", report, handling.send_back, reason=WHY, by=by, at=MONDAY + 3 * HOUR)
    handling.disagree(report_id=report.pk, reason=WHY, by=by, at=MONDAY + 3 * HOUR)
    assert Case.objects.get(pk=report.pk).state == "assigned"
    triage.route(
        report_id=report.pk, unit_id=world.here.department.pk, reason=WHY, by=act(world.operator), at=MONDAY + 4 * HOUR
    )
    assert Case.objects.get(pk=report.pk).unit_id == world.here.department.pk


def test_after_a_working_day_it_may_not_be_sent_back(world):
    report = accepted(world)
    refused(
        "field_reports.not_ours_twice",
        report,
        handling.send_back,
        reason=WHY,
        by=act(world.handler),
        at=MONDAY + 2 * DAY,
    )


def test_another_unit_helps_and_sees_the_report_while_the_lead_stays(world):
    report = accepted(world)
    other = act(world.outsider)
    assert not Report.objects.visible_to(other).exists()
    handling.involve(
        report_id=report.pk, unit_id=world.here.other.pk, task="Cắm biển báo.", by=act(world.handler), at=MONDAY
    )
    assert Report.objects.visible_to(other).get().pk == report.pk
    more = {"unit_id": world.here.other.pk, "task": "Cắm biển báo.", "by": act(world.handler), "at": MONDAY}
    refused("field_reports.helps_already", report, handling.involve, **more)
    handling.contribute(report_id=report.pk, opinion="Đã cắm biển.", by=other, at=MONDAY)
    assert Assignment.objects.get(unit=world.here.other).opinion == "Đã cắm biển."
    assert Case.objects.get(pk=report.pk).unit_id == world.here.commune.pk


def test_a_body_complained_of_never_gets_the_report(world):
    report = filed(
        world, category="HC02", text="Cán bộ hách dịch, hẹn nhiều lần.", against_unit_id=world.here.commune.pk
    )
    more = {"category": "HC02", "level": "complex", "by": act(world.operator), "at": MONDAY}
    refused("field_reports.unit_complained_of", report, triage.accept, unit_id=world.here.shop.pk, **more)
    triage.accept(report_id=report.pk, **more)
    case = Case.objects.get(pk=report.pk)
    assert case.unit.code == "H53-ttt"
    assert not Report.objects.get().is_public
    assert not Report.objects.visible_to(act(world.leader)).exists()
    more = {"is_public": True, "by": act(world.operator), "at": MONDAY}
    refused("field_reports.never_public", report, triage.decide_public, **more)


def test_waiting_for_the_sender_stops_the_clock(world):
    report = accepted(world)
    triage.ask(report_id=report.pk, question="Ổ gà ở phía nào của chợ?", by=act(world.handler), at=MONDAY)
    case = Case.objects.get(pk=report.pk)
    assert (case.state, case.phase) == ("need_info", Phase.PAUSED)
    senders.supply(report_id=report.pk, text="Phía cổng sau.", by=SENDER, at=MONDAY + 2 * DAY)
    case.refresh_from_db()
    assert (case.state, local(case.due_at)) == ("in_progress", "26/11 17:00")
    with pytest.raises(NotFound):
        senders.supply(report_id=report.pk, text="Tôi là người lạ.", by=act(world.lan), at=MONDAY + 2 * DAY)


def test_asked_by_the_desk_it_comes_back_to_the_desk(world):
    report = filed(world)
    triage.ask(report_id=report.pk, question="Ổ gà ở phía nào của chợ?", by=act(world.operator), at=MONDAY)
    senders.supply(report_id=report.pk, text="Cổng sau, gọi 0912345678.", by=SENDER, at=MONDAY + DAY)
    assert Case.objects.get(pk=report.pk).state == "received"
    assert Report.objects.get().masked_text.endswith("Cổng sau, gọi •••.")


def test_more_time_is_asked_once_before_the_deadline_and_granted_by_the_leader(world):
    report = accepted(world)
    handler, leader = act(world.handler), act(world.leader)
    more = {"reason": "Mưa lớn, chờ khô mới vá được.", "by": handler}
    refused("field_reports.days", report, handling.ask_extension, days=16, at=MONDAY, **more)
    refused("field_reports.too_late", report, handling.ask_extension, days=3, at=MONDAY + 9 * DAY, **more)
    handling.ask_extension(report_id=report.pk, days=3, at=MONDAY, **more)
    refused("field_reports.extended_before", report, handling.ask_extension, days=3, at=MONDAY, **more)
    with pytest.raises(NotAllowed):
        handling.decide_extension(report_id=report.pk, granted=True, by=handler, at=MONDAY)
    refused("field_reports.too_late", report, handling.decide_extension, granted=True, by=leader, at=MONDAY + 9 * DAY)
    handling.decide_extension(report_id=report.pk, granted=True, by=leader, at=MONDAY)
    assert local(Case.objects.get(pk=report.pk).due_at) == "27/11 17:00"
    refused("field_reports.no_extension", report, handling.decide_extension, granted=True, by=leader, at=MONDAY)


def test_a_fault_is_closed_with_a_fresh_photo_from_the_place_only(world):
    report = accepted(world)
    by = act(world.handler)
    far = Point(world.centre.latitude + 0.01, world.centre.longitude)
    answer = {"text": DONE, "by": by, "at": MONDAY}
    refused("field_reports.no_proof", report, handling.answer, **answer)
    refused("field_reports.no_proof", report, handling.answer, photos=[picture(2, far)], **answer)
    refused("field_reports.no_proof", report, handling.answer, photos=[picture(3)], **answer)
    refused(
        "field_reports.no_answer", report, handling.answer, photos=[picture(4, world.centre)], **answer | {"text": " "}
    )
    handling.answer(report_id=report.pk, photos=[picture(5)], where=world.centre, **answer)
    assert Case.objects.get(pk=report.pk).state == "answered"


def test_a_photo_used_before_is_recognised(world):
    approved(world, seed=7)
    report = accepted(world, text="Một ổ gà khác, cách đó vài bước.")
    answer = {"text": DONE, "by": act(world.handler), "at": MONDAY}
    refused("field_reports.no_proof", report, handling.answer, photos=[picture(7, world.centre)], **answer)


def test_approval_publishes_and_who_answered_may_not_approve_without_the_right(world):
    report = answered(world)
    with pytest.raises(NotAllowed):
        handling.approve(report_id=report.pk, by=act(world.handler), at=MONDAY)
    handling.revise(report_id=report.pk, reason="Ảnh mờ, chụp lại.", by=act(world.leader), at=MONDAY)
    photos = [picture(9, world.centre)]
    handling.answer(report_id=report.pk, text=DONE, photos=photos, by=act(world.handler), at=MONDAY)
    handling.approve(report_id=report.pk, by=act(world.leader), at=MONDAY + DAY)
    report = Report.objects.select_related("case").get()
    shown = view(report)
    assert (shown.state, shown.status, shown.answer, shown.unit) == ("published", "closed", DONE, "Phường Tân Ninh")
    entry = Entry.objects.get(case_id=report.pk, verb="field_report.approve")
    assert (entry.data["verdict"], entry.data["unit_verdict"]) == ("early", "early")
    assert set(Assignment.objects.values_list("end", flat=True)) == {"done"}


def test_a_report_not_wanted_public_is_answered_to_its_sender_alone(world):
    report = approved(world, public_wanted=False)
    assert (Case.objects.get(pk=report.pk).state, Report.objects.get().is_public) == ("answered_private", False)
    with pytest.raises(ValueError, match="not public"):
        view(report)


def test_what_an_after_photo_lacks_is_said_and_better_words_need_no_other_photo(world):
    report, other = answered(world), accepted(world)
    far = Point(world.centre.latitude + 0.1, world.centre.longitude)
    given = {"text": DONE, "by": act(world.handler), "at": MONDAY}
    for photos, words in (
        ([picture(5)], "không ghi nơi chụp"),
        ([picture(5, far)], "cách nơi phản ánh 11,1 km"),
        ([picture(1, world.centre)], f"đã dùng trong phản ánh {report.case.number}"),
        ([], "Cần ảnh sau khi xử lý"),
    ):
        before = snapshot(other)
        with pytest.raises(Refusal, match=words):
            handling.answer(report_id=other.pk, photos=photos, **given)
        assert snapshot(other) == before
    for photos, shown_now in (([], 1), ([picture(1, world.centre)], 2), ([picture(6, world.centre)], 3)):
        handling.revise(report_id=report.pk, reason="Viết rõ hơn.", by=act(world.leader), at=MONDAY)
        handling.answer(report_id=report.pk, photos=photos, **given | {"at": MONDAY + shown_now * HOUR})
        assert report.photos.filter(stage="after").count() == shown_now
    assert [one.added_at for one in of_last_answer(report.photos.all())] == [MONDAY + 3 * HOUR]


def test_merged_reports_keep_their_codes_and_each_sender_may_reopen_once(world):
    parent, child = accepted(world), filed(world, sender=filing.Sender(phone="+84987654321"))
    into = parent.case.number
    refused("field_reports.no_parent", child, triage.merge, into="PA-2026-9", by=act(world.operator), at=MONDAY)
    refused("field_reports.parent", child, triage.merge, into=child.case.number, by=act(world.operator), at=MONDAY)
    triage.merge(report_id=child.pk, into=into.lower(), by=act(world.operator), at=MONDAY)
    child.refresh_from_db()
    assert (child.case.state, child.parent_id, child.is_public) == ("merged", parent.pk, False)
    grand = filed(world)
    refused("field_reports.parent", grand, triage.merge, into=child.case.number, by=act(world.operator), at=MONDAY)
    photos = [picture(12, world.centre)]
    handling.answer(report_id=parent.pk, text=DONE, photos=photos, by=act(world.handler), at=MONDAY)
    handling.approve(report_id=parent.pk, by=act(world.leader), at=MONDAY)
    reason = "Hôm sau lại sụt như cũ."
    senders.reopen(report_id=child.pk, reason=reason, by=SENDER, at=MONDAY + DAY)
    case = Case.objects.get(pk=parent.pk)
    assert (case.state, case.unit_id, case.settled_at) == ("reopened", world.here.commune.pk, None)
    assert local(case.due_at) == "25/11 17:00"
    photos = [picture(13, world.centre)]
    handling.answer(report_id=parent.pk, text=DONE, photos=photos, by=act(world.handler), at=MONDAY + DAY)
    handling.approve(report_id=parent.pk, by=act(world.leader), at=MONDAY + DAY)
    again = {"reason": reason, "by": SENDER, "at": MONDAY + 2 * DAY}
    refused("field_reports.reopened_before", child, senders.reopen, **again)
    senders.reopen(report_id=parent.pk, **again)
    assert Case.objects.get(pk=parent.pk).state == "reopened"


def test_reopening_needs_a_reason_and_seven_days_at_most(world):
    report = approved(world)
    refused("field_reports.no_words", report, senders.reopen, reason="chưa", by=SENDER, at=MONDAY)
    reason = "Hôm sau lại sụt như cũ."
    refused("field_reports.reopening_late", report, senders.reopen, reason=reason, by=SENDER, at=MONDAY + 8 * DAY)
    for stranger in (act(world.lan), NOBODY, act(world.leader)):
        with pytest.raises(NotFound):
            senders.reopen(report_id=report.pk, reason=reason, by=stranger, at=MONDAY)


def test_a_report_is_rated_once_by_its_sender(world):
    report = answered(world, sender=filing.Sender(account_id=world.lan.pk))
    rate = {"comment": "Nhanh.", "by": act(world.lan), "at": MONDAY}
    refused("field_reports.not_answered", report, senders.rate, score=5, **rate)
    handling.approve(report_id=report.pk, by=act(world.leader), at=MONDAY)
    refused("field_reports.score", report, senders.rate, score=6, **rate)
    senders.rate(report_id=report.pk, score=5, **rate)
    refused("field_reports.rated", report, senders.rate, score=1, **rate)
    assert Rating.objects.get().score == 5
    assert Entry.objects.get(verb="field_report.rate").actor_id is None


def test_refusing_needs_a_reason_of_the_list_and_words(world):
    report = filed(world)
    more = {"by": act(world.operator), "at": MONDAY}
    words = "Gửi đơn đến Thanh tra tỉnh, số 12."
    refused("field_reports.refusal", report, triage.reject, reason="khong", explanation=words, **more)
    refused("field_reports.no_words", report, triage.reject, reason="complaint_law", explanation="Không", **more)
    triage.reject(report_id=report.pk, reason="complaint_law", explanation=words, **more)
    assert Case.objects.get(pk=report.pk).state == "rejected"


def test_reading_who_sent_it_needs_the_right_and_a_reason_and_is_remembered(world):
    report = accepted(world)
    with pytest.raises(NotAllowed):
        triage.identify(report_id=report.pk, reason="Gọi hỏi lại địa điểm", by=act(world.leader), at=MONDAY)
    with pytest.raises(NotFound):
        triage.identify(report_id=report.pk, reason="Gọi hỏi lại địa điểm", by=act(world.outsider), at=MONDAY)
    refused("field_reports.no_words", report, triage.identify, reason="", by=act(world.operator), at=MONDAY)
    triage.identify(report_id=report.pk, reason="Gọi hỏi lại địa điểm", by=act(world.operator), at=MONDAY)
    entry = Entry.objects.get(verb="field_report.identify")
    assert (entry.actor_id, entry.data["reason"]) == (world.operator.pk, "Gọi hỏi lại địa điểm")


def test_a_kind_that_asks_is_shown_only_when_the_desk_decides_so(world):
    report = accepted(world, category="XD01", text="Xây nhà không phép trên đất công.")
    assert not report.is_public
    with pytest.raises(NotAllowed):
        triage.decide_public(report_id=report.pk, is_public=True, by=act(world.handler), at=MONDAY)
    triage.decide_public(report_id=report.pk, is_public=True, by=act(world.operator), at=MONDAY)
    assert Report.objects.get().is_public
    triage.decide_public(report_id=report.pk, is_public=False, by=act(world.operator), at=MONDAY)
    assert not Report.objects.get().is_public


def test_followers_follow_once_and_only_what_is_public(world):
    report = accepted(world)
    for _twice in range(2):
        senders.follow(report_id=report.pk, by=act(world.lan), at=MONDAY)
    assert report.followers.count() == 1
    hidden = filed(world)
    with pytest.raises(NotFound):
        senders.follow(report_id=hidden.pk, by=act(world.lan), at=MONDAY)
    refused("field_reports.follower", report, senders.follow, by=NOBODY, at=MONDAY)


def test_a_report_refused_while_its_unit_asked_the_sender_can_be_reopened(world):
    report = accepted(world)
    handling.involve(
        report_id=report.pk, unit_id=world.here.other.pk, task="Cùng kiểm tra", by=act(world.handler), at=MONDAY
    )
    triage.ask(report_id=report.pk, question="Ở đoạn nào vậy?", by=act(world.handler), at=MONDAY)
    triage.reject(
        report_id=report.pk, reason="unclear", explanation="Không tìm được nơi xảy ra.", by=act(world.operator),
        at=MONDAY,
    )  # fmt: skip
    turns = Assignment.objects.filter(report=report)
    assert sorted(turns.values_list("part", "end")) == [("lead", "closed"), ("support", "closed")]
    again = senders.reopen(report_id=report.pk, reason="Chỗ ngay trước cổng chợ.", by=SENDER, at=MONDAY)
    assert (again.case.state, turns.filter(ends_at__isnull=True).count()) == ("reopened", 1)
