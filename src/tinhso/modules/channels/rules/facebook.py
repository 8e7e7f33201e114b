"""The contract of Facebook pages (Messenger Platform webhooks): deliveries and their signature."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from tinhso.kernel.talks import Place
from tinhso.modules.channels.rules.hearing import Heard, NotRead, NotSigned, What, dictionaries, part, place_of, word

LONGEST = 2000
ANSWER_WITHIN_HOURS = 24  # after the person's last word; beyond, the operator asks for tags
_UNREAD = frozenset({"audio", "video", "file"})


def signature(body: bytes, app_secret: str) -> str:
    """What the operator writes into ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def read(body: bytes, header: str, *, app_secret: str, account: str = "") -> list[Heard]:
    """All news in a delivery to the page ``account`` (empty: not known); one may bring several.

    Raises NotSigned; NotRead, also for what is another page's of the same application."""
    if not app_secret:
        raise NotSigned("kênh chưa có khóa")
    if not hmac.compare_digest(header.strip().encode(), signature(body, app_secret).encode()):
        raise NotSigned("chữ ký không đúng")
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise NotRead("không phải JSON") from None
    entries = said.get("entry") if isinstance(said, dict) else None
    if not isinstance(entries, list):
        raise NotRead("không đúng cấu trúc")
    if account and any(word(entry.get("id")) not in ("", account) for entry in dictionaries(entries)):
        raise NotRead("tin của trang khác")
    return [_heard(one) for entry in dictionaries(entries) for one in dictionaries(entry.get("messaging"))]


def _heard(one: Mapping[str, Any]) -> Heard:
    person = word(part(one, "sender").get("id"), 120)
    pressed = part(one, "postback")
    if person and pressed.get("title"):
        key = word(pressed.get("mid"), 200) or _digest(one)
        return Heard(What.SAID, key, person, word(pressed["title"], LONGEST))
    message = part(one, "message")
    if message.get("is_echo") or not person or not message.get("mid"):
        return Heard(What.OTHER, _digest(one), person)
    attached = [(kind.get("type"), part(kind, "payload")) for kind in dictionaries(message.get("attachments"), 5)]
    pictures = [said for kind, said in attached if kind == "image" and not said.get("sticker_id")]
    return Heard(
        What.SAID,
        word(message["mid"], 200),
        person,
        word(message.get("text"), LONGEST),
        tuple(address for said in pictures if (address := word(said.get("url"), 2000))),
        _place(attached),
        skipped=sum(kind in _UNREAD for kind, _said in attached),
    )


def _place(attached: list[tuple[Any, Mapping[str, Any]]]) -> Place | None:
    points = [part(said, "coordinates") for kind, said in attached if kind == "location"]
    return next((found for one in points if (found := place_of(one.get("lat"), one.get("long")))), None)


def _digest(one: Mapping[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(one)).hexdigest()


class Fate(StrEnum):
    """What an error of the operator means: ask again later, renew the page's token, or never."""

    LATER = "later"
    RENEW = "renew"
    NEVER = "never"


_BUSY = frozenset({1, 2, 4, 17, 32, 341, 613})  # too many at once, or theirs to mend ("Handling Errors", Graph API)
_TOKEN = frozenset({102, 190})


def fate(error: Any) -> Fate:
    """By the ``error`` of an answer; unknown ones are final."""
    said = error if isinstance(error, dict) else {}
    if said.get("is_transient") is True or said.get("code") in _BUSY:
        return Fate.LATER
    return Fate.RENEW if said.get("code") in _TOKEN else Fate.NEVER
