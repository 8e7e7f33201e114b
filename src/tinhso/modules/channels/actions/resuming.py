"""Talks that were left half-way: kept aside for a week, offered again, taken up by “tiếp”, a picture or a place.

Nobody's words of today are taken for the answer to a question of yesterday, and nothing typed is lost.
"""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.talks import Talk
from tinhso.modules.channels.models import Contact
from tinhso.modules.channels.rules.talking import ASIDE_LIFE, TALK_LIFE, Chosen

TALK, KEPT, AT = "talk", "kept", "at"


def leave_what_is_old(contact: Contact, at: datetime) -> None:
    """After hours of silence a talk goes on only when the person says so; what was aside for a week is forgotten."""
    before = contact.last_said_at
    if contact.aside and at - datetime.fromisoformat(contact.aside[AT]) > ASIDE_LIFE:
        contact.aside = {}
    if contact.talk and before is not None and at - before > TALK_LIFE:
        contact.aside = {TALK: contact.talk, KEPT: contact.kept, AT: at.isoformat()}
        contact.talk, contact.kept = "", {}


def put_aside(contact: Contact, known: list[Talk], at: datetime) -> None:
    """The person began another talk: the one before can be taken up again, when it is worth it."""
    talk = _talk(known, contact.talk)
    if talk is not None and talk.is_resumed and contact.kept:
        contact.aside = {TALK: contact.talk, KEPT: contact.kept, AT: at.isoformat()}
    contact.talk, contact.kept = "", {}


def take_up(contact: Contact, known: list[Talk], text: str) -> Chosen | None:
    """Go on with what is aside; None when nothing is. The contact's talk is that one again."""
    talk = _talk(known, contact.aside.get(TALK, ""))
    if talk is None:
        return None
    contact.talk, contact.kept, contact.aside = talk.code, contact.aside[KEPT], {}
    return Chosen(talk, text, goes_on=True)


def reminder(contact: Contact, known: list[Talk]) -> list[str]:
    """A line about what is aside, while no talk asks for something itself."""
    talk = _talk(known, contact.aside.get(TALK, "")) if not contact.talk else None
    return [f"Bạn còn dở “{talk.title}”: nhắn “tiếp” để làm tiếp, “thôi” để bỏ."] if talk and talk.is_resumed else []


def _talk(known: list[Talk], code: str) -> Talk | None:
    return next((one for one in known if one.code == code), None)
