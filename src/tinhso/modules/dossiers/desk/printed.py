"""Papers as PDF: issued forms word for word, the live control slip, slips for the counter, results, the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.papers.typesetting import typeset
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.spreadsheets import XLSX, inert, lay_out, saved
from tinhso.modules.dossiers.desk.deciding import result_letter
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import case_page, printing
from tinhso.modules.dossiers.queries import counter as counter_queries
from tinhso.modules.dossiers.rules import Permission

SLIPS = {"80": "slip80", "a5": "slip_a5"}


def pdf_response(template: str, data: Any, name: str) -> HttpResponse:
    """The PDF shown in the browser; nobody else's cache keeps it."""
    pdf = typeset(printing.FORMS / f"{template}.typ", data)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _opened(request: HttpRequest, number: str) -> Dossier:
    """The dossier whose papers are read; that they were is remembered for the applicant."""
    dossier, at = case_page.dossier_at_desk(number, acting(request)), timezone.now()
    viewed(case_id=dossier.pk, by=acting(request), at=at, on=timezone.localdate(at))
    return dossier


@officials_who()
@require_GET
def paper(request: HttpRequest, number: str, paper_id: int) -> HttpResponse:
    """An issued form, typeset from what was frozen when it was issued."""
    dossier = _opened(request, number)
    found = dossier.papers.filter(pk=paper_id).first()
    if found is None:
        raise NotFound
    return pdf_response(found.template, found.data, f"{dossier.case.number}-mau-{found.form}")


@officials_who()
@require_GET
def slip(request: HttpRequest, number: str, size: str) -> HttpResponse:
    """The appointment slip for the 80 mm printer or on A5, from the newest form 01."""
    dossier = _opened(request, number)
    found = dossier.papers.filter(form="01").last()
    if found is None or size not in SLIPS:
        raise NotFound
    return pdf_response(SLIPS[size], found.data, f"{dossier.case.number}-phieu-hen")


@officials_who()
@require_GET
def control(request: HttpRequest, number: str) -> HttpResponse:
    """Form 06 as the steps stand now."""
    dossier = _opened(request, number)
    data = printing.common(dossier, acting(request).name, timezone.now()) | printing.control(dossier)
    data |= {key: value for key, value in printing.reception(dossier, ()).items() if key in ("received_at", "due_at")}
    return pdf_response("form06", data, f"{dossier.case.number}-phieu-kiem-soat")


@officials_who()
@require_GET
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """The result as it stands, unsigned: exactly what the leader is asked to sign."""
    dossier = _opened(request, number)
    if not dossier.result_text:
        raise NotFound
    template, data = result_letter(dossier, acting(request))
    return pdf_response(template, data, f"{dossier.case.number}-du-thao")


@officials_who()
@require_GET
def result(request: HttpRequest, number: str) -> HttpResponseBase:
    """The signed result."""
    dossier = _opened(request, number)
    if dossier.result is None:
        raise NotFound
    return file_response(dossier.result, inline="tai" not in request.GET)


def _day(text: str, otherwise: date) -> date:
    """The day in an address; what is none, or lies outside all registers, is the usual one."""
    try:
        day = datetime.strptime(text, "%d/%m/%Y").date() if "/" in text else date.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        return otherwise
    return day if 1900 < day.year < 2200 else otherwise


@officials_who(Permission.RECEIVE)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The register (form 07) of a span of days: PDF, or ``?dang=xlsx`` for a spreadsheet."""
    today = timezone.localdate()
    first = _day(request.GET.get("tu", ""), today.replace(day=1))
    last = _day(request.GET.get("den", ""), today)
    data = counter_queries.register(acting(request), first, last)
    name = f"so-theo-doi-{first:%Y%m%d}-{last:%Y%m%d}"
    if request.GET.get("dang") == "xlsx":
        return _sheet(data["rows"], name)
    return pdf_response("form07", data, name)


COLUMNS = {
    "code": "Mã hồ sơ", "procedure": "Thủ tục", "sets": "Số bộ", "applicant": "Người nộp",
    "address": "Địa chỉ, điện thoại", "agency": "Cơ quan giải quyết", "received_on": "Ngày nhận", "due_on": "Hẹn trả",
    "returned_on": "Ngày trả", "channel": "Hình thức", "receipt": "Ký nhận",
}  # fmt: skip
WIDTHS = (20, 30, 6, 22, 30, 20, 12, 12, 12, 22, 14)


def _sheet(rows: list[dict[str, Any]], name: str) -> HttpResponse:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Sổ theo dõi"
    sheet.append(list(COLUMNS.values()))
    for row in rows:
        sheet.append([inert(row.get(key, "")) for key in COLUMNS])
    lay_out(sheet, heads=(1, 1), widths=WIDTHS)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(saved(book), content_type=XLSX, headers=headers)
