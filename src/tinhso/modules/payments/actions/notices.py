"""A bank's signed message: who signed, whether it is new, and what the money is for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.payments.actions import transfers
from tinhso.modules.payments.models import BankAccount, Order, Transfer
from tinhso.modules.payments.queries.accounts import secret_of
from tinhso.modules.payments.rules import references, states
from tinhso.modules.payments.rules.adapters import ADAPTERS, Told
from tinhso.modules.payments.rules.matching import Verdict

_BOOK = (
    "insert into payments_transfer (account_id, bank_reference, amount, content, reference, booked_at, told_at,"
    " order_id, verdict, reason) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, '')"
    " on conflict (account_id, bank_reference) do nothing"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message: ``is_new`` is False for one that came before."""

    is_new: bool
    verdict: str = ""
    order: str = ""


def take_notice(*, account_code: str, headers: Mapping[str, str], body: bytes, at: datetime) -> Taken:
    """Take a message in. The same message again, at once or later, changes nothing and is answered alike.

    Raises NotAllowed for a wrong signature or time, Refusal for a message of another shape or another account."""
    account = BankAccount.objects.filter(code=account_code, is_active=True).first()
    if account is None:
        raise NotFound
    bank = ADAPTERS[account.adapter]
    sent_at = bank.check(secret=secret_of(account), headers=headers, body=body, at=at)
    told = bank.read(body)
    if told.account != account.number:
        raise Refusal("payments.other_account", "Thông báo nói về một tài khoản khác.")
    return _take(account, told, sent_at, at)


@transaction.atomic
def _take(account: BankAccount, told: Told, sent_at: datetime, at: datetime) -> Taken:
    kept = {
        "reference": told.bank_reference, "amount": told.amount, "content": told.content,
        "booked_at": told.booked_at.isoformat(), "is_paid": told.is_paid,
    }  # fmt: skip
    if not _kept_now(account, told.notice_id, sent_at, at, kept):
        earlier = Transfer.objects.filter(account=account, bank_reference=told.bank_reference).first()
        return Taken(False, earlier.verdict if earlier else "", _reference(earlier))
    if not told.is_paid:
        return _failed(told, at)
    return book(account, told, at)


def _kept_now(account: BankAccount, notice_id: str, sent_at: datetime, at: datetime, kept: Mapping[str, Any]) -> bool:
    """Whether this message is new; the same one at the same moment waits for the first, and then is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into payments_banknotice (account_id, notice_id, sent_at, received_at, body)"
            " values (%s, %s, %s, %s, %s) on conflict (account_id, notice_id) do nothing",
            [account.pk, notice_id, sent_at, at, json.dumps(kept)],
        )
        return cursor.rowcount == 1


def book(account: BankAccount, told: Told, at: datetime) -> Taken:
    """Write the booking once, whoever tells of it first, and judge the order that it names."""
    found = references.found_in(told.content)
    order = Order.objects.locked_by(found)  # before the row that points to it: no two wait in a ring
    verdict = Verdict.PARTIAL if order else Verdict.UNKNOWN
    with connection.cursor() as cursor:
        cursor.execute(
            _BOOK,
            [account.pk, told.bank_reference, told.amount, told.content[:300], found, told.booked_at, at,
             order.pk if order else None, verdict.value],
        )  # fmt: skip
    if order is None:
        return Taken(True, Verdict.UNKNOWN)
    verdicts = transfers.settled(order, by=SYSTEM, at=at)
    return Taken(True, verdicts.get(told.bank_reference, ""), order.reference)


def _reference(transfer: Transfer | None) -> str:
    return transfer.order.reference if transfer is not None and transfer.order is not None else ""


def _failed(told: Told, at: datetime) -> Taken:
    """The bank says that a payment failed: the order waits for another try."""
    found = Order.objects.filter(reference=references.found_in(told.content) or "-").first()
    if found is None:
        return Taken(True)
    order = Order.objects.locked(found.pk)
    if states.can("fail", order.state):
        order.state = states.after("fail", order.state)
        order.save(update_fields=["state"])
    return Taken(True, "", order.reference)
