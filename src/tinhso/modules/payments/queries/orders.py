"""Orders in lists, on a page, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui.templatetags.ui import dong
from tinhso.modules.payments.models import Order, Receipt
from tinhso.modules.payments.queries import accounts
from tinhso.modules.payments.rules import references
from tinhso.modules.payments.rules.receipts import ReceiptState
from tinhso.modules.payments.rules.states import OPEN, PAYABLE, STATE_KINDS, STATE_NAMES, State
from tinhso.modules.payments.rules.words import METHOD_NAMES, PURPOSE_NAMES, Method, Purpose

PAGE = 30
GROUPS: dict[str, tuple[State, ...]] = {
    "cho-nop": (State.REQUESTED, State.PENDING, State.FAILED),
    "chua-khop": (State.MISMATCH,),
    "da-nop": (State.PAID, State.RECONCILED),
    "hoan-tien": (State.REFUND_REQUESTED, State.REFUNDED),
    "da-dong": (State.EXPIRED, State.CANCELLED, State.NOT_REQUIRED),
}


def shown(order: Order) -> dict[str, Any]:
    """An order as rows and cards show it."""
    state = State(order.state)
    kind, icon = STATE_KINDS[state]
    return {
        "order": order,
        "state": _(STATE_NAMES[state]),
        "kind": kind,
        "icon": icon,
        "purpose": _(PURPOSE_NAMES[Purpose(order.purpose)]),
        "method": _(METHOD_NAMES[Method(order.method)]) if order.method else "",
        "reference": references.spaced(order.reference),
        "is_payable": state in PAYABLE,
        "is_open": state in OPEN,
        "came": came_words(order),
    }


def came_words(order: Order) -> str:
    """``Đã nhận 70.000 đ, còn thiếu 5.000 đ.`` while the sum does not fit; else nothing."""
    if order.state not in (State.MISMATCH, State.EXPIRED) or not order.received:
        return ""
    got = dong(order.received)
    if order.missing:
        return _("Đã nhận %(got)s, còn thiếu %(missing)s.") % {"got": got, "missing": dong(order.missing)}
    if order.surplus:
        return _("Đã nhận %(got)s, thừa %(surplus)s.") % {"got": got, "surplus": dong(order.surplus)}
    return _("Đã nhận %(got)s sau khi mã hết hạn; kế toán đang kiểm tra.") % {"got": got}


def find(actor: Actor, reference: str) -> Order | None:
    """An order by its reference, within what the actor may see."""
    return (
        Order.objects.visible_to(actor)
        .select_related("case", "account", "unit", "owner", "cashier", "replaced_by")
        .filter(reference=references.normalised(reference)[:16])
        .first()
    )


def mine(actor: Actor, before: str = "") -> dict[str, Any]:
    """One's own orders, the newest first; what waits to be paid stands above."""
    rows = Order.objects.filter(owner_id=actor.account_id).select_related("case").order_by("-requested_at", "-id")
    got, more = _paged(rows, before)
    found = [shown(order) for order in got]
    return {
        "waiting": [row for row in found if row["is_payable"]],
        "rows": [row for row in found if not row["is_payable"]],
        "more": more,
    }


def _paged(rows: QuerySet[Order], before: str) -> tuple[list[Order], str]:
    key = read_key(before)
    if key:
        rows = rows.filter(Q(requested_at__lt=key[0]) | Q(requested_at=key[0], id__lt=key[1]))
    got = list(rows[: PAGE + 1])
    more = f"{got[PAGE - 1].requested_at.isoformat()}~{got[PAGE - 1].pk}" if len(got) > PAGE else ""
    return got[:PAGE], more


def listed(actor: Actor, *, group: str, text: str, before: str) -> dict[str, Any]:
    """The cashier's list: by group of states, found by reference, code of the dossier or name."""
    base = Order.objects.visible_to(actor)
    rows = base.filter(state__in=GROUPS[group]) if group in GROUPS else base
    if text:
        code = references.normalised(text)
        found = references.found_in(text)
        rows = base.filter(
            Q(reference=found)
            if found
            else Q(case__number__iexact=text) | Q(reference=code[:16]) | Q(payer_name__icontains=text)
        )
    got, more = _paged(rows.select_related("case", "unit").order_by("-requested_at", "-id"), before)
    numbers = dict(base.filter(state__in=OPEN).values_list("state").annotate(number=Count("id")))
    return {"rows": [shown(order) for order in got], "more": more, "open": numbers}


def of_case(actor: Actor, case_id: int) -> list[Order]:
    """The orders of a dossier that the actor may see, the newest first."""
    rows = Order.objects.visible_to(actor).filter(case_id=case_id).select_related("case", "account").order_by("-id")
    return list(rows[:20])


def receipt_of(order: Order) -> Receipt | None:
    return (
        Receipt.objects.filter(order=order, state=ReceiptState.ISSUED)
        .select_related("series", "attachment__blob")
        .first()
    )


def pay_page(order: Order, at: datetime) -> dict[str, Any]:
    """What the payment page shows: amount, code, time left, and whether it still waits."""
    row = shown(order)
    left = order.expires_at - at if order.expires_at and order.expires_at > at else None
    return {
        **row,
        "qr": accounts.qr_text(order) if row["is_payable"] else "",
        "account": order.account,
        "left": left,
        "is_expired": order.state == State.EXPIRED,
        "is_waiting": order.state == State.PENDING,
        "is_paid": order.state in (State.PAID, State.RECONCILED),
        "receipt": receipt_of(order) if order.paid_at else None,
        "words": order.quote.get("words", []),
    }
