"""Editing a tariff: a draft, its lines one by one, its source; published by somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.versions.rules import State, compare
from tinhso.modules.payments.actions import tariffs as actions
from tinhso.modules.payments.forms import day_of, plain
from tinhso.modules.payments.models import Tariff, TariffVersion
from tinhso.modules.payments.queries.tariffs import line_shown
from tinhso.modules.payments.rules import Permission, editing, fees

P = Permission
HOWS = {"fixed": "Một mức", "per_unit": "Theo số lượng", "tiered": "Theo bậc", "external": "Cơ quan khác tính"}
COLLECTORS = {"resolving": "Cơ quan giải quyết", "receiving": "Bộ phận một cửa"}
ASKED = {"filing": "Khi nộp", "acceptance": "Khi tiếp nhận"}
LABELS = {
    "lines": "Khoản thu", "amount": "Mức", "name": "Tên", "cuts": "Giảm", "reliefs": "Miễn, giảm", "tiers": "Bậc",
    "ends_on": "Đến ngày", "begins_on": "Từ ngày", "percent": "Phần trăm", "price": "Giá", "basis": "Căn cứ",
}  # fmt: skip
MOST_CHANGES = 100


def _again(refused: Refusal) -> dict[str, Any]:
    if refused.status != Refusal.status:
        raise refused
    return {
        "errors": [(refused.field or "noi-dung", refused.message)],
        "wrong": {refused.field or "": refused.message},
        "has_errors": True,
    }


def _known(tariff_id: int) -> tuple[Tariff, TariffVersion | None]:
    found = Tariff.objects.filter(pk=tariff_id).first()
    if found is None:
        raise NotFound
    drafted: TariffVersion | None = found.versions.filter(state=State.DRAFT).select_related("drafted_by").first()
    return found, drafted


@officials_who(P.FEES)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A resolution or circular that is not here yet."""
    context: dict[str, Any] = {"said": request.POST}
    if request.method == "POST":
        try:
            made = actions.found_tariff(
                code=plain(request.POST.get("code"), 60), name=plain(request.POST.get("name"), 250),
                is_own=request.POST.get("own") == "1", by=acting(request), at=timezone.now(),
            )  # fmt: skip
        except Refusal as refused:
            context |= _again(refused)
        else:
            return redirect("payments:tariff_draft", made.pk)
    return render(request, "payments/desk/tariff_new.html", context, status=422 if "errors" in context else 200)


@officials_who(P.FEES)
@require_POST
def begin(request: HttpRequest, tariff_id: int) -> HttpResponse:
    actions.begin_draft(tariff_id=tariff_id, by=acting(request), at=timezone.now())
    return redirect("payments:tariff_draft", tariff_id)


def _draft(request: HttpRequest, tariff_id: int, more: dict[str, Any] | None = None) -> HttpResponse:
    tariff, drafted = _known(tariff_id)
    if drafted is None:
        return redirect("payments:tariff", tariff_id)
    before = tariff.versions.exclude(state=State.DRAFT).order_by("-number").first()
    context = {
        "tariff": tariff,
        "draft": drafted,
        "lines": [line_shown(one) for one in fees.tariff_from(drafted.content).lines],
        "changes": compare(before.content, drafted.content, LABELS)[:MOST_CHANGES] if before else (),
        "before": before,
        "is_own": drafted.drafted_by_id == acting(request).account_id,
        "said": request.POST,
        **(more or {}),
    }
    return render(request, "payments/desk/tariff_draft.html", context, status=422 if more else 200)


@officials_who(P.FEES)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, tariff_id: int) -> HttpResponse:
    """The draft: its lines, what it changes, its source, and publishing it."""
    if request.method == "POST":
        source = plain(request.POST.get("legal_source"), 250)
        try:
            actions.name_source(tariff_id=tariff_id, legal_source=source, by=acting(request), at=timezone.now())
        except Refusal as refused:
            return _draft(request, tariff_id, _again(refused))
        return redirect("payments:tariff_draft", tariff_id)
    return _draft(request, tariff_id)


@officials_who(P.FEES)
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, tariff_id: int) -> HttpResponse:
    """One line of the draft, by ``?ma=``; without it a further one."""
    tariff, drafted = _known(tariff_id)
    if drafted is None:
        return redirect("payments:tariff", tariff_id)
    code = plain(request.GET.get("ma"), 60)
    found = next((one for one in fees.tariff_from(drafted.content).lines if one.code == code), None)
    said = {name: plain(request.POST.get(name), 2000) for name in request.POST}
    context: dict[str, Any] = {
        "tariff": tariff,
        "code": code if found else "",
        "said": said or (editing.typed_from(found) if found else {}),
        "kinds": list(fees.KINDS.items()),
        "hows": list(HOWS.items()),
        "channels": list(fees.CHANNELS.items()),
        "collectors": list(COLLECTORS.items()),
        "asked": list(ASKED.items()),
        "relief_codes": ", ".join(f"{one} ({name})" for one, name in fees.RELIEFS.items()),
    }
    if request.method == "POST":
        try:
            put = None if said.get("bo") else editing.content_from(said)
            actions.put_line(tariff_id=tariff_id, line=put, code=context["code"], by=acting(request), at=timezone.now())
        except Refusal as refused:
            context |= _again(refused)
        else:
            return redirect("payments:tariff_draft", tariff_id)
    return render(request, "payments/desk/tariff_line.html", context, status=422 if "errors" in context else 200)


@officials_who(P.FEES)
@require_POST
def publish(request: HttpRequest, tariff_id: int) -> HttpResponse:
    today = timezone.localdate()
    day = day_of(request.POST.get("valid_from", ""), today)
    try:
        actions.publish_draft(tariff_id=tariff_id, valid_from=day, by=acting(request), at=timezone.now())
    except Refusal as refused:
        return _draft(request, tariff_id, _again(refused))
    messages.success(request, _("Đã công bố biểu phí."))
    return redirect("payments:tariff", tariff_id)


@officials_who(P.FEES)
@require_POST
def throw_away(request: HttpRequest, tariff_id: int) -> HttpResponse:
    actions.throw_away(tariff_id=tariff_id, by=acting(request))
    return redirect("payments:tariff", tariff_id)
