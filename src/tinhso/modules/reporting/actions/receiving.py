"""What the office that asked does with a sheet it got: approve, give back with a reason, take in on paper."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.modules.reporting.actions.filling import moved, subject_of
from tinhso.modules.reporting.models import ReportPeriod, Sheet
from tinhso.modules.reporting.rules import words
from tinhso.modules.reporting.rules.words import Channel, Permission, SheetState


def _locked(sheet_id: int, move: str, by: Actor) -> tuple[Sheet, ReportPeriod]:
    """The sheet under lock, for who receives for the office that asked; nobody judges what they sent themselves."""
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("period__assignment__template", "unit")
    sheet = rows.filter(pk=sheet_id).first()
    if sheet is None or not by.may(Permission.RECEIVE, sheet.period.assignment.template.owner_id):
        raise NotFound
    if by.account_id is not None and by.account_id == sheet.submitted_by_id:
        raise NotAllowed("reporting.own_sheet", "Bạn đã gửi báo cáo này nên không duyệt hoặc trả lại được.")
    period, _template = moved(sheet, move)
    return sheet, period


def _decide(sheet: Sheet, state: SheetState, reason: str, by: Actor, at: datetime) -> None:
    sheet.state, sheet.reason = state, reason
    sheet.decided_at, sheet.decided_by_id = at, by.account_id
    sheet.save(update_fields=["state", "reason", "decided_at", "decided_by"])


@transaction.atomic
def approve(*, sheet_id: int, by: Actor, at: datetime) -> Sheet:
    """Approve what a unit sent."""
    sheet, _period = _locked(sheet_id, "approve", by)
    _decide(sheet, SheetState.APPROVED, "", by, at)
    note(subject=subject_of(sheet.pk), verb="reporting.approve", by=by, at=at, data={"unit": sheet.unit_id})
    return sheet


@transaction.atomic
def give_back(*, sheet_id: int, reason: str, by: Actor, at: datetime) -> Sheet:
    """Give a sheet back to be mended; its numbers leave the sum until it is sent again."""
    sheet, _period = _locked(sheet_id, "give_back", by)
    said = words.reason_from(reason)
    _decide(sheet, SheetState.RETURNED, said, by, at)
    note(subject=subject_of(sheet.pk), verb="reporting.give_back", by=by, at=at, data={"reason": said})
    return sheet


@transaction.atomic
def take_paper(*, sheet_id: int, number: str, by: Actor, at: datetime) -> Sheet:
    """Note that a unit reported on paper: it is not missing, has no numbers here and does not count as online."""
    sheet, _period = _locked(sheet_id, "paper", by)
    said = " ".join(number.replace("\x00", "").split())[:80]
    if not said:
        raise Refusal("reporting.number_missing", "Ghi số, ký hiệu của báo cáo giấy.", field="number")
    sheet.state, sheet.channel, sheet.values, sheet.paper_number = SheetState.APPROVED, Channel.PAPER, {}, said
    sheet.submitted_at = at
    sheet.first_sent_at = sheet.first_sent_at or at
    sheet.decided_at, sheet.decided_by_id, sheet.reason = at, by.account_id, ""
    sheet.save()
    note(subject=subject_of(sheet.pk), verb="reporting.paper", by=by, at=at, data={"number": said})
    return sheet
