"""Receipts: the list, one as PDF, cancelling and replacing, the series, the summary for the tax body."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.spreadsheets import inert
from tinhso.modules.payments.actions import receipts as actions
from tinhso.modules.payments.desk.access import order_at_desk
from tinhso.modules.payments.forms import day_of, plain
from tinhso.modules.payments.models import Receipt
from tinhso.modules.payments.queries import receipts as queries
from tinhso.modules.payments.rules import Permission
from tinhso.modules.payments.rules.receipts import SUMMARY_COLUMNS, summary_rows

P = Permission
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    chosen, text = request.GET.get("ky-hieu", ""), plain(request.GET.get("q"), 60)
    series_id = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
    found = queries.listed(acting(request), text=text, series_id=series_id, before=request.GET.get("truoc", ""))
    found |= {
        "text": text,
        "chosen": series_id,
        "today": timezone.localdate(),
        "year": timezone.localdate().year,
        "errors": [(refusal.field or "", refusal.message)] if refusal else [],
        "has_errors": bool(refusal),
    }
    return render(request, "payments/desk/receipts.html", found, status=refusal.status if refusal else 200)


@officials_who(P.RECONCILE)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All receipts of the official's units, the newest first."""
    return _page(request)


@officials_who(P.SEE)
@require_GET
def file(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The valid receipt of an order as PDF; ``?so=`` names another one of its receipts."""
    order = order_at_desk(request, reference)
    rows = Receipt.objects.filter(order=order).select_related("attachment__blob")
    wanted = request.GET.get("so", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 9:
        rows = rows.filter(number=int(wanted))
    found = rows.order_by("-id").first()
    if found is None or found.attachment is None:
        raise NotFound("payments.no_receipt_yet", _("Biên lai đang được lập. Mở lại trang sau ít phút."))
    return file_response(found.attachment, inline=True)


@officials_who(P.RECONCILE)
@require_GET
def summary(request: HttpRequest) -> HttpResponse:
    """Form 01/TH-BLĐT of these days as a spreadsheet."""
    today = timezone.localdate()
    first = day_of(request.GET.get("tu", ""), today)
    last = day_of(request.GET.get("den", ""), today)
    kept = io.BytesIO()
    _book(request, first, last).save(kept)
    headers = {"Content-Disposition": f'attachment; filename="01-TH-BLDT-{first:%Y%m%d}-{last:%Y%m%d}.xlsx"'}
    return HttpResponse(kept.getvalue(), content_type=XLSX, headers=headers)


def _book(request: HttpRequest, first: date, last: date) -> Any:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("01-TH-BLDT")
    sheet.append(["Bảng tổng hợp biên lai điện tử (mẫu 01/TH-BLĐT)"])
    sheet.append(
        [f"Kỳ: từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}", "", "", "", f"Lập lúc {timezone.localtime():%H:%M %d/%m/%Y}"]
    )
    sheet.append(list(SUMMARY_COLUMNS))
    for row in summary_rows(queries.summary(acting(request), first, last)):
        sheet.append([inert(cell) for cell in row])
    return book


def _receipt(request: HttpRequest, receipt_id: int) -> Receipt:
    found = Receipt.objects.visible_to(acting(request)).filter(pk=receipt_id).first()
    if found is None:
        raise NotFound
    return found


@officials_who(P.RECONCILE)
@require_POST
def cancel(request: HttpRequest, receipt_id: int) -> HttpResponse:
    found = _receipt(request, receipt_id)
    try:
        actions.cancel(
            receipt_id=found.pk, reason=plain(request.POST.get("reason")), by=acting(request), at=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("payments:receipts")


@officials_who(P.RECONCILE)
@require_POST
def replace(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """A new receipt with the next number instead of one whose words are wrong."""
    found = _receipt(request, receipt_id)
    try:
        made = actions.replace(
            receipt_id=found.pk,
            reason=plain(request.POST.get("reason")),
            payer_name=plain(request.POST.get("payer_name"), 200),
            address=plain(request.POST.get("address"), 250),
            by=acting(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("Đã lập biên lai thay thế số %(number)s.") % {"number": made.number})
    return redirect("payments:receipts")


@officials_who(P.RECONCILE)
@require_POST
def open_series(request: HttpRequest) -> HttpResponse:
    """A new symbol for a collector and a year."""
    unit = request.POST.get("unit", "")
    try:
        actions.open_series(
            unit_id=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 19 else 0,
            year=timezone.localdate().year,
            letters=plain(request.POST.get("letters"), 4),
            collector_name=plain(request.POST.get("collector_name"), 200),
            tax_code=plain(request.POST.get("tax_code"), 14),
            by=acting(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("payments:receipts")
