"""What the sender does: answers when asked, withdraws, reopens once, rates; and who follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.manifest import Subject
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Statement, insert, update
from tinhso.modules.field_reports.actions.filing import NewPhoto, photo_row
from tinhso.modules.field_reports.actions.moving import as_sender, concerned, move, record, words
from tinhso.modules.field_reports.actions.turns import end_all_turns
from tinhso.modules.field_reports.models import Assignment, Follower, Photo, Rating, Report
from tinhso.modules.field_reports.queries import catalogue as lists
from tinhso.modules.field_reports.queries.standing import standing_of
from tinhso.modules.field_reports.rules.publicity import masked
from tinhso.modules.field_reports.rules.states import ANSWERED_STATES, RATE_DAYS, SENDER


@transaction.atomic
def supply(*, report_id: int, text: str, photos: Sequence[NewPhoto] = (), by: Actor, at: datetime) -> Report:
    """Answer what was asked; the clock runs again."""
    report = Report.objects.locked(report_id)
    by = as_sender(report, by)
    said = words(text, field="text", what="câu trả lời")
    verb = "supply_to_unit" if report.asked_by_unit else "supply"
    cases.move_of(report.case, verb, by=by, standing=standing_of(report, at))
    report.text = f"{report.text}\n\nBổ sung: {said}"
    report.masked_text = masked(report.text, [report.sender_name])
    Photo.objects.bulk_create(photo_row(report, one, Photo.Stage.MORE, by=by, at=at) for one in photos)
    change = {"news": "Người gửi vừa bổ sung", "step": "Đang xử lý" if report.asked_by_unit else "Kiểm tra, phân loại"}
    standing = standing_of(report, at)
    move(report, verb, "text", "masked_text", by=by, at=at, standing=standing, change=change)
    return report


@transaction.atomic
def withdraw(*, report_id: int, by: Actor, at: datetime) -> Report:
    """Take it back while nobody has begun to work on it."""
    report = Report.objects.locked(report_id)
    by = as_sender(report, by)
    cases.move_of(report.case, "withdraw", by=by, standing=standing_of(report, at))
    end_all_turns(report, Assignment.End.CLOSED, reason="Người gửi rút", at=at)
    move(report, "withdraw", by=by, at=at, change={"step": "", "step_kind": "", "step_due_at": None})
    return report


@transaction.atomic
def reopen(*, report_id: int, reason: str, by: Actor, at: datetime) -> Report:
    """Ask for it to be done again: once, within seven days of the outcome, with a reason.

    The sender of a merged report reopens the one it was merged into; each sender has their own one time. It goes back
    to the unit that answered, with its whole time anew."""
    asked_by = Report.objects.locked(report_id)
    by = as_sender(asked_by, by)
    said = words(reason, field="reason", what="điều chưa được giải quyết", least=10)
    report = asked_by if asked_by.parent_id is None else Report.objects.locked(asked_by.parent_id)
    standing = replace(standing_of(report, at), was_reopened=asked_by.reopened_at is not None)
    cases.move_of(report.case, "reopen", by=by, standing=standing)
    asked_by.reopened_at, asked_by.reopen_words = at, said
    report.warned_step, report.unit_due_at = 0, None
    beside, own = _turn_again(report, said, at), ["reopened_at", "reopen_words"]
    if asked_by.pk != report.pk:
        beside, own = [*beside, update(asked_by, *own)], []
    move(
        report, "reopen", "warned_step", "unit_due_at", *own, by=by, at=at, standing=standing,
        data={"category": report.category}, change=_anew(report), beside=beside,
    )  # fmt: skip
    return report


def _turn_again(report: Report, asked: str, at: datetime) -> list[Statement]:
    """A new turn of the unit that answered; none where it was the desk itself."""
    case = report.case
    if case.unit_id == case.received_unit_id:
        return []
    return [insert(Assignment(report=report, unit_id=case.unit_id, begins_at=at, asked=asked))]


def _anew(report: Report) -> dict[str, Any]:
    """The case as it stands when it begins again, with the whole time of its level."""
    return {
        "clock": Term(lists.catalogue(report.edition_id).level(report.level).limit).to_json(),
        "settled_at": None,
        "due_at": None,
        "concerned": concerned(report, report.case.unit_id),
        "step": "Người gửi đề nghị xử lý lại",
        "step_kind": "assign",
        "news": "Mở lại",
    }


@transaction.atomic
def rate(*, report_id: int, score: int, comment: str, by: Actor, at: datetime) -> Rating:
    """Say how it went, 1 to 5, once, within thirty days of the outcome; also of what one's report was merged into."""
    report = Report.objects.locked(report_id)
    as_sender(report, by)
    told = report if report.parent_id is None else Report.objects.select_related("case").get(pk=report.parent_id)
    if told.case.state not in ANSWERED_STATES:
        raise Refusal("field_reports.not_answered", "Phản ánh chưa có kết quả. Đánh giá khi đã có kết quả.")
    if told.case.settled_at and at > told.case.settled_at + timedelta(days=RATE_DAYS):
        raise Refusal("field_reports.rating_closed", f"Đã quá {RATE_DAYS} ngày nên không đánh giá được nữa.")
    if not 1 <= score <= 5:
        raise Refusal("field_reports.score", "Chọn từ 1 đến 5 sao.", field="score")
    if Rating.objects.filter(report=report).exists():
        raise Refusal("field_reports.rated", "Bạn đã đánh giá phản ánh này.")
    given = Rating(report_id=report.pk, score=score, comment=comment.replace("\x00", "").strip()[:1000], given_at=at)
    data = {"score": score, "category": report.category}
    record(report, "rate", by=SENDER, at=at, data=data, beside=[insert(given)])
    return given


@transaction.atomic
def follow(*, report_id: int, by: Actor, phone: str = "", at: datetime) -> Follower:
    """Be told of a public report without sending another; following twice changes nothing."""
    if not Report.objects.public().filter(pk=report_id).exists():
        raise NotFound
    if by.account_id is None and not phone:
        raise Refusal("field_reports.follower", "Đăng nhập, hoặc xác nhận số điện thoại để theo dõi.", field="phone")
    who = {"account_id": by.account_id, "phone": ""} if by.account_id else {"account_id": None, "phone": phone}
    return Follower.objects.get_or_create(report_id=report_id, **who, defaults={"since": at})[0]


@transaction.atomic
def unfollow_all(subject: Subject, **_more: Any) -> int:
    """End what an account follows, at its person's wish; how many it were."""
    return Follower.objects.filter(account_id=subject.account_id).delete()[0]
