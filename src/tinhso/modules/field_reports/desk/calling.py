"""The 1022 call screen: everything by keyboard, while the caller talks."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.api.forms import form_key
from tinhso.kernel.errors import Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import phone_number
from tinhso.modules.field_reports import forms
from tinhso.modules.field_reports.actions import triage
from tinhso.modules.field_reports.actions.filing import NewReport, Sender, file
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries import desk as queries
from tinhso.modules.field_reports.queries import pages, places
from tinhso.modules.field_reports.queries.catalogue import catalogue_on
from tinhso.modules.field_reports.queries.pages import COLOURS
from tinhso.modules.field_reports.rules.states import Channel, Permission


@never_cache
@officials_who(Permission.OPERATE)
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """One call. A telephone system opens ``?goi=<number>&cuoc=<its reference>``; the number is filled in."""
    errors: dict[str, str] = {}
    said: Any = request.POST if request.method == "POST" else request.GET
    status = 200
    if request.method == "POST":
        try:
            report = _take(request)
        except Refusal as no:
            errors, status = {no.field or "text": no.message}, no.status
        else:
            messages.success(request, _("Đã ghi phản ánh %(code)s.") % {"code": report.case.number})
            return redirect("field_reports:detail", report.case.number)
    return render(request, "field_reports/desk/call.html", _context(request, said, errors), status=status)


@transaction.atomic
def _take(request: HttpRequest) -> Report:
    """File for the caller; with “route” accepted and handed to the unit responsible in the same moment."""
    said, at, by = request.POST, timezone.now(), acting(request)
    typed = said.get("phone", "").strip()
    number = phone_number(typed)
    if typed and number is None:
        raise Refusal("field_reports.phone", _("Số điện thoại chưa đúng."), field="phone")
    commune_id = places.commune_named(said.get("commune", ""))
    if said.get("commune", "").strip() and commune_id is None:
        raise Refusal("field_reports.commune", _("Không có xã, phường tên này. Chọn trong danh sách."), field="commune")
    edition = catalogue_on(timezone.localdate(at))[1]
    code = forms.category_of(said)
    report = file(
        NewReport(
            text=said.get("text", ""),
            channel=Channel.PHONE,
            category=code,
            place=forms.place_of(said),
            place_source="words",
            address=said.get("address", ""),
            commune_id=commune_id,
            sender=Sender(name=said.get("name", ""), phone=number or "", phone_proved_at=at if number else None),
            attributes=forms.attributes_of(said, edition.categories.get(code)),
            against_unit_id=forms.whole(said.get("against", "")),
            request_key=form_key(request),
            source_ref=said.get("call_ref", ""),
        ),
        by=by,
        at=at,
    )
    if said.get("then") == "route" and report.case.state == "received":
        triage.accept(report_id=report.pk, category=report.category, level=report.level, by=by, at=at)
    return report


def _context(request: HttpRequest, said: Any, errors: dict[str, str]) -> dict[str, Any]:
    edition = catalogue_on(timezone.localdate())[1]
    chosen = edition.categories.get(forms.category_of(said))
    return {
        "said": said,
        "phone": said.get("phone") or said.get("goi", ""),
        "call_ref": said.get("call_ref") or said.get("cuoc", "")[:80],
        "request_key": said.get("request_key") or uuid.uuid4().hex,
        "errors": list(errors.items()),
        "errors_by": errors,
        "has_errors": bool(errors),
        "groups": list(edition.groups()),
        "chosen": chosen,
        "answers": forms.attributes_of(said, chosen) if request.method == "POST" else {},
        "bodies": pages.bodies() if chosen and chosen.is_against else [],
        "communes": pages.communes(),
        **_found(request, said),
    }


def _found(request: HttpRequest, said: Any) -> dict[str, Any]:
    edition = catalogue_on(timezone.localdate())[1]
    found = queries.compared(
        phone=said.get("phone") or said.get("goi", ""),
        text=said.get("text", "")[:1000],
        commune_id=places.commune_named(said.get("commune", "")),
        edition=edition,
        actor=acting(request),
        at=timezone.now(),
    )
    chosen = edition.categories.get(forms.category_of(said))
    lines = [(one, one.case.state_of.name, COLOURS[one.case.state]) for one in found.earlier]
    alike = [(one, one.case.state_of.name, COLOURS[one.case.state]) for one in found.similar]
    return {"found": found, "earlier": lines, "similar": alike, "asked": chosen}


@never_cache
@officials_who(Permission.OPERATE)
@require_GET
def found(request: HttpRequest) -> HttpResponse:
    """The right side of the screen while one types."""
    return render(request, "field_reports/desk/_found.html", _found(request, request.GET))
