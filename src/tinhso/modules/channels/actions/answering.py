"""Answering a message: the talk it belongs to is asked, and what it says is queued, in one transaction.

The contact's row is held meanwhile, so that two messages of one person are answered one after the other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.rules import PICTURES
from tinhso.kernel.manifest import registry
from tinhso.kernel.talks import Place, Reply, Said, Talk
from tinhso.modules.channels.actions import commanding, linking, resuming, wire
from tinhso.modules.channels.models import Contact, Received, Sent
from tinhso.modules.channels.rules import Kind, mail, talking, zalo
from tinhso.modules.channels.rules.hearing import STORED
from tinhso.modules.channels.rules.talking import Chosen, Command

PURPOSE = "channels.picture"
UNKNOWN = "Chưa rõ ý bạn."
UNREAD = "Chưa đọc được tin này. Bạn gửi bằng chữ, ảnh hoặc vị trí; nhắn “thôi” để bỏ."
SKIPPED = "(Chỉ nhận chữ, ảnh và vị trí; tin thoại, video, tệp khác không được nhận.)"
NO_PICTURE = "Không tải được ảnh bạn gửi; bạn gửi lại ảnh sau ít phút."


def talks() -> list[Talk]:
    """What can be asked by message, of all modules, in their order."""
    return registry.collect("talks")


@transaction.atomic
def answer(*, received_id: int, at: datetime) -> list[int]:
    """Answer one message; ids of what is to be sent. Nothing when it was answered before."""
    row = Received.objects.select_related("line").get(pk=received_id)
    contact = Contact.objects.select_for_update().get(pk=row.contact_id)
    row.refresh_from_db(fields=["answered_at"])
    if row.answered_at is not None:
        return []
    was_linked = contact.account_id is not None
    resuming.leave_what_is_old(contact, row.received_at)
    reply, talk = _reply(row, contact, at)
    contact.talk, contact.kept = (talk, dict(reply.keep)) if reply.keep is not None else ("", {})
    contact.last_said_at, contact.is_gone = row.received_at, False
    contact.save(update_fields=["talk", "kept", "aside", "last_said_at", "is_gone", "is_stopped", "account"])
    if contact.account_id is not None or was_linked:
        linking.tell_kernel(contact)
    row.answered_at, row.talk = at, talk
    row.save(update_fields=["answered_at", "talk", "problem"])
    return _written(row, contact, reply, at)


def _written(row: Received, contact: Contact, reply: Reply, at: datetime) -> list[int]:
    text = "\n".join([*_said_back(row, reply), *resuming.reminder(contact, talks())])
    made = Sent.objects.bulk_create(
        Sent(contact=contact, answers=row, part=part, text=piece, case_id=reply.case_id, made_at=at)
        for part, piece in enumerate(talking.pieces(text, _longest(row)))
    )
    return [one.pk for one in made]


def _said_back(row: Received, reply: Reply) -> list[str]:
    said = [reply.text, f"{settings.BASE_URL}{reply.url}" if reply.url else "", SKIPPED if row.skipped else ""]
    return [one for one in said if one]


def _longest(row: Received) -> int:
    return mail.LONGEST_ANSWER if row.line.kind == Kind.MAIL else zalo.LONGEST


def _chosen(row: Received, contact: Contact, known: list[Talk]) -> Chosen | Command | None:
    """Whose message it is. What a new mail says in its first line comes before its subject, which is often general."""
    below = row.text.removeprefix(row.subject).strip() if row.subject and row.text != row.subject else ""
    found = talking.choose(below, known, "") if below != row.text and below else None
    return found or talking.choose(row.text, known, contact.talk)


def _reply(row: Received, contact: Contact, at: datetime) -> tuple[Reply, str]:
    """What is said and which talk said it."""
    known = talks()
    chosen = _chosen(row, contact, known)
    if chosen is Command.RESUME or (chosen is None and (row.pictures or row.latitude is not None)):
        chosen = resuming.take_up(contact, known, row.text if chosen is None else "") or chosen
    if isinstance(chosen, Command):
        return commanding.obey(chosen, row, contact, known)
    if chosen is None:
        menu = talking.menu(known, row.line.name)
        return (Reply(f"{UNKNOWN}\n{menu.text}") if row.text.strip() else menu), ""
    if chosen.goes_on and _says_nothing(row):
        return Reply(UNREAD, keep=contact.kept), chosen.talk.code
    if not chosen.goes_on:
        resuming.put_aside(contact, known, row.received_at)
    return _answered(row, contact, chosen, at), chosen.talk.code


def _says_nothing(row: Received) -> bool:
    """A sticker, a voice: nothing that a talk could make use of."""
    return not row.text.strip() and not row.pictures and row.latitude is None


def _answered(row: Received, contact: Contact, chosen: Chosen, at: datetime) -> Reply:
    """What the talk says. A picture that cannot be had is asked for again; what was typed with it counts."""
    try:
        with transaction.atomic():
            pictures, missing = _pictures(row)
            reply = chosen.talk.answer(_said(row, contact, chosen, pictures, at))
    except Refusal as no:
        return Reply(no.message, keep=contact.kept if chosen.goes_on else None)
    row.problem = missing[:300]
    return replace(reply, text=f"{NO_PICTURE}\n{reply.text}") if missing else reply


def _said(row: Received, contact: Contact, chosen: Chosen, pictures: tuple[int, ...], at: datetime) -> Said:
    place = Place(row.latitude, row.longitude) if row.latitude is not None and row.longitude is not None else None
    return Said(
        text=chosen.text,
        at=at,
        contact=contact.key,
        key=f"{row.line.code}/{row.pk}",
        way=row.line.kind,
        account_id=contact.account_id if row.is_proven else None,
        unit_id=row.line.unit_id,
        pictures=pictures,
        place=place,
        kept=contact.kept if chosen.goes_on else {},
    )


def _pictures(row: Received) -> tuple[tuple[int, ...], str]:
    """Ids of the pictures, fetched now since the operator's addresses soon cease to work, and why one could not be
    had. Raises Refusal for what is no picture."""
    kept, missing = [], ""
    for number, address in enumerate(row.pictures, 1):
        if address.startswith(STORED):
            kept.append(int(address.removeprefix(STORED)))
            continue
        try:
            content = BytesIO(wire.picture(address))
        except wire.NotTaken as no:
            missing = str(no)
            continue
        name = f"anh-{number}.jpg"
        kept.append(files.store(content, name=name, by_account_id=None, purpose=PURPOSE, allowed=PICTURES).pk)
    return tuple(kept), missing
