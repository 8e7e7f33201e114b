"""What a notice may say and where it may lead; when a message is tried again."""

from __future__ import annotations

import hashlib
from enum import StrEnum

TITLE_LENGTH = 200
URL_LENGTH = 300
SHOWN_AT_MOST = 99
MAX_ATTEMPTS = 8


class Channel(StrEnum):
    EMAIL = "email"


class Sending(StrEnum):
    """Where a message stands. ``failed`` is tried again; ``given_up`` is not."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


OPEN = (Sending.WAITING.value, Sending.FAILED.value)


def is_inner_address(url: str) -> bool:
    """Whether it is a path on this site: a notice never leads elsewhere, whatever a browser makes of slashes."""
    return url.startswith("/") and not url.startswith("//") and not any(c in url for c in "\\\r\n\t\0")


def message_id(delivery_id: int, made_at: str, host: str) -> str:
    """The same for every try of one message, so that the receiving side can drop a repeat (RFC 5322, 3.6.4).

    ``made_at`` keeps ids apart when a database was restored and numbers are given again.
    """
    mark = hashlib.sha256(f"{delivery_id}/{made_at}".encode()).hexdigest()[:16]
    return f"<thong-bao.{delivery_id}.{mark}@{host}>"


def next_state(*, attempts: int, is_final: bool) -> Sending:
    """What a failed try makes of a message. ``attempts`` counts that try; a final refusal is not tried again."""
    return Sending.GIVEN_UP if is_final or attempts >= MAX_ATTEMPTS else Sending.FAILED
