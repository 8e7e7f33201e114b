"""What runs by itself: periods opened, figures brought up to date, units reminded, people told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.holders import holders
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.reporting.actions import periods
from tinhso.modules.reporting.models import Assignment, ReportPeriod, Sheet
from tinhso.modules.reporting.rules.words import PeriodState, Permission, SheetState

MESSAGES = (
    Message("reporting.open", "Báo cáo mới: {name}", "{period}. Gửi trước {due}."),
    Message("reporting.remind", "{urgency}: {name}", "{period}. Hạn gửi {due}. Mở báo cáo, điền và gửi."),
    Message("reporting.submit", "{unit} đã gửi báo cáo", "{name}, {period}. Duyệt hoặc trả lại."),
    Message("reporting.give_back", "Báo cáo bị trả lại: {name}", "{period}. Lý do: {reason}"),
    Message("reporting.approve", "Báo cáo đã duyệt: {name}", "{period}."),
    Message("reporting.reopen", "Mở lại kỳ báo cáo: {name}", "{period}. Lý do: {reason}"),
)
URGENCY = {"before": "Sắp đến hạn báo cáo", "due": "Hôm nay là hạn báo cáo", "late": "Đã quá hạn báo cáo"}


@app.periodic(cron="5 0 * * *", periodic_id="reporting.open")
@app.task(name="reporting.open", queue="journal", queueing_lock="reporting.open")
def open_periods(timestamp: int) -> None:
    """Just after midnight here: today's periods open, once, and figures of open ones are brought up to date."""
    open_due(timezone.now())


def open_due(at: datetime) -> list[int]:
    """Open what today belongs to; a second call opens nothing. Returns the periods of today."""
    day = timezone.localdate(at)
    rows = Assignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), begins_on__lte=day)
    known = set(ReportPeriod.objects.filter(state=PeriodState.OPEN).values_list("pk", flat=True))
    found = []
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        period = periods.open_period(assignment_id=pk, day=day, by=SYSTEM, at=at)
        if period is not None:
            found.append(period.pk)
    for pk in sorted(known):
        periods.prefill(period_id=pk, by=SYSTEM, at=at)
    return found


@app.periodic(cron="15 8 * * *", periodic_id="reporting.remind")
@app.task(name="reporting.remind", queue="journal", queueing_lock="reporting.remind")
def remind(timestamp: int) -> None:
    """At a quarter past eight here: units that have not sent are told, before, on and after the due day."""
    remind_due(timezone.now())


def remind_due(at: datetime) -> int:
    """Send what reminders are due; a second call sends nothing. Returns how many units were meant."""
    rows = ReportPeriod.objects.filter(state=PeriodState.OPEN).select_related("assignment__template")
    told = 0
    for period in rows.order_by("pk"):
        kind = periods.reminder_due(period, at)
        if kind and kind not in period.reminded:
            told += periods.remind(period_id=period.pk, kind=kind, by=SYSTEM, at=at)
    return told


# Followers


def _key(entry: Entry) -> int:
    return int(entry.subject.rsplit("/", 1)[1])


def tell_units(entry: Entry) -> None:
    """Those who send for the units of a period: it was opened, opened again, or their report is still missing."""
    rows = ReportPeriod.objects.select_related("assignment__template")
    period = rows.filter(pk=_key(entry)).first()
    if period is None:
        return
    sheets = Sheet.objects.filter(period=period, state__in=[SheetState.FILLING, SheetState.RETURNED])
    heads = holders(Permission.SUBMIT, set(sheets.values_list("unit_id", flat=True)), timezone.localdate())
    for pk, unit in sheets.order_by("pk").values_list("pk", "unit_id"):
        _tell(entry, period, heads.get(unit, ()), f"/lam-viec/bao-cao/phieu/{pk}/")


def tell_unit(entry: Entry) -> None:
    """Those who send for one unit: its report was approved or given back."""
    sheet = Sheet.objects.select_related("period__assignment__template").filter(pk=_key(entry)).first()
    if sheet is not None:
        heads = holders(Permission.SUBMIT, {sheet.unit_id}, timezone.localdate())[sheet.unit_id]
        _tell(entry, sheet.period, heads, f"/lam-viec/bao-cao/phieu/{sheet.pk}/")


def tell_asker(entry: Entry) -> None:
    """Those who receive for the office that asked: a unit sent its report."""
    sheet = Sheet.objects.select_related("unit", "period__assignment__template").filter(pk=_key(entry)).first()
    if sheet is not None:
        owner = sheet.period.assignment.template.owner_id
        receivers = holders(Permission.RECEIVE, {owner}, timezone.localdate())[owner]
        _tell(entry, sheet.period, receivers, f"/lam-viec/bao-cao/phieu/{sheet.pk}/", sheet.unit.name)


def _tell(entry: Entry, period: ReportPeriod, accounts: Iterable[int], url: str, unit: str = "") -> None:
    said = {
        "name": period.assignment.template.name, "period": period.name, "unit": unit,
        "due": f"{timezone.localtime(period.due_at):%H:%M %d/%m/%Y}", "reason": entry.data.get("reason", ""),
        "urgency": URGENCY.get(entry.data.get("kind", ""), "Nhắc gửi báo cáo"),
    }  # fmt: skip
    for account_id in sorted(set(accounts)):
        notices.tell_in_words(
            account_id=account_id, kind=entry.verb, words=said, url=url, dedupe=f"{entry.pk}/{account_id}/{url}",
            at=entry.at, email=False,
        )  # fmt: skip
