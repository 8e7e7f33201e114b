"""Where money for a unit goes, and with what its bank signs."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac

from tinhso.kernel.units.queries import tree
from tinhso.modules.payments.models import BankAccount, Order
from tinhso.modules.payments.rules import references, vietqr


def account_for(unit_id: int) -> BankAccount | None:
    """The nearest active account: the unit's own, else that of the unit above. One statement."""
    path = [node.id for node in tree().path(unit_id)]
    found = {one.unit_id: one for one in BankAccount.objects.filter(unit_id__in=path, is_active=True).order_by("-id")}
    return next((found[unit] for unit in path if unit in found), None)


def secret_of(account: BankAccount) -> str:
    """What the bank signs with: from the environment; a demonstration account's is made from this deployment's key."""
    if account.is_demonstration:
        return "" if settings.PRODUCTION else salted_hmac("payments.demonstration", account.code).hexdigest()
    return str(settings.PAYMENT_SECRETS.get(account.code, ""))


def collector_of(unit_id: int) -> int:
    """The body that collects and gives the receipt: the unit with standing to which a division or centre belongs."""
    return tree().body_of(unit_id).id


def qr_text(order: Order) -> str:
    """What the payer's bank reads: account, what is still to pay, the reference. Empty when there is no account."""
    account = order.account
    if account is None or order.missing <= 0:
        return ""
    return vietqr.text(vietqr.Transfer(account.bank_bin, account.number, order.missing, order.reference))


def spaced(order: Order) -> str:
    return references.spaced(order.reference)
