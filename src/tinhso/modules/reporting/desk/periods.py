"""What is asked and what came: the start page, a period's board with late and missing, its sum, its exports."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.spreadsheets import XLSX, inert
from tinhso.kernel.units.queries import tree
from tinhso.modules.reporting.actions import periods, receiving
from tinhso.modules.reporting.desk.asking import receiving as for_receivers
from tinhso.modules.reporting.desk.asking import reporting, who
from tinhso.modules.reporting.models import ReportPeriod
from tinhso.modules.reporting.queries import boards, workbooks
from tinhso.modules.reporting.rules.words import (
    PERIOD_NAMES,
    SHEET_KINDS,
    SHEET_NAMES,
    PeriodState,
    Permission,
    SheetState,
)

FILTERS = (
    ("", "Tất cả"), ("thieu", "Chưa gửi"), ("tre", "Trễ hạn"), ("cho-duyet", "Chờ duyệt"), ("tra-lai", "Bị trả lại"),
    ("da-duyet", "Đã duyệt"),
)  # fmt: skip


def _after(text: str) -> tuple[datetime, int] | None:
    """Where a page of own sheets begins: ``<moment>_<id>``."""
    moment, _, pk = text.partition("_")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, int(pk)) if is_whole(pk) and len(pk) < 18 and found.tzinfo else None


@reporting
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Own reports, and what the official's office asked of others."""
    actor, now = who(request), timezone.now()
    own = boards.own_sheets(actor, _after(request.GET.get("sau", ""))) if actor.may(Permission.FILL) else []
    asks = actor.may(Permission.RECEIVE) or actor.may(Permission.DESIGN)
    before = request.GET.get("truoc", "")
    asked = boards.asked_periods(actor, int(before) if is_whole(before) and len(before) < 18 else None) if asks else []
    shown = own[: boards.LISTED]
    last = shown[-1] if len(own) > boards.LISTED else None
    context = {
        "own": [_own_line(sheet, now) for sheet in shown],
        "own_after": f"{last.period.due_at.isoformat()}_{last.pk}" if last else "",
        "asked": [(one, PERIOD_NAMES[PeriodState(one.state)]) for one in asked[: boards.LISTED]],
        "asked_before": asked[boards.LISTED - 1].pk if len(asked) > boards.LISTED else "",
        "fills": actor.may(Permission.FILL),
        "asks": asks,
        "designs": actor.may(Permission.DESIGN),
        "now": now,
    }
    return render(request, "reporting/desk/index.html", context)


def _own_line(sheet: Any, now: datetime) -> tuple[Any, str, str, str]:
    state = SheetState(sheet.state)
    return sheet, SHEET_NAMES[state], SHEET_KINDS[state], boards.lateness(sheet, sheet.period, now)


def _period(period_id: int, actor: Actor) -> ReportPeriod:
    """A period of an office the official receives for. Raises NotFound."""
    rows = ReportPeriod.objects.select_related("version", "assignment__template__owner")
    found = rows.filter(pk=period_id).first()
    if found is None or not actor.may(Permission.RECEIVE, found.assignment.template.owner_id):
        raise NotFound
    return found


@for_receivers
@require_GET
def board(request: HttpRequest, period_id: int) -> HttpResponse:
    """Who sent, who is late, who is missing."""
    return _board(request, period_id, {})


def _board(request: HttpRequest, period_id: int, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, now = who(request), timezone.now()
    period = _period(period_id, actor)
    which, after = request.GET.get("loc", ""), request.GET.get("sau", "")
    lines = boards.unit_lines(period, now, which, int(after) if is_whole(after) and len(after) < 18 else 0)
    size = boards.LISTED * 2
    context = {
        "period": period,
        "asked": period.assignment.template,
        "standing": boards.standing(period, now),
        "lines": lines[:size],
        "more_after": lines[size - 1].sheet.pk if len(lines) > size else "",
        "filters": FILTERS,
        "which": which,
        "is_due": now > period.due_at,
        "state": PERIOD_NAMES[PeriodState(period.state)],
        "may_close": period.is_open,
    }
    return render(request, "reporting/desk/period.html", context | more, status=status)


@for_receivers
@require_POST
def step(request: HttpRequest, period_id: int) -> HttpResponse:
    """Remind, close, open again, or note a report on paper."""
    actor, at, said = who(request), timezone.now(), request.POST
    _period(period_id, actor)
    try:
        match said.get("do"):
            case "remind":
                periods.remind(period_id=period_id, kind="asked", by=actor, at=at)
            case "close":
                periods.close(period_id=period_id, by=actor, at=at)
            case "reopen":
                periods.reopen(period_id=period_id, reason=said.get("reason", ""), by=actor, at=at)
            case "paper":
                sheet = said.get("sheet", "")
                receiving.take_paper(
                    sheet_id=int(sheet) if is_whole(sheet) and len(sheet) < 18 else 0, number=said.get("number", ""),
                    by=actor, at=at,
                )  # fmt: skip
            case _:
                raise NotFound
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        more = {"errors": [(refusal.field or "buoc", refusal.message)], "typed": said}
        return _board(request, period_id, more, status=refusal.status)
    return redirect("reporting:period", period_id)


def _summed(request: HttpRequest, period_id: int) -> boards.Summed:
    actor = who(request)
    period = _period(period_id, actor)
    unit = request.GET.get("don-vi", "")
    found = tree().by_code.get(unit)
    return boards.summed(
        period, actor, unit_id=found.id if found else None, only_approved=request.GET.get("chi") == "da-duyet"
    )


@for_receivers
@require_GET
def total(request: HttpRequest, period_id: int) -> HttpResponse:
    """The sum of what was sent; a row opens onto the units behind it."""
    found = _summed(request, period_id)
    row = request.GET.get("dong", "")
    opened = found.template.row_of.get(row)
    context = {
        "found": found,
        "period": found.period,
        "asked": found.period.assignment.template,
        "rows": list(found.rows()),
        "opened": opened,
        "parts": boards.parts_of(found, row) if opened else [],
        "only_approved": request.GET.get("chi") == "da-duyet",
        "query": request.GET.urlencode(),
    }
    return render(request, "reporting/desk/total.html", context)


@for_receivers
@require_GET
def workbook(request: HttpRequest, period_id: int) -> HttpResponse:
    """The sum as a spreadsheet, with every unit on a second page."""
    found = _summed(request, period_id)
    return _download(workbooks.sum_of(found), XLSX, f"{_name(found)}.xlsx")


@for_receivers
@require_GET
def table(request: HttpRequest, period_id: int) -> HttpResponse:
    """The sum and every unit in it as CSV."""
    found = _summed(request, period_id)
    kept = io.StringIO()
    csv.writer(kept).writerows([inert(one) for one in line] for line in boards.export(found))
    return _download(kept.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{_name(found)}.csv")


def _name(found: boards.Summed) -> str:
    return f"{found.period.assignment.template.code}-{found.period.code}"


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
