"""Letting people of the Mini App in: the operator says who holds the token; an account is linked by signing in once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.modules.channels.actions import hearing, linking, wire
from tinhso.modules.channels.models import Contact, Line
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.rules import mini

SALT = "channels.mini"


@dataclass(frozen=True, slots=True)
class Entered:
    """``token`` opens what is the person's own for an hour; ``link`` is where an account is linked, when none is."""

    token: str
    name: str
    is_linked: bool
    link: str = ""


def enter(*, line: Line, access_token: str, at: datetime) -> Entered:
    """Exchange a token of the Mini App for one of ours. Raises Refusal ``channels.mini_refused`` for one that the
    operator does not know; that is written down."""
    secret = keys.secret_of(line, "app_secret")
    try:
        if not secret or not access_token:
            raise wire.NotTaken("thiếu mã đăng nhập", is_final=True)
        said = wire.profile(access_token, secret)
    except wire.NotTaken as no:
        if no.is_final:
            hearing.refuse(line=line, reason="mã đăng nhập Mini App không đúng", at=at)
        raise Refusal("channels.mini_refused", "Chưa đăng nhập được qua Zalo. Mở lại ứng dụng rồi thử lại.") from None
    contact = _contact(line, str(said["id"])[:100], at)
    token = signing.dumps([contact.pk, contact.account_id], salt=SALT, compress=True)
    name = str(said.get("name", ""))[:80]
    if contact.account_id is not None:
        return Entered(token, name, True)
    return Entered(token, name, False, settings.BASE_URL + linking.offer(contact, at).url)


def account_of(token: str) -> int:
    """The account that a token of ours opens. Raises NotAllowed: too old, changed, or no longer linked."""
    try:
        contact_id, account_id = signing.loads(token, salt=SALT, max_age=mini.LIFE)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotAllowed("channels.mini_over", "Phiên đã hết. Mở lại ứng dụng.") from None
    linked = Contact.objects.filter(
        pk=contact_id, account_id=account_id, account__is_active=True, line__is_open=True
    ).exists()
    if account_id is None or not linked:
        raise NotAllowed("channels.mini_not_linked", "Chưa liên kết tài khoản.")
    return int(account_id)


@transaction.atomic
def _contact(line: Line, person: str, at: datetime) -> Contact:
    return Contact.objects.get_or_create(line=line, outside_id=mini.contact_id(person), defaults={"first_at": at})[0]
