"""Reconciliation: statements in, what does not fit, and what is decided about it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.payments.actions import refunds, statements, transfers
from tinhso.modules.payments.desk.access import order_at_desk
from tinhso.modules.payments.desk.cashier import page_of
from tinhso.modules.payments.forms import plain
from tinhso.modules.payments.models import Transfer
from tinhso.modules.payments.queries import reconciling as queries
from tinhso.modules.payments.rules import Permission, references

P = Permission


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    found = queries.differences(
        acting(request), verdict=request.GET.get("loai", ""), before=request.GET.get("truoc", "")
    )
    found |= {"errors": [(refusal.field or "", refusal.message)] if refusal else [], "has_errors": bool(refusal)}
    return render(request, "payments/desk/differences.html", found, status=refusal.status if refusal else 200)


@officials_who(P.RECONCILE)
@require_GET
def differences(request: HttpRequest) -> HttpResponse:
    """Money that waits for a decision, by kind, and the last statements."""
    return _page(request)


@officials_who(P.RECONCILE)
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """A statement file; refused at once when its columns are another bank's."""
    file = request.FILES.get("file")
    account = request.POST.get("account", "")
    try:
        if file is None:
            raise Refusal("payments.statement_file", _("Chọn tệp sao kê."), field="file")
        statements.take_in(
            account_id=int(account) if account.isascii() and account.isdigit() and len(account) < 19 else 0,
            layout=plain(request.POST.get("layout"), 30),
            content=file.read(),
            name=file.name or "",
            by=acting(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("Đã nhận sao kê. Kết quả đối soát hiện ở đây sau ít giây."))
    return redirect("payments:differences")


def _visible(request: HttpRequest, transfer_id: int) -> Transfer:
    found = Transfer.objects.visible_to(acting(request)).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound
    return found


def _decided(request: HttpRequest, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, refusal)
    return redirect("payments:differences")


@officials_who(P.RECONCILE)
@require_POST
def assign(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """This money is for that order."""
    found = _visible(request, transfer_id)
    reference = references.normalised(plain(request.POST.get("reference"), 40))
    return _decided(
        request,
        lambda: transfers.assign(transfer_id=found.pk, reference=reference, by=acting(request), at=timezone.now()),
    )


@officials_who(P.RECONCILE)
@require_POST
def ignore(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """This money is no payment here, for a reason."""
    found = _visible(request, transfer_id)
    reason = plain(request.POST.get("reason"))
    return _decided(
        request, lambda: transfers.ignore(transfer_id=found.pk, reason=reason, by=acting(request), at=timezone.now())
    )


@officials_who(P.RECONCILE)
@require_POST
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """What came counts as payment; a surplus becomes a refund."""
    order = order_at_desk(request, reference)
    to_account = plain(request.POST.get("to_account"), 120)
    try:
        refunds.accept_with_surplus(order_id=order.pk, to_account=to_account, by=acting(request), at=timezone.now())
    except Refusal as refusal:
        return page_of(request, order, refusal)
    return redirect("payments:order", order.reference)
