"""Refunds: asked for, decided by somebody else, paid out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.payments.actions import refunds as actions
from tinhso.modules.payments.desk.access import order_at_desk
from tinhso.modules.payments.desk.cashier import page_of
from tinhso.modules.payments.forms import plain
from tinhso.modules.payments.models import Refund, Transfer
from tinhso.modules.payments.rules import Permission

P = Permission
MOST = 100


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    actor = acting(request)
    rows = (
        Refund.objects.visible_to(actor)
        .select_related("order__case", "transfer", "requested_by", "decided_by", "unit")
        .order_by("-id")[:MOST]
    )
    shown = [
        {
            "refund": one,
            "may_decide": one.state == Refund.State.REQUESTED
            and actor.may(P.APPROVE, one.unit_id)
            and one.requested_by_id != actor.account_id,
            "may_finish": one.state == Refund.State.APPROVED and actor.may(P.RECONCILE, one.unit_id),
        }
        for one in rows
    ]
    errors = [(refusal.field or "", refusal.message)] if refusal else []
    context = {"rows": shown, "errors": errors, "has_errors": bool(refusal)}
    return render(request, "payments/desk/refunds.html", context, status=refusal.status if refusal else 200)


@officials_who(P.RECONCILE, P.APPROVE)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """What is asked to be given back, the newest first."""
    return _page(request)


@officials_who(P.RECONCILE)
@require_POST
def ask_for_order(request: HttpRequest, reference: str) -> HttpResponse:
    order = order_at_desk(request, reference)
    try:
        actions.ask_for_order(order_id=order.pk, by=acting(request), at=timezone.now(), **_said(request))
    except Refusal as refusal:
        return page_of(request, order, refusal)
    messages.success(request, _("Đã gửi đề nghị hoàn tiền. Người khác sẽ duyệt."))
    return redirect("payments:order", order.reference)


@officials_who(P.RECONCILE)
@require_POST
def ask_for_transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    found = Transfer.objects.visible_to(acting(request)).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound
    said = _said(request)
    actions.ask_for_transfer(
        transfer_id=found.pk, reason=said["reason"], to_account=said["to_account"], by=acting(request),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Đã gửi đề nghị hoàn tiền. Người khác sẽ duyệt."))
    return redirect("payments:differences")


def _said(request: HttpRequest) -> dict[str, str]:
    return {"reason": plain(request.POST.get("reason")), "to_account": plain(request.POST.get("to_account"), 120)}


def _refund(request: HttpRequest, refund_id: int) -> Refund:
    found = Refund.objects.visible_to(acting(request)).filter(pk=refund_id).first()
    if found is None:
        raise NotFound
    return found


@officials_who(P.APPROVE)
@require_POST
def decide(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Approve or reject what somebody else asked for."""
    found = _refund(request, refund_id)
    try:
        actions.decide(
            refund_id=found.pk,
            approve=request.POST.get("quyet-dinh") == "duyet",
            reason=plain(request.POST.get("reason")),
            by=acting(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("payments:refunds")


@officials_who(P.RECONCILE)
@require_POST
def finish(request: HttpRequest, refund_id: int) -> HttpResponse:
    """The money left the account; the bank's number proves it."""
    found = _refund(request, refund_id)
    try:
        actions.finish(
            refund_id=found.pk, proof=plain(request.POST.get("proof"), 120), by=acting(request), at=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("payments:refunds")
