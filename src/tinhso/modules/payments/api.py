"""Orders for programs, and the door at which banks knock: outside keys and sessions, open only to what is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY, SIGNED_IN
from tinhso.kernel.api.paging import page
from tinhso.kernel.api.responses import fast
from tinhso.kernel.api.rules import LONGEST_PAGE
from tinhso.kernel.errors import NotFound
from tinhso.modules.payments.actions.notices import take_notice
from tinhso.modules.payments.models import Order
from tinhso.modules.payments.queries import accounts
from tinhso.modules.payments.queries import orders as queries

router = Router()


class OrderLine(Schema):
    """One thing to be paid. ``reference`` is the transfer's content; amounts in whole đồng."""

    reference: str
    dossier: str
    purpose: str = Field(description="fee | finance")
    title: str
    state: str
    amount: int = Field(description="đồng")
    received: int = Field(description="đồng that came so far")
    requested_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    method: str = Field(description="transfer | gateway | cash; empty until paid")


class OrderPage(Schema):
    items: list[OrderLine]
    next: str | None


class OrderFull(OrderLine):
    """An order with how its amount came about, the text of its VietQR code and its receipt."""

    words: list[str]
    vietqr: str = Field(description="empty when nothing can be paid by transfer now")
    receipt: str = Field(description="template, symbol and number; empty until issued")


class NoticeTaken(Schema):
    """What became of a bank's notice; ``is_new`` is false for one that came before."""

    is_new: bool
    verdict: str
    order: str


def _line(order: Order) -> dict[str, Any]:
    return {
        "reference": order.reference,
        "dossier": order.case.number,
        "purpose": order.purpose,
        "title": order.title,
        "state": order.state,
        "amount": order.amount,
        "received": order.received,
        "requested_at": order.requested_at,
        "expires_at": order.expires_at,
        "paid_at": order.paid_at,
        "method": order.method,
    }


@router.get("/", auth=SIGNED_IN, response=OrderPage, summary="Các khoản phải nộp", operation_id="payments_list")
def orders(
    request: HttpRequest,
    dossier: str = Query("", max_length=40),
    after: str = Query("", max_length=200),
    size: int = Query(20, ge=1, le=LONGEST_PAGE),
) -> HttpResponse:
    """One's own orders, and for officials those of their units; of one dossier when its code is given."""
    rows = Order.objects.visible_to(request.actor).select_related("case")  # type: ignore[attr-defined]
    if dossier:
        rows = rows.filter(case__number=dossier)
    found = page(rows, order=("-requested_at", "-id"), after=after, size=size)
    return fast({"items": [_line(one) for one in found["items"]], "next": found["next"]})


@router.get("/{reference}", auth=SIGNED_IN, response=OrderFull, summary="Một khoản", operation_id="payments_get")
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """One order within what the caller may see."""
    found = queries.find(request.actor, reference)  # type: ignore[attr-defined]
    if found is None:
        raise NotFound
    receipt = queries.receipt_of(found)
    more = {
        "words": found.quote.get("words", []),
        "vietqr": accounts.qr_text(found) if found.is_open else "",
        "receipt": str(receipt) if receipt else "",
    }
    return fast({**_line(found), **more})


@router.post(
    "/bank-notices/{account}",
    auth=ANYBODY,
    response=NoticeTaken,
    summary="Thông báo có của ngân hàng",
    operation_id="payments_bank_notice",
)
def bank_notice(request: HttpRequest, account: str) -> HttpResponse:
    """Signed by the bank over time and body (see the account's adapter); sent twice it is taken once.

    A wrong signature or a time more than five minutes away is refused with 403 and changes nothing."""
    at = timezone.now()
    taken = take_notice(account_code=account[:40], headers=request.headers, body=request.body, at=at)
    return fast({"is_new": taken.is_new, "verdict": taken.verdict, "order": taken.order})


bank_notice.is_idempotent = True  # type: ignore[attr-defined]  # by the notice's own number
