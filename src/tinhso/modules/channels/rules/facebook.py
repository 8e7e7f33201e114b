"""The contract of Facebook pages (Messenger Platform webhooks): deliveries and their signature."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from tinhso.modules.channels.rules.hearing import Heard, NotRead, NotSigned, What, dictionaries

LONGEST = 2000
ANSWER_WITHIN_HOURS = 24  # after the person's last word; beyond, the operator asks for tags


def signature(body: bytes, app_secret: str) -> str:
    """What the operator writes into ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def read(body: bytes, header: str, *, app_secret: str) -> list[Heard]:
    """All news in a delivery; one may bring several. Raises NotSigned, NotRead."""
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
    return [_heard(one) for entry in dictionaries(entries) for one in dictionaries(entry.get("messaging"))]


def _heard(one: Mapping[str, Any]) -> Heard:
    message = one.get("message")
    sender = one.get("sender")
    person = str(sender.get("id", ""))[:120] if isinstance(sender, dict) else ""
    if not isinstance(message, dict) or message.get("is_echo") or not person or not message.get("mid"):
        return Heard(What.OTHER, hashlib.sha256(msgspec.json.encode(one)).hexdigest(), person)
    attached = [one for one in dictionaries(message.get("attachments"), 5) if one.get("type") == "image"]
    payloads = [payload for one in attached if isinstance(payload := one.get("payload"), dict)]
    pictures = tuple(str(payload["url"])[:2000] for payload in payloads if payload.get("url"))
    text = message.get("text")
    return Heard(
        What.SAID, str(message["mid"])[:200], person, text[:LONGEST] if isinstance(text, str) else "", pictures
    )
