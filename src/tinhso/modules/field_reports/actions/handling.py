"""What the unit responsible does: starts, sends back, works with others, asks for time, answers, approves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.clock.rules import Extension as MoreTime
from tinhso.kernel.clock.rules import Unit
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import insert
from tinhso.modules.field_reports.actions.filing import NewPhoto, photo_row
from tinhso.modules.field_reports.actions.moving import concerned, move, name_of, record, seen, words
from tinhso.modules.field_reports.actions.turns import end_all_turns, end_turn, judge
from tinhso.modules.field_reports.models import Assignment, Extension, Photo, Report
from tinhso.modules.field_reports.queries.catalogue import category_of
from tinhso.modules.field_reports.queries.places import is_of_body
from tinhso.modules.field_reports.queries.proof import lacking
from tinhso.modules.field_reports.queries.standing import lead_of, standing_of, with_answer
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.publicity import masked
from tinhso.modules.field_reports.rules.states import AT_UNIT, Permission

MOST_DAYS = 15  # working days of an extension
NEWS_SENT_BACK = "Đơn vị vừa chuyển trả"


@transaction.atomic
def start(*, report_id: int, by: Actor, at: datetime) -> Report:
    """The unit begins; whoever begins has it on their list."""
    report = seen(Report.objects.locked(report_id), by)
    change = {"assignee_id": by.account_id, "step": "Đang xử lý", "step_kind": "appraise"}
    move(report, "start", by=by, at=at, change=change)
    return report


def take(*, case_id: int, by: Actor, at: datetime) -> Report:
    """Take a report from the unit's free ones: beginning it is taking it."""
    return start(report_id=case_id, by=by, at=at)


@transaction.atomic
def send_back(*, report_id: int, reason: str, by: Actor, at: datetime) -> Report:
    """“Not ours”: once, within one working day. The clock runs on, and the time it was held is the unit's own."""
    report = seen(Report.objects.locked(report_id), by)
    said = words(reason, field="reason", what="vì sao không thuộc đơn vị, và đơn vị nào phù hợp", least=10)
    lead, case = lead_of(report), report.case
    standing, left = standing_of(report, at, lead), name_of(case.unit_id)
    cases.move_of(case, "send_back", by=by, standing=standing)
    end_turn(report, lead, Assignment.End.NOT_OURS, reason=said, at=at)
    report.times_sent_back += 1
    move(
        report,
        "send_back",
        "times_sent_back",
        by=by,
        at=at,
        standing=standing,
        data={"from_unit": left, "reason": said, "minutes": lead.minutes_lost if lead else 0},
        change={
            "unit_id": case.received_unit_id,
            "concerned": concerned(report, case.received_unit_id),
            "assignee_id": None,
            "step": "Đơn vị chuyển trả, chờ tổng đài",
            "step_kind": "assign",
            "news": NEWS_SENT_BACK,
        },
    )
    return report


@transaction.atomic
def disagree(*, report_id: int, reason: str, by: Actor, at: datetime) -> Report:
    """When it may not be sent back any more: the unit says why it is not its own, the desk decides."""
    report = seen(Report.objects.locked(report_id), by)
    _at_unit(report, by)
    said = words(reason, field="reason", what="vì sao không thuộc đơn vị", least=10)
    record(report, "disagree", by=by, at=at, data={"reason": said}, change={"news": "Đơn vị có ý kiến"})
    return report


def _at_unit(report: Report, by: Actor) -> None:
    if not by.may(Permission.HANDLE, report.case.unit_id):
        raise NotAllowed
    if report.case.state not in AT_UNIT:
        raise Refusal("field_reports.not_at_unit", "Chỉ làm được khi phản ánh đang ở đơn vị. Tải lại trang.")


@transaction.atomic
def involve(*, report_id: int, unit_id: int, task: str, by: Actor, at: datetime) -> Report:
    """Ask another unit to help; it sees the report from then on, the lead stays where it is."""
    report = seen(Report.objects.locked(report_id), by)
    _at_unit(report, by)
    said = words(task, field="task", what="việc cần phối hợp")
    if is_of_body(unit_id, report.against_unit_id):
        raise Refusal("field_reports.unit_complained_of", "Không mời đơn vị bị phản ánh.", field="unit")
    helping = Assignment.objects.filter(report=report, unit_id=unit_id, ends_at__isnull=True)
    if unit_id == report.case.unit_id or helping.exists():
        raise Refusal("field_reports.helps_already", "Đơn vị này đang xử lý hoặc phối hợp rồi.", field="unit")
    turn = Assignment(report=report, unit_id=unit_id, part=Assignment.Part.SUPPORT, begins_at=at, asked=said)
    change = {"concerned": sorted({*report.case.concerned, unit_id})}
    data = {"to": name_of(unit_id), "reason": said, "unit": unit_id}
    record(report, "involve", by=by, at=at, data=data, change=change, beside=[insert(turn)])
    return report


@transaction.atomic
def contribute(*, report_id: int, opinion: str, by: Actor, at: datetime) -> Report:
    """A supporting unit says what it did; its turn ends, and it goes on seeing the report."""
    report = seen(Report.objects.locked(report_id), by)
    turns = Assignment.objects.filter(report=report, part=Assignment.Part.SUPPORT, ends_at__isnull=True)
    turn = next((one for one in turns if by.may(Permission.HANDLE, one.unit_id)), None)
    if turn is None:
        raise NotAllowed
    turn.opinion = words(opinion, field="opinion", what="kết quả phối hợp")
    turn.ends_at, turn.end = at, Assignment.End.DONE
    turn.save(update_fields=["opinion", "ends_at", "end"])
    change = {"news": "Có kết quả phối hợp"}
    record(report, "contribute", by=by, at=at, data={"from_unit": name_of(turn.unit_id)}, change=change)
    return report


@transaction.atomic
def ask_extension(*, report_id: int, days: int, reason: str, by: Actor, at: datetime) -> Extension:
    """Ask for more time: once, before the deadline, up to fifteen working days; a leader decides."""
    report = seen(Report.objects.locked(report_id), by)
    _at_unit(report, by)
    said = words(reason, field="reason", what="lý do gia hạn", least=10)
    if Extension.objects.filter(report=report).exists():
        raise Refusal("field_reports.extended_before", "Mỗi phản ánh chỉ được xin gia hạn một lần.")
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("field_reports.days", f"Chọn từ 1 đến {MOST_DAYS} ngày làm việc.", field="days")
    _before_due(report, at)
    asked = Extension(
        report_id=report.pk, working_days=days, reason=said, asked_at=at, asked_by_id=by.account_id
    )  # fmt: skip
    record(report, "ask_extension", by=by, at=at, data={"days": days, "reason": said}, beside=[insert(asked)])
    return asked


def _before_due(report: Report, at: datetime) -> None:
    if report.case.due_at is None or at > report.case.due_at:
        raise Refusal("field_reports.too_late", "Đã quá hạn nên không gia hạn được. Xử lý và trả lời sớm nhất có thể.")


@transaction.atomic
def decide_extension(*, report_id: int, granted: bool, by: Actor, at: datetime) -> Extension:
    """Grant more time, or not. Granting needs the deadline not to have passed; the sender is told the new date."""
    report = seen(Report.objects.locked(report_id), by)
    case = report.case
    if not by.may(Permission.APPROVE, case.unit_id):
        raise NotAllowed
    asked = Extension.objects.select_for_update(of=("self",)).filter(report=report, granted__isnull=True).first()
    if asked is None:
        raise Refusal("field_reports.no_extension", "Không có đề nghị gia hạn nào đang chờ.")
    asked.granted, asked.decided_at, asked.decided_by_id = granted, at, by.account_id
    asked.save(update_fields=["granted", "decided_at", "decided_by"])
    if not granted:
        record(report, "refuse_extension", by=by, at=at)
        return asked
    _before_due(report, at)
    cases.extend(case, MoreTime(asked.working_days, Unit.WORKING_DAY, asked.reason))  # type: ignore[arg-type]
    until = f"{timezone.localtime(case.due_at):%d/%m/%Y}" if case.due_at else ""
    record(report, "extend", by=by, at=at, data={"until": until, "reason": asked.reason})
    if case.due_at is not None:
        cases.promise(case, due_at=case.due_at, at=at, reason="extend", note=asked.reason)
    return asked


@transaction.atomic
def answer(
    *, report_id: int, text: str, photos: Sequence[NewPhoto] = (), where: Point | None = None, by: Actor, at: datetime
) -> Report:
    """Put the outcome before the leader: words, and for a physical fault proof that it was done.

    “Forwarded to another unit” is no answer: whoever is responsible answers. ``where`` is the device's place."""
    report = seen(Report.objects.locked(report_id), by)
    rows = [photo_row(report, one, Photo.Stage.AFTER, by=by, at=at) for one in photos]
    standing = with_answer(standing_of(report, at), text)
    cases.move_of(report.case, "answer", by=by, standing=standing)
    if why := lacking(report, rows, where):
        raise Refusal("field_reports.no_proof", why, field="photos")
    report.answer = words(text, field="text", what="nội dung trả lời", least=10)
    report.masked_answer = masked(report.answer, [report.sender_name])
    report.answered_at, report.answered_by_id = at, by.account_id
    Photo.objects.bulk_create(rows)
    move(
        report, "answer", "answer", "masked_answer", "answered_at", "answered_by", by=by, at=at, standing=standing,
        change={"step": "Chờ lãnh đạo duyệt", "step_kind": "sign"},
    )  # fmt: skip
    return report


@transaction.atomic
def revise(*, report_id: int, reason: str, by: Actor, at: datetime) -> Report:
    """Not good enough: back to work, with what is missing."""
    report = seen(Report.objects.locked(report_id), by)
    said = words(reason, field="reason", what="điều cần làm lại")
    change = {"step": "Làm lại theo ý kiến lãnh đạo", "step_kind": "appraise", "news": said[:160]}
    move(report, "revise", by=by, at=at, data={"reason": said}, change=change)
    return report


@transaction.atomic
def approve(*, report_id: int, privately: bool = False, by: Actor, at: datetime) -> Report:
    """Approve the answer: it is published, or told to the sender alone where the kind or the sender wants it so.

    The verdict is by the deadline after an approved extension; the unit's own leaves out the time others held it."""
    report = seen(Report.objects.locked(report_id), by)
    case, standing = report.case, standing_of(report, at)
    verb = "approve_private" if privately or not standing.may_be_public else "approve"
    cases.move_of(case, verb, by=by, standing=standing)
    data = outcome(report, at)
    end_all_turns(report, Assignment.End.DONE, reason="", at=at)
    report.approved_by_id = by.account_id
    change: dict[str, Any] = {"step": "", "step_kind": "", "step_due_at": None, "news": ""}
    move(report, verb, "approved_by", "unit_due_at", by=by, at=at, standing=standing, data=data, change=change)
    return report


def outcome(report: Report, at: datetime) -> dict[str, Any]:
    """By what a finished report is counted."""
    found, own = judge(report, at)
    return {
        "category": report.category,
        "group": category_of(report).group,
        "channel": str(report.channel),
        "level": report.level,
        "verdict": found.value if found else "",
        "unit_verdict": own.value if own else "",
    }
