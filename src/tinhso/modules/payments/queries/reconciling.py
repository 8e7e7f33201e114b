"""The accountant's view: money that does not fit, statements and what came of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.people.rules import Actor
from tinhso.modules.payments.models import BankAccount, Order, Refund, Statement, Transfer
from tinhso.modules.payments.rules import Permission
from tinhso.modules.payments.rules.matching import DIFFERENCES, VERDICT_NAMES, Verdict
from tinhso.modules.payments.rules.statements import FORMATS

PAGE = 30
KINDS = {
    Verdict.MATCHED: "ok", Verdict.PARTIAL: "warn", Verdict.OVER: "warn", Verdict.DOUBLE: "bad", Verdict.LATE: "warn",
    Verdict.UNKNOWN: "bad", Verdict.IGNORED: "", Verdict.REFUNDED: "",
}  # fmt: skip


def shown(transfer: Transfer) -> dict[str, Any]:
    verdict = Verdict(transfer.verdict)
    return {
        "transfer": transfer,
        "verdict": _(VERDICT_NAMES[verdict]),
        "kind": KINDS[verdict],
        "is_open": verdict in DIFFERENCES,
    }


def of_order(order: Order) -> list[dict[str, Any]]:
    return [shown(one) for one in order.transfers.select_related("account").order_by("booked_at", "id")[:50]]


def accounts_of(actor: Actor) -> list[BankAccount]:
    """Accounts whose statements the actor may take in."""
    scope = actor.scope(Permission.RECONCILE)
    rows = BankAccount.objects.filter(is_active=True).order_by("code")
    return list(rows if scope.everywhere else rows.filter(unit_id__in=sorted(scope.units)))


def differences(actor: Actor, *, verdict: str, before: str) -> dict[str, Any]:
    """Money by what it is; without a verdict all that waits for a decision. Counts stand above the list."""
    base = Transfer.objects.visible_to(actor)
    counts = {
        code: (number, total)
        for code, number, total in base.values_list("verdict")
        .annotate(number=Count("id"), total=Sum("amount"))
        .values_list("verdict", "number", "total")
    }
    known = verdict if verdict in list(Verdict) else ""
    rows = base.filter(verdict=known) if known else base.filter(verdict__in=DIFFERENCES)
    key = read_key(before)
    if key:
        rows = rows.filter(Q(booked_at__lt=key[0]) | Q(booked_at=key[0], id__lt=key[1]))
    got = list(rows.select_related("order__case", "account").order_by("-booked_at", "-id")[: PAGE + 1])
    running = _running(got)
    return {
        "rows": [{**shown(one), "is_running": one.pk in running} for one in got[:PAGE]],
        "more": f"{got[PAGE - 1].booked_at.isoformat()}~{got[PAGE - 1].pk}" if len(got) > PAGE else "",
        "counters": [
            {
                "title": _(name),
                "count": counts.get(code, (0, 0))[0],
                "url": f"?loai={code.value}",
                "on": known == code,
                "kind": KINDS[code],
            }
            for code, name in VERDICT_NAMES.items()
        ],
        "verdict": known,
        "statements": list(
            Statement.objects.filter(account__in=accounts_of(actor)).select_related("account", "attachment")[:8]
        ),
        "accounts": [(one.pk, str(one)) for one in accounts_of(actor)],
        "layouts": [(one.code, one.name) for one in FORMATS.values()],
    }


def _running(rows: list[Transfer]) -> set[int]:
    """Transfers that somebody asked to give back already."""
    open_ones = Refund.objects.filter(transfer__in=rows, state__in=[Refund.State.REQUESTED, Refund.State.APPROVED])
    return {one for one in open_ones.values_list("transfer_id", flat=True) if one is not None}
