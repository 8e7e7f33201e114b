"""Taking in what an operator delivers: once, however often it comes, and quickly, so that it is not delivered again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from tinhso.kernel.api.limits import allow
from tinhso.kernel.errors import TooMany
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.channels.actions import linking, zns
from tinhso.modules.channels.models import Contact, Line, Received
from tinhso.modules.channels.rules.hearing import Heard, What


@transaction.atomic
def take(*, line: Line, heard: Heard, at: datetime) -> Received | None:
    """Keep a message and have it answered; None for a repeat, which is written down, and for what asks nothing of
    us."""
    if heard.what is What.DELIVERED:
        zns.delivered(tracking=heard.key, at=at)
        return None
    if not heard.person or heard.what is What.OTHER:
        return None
    contact, _new = Contact.objects.get_or_create(line=line, outside_id=heard.person, defaults={"first_at": at})
    if heard.what is not What.SAID:
        contact.is_gone = heard.what is What.LEFT
        contact.save(update_fields=["is_gone"])
        linking.tell_kernel(contact)
        return None
    row, is_new = Received.objects.get_or_create(line=line, key=heard.key, defaults=_kept(contact, heard, at))
    if not is_new:
        refuse(line=line, reason="tin đã nhận trước đó", at=at)
        return None
    app.configure_task("channels.answer").defer(received_id=row.pk)
    return row


def _kept(contact: Contact, heard: Heard, at: datetime) -> dict[str, Any]:
    return {
        "contact": contact,
        "text": heard.text.replace("\0", "")[:8000],
        "pictures": list(heard.pictures),
        "latitude": heard.place.latitude if heard.place else None,
        "longitude": heard.place.longitude if heard.place else None,
        "received_at": at,
        "subject": heard.subject[:200],
        "references": heard.references[:1000],
        "is_proven": heard.is_proven,
        "skipped": heard.skipped,
    }


def refuse(*, line: Line, reason: str, at: datetime) -> None:
    """Write down a delivery that was not the operator's, at most once a minute for each line and reason."""
    try:
        allow("channels.refused", f"{line.pk}/{reason}", times=1, seconds=60, at=at)
    except TooMany:
        return
    note(
        subject=f"channels/{line.pk}", verb="channels.refuse", by=SYSTEM, at=at,
        data={"name": line.name, "reason": reason},
    )  # fmt: skip
