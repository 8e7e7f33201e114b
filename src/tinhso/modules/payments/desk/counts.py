"""Tariffs: which resolution sets which fee from when to when, and a try of how a sum comes about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.payments.forms import plain, whole
from tinhso.modules.payments.models import Tariff
from tinhso.modules.payments.queries import tariffs as queries
from tinhso.modules.payments.rules import Permission, fees
from tinhso.modules.payments.rules.fees import CHANNELS, RELIEFS

P = Permission


@officials_who(P.SEE)
@require_GET
def tariffs(request: HttpRequest) -> HttpResponse:
    """All tariffs with their editions; ``?thu-tuc=`` tries one procedure."""
    may_edit = acting(request).may(P.FEES)
    context = {**queries.listed(timezone.localdate()), **_tried(request), "may_edit": may_edit}
    return render(request, "payments/desk/tariffs.html", context, status=422 if context.get("has_errors") else 200)


def _tried(request: HttpRequest) -> dict[str, Any]:
    """How the fee of a procedure comes about today, with the numbers typed."""
    code = plain(request.GET.get("thu-tuc"), 20)
    context: dict[str, Any] = {
        "code": code,
        "channel": plain(request.GET.get("kenh"), 8) or "direct",
        "relief": plain(request.GET.get("doi-tuong"), 20),
        "channels": list(CHANNELS.items()),
        "reliefs": list(RELIEFS.items()),
        "count": request.GET.get("so", "1"),
        "size": request.GET.get("trang", "1"),
    }
    if not code:
        return context
    try:
        units = fees.Count(whole(context["count"], "so"), whole(context["size"], "trang"))
        context["quote"] = queries.tried(code, context["channel"], context["relief"], units, timezone.localdate())
    except Refusal as refusal:
        context |= {"errors": [(refusal.field or "thu-tuc", refusal.message)], "has_errors": True}
    return context


@officials_who(P.SEE)
@require_GET
def tariff(request: HttpRequest, tariff_id: int) -> HttpResponse:
    """One tariff: its editions, and the lines of the newest."""
    found = Tariff.objects.filter(pk=tariff_id).first()
    if found is None:
        raise NotFound
    context = queries.whole(found, timezone.localdate()) | {"may_edit": acting(request).may(P.FEES)}
    context["has_draft"] = any(one.is_draft for one in context["editions"])
    return render(request, "payments/desk/tariff.html", context)
