"""Whether a message really comes from the bank: HMAC-SHA256 over its time and its very bytes.

The signed text is ``<seconds since 1970>.<body>``. A message is taken within five minutes of its time; what comes
again within that window is found by its own number.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from tinhso.kernel.errors import NotAllowed

WINDOW = timedelta(minutes=5)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """64 hexadecimal digits."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check(*, secret: str, timestamp: str, body: bytes, given: str, at: datetime) -> datetime:
    """When it was sent. Raises NotAllowed ``payments.signature``, or ``payments.time_window`` for an old message."""
    if not secret or not hmac.compare_digest(signature(secret, timestamp, body).encode(), given.lower().encode()):
        raise NotAllowed("payments.signature", "Chữ ký của thông báo không đúng.")
    if not re.fullmatch(r"[0-9]{1,11}", timestamp, re.ASCII):
        raise NotAllowed("payments.time_window", "Thời điểm gửi thông báo không đọc được.")
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(at - sent_at) > WINDOW:
        raise NotAllowed("payments.time_window", "Thông báo được gửi quá xa thời điểm hiện tại. Gửi lại với giờ mới.")
    return sent_at
