"""What is kept of people who write, how it ends, and how it is told to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.manifest import Fate, Holding, Retained, Spared, Subject
from tinhso.kernel.people.rules import Actor
from tinhso.modules.channels.actions import linking
from tinhso.modules.channels.models import Contact, Received, Sent


def _due(before: datetime, spared: Spared) -> Any:
    rows = Received.objects.filter(received_at__lt=before)
    return spared.leave_out(rows, person="contact__account__person_id")


def _end(ids: Sequence[int], **_more: Any) -> None:
    """Messages go with their answers."""
    Received.objects.filter(pk__in=ids).delete()


def _of(subject: Subject) -> Any:
    return Contact.objects.filter(account_id=subject.account_id).select_related("line").order_by("pk")


def _tell(contact: Contact) -> dict[str, Any]:
    said = Received.objects.filter(contact=contact).order_by("pk").values_list("received_at", "text")
    sent = Sent.objects.filter(contact=contact).order_by("pk").values_list("made_at", "text")
    return {
        "line": contact.line.name,
        "since": contact.first_at.isoformat(),
        "said": [{"at": at.isoformat(), "text": text} for at, text in said],
        "answered": [{"at": at.isoformat(), "text": text} for at, text in sent],
    }


@transaction.atomic
def _erase(subject: Subject, **_more: Any) -> int:
    gone = 0
    for contact in _of(subject).select_for_update(of=("self",)):
        contact.account = None
        linking.tell_kernel(contact)
        contact.delete()
        gone += 1
    return gone


def _unlink(subject: Subject, *, by: Actor, at: datetime) -> None:
    """Whoever writes from there is a stranger again; what was said stays for its time."""
    for contact_id in _of(subject).values_list("pk", flat=True):
        linking.unlink(contact_id=contact_id, by=by, at=at)


RETAINED = (
    Retained("channels.messages", "Tin nhắn trên Zalo, Facebook, thư", "ngày nhận tin", Fate.DESTROY, _due, _end),
)
HOLDINGS = (
    Holding(
        code="channels.contacts",
        title="Tin nhắn trên Zalo, Facebook, thư",
        purpose="trả lời bạn ở nơi bạn nhắn, báo tin khi bạn đã liên kết tài khoản",
        basis="sự đồng ý của bạn khi nhắn và khi liên kết",
        rows=_of,
        tell=_tell,
        page="channels:mine",
        erase=_erase,
        on_close=_unlink,
    ),
)
