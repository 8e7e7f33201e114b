"""Pages for who pays: what is owed, the code to scan, what came, the receipt; all work without scripts."""

from __future__ import annotations

import io
from uuid import uuid4

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.cases.panels import nothing
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.manifest import Audience
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.payments.actions import notices, orders
from tinhso.modules.payments.forms import dong_of, plain
from tinhso.modules.payments.models import Order
from tinhso.modules.payments.queries import accounts
from tinhso.modules.payments.queries import orders as queries
from tinhso.modules.payments.rules.adapters.base import Told
from tinhso.modules.payments.rules.adapters.demo import DemoBank
from tinhso.modules.payments.rules.states import State


def order_of(request: HttpRequest, reference: str) -> Order:
    """The payer's own order. Raises NotFound for anybody else's, as if there were none."""
    found = queries.find(acting(request), reference)
    if found is None or found.owner_id != acting(request).account_id:
        raise NotFound("payments.not_found", _("Không tìm thấy khoản này trong tài khoản của bạn. Kiểm tra lại mã."))
    return found


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What I have to pay and what I have paid."""
    return render(request, "payments/portal/mine.html", queries.mine(acting(request), request.GET.get("truoc", "")))


@login_required
@require_GET
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Amount, code and how to pay; while the bank is waited for, the part with the state asks again by itself."""
    order = order_of(request, reference)
    context = queries.pay_page(order, timezone.now())
    context["may_try"] = _is_for_show(order)
    if request.headers.get("HX-Request") and request.GET.get("phan") == "trang-thai":
        if order.state not in (State.REQUESTED, State.PENDING):
            answer = HttpResponse(status=200)
            answer["HX-Refresh"] = "true"
            return answer
        return render(request, "payments/portal/_state.html", context)
    return render(request, "payments/portal/pay.html", context)


@login_required
@require_POST
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """The payer says it is done: the page waits for the bank."""
    order = order_of(request, reference)
    orders.say_sent(order_id=order.pk, by=acting(request), at=timezone.now())
    return redirect("payments:pay", order.reference)


@login_required
@require_POST
def renew(request: HttpRequest, reference: str) -> HttpResponse:
    """A new code for one that ran out."""
    order = order_of(request, reference)
    made = orders.renew(order_id=order.pk, by=acting(request), at=timezone.now())
    return redirect("payments:pay", made.reference)


@login_required
@require_GET
def code(request: HttpRequest, reference: str) -> HttpResponse:
    """The code as a picture to be saved: on the phone that shows it, it cannot be scanned."""
    order = order_of(request, reference)
    text = accounts.qr_text(order)
    if not text:
        raise NotFound
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="png", scale=10, border=4)
    headers = {"Content-Disposition": f'attachment; filename="vietqr-{order.reference}.png"'}
    return HttpResponse(drawing.getvalue(), content_type="image/png", headers=headers)


@login_required
@require_GET
def receipt(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The signed receipt."""
    found = queries.receipt_of(order_of(request, reference))
    if found is None or found.attachment is None:
        raise NotFound("payments.no_receipt_yet", _("Biên lai đang được lập. Mở lại trang sau ít phút."))
    return file_response(found.attachment, inline=True)


@login_required
@require_GET
def panel(request: HttpRequest, case_id: int) -> HttpResponse:
    """The orders of one dossier, on its page; empty when there are none."""
    rows = [queries.shown(one) for one in queries.of_case(acting(request), case_id)]
    mine = [row for row in rows if row["order"].owner_id == acting(request).account_id]
    if not mine:
        return nothing(request, case_id, Audience.PORTAL, _("Phí, lệ phí"), _("Hồ sơ này không có khoản nào phải nộp."))
    if is_fragment(request):
        return render(request, "payments/portal/_panel.html", {"rows": mine})
    return render(request, "payments/portal/panel.html", {"rows": mine, "case": mine[0]["order"].case})


def _is_for_show(order: Order) -> bool:
    return order.account is not None and order.account.is_demonstration and not settings.PRODUCTION


@login_required
@require_http_methods(["GET", "POST"])
def demonstration_bank(request: HttpRequest, reference: str) -> HttpResponse:
    """The demonstration bank's own page: it sends the signed notice that a real bank would send. No money moves."""
    order = order_of(request, reference)
    if not _is_for_show(order) or order.account is None:
        raise NotFound
    if request.method == "POST":
        now = timezone.now()
        told = Told(
            notice_id=f"MH-{uuid4()}",
            bank_reference=f"MH{uuid4().hex[:12].upper()}",
            account=order.account.number,
            amount=dong_of(request.POST.get("amount", ""), "amount"),
            content=plain(request.POST.get("content", ""), 120),
            booked_at=now,
        )
        headers, body = DemoBank().compose(told, secret=accounts.secret_of(order.account), at=now)
        notices.take_notice(account_code=order.account.code, headers=headers, body=body, at=now)
        return redirect("payments:pay", order.reference)
    return render(request, "payments/portal/bank.html", queries.pay_page(order, timezone.now()))
