"""Messages to telephones: as ZNS where a template is approved, else by SMS, at the next operator when one says no.

``Operators`` is the gateway that the kernel's notices use. A message is one row by its reference: handed over once,
whatever is repeated. After silence of an operator nobody else is asked: it may have taken the message.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from tinhso.kernel.errors import TooMany
from tinhso.kernel.journal.actions import note
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.rules import Channel, NotCarried
from tinhso.kernel.people.rules import SYSTEM, phone_number
from tinhso.modules.channels.actions import wire, zns
from tinhso.modules.channels.models import TextMessage
from tinhso.modules.channels.rules import sms
from tinhso.modules.channels.rules.sms import CONTRACTS, Asked, Fate


class Operators:
    """SMS by the operators that are named, in their order: ``esms``, ``speedsms`` or ``esms,speedsms``."""

    def __init__(self, named: str) -> None:
        self.names = [one.strip() for one in named.split(",") if one.strip() in CONTRACTS]

    def carry(self, delivery: Any) -> None:
        """A notice: as ZNS when a template fits and the operator takes it, else by SMS. Raises NotCarried."""
        made = delivery.notice.created_at.strftime("%Y%m%d%H%M%S")
        reference = f"thong-bao-{delivery.pk}-{made}"
        if not zns.send(notice=delivery.notice, to=delivery.address, reference=reference, at=timezone.now()):
            self.send(to=delivery.address, text=delivery.notice.sms, reference=reference)

    def send(self, *, to: str, text: str, reference: str) -> None:
        """Hand a text over once. Raises NotCarried."""
        if TextMessage.objects.filter(reference=reference).exists():
            return None
        problem = NotCarried("no operator is set up", is_final=True)
        for name in self.names:
            try:
                return _hand_over(name, to, text, reference)
            except _SaidNo as no:
                problem = NotCarried(str(no), is_final=no.is_final)
            except wire.NotTaken as silence:
                raise NotCarried(str(silence)) from None
        raise problem


class _SaidNo(Exception):
    """An operator answered that it does not take the message."""

    def __init__(self, message: str, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


def _hand_over(name: str, to: str, text: str, reference: str) -> None:
    secrets = settings.CHANNEL_SECRETS.get(name, {})
    callback = settings.BASE_URL + reverse("channels:reported", args=[name, secrets.get("report", "-")])
    asked = Asked(to.removeprefix("+"), text, reference, settings.SMS_SENDER, callback, secrets)
    request = CONTRACTS[name].request(asked)
    answer = CONTRACTS[name].answer(wire.post(name, request.path, dict(request.body), dict(request.headers)))
    if answer.error:
        raise _SaidNo(answer.error, answer.is_final)
    count = sms.segments(text)
    price = answer.price if answer.price is not None else _price(secrets, count)
    TextMessage.objects.create(
        reference=reference, operator=name, ending=to[-3:], segments=count, price=price, outside_id=answer.outside_id,
        sent_at=timezone.now(),
    )  # fmt: skip


def _price(secrets: dict[str, str], count: int) -> int | None:
    """By the price of one segment in the settings, where the operator tells none."""
    each = str(secrets.get("price", ""))
    return int(each) * count if each.isdecimal() else None


def may_report(name: str) -> bool:
    """Whether reports of this operator are awaited at all."""
    return name in CONTRACTS and bool(settings.CHANNEL_SECRETS.get(name, {}).get("report"))


def is_operators(name: str, secret: str) -> bool:
    """Whether a report's address holds the secret that only the operator was given."""
    return may_report(name) and constant_time_compare(str(settings.CHANNEL_SECRETS[name]["report"]), secret)


@transaction.atomic
def reported(*, name: str, said: dict[str, Any], at: datetime) -> None:
    """Write down what became of a message, or do what somebody answered: “DUNG” ends text messages to that number."""
    news = CONTRACTS[name].news(said)
    if news.fate is None:
        return _answered(news.phone, news.text, at)
    rows = TextMessage.objects.select_for_update().filter(operator=name)
    row = rows.filter(outside_id=news.outside_id).first() if news.outside_id else None
    if row is None or row.state == Fate.DELIVERED:
        return None
    row.state, row.reported_at = news.fate, at
    row.price = news.price if news.price else row.price
    row.save(update_fields=["state", "reported_at", "price"])
    return None


def _answered(phone: str, text: str, at: datetime) -> None:
    number, wish = phone_number(phone), sms.wish_of(text)
    if number is None or wish is None:
        return
    for account_id in notices.switch_phone(phone=number, channel=Channel.SMS, is_on=wish):
        note(subject=f"accounts/{account_id}", verb="channels.texts_on" if wish else "channels.texts_off", by=SYSTEM,
             at=at, data={})  # fmt: skip


def refuse(*, name: str, at: datetime) -> None:
    """Write down a forged report, at most once a minute."""
    from tinhso.kernel.api.limits import allow

    try:
        allow("channels.refused", f"sms/{name}", times=1, seconds=60, at=at)
    except TooMany:
        return
    data = {"name": f"SMS {name}"[:60], "reason": "khóa không đúng"}
    note(subject="channels/sms", verb="channels.refuse", by=SYSTEM, at=at, data=data)
