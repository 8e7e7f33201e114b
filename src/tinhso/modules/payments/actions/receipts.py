"""Electronic receipts: a number without gap or double, the words frozen with it, the signed PDF, and its end.

Source: NĐ 254/2026/NĐ-CP Đ.23.2, Đ.24; TT 91/2026/TT-BTC. The number is taken and the words are frozen in one short
transaction, so that a series is held for milliseconds; the PDF is typeset and signed after it, as often as needed.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.money.rules import dong
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.payments.models import Order, Receipt, ReceiptSeries
from tinhso.modules.payments.rules import Permission, receipts
from tinhso.modules.payments.rules.receipts import ReceiptState, Template
from tinhso.modules.payments.rules.states import State
from tinhso.modules.payments.rules.words import METHOD_NAMES, Method

FORMS = Path(__file__).resolve().parents[1] / "seeds/forms"
COLLECTED = (State.PAID, State.RECONCILED, State.REFUND_REQUESTED)


@transaction.atomic
def issue(*, order_id: int, by: Actor, at: datetime) -> Receipt:
    """The receipt of a paid order: exactly one is valid; asked again it is the same one."""
    order = Order.objects.locked(order_id)
    existing = Receipt.objects.filter(order=order).order_by("-id").first()
    if existing is not None:
        return existing
    if order.state not in COLLECTED:
        raise Refusal("payments.not_paid", "Chưa thu tiền nên chưa lập biên lai.")
    return _numbered(order, by=by, at=at)


def _numbered(order: Order, *, by: Actor, at: datetime, replaces: Receipt | None = None) -> Receipt:
    series = _series_locked(order.unit_id, timezone.localtime(at).year)
    if series.last >= receipts.HIGHEST_NUMBER:
        raise Refusal("payments.series_full", "Ký hiệu biên lai đã hết số. Mở ký hiệu mới.")
    series.last += 1
    series.save(update_fields=["last"])
    made = Receipt.objects.create(
        order=order,
        series=series,
        number=series.last,
        amount=order.amount,
        data=_words(order, series, at, replaces),
        issued_at=at,
        issued_by_id=order.cashier_id or by.account_id,
        replaces=replaces,
    )
    _tell(made, "payments.receipt", by, at, title=order.title, shown=dong(order.amount))
    return made


def _series_locked(unit_id: int, year: int) -> ReceiptSeries:
    """The collector's series of the year, held until the transaction ends; begun at 1 at the first use in a year."""
    mine = ReceiptSeries.objects.filter(unit_id=unit_id, template=Template.OPEN_VALUE)
    found = mine.filter(year=year).order_by("-id").values_list("pk", flat=True).first()
    if found is None:
        found = _begun(unit_id, year, mine.order_by("-year", "-id").first()).pk
    return ReceiptSeries.objects.select_for_update(of=("self",)).get(pk=found)


def _begun(unit_id: int, year: int, before: ReceiptSeries | None) -> ReceiptSeries:
    name = before.collector_name if before else tree().nodes[unit_id].name
    made, _ = ReceiptSeries.objects.get_or_create(
        unit_id=unit_id,
        year=year,
        template=Template.OPEN_VALUE,
        symbol=receipts.symbol(year, before.symbol[3:] if before else "AA"),
        defaults={
            "collector_name": name,
            "tax_code": before.tax_code if before else "",
            "is_demonstration": before.is_demonstration if before else not settings.PRODUCTION,
        },
    )
    return made


def _words(order: Order, series: ReceiptSeries, at: datetime, replaces: Receipt | None) -> dict[str, Any]:
    """Every word on it, frozen: printed again in ten years it says the same."""
    lines = [
        {"name": one["name"], "amount": dong(one["amount"]), "basis": one.get("basis", "")}
        for one in order.quote.get("lines", [])
        if one["amount"]
    ] or [{"name": order.title, "amount": dong(order.amount), "basis": ""}]
    return {
        "template": series.template,
        "series": series.symbol,
        "number": receipts.shown_number(series.last),
        "collector": series.collector_name,
        "tax_code": series.tax_code,
        "payer": order.payer_name,
        "address": order.payer_address,
        "title": order.title,
        "code": order.case.number,
        "reference": order.reference,
        "lines": lines,
        "amount": dong(order.amount),
        "amount_words": receipts.amount_words(order.amount),
        "method": METHOD_NAMES[Method(order.method)] if order.method else "",
        "paid_at": timezone.localtime(order.paid_at or at).strftime("%H:%M ngày %d/%m/%Y"),
        "issued_on": timezone.localtime(at).strftime("ngày %d tháng %m năm %Y"),
        "replaces": _full(replaces) if replaces else "",
        "demonstration": series.is_demonstration,
    }


def _full(receipt: Receipt) -> str:
    return receipts.full_number(receipt.series.template, receipt.series.symbol, receipt.number)


def _tell(receipt: Receipt, verb: str, by: Actor, at: datetime, **more: Any) -> None:
    data = {"number": _full(receipt), "order": receipt.order.reference, **more}
    journal.note(subject=f"receipts/{receipt.series_id}", verb=verb, by=by, at=at, data=data)


def print_signed(*, receipt_id: int) -> Receipt:
    """Typeset, sign with the collector's certificate and keep the PDF; done twice it is kept once."""
    from tinhso.kernel.papers.identities import identity_for  # heavy: only who signs pays for loading it
    from tinhso.kernel.papers.signing import sign
    from tinhso.kernel.papers.typesetting import compose

    receipt = Receipt.objects.select_related("series", "order").get(pk=receipt_id)
    if receipt.attachment_id is not None:
        return receipt
    local, collector = timezone.localtime(receipt.issued_at), receipt.series.collector_name
    paper = compose(FORMS / "receipt.typ", receipt.data, at=local)
    pdf = sign(
        paper.pdf, signer=identity_for(collector, collector), reason="Lập biên lai", name=collector, title="",
        at=local, field_name="Collector_1", place=paper.places["collector"], kind="agency",
    )  # fmt: skip
    with transaction.atomic():
        held = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt_id)
        if held.attachment_id is None:
            name = f"bien-lai-{receipt.series.symbol}-{receipts.shown_number(receipt.number)}.pdf"
            held.attachment = files.store_made(pdf, name=name, purpose="payments.receipt")
            held.save(update_fields=["attachment"])
    return held


@transaction.atomic
def cancel(*, receipt_id: int, reason: str, by: Actor, at: datetime) -> Receipt:
    """Cancel a receipt written by mistake; its number stays used and its line stays in the summary."""
    return end(receipt_id, ReceiptState.CANCELLED, reason, by, at)


@transaction.atomic
def replace(
    *, receipt_id: int, reason: str, by: Actor, at: datetime, payer_name: str = "", address: str = ""
) -> Receipt:
    """Replace a receipt whose words are wrong by a new one with the next number, which names the old."""
    old = end(receipt_id, ReceiptState.REPLACED, reason, by, at)
    order = Order.objects.select_related("case").get(pk=old.order_id)
    order.payer_name = payer_name.strip()[:200] or order.payer_name
    order.payer_address = address.strip()[:250] or order.payer_address
    order.save(update_fields=["payer_name", "payer_address"])
    return _numbered(order, by=by, at=at, replaces=old)


def end(receipt_id: int, state: ReceiptState, reason: str, by: Actor, at: datetime) -> Receipt:
    """Take a receipt out of force, inside the caller's transaction."""
    order_id = Receipt.objects.filter(pk=receipt_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound
    order = Order.objects.locked(order_id)
    if not by.may(Permission.RECONCILE, order.unit_id):
        raise NotAllowed
    receipt = Receipt.objects.select_for_update(of=("self",)).select_related("series").get(pk=receipt_id)
    if receipt.state != ReceiptState.ISSUED:
        raise Refusal("payments.receipt_ended", "Biên lai này đã hủy hoặc đã bị thay thế.")
    if len(reason.strip()) < 5:
        raise Refusal("payments.reason", "Ghi lý do hủy hoặc thay thế (ít nhất 5 ký tự).", field="reason")
    receipt.state, receipt.reason = state, reason.strip()[:300]
    receipt.ended_at, receipt.ended_by_id = at, by.account_id
    receipt.save(update_fields=["state", "reason", "ended_at", "ended_by"])
    _tell(receipt, f"payments.receipt_{state.value}", by, at, reason=receipt.reason)
    return receipt


@transaction.atomic
def open_series(
    *, unit_id: int, year: int, letters: str, collector_name: str, tax_code: str, by: Actor, at: datetime
) -> ReceiptSeries:
    """Begin a series under its own symbol; the newest of a year is the one in use."""
    if not by.may(Permission.RECONCILE, unit_id):
        raise NotAllowed
    try:
        symbol = receipts.symbol(year, letters.strip().upper())
    except ValueError:
        words = f"Ký hiệu gồm hai chữ trong {receipts.LETTERS}."
        raise Refusal("payments.symbol", words, field="letters") from None
    try:
        with transaction.atomic():
            made = ReceiptSeries.objects.create(
                unit_id=unit_id, year=year, template=Template.OPEN_VALUE, symbol=symbol,
                collector_name=collector_name.strip()[:200], tax_code=tax_code.strip()[:14],
                is_demonstration=not settings.PRODUCTION,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("payments.symbol_taken", "Đơn vị đã có ký hiệu này trong năm.", field="letters") from None
    journal.note(
        subject=f"receipts/{made.pk}", verb="payments.series_opened", by=by, at=at,
        data={"series": str(made), "collector": made.collector_name},
    )  # fmt: skip
    return made
