"""Showing that a contact and an account are the same person: by signing in at a link that only the contact was sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.talks import Reply
from tinhso.modules.channels.models import Contact
from tinhso.modules.channels.rules import Kind, mini

SALT = "channels.link"
LIFE = timedelta(hours=1)


def offer(contact: Contact, at: datetime) -> Reply:
    """A link that holds for an hour. Who opens it must sign in and agree."""
    token = signing.dumps({"contact": contact.pk}, salt=SALT, compress=True)
    words = "Mở liên kết sau, đăng nhập và đồng ý để hỏi về hồ sơ của bạn mà không cần mã (liên kết dùng trong 1 giờ):"
    return Reply(words, url=reverse("channels:link", args=[token]))


def contact_of(token: str) -> Contact:
    """Whose link it is. Raises Refusal ``channels.link_over`` for one that is too old or was changed."""
    try:
        said = signing.loads(token, salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        raise Refusal("channels.link_over", "Liên kết đã hết hạn. Nhắn “liên kết” để nhận liên kết mới.") from None
    found = Contact.objects.select_related("line").filter(pk=said["contact"]).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def link(*, token: str, by: Actor, at: datetime) -> Contact:
    """From now on the contact is told what the account may know. Raises Refusal, NotFound."""
    contact = Contact.objects.select_for_update(of=("self",)).select_related("line").get(pk=contact_of(token).pk)
    if by.account_id is None:
        raise NotFound
    if contact.account_id != by.account_id:
        contact.account_id = by.account_id
        contact.save(update_fields=["account"])
        tell_kernel(contact)
        _note("channels.link", contact, by, at)
    return contact


@transaction.atomic
def unlink(*, contact_id: int, by: Actor, at: datetime) -> None:
    """Take back the link of one's own account. Raises NotFound for anybody else's."""
    mine = Contact.objects.select_for_update(of=("self",)).select_related("line")
    contact = mine.filter(pk=contact_id, account_id=by.account_id).first() if by.account_id else None
    if contact is None:
        raise NotFound
    contact.account, contact.talk, contact.kept = None, "", {}
    contact.save(update_fields=["account", "talk", "kept"])
    tell_kernel(contact)
    _note("channels.unlink", contact, by, at)


def tell_kernel(contact: Contact) -> None:
    """Let notices find this contact, or find it no more: a linked account, that wants them, on a line it did not
    leave. Mail is no such way: notices go by mail to the account's own address; the Mini App takes no messages."""
    is_way = contact.line.kind != Kind.MAIL and not mini.is_mini(contact.outside_id)
    is_way = is_way and not contact.is_stopped and not contact.is_gone
    wanted = is_way and contact.account_id is not None
    notices.reach(address=f"channels/{contact.pk}", account_id=contact.account_id if wanted else None)


def _note(verb: str, contact: Contact, by: Actor, at: datetime) -> None:
    note(subject=f"accounts/{by.account_id}", verb=verb, by=by, at=at, data={"name": contact.line.name})
