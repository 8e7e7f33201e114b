"""The contract of Zalo Official Accounts: deliveries, errors, tokens.

Known from public integrations and the operator's own open SDK; the reference pages could not be read. Hosts, paths and
limits are therefore settings, and what is not known is kept as ``other`` and treated as final.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from tinhso.kernel.talks import Place
from tinhso.modules.channels.rules.hearing import Heard, NotRead, NotSigned, What, dictionaries, part, place_of, word

LONGEST = 2000  # letters of one message
LONGEST_BODY = 256 * 1024
ACCESS_LIFE = timedelta(seconds=90_000)
REFRESH_AT = 0.8  # of the life of a token
REFRESH_WARNING = timedelta(days=60)
ANSWER_WITHIN = timedelta(days=7)  # after the person's last word; later the operator refuses
# Deliveries are repeated for two hours, and clocks differ; what is older or newer is not the operator's doing.
OLDEST, AHEAD = timedelta(days=1), timedelta(hours=2)

_NEWS = {"follow": What.FOLLOWED, "unfollow": What.LEFT}
_PICTURES, _UNREAD = ("image",), frozenset({"audio", "video", "file"})


def signature(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """What the operator writes into ``X-ZEvent-Signature``: a plain SHA-256, no HMAC."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def read(body: bytes, header: str, *, app_id: str, secret: str, at: datetime, account: str = "") -> Heard:
    """The news in a delivery to the Official Account ``account`` (empty: not known yet).

    Raises NotSigned for a forged or an old one, NotRead for one we cannot make out or that is another's."""
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
    _check_time(said, at)
    _check_account(said, account)
    return _heard(said, body)


def _check_time(said: Mapping[str, Any], at: datetime) -> None:
    """Raises NotSigned for a delivery whose own time is a day ago or hours ahead: somebody kept it and repeats it."""
    stamp = word(said.get("timestamp"))
    made = int(stamp) / 1000 if stamp.isascii() and stamp.isdecimal() and len(stamp) < 15 else 0
    if not -AHEAD.total_seconds() <= at.timestamp() - made <= OLDEST.total_seconds():
        raise NotSigned("giờ gửi cách quá xa bây giờ")


def _check_account(said: Mapping[str, Any], account: str) -> None:
    """Raises NotRead for what was said to another Official Account of the same application."""
    told = word(said.get("oa_id")) or word(part(said, "recipient").get("id"))
    is_to_us = str(said.get("event_name", "")).startswith(("user_send_", *_NEWS))
    if account and told and is_to_us and told != account:
        raise NotRead("tin của Official Account khác")


def _heard(said: Mapping[str, Any], body: bytes) -> Heard:
    event, message, digest = str(said.get("event_name", "")), part(said, "message"), hashlib.sha256(body).hexdigest()
    if event in _NEWS:
        return Heard(_NEWS[event], f"{event}:{digest}", word(part(said, "follower").get("id")))
    person, tracking = word(part(said, "sender").get("id")), word(message.get("tracking_id"))
    if event == "user_received_message" and tracking:
        return Heard(What.DELIVERED, tracking, person)
    key = word(message.get("msg_id"), 200) or digest
    if not event.startswith("user_send_") or "group" in event:
        return Heard(What.OTHER, f"{event}:{key}"[:200], person)
    if not person:
        raise NotRead("tin không nói ai gửi")
    return _message(message, key, person)


def _message(message: Mapping[str, Any], key: str, person: str) -> Heard:
    attached = dictionaries(message.get("attachments"))
    addresses = (word(part(one, "payload").get("url"), 2000) for one in attached if one.get("type") in _PICTURES)
    text = message.get("text")
    return Heard(
        What.SAID,
        key,
        person,
        text[:LONGEST] if isinstance(text, str) else "",
        tuple(address for address in addresses if address)[:5],
        _place(attached),
        skipped=sum(one.get("type") in _UNREAD for one in attached),
    )


def _place(attached: list[dict[str, Any]]) -> Place | None:
    points = [part(part(one, "payload"), "coordinates") for one in attached]
    return next((found for one in points if (found := place_of(one.get("latitude"), one.get("longitude")))), None)


class Outcome(StrEnum):
    """What an answer of the operator means for a message: gone out, ask again with a new token, later, or never."""

    SENT = "sent"
    RENEW = "renew"
    LATER = "later"
    NEVER = "never"


TOO_MANY = frozenset({-32})
_RENEW, _LATER = frozenset({-216, -220, -124}), TOO_MANY


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
