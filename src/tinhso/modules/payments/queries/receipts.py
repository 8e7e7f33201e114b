"""Receipts in lists and in the summary for the tax body."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.payments.models import Receipt, ReceiptSeries
from tinhso.modules.payments.rules import Permission, receipts
from tinhso.modules.payments.rules.receipts import ReceiptState, SummaryLine

PAGE = 40
MOST_SUMMARY = 20_000
KINDS = {ReceiptState.ISSUED: "ok", ReceiptState.CANCELLED: "bad", ReceiptState.REPLACED: ""}


def shown(receipt: Receipt) -> dict[str, Any]:
    state = ReceiptState(receipt.state)
    return {
        "receipt": receipt,
        "number": receipts.full_number(receipt.series.template, receipt.series.symbol, receipt.number),
        "state": _(receipts.STATE_NAMES[state]),
        "kind": KINDS[state],
        "is_valid": state is ReceiptState.ISSUED,
    }


def listed(actor: Actor, *, text: str, series_id: int | None, before: str) -> dict[str, Any]:
    """Receipts that the actor may see, the newest first; by series, or found by number or code."""
    rows = Receipt.objects.visible_to(actor)
    if series_id:
        rows = rows.filter(series_id=series_id)
    if text:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else -1
        rows = rows.filter(
            Q(number=number) | Q(order__reference__iexact=text.replace(" ", "")) | Q(order__case__number__iexact=text)
        )
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    got = list(rows.select_related("series", "order__case", "attachment").order_by("-id")[: PAGE + 1])
    return {
        "rows": [shown(one) for one in got[:PAGE]],
        "more": str(got[PAGE - 1].pk) if len(got) > PAGE else "",
        "series": series_of(actor),
        "units": units_of(actor),
    }


def series_of(actor: Actor) -> list[ReceiptSeries]:
    scope = actor.scope(Permission.SEE)
    rows = ReceiptSeries.objects.select_related("unit").order_by("-year", "symbol", "id")
    return list((rows if scope.everywhere else rows.filter(unit_id__in=sorted(scope.units)))[:60])


def units_of(actor: Actor) -> list[tuple[int, str]]:
    """Collectors for which the actor may open a series: bodies with standing, at most a hundred."""
    scope, known = actor.scope(Permission.RECONCILE), tree()
    ids = known.nodes if scope.everywhere else scope.units & known.nodes.keys()
    bodies = sorted({known.body_of(one).id for one in ids})
    return [(one, known.nodes[one].name) for one in bodies[:100]]


def summary(actor: Actor, first: date, last: date) -> list[SummaryLine]:
    """Every receipt of these days in the order of its series and number, cancelled ones too."""
    begin = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(last, time.max))
    rows = (
        Receipt.objects.visible_to(actor)
        .filter(issued_at__range=(begin, end))
        .select_related("series", "order", "replaces__series")
        .order_by("series__template", "series__symbol", "series_id", "number")
    )
    return [_line(one) for one in rows[:MOST_SUMMARY]]


def _line(one: Receipt) -> SummaryLine:
    old = one.replaces
    related = receipts.full_number(old.series.template, old.series.symbol, old.number) if old is not None else ""
    return SummaryLine(
        template=one.series.template,
        series=one.series.symbol,
        number=one.number,
        issued_on=timezone.localtime(one.issued_at).date(),
        name=str(one.data.get("title", one.order.title)),
        amount=one.amount,
        state=one.state,
        related=related,
        note=one.reason,
    )
