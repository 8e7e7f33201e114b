"""The cashier's list and one order: code for the second screen, cash, another count, the way to the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.cases.panels import nothing
from tinhso.kernel.cases.rules import holds
from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Audience
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.payments.actions import orders as actions
from tinhso.modules.payments.desk.access import order_at_desk
from tinhso.modules.payments.forms import counts_of, plain
from tinhso.modules.payments.models import Order
from tinhso.modules.payments.queries import orders as queries
from tinhso.modules.payments.queries import reconciling
from tinhso.modules.payments.rules import Permission, states
from tinhso.modules.payments.rules.fees import RELIEFS
from tinhso.modules.payments.rules.states import State
from tinhso.modules.payments.rules.words import Purpose

P = Permission
GROUP_NAMES = {
    "cho-nop": "Chờ nộp",
    "chua-khop": "Tiền chưa khớp",
    "da-nop": "Đã nộp",
    "hoan-tien": "Hoàn tiền",
    "da-dong": "Hết hạn, hủy, không thu",
}


@officials_who(P.SEE)
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """Orders of the official's units, newest first, by group or found by code or name."""
    group, text = request.GET.get("nhom", "cho-nop"), plain(request.GET.get("q"), 120)
    found = queries.listed(acting(request), group=group, text=text, before=request.GET.get("truoc", ""))
    groups = [(code, _(name), code == group and not text) for code, name in GROUP_NAMES.items()]
    return render(request, "payments/desk/orders.html", {**found, "groups": groups, "group": group, "text": text})


def _may(order: Order, request: HttpRequest, right: str) -> bool:
    actor = acting(request)
    return actor.may(right, order.unit_id) or actor.may(right, order.received_unit_id)


def page_of(request: HttpRequest, order: Order, refusal: Refusal | None = None) -> HttpResponse:
    """One order with everything that may be done with it now; with a refusal shown where it belongs."""
    waits = order.state in (State.REQUESTED, State.PENDING, State.FAILED)
    collects = _may(order, request, P.COLLECT)
    reconciles = _may(order, request, P.RECONCILE)
    context: dict[str, Any] = {
        **queries.pay_page(order, timezone.now()),
        "case": order.case,
        "may_open_case": holds(order.case.kind_of.see, order.case.whom, acting(request)),
        "lines": order.quote.get("lines", []),
        "transfers": reconciling.of_order(order),
        "refunds": list(order.refunds.order_by("id")),
        "reliefs": [(code, _(name)) for code, name in RELIEFS.items()],
        "may_collect": collects and waits,
        "may_count": collects and waits and order.purpose == Purpose.FEE,
        "may_cancel": collects and states.can("cancel", order.state),
        "may_renew": collects and order.state == State.EXPIRED and order.replaced_by_id is None,
        "may_accept": reconciles and states.can("accept", order.state) and order.received >= order.amount,
        "may_refund": reconciles and states.can("ask_refund", order.state),
        "errors": [(refusal.field or "", refusal.message)] if refusal else [],
        "has_errors": refusal is not None,
    }
    return render(request, "payments/desk/order.html", context, status=refusal.status if refusal else 200)


@officials_who(P.SEE)
@require_GET
def order(request: HttpRequest, reference: str) -> HttpResponse:
    return page_of(request, order_at_desk(request, reference))


@officials_who()
@require_GET
def case_panel(request: HttpRequest, case_id: int) -> HttpResponse:
    """The orders of one dossier, on the official's page of it; nothing for those who may not see them."""
    rows = [queries.shown(one) for one in queries.of_case(acting(request), case_id)]
    if not rows:
        words = _("Hồ sơ này không có khoản thu nào trong phạm vi của bạn.")
        return nothing(request, case_id, Audience.DESK, _("Phí, lệ phí"), words)
    if is_fragment(request):
        return render(request, "payments/desk/_panel.html", {"rows": rows})
    return render(request, "payments/desk/panel.html", {"rows": rows})


@officials_who(P.COLLECT)
@require_POST
def collect(request: HttpRequest, reference: str) -> HttpResponse:
    """The money is in the till; the receipt follows at once."""
    order = order_at_desk(request, reference)
    try:
        actions.collect_cash(order_id=order.pk, by=acting(request), at=timezone.now())
    except Refusal as refusal:
        return page_of(request, order, refusal)
    messages.success(request, _("Đã thu tiền mặt. Biên lai đang được lập."))
    return redirect("payments:order", order.reference)


@officials_who(P.COLLECT)
@require_POST
def count_anew(request: HttpRequest, reference: str) -> HttpResponse:
    """Another number of pieces, or somebody who pays less."""
    order = order_at_desk(request, reference)
    try:
        actions.count_anew(
            order_id=order.pk,
            counts=counts_of(request.POST, [str(line["code"]) for line in order.quote.get("lines", [])]),
            relief=plain(request.POST.get("relief"), 20),
            relief_note=plain(request.POST.get("relief_note"), 200),
            by=acting(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return page_of(request, order, refusal)
    return redirect("payments:order", order.reference)


@officials_who(P.COLLECT)
@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    order = order_at_desk(request, reference)
    try:
        actions.cancel(
            order_id=order.pk, reason=plain(request.POST.get("reason"), 200), by=acting(request), at=timezone.now()
        )
    except Refusal as refusal:
        return page_of(request, order, refusal)
    return redirect("payments:order", order.reference)


@officials_who(P.COLLECT)
@require_POST
def renew(request: HttpRequest, reference: str) -> HttpResponse:
    made = actions.renew(order_id=order_at_desk(request, reference).pk, by=acting(request), at=timezone.now())
    return redirect("payments:order", made.reference)
