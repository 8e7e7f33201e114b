"""The contract of Zalo Official Accounts: deliveries, errors, tokens.

Known from public integrations and the operator's own open SDK; the reference pages could not be read. Hosts, paths and
limits are therefore settings, and what is not known is kept as ``other`` and treated as final.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from tinhso.kernel.talks import Place
from tinhso.modules.channels.rules.hearing import Heard, NotRead, NotSigned, What, dictionaries

LONGEST = 2000  # letters of one message
LONGEST_BODY = 256 * 1024
ACCESS_LIFE = timedelta(seconds=90_000)
REFRESH_AT = 0.8  # of the life of a token
REFRESH_WARNING = timedelta(days=60)
ANSWER_WITHIN = timedelta(days=7)  # after the person's last word; later the operator refuses

_NEWS = {"follow": What.FOLLOWED, "unfollow": What.LEFT}
_PICTURES = ("image",)


def signature(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """What the operator writes into ``X-ZEvent-Signature``: a plain SHA-256, no HMAC."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def read(body: bytes, header: str, *, app_id: str, secret: str) -> Heard:
    """The news in a delivery. Raises NotSigned for a forged one, NotRead for one we cannot make out."""
    if not secret:
        raise NotSigned("kênh chưa có khóa")
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise NotSigned("không phải JSON") from None
    if not isinstance(said, dict):
        raise NotSigned("không đúng cấu trúc")
    shown = header.strip().removeprefix("mac=").lower()
    expected = signature(app_id, body, str(said.get("timestamp", "")), secret)
    if not hmac.compare_digest(shown.encode(), expected.encode()):
        raise NotSigned("chữ ký không đúng")
    if str(said.get("app_id", app_id)) != app_id:
        raise NotRead("tin của ứng dụng khác")
    return _heard(said, body)


def _heard(said: Mapping[str, Any], body: bytes) -> Heard:
    event, message = str(said.get("event_name", "")), _part(said, "message")
    key = _word(message.get("msg_id")) or hashlib.sha256(body).hexdigest()
    if event in _NEWS:
        return Heard(
            _NEWS[event], f"{event}:{hashlib.sha256(body).hexdigest()}", _word(_part(said, "follower").get("id"))
        )
    person = _word(_part(said, "sender").get("id"))
    tracking = _word(message.get("tracking_id"))
    if event == "user_received_message" and tracking:
        return Heard(What.DELIVERED, tracking, person)
    if not event.startswith("user_send_") or "group" in event:
        return Heard(What.OTHER, f"{event}:{key}"[:200], person)
    if not person:
        raise NotRead("tin không nói ai gửi")
    attached = dictionaries(message.get("attachments"))
    pictures = tuple(
        address
        for one in attached
        if one.get("type") in _PICTURES and (address := _word(_part(one, "payload").get("url"), 2000))
    )
    text = message.get("text")
    return Heard(
        What.SAID, key[:200], person, text[:LONGEST] if isinstance(text, str) else "", pictures[:5], _place(attached)
    )


def _place(attached: list[dict[str, Any]]) -> Place | None:
    for one in attached:
        point = _part(_part(one, "payload"), "coordinates")
        try:
            found = Place(float(point["latitude"]), float(point["longitude"]))
        except (KeyError, TypeError, ValueError):
            continue
        if abs(found.latitude) <= 90 and abs(found.longitude) <= 180:
            return found
    return None


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = said.get(name)
    return part if isinstance(part, dict) else {}


def _word(value: Any, most: int = 120) -> str:
    return str(value)[:most] if isinstance(value, str | int) and not isinstance(value, bool) else ""


class Outcome(StrEnum):
    """What an answer of the operator means for a message: gone out, ask again with a new token, later, or never."""

    SENT = "sent"
    RENEW = "renew"
    LATER = "later"
    NEVER = "never"


_RENEW, _LATER = frozenset({-216, -220, -124}), frozenset({-32})


def outcome(error: Any) -> Outcome:
    """By the ``error`` of an answer with status 200; unknown ones are final."""
    if type(error) is not int:
        return Outcome.LATER
    if error == 0:
        return Outcome.SENT
    return Outcome.RENEW if error in _RENEW else Outcome.LATER if error in _LATER else Outcome.NEVER


def challenge(verifier: str) -> str:
    """The challenge that goes with a verifier (PKCE, S256)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proof(access_token: str, app_secret: str) -> str:
    """``appsecret_proof`` of the questions about a person's profile."""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()
