"""The demonstration bank: no bank of this name exists, no money moves. It shows how an adapter is written.

Its message is JSON; two headers carry the time and the signature (see ``rules.signatures``)::

    X-Tinhso-Timestamp: 1795312800
    X-Tinhso-Signature: <64 hexadecimal digits>
    {"notice_id": "…", "reference": "…", "account": "…", "amount": 75000, "content": "TS26111700088K",
     "booked_at": "2026-11-17T09:30:00+07:00", "status": "paid"}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.modules.payments.rules import signatures
from tinhso.modules.payments.rules.adapters.base import Bank, Told

TIMESTAMP, SIGNATURE = "X-Tinhso-Timestamp", "X-Tinhso-Signature"
BIN, NAME = "970999", "Ngân hàng minh họa"  # 970999 is given to no bank
LARGEST = 10**13


class DemoBank(Bank):
    code = "demo"
    name = NAME

    def check(self, *, secret: str, headers: Mapping[str, str], body: bytes, at: datetime) -> datetime:
        stamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
        return signatures.check(secret=secret, timestamp=stamp, body=body, given=given, at=at)

    def read(self, body: bytes) -> Told:
        try:
            said: Any = json.loads(body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise _shape("thân thông báo (JSON)")
        amount = said.get("amount")
        if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount < LARGEST:
            raise _shape("amount (số đồng nguyên, lớn hơn 0)")
        return Told(
            notice_id=_text(said, "notice_id", 80),
            bank_reference=_text(said, "reference", 60),
            account=_text(said, "account", 19),
            amount=amount,
            content=str(said.get("content") or "").replace("\0", "")[:300],
            booked_at=_moment(said),
            is_paid=said.get("status", "paid") == "paid",
        )

    def compose(self, told: Told, *, secret: str, at: datetime) -> tuple[dict[str, str], bytes]:
        """The signed message, as the demonstration bank sends it: headers and body."""
        body = json.dumps(
            {
                "notice_id": told.notice_id,
                "reference": told.bank_reference,
                "account": told.account,
                "amount": told.amount,
                "content": told.content,
                "booked_at": told.booked_at.isoformat(),
                "status": "paid" if told.is_paid else "failed",
            }
        ).encode()
        stamp = str(int(at.timestamp()))
        return {TIMESTAMP: stamp, SIGNATURE: signatures.signature(secret, stamp, body)}, body


def _shape(what: str) -> Refusal:
    return Refusal("payments.notice_shape", f"Thông báo thiếu hoặc sai: {what}.")


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest or "\0" in value:
        raise _shape(f"{name} (chữ, tối đa {longest} ký tự)")
    return value.strip()


def _moment(said: Mapping[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(str(said.get("booked_at", "")))
    except ValueError:
        raise _shape("booked_at (thời điểm ISO 8601)") from None
    if found.tzinfo is None:
        raise _shape("booked_at (thời điểm có múi giờ)")
    return found
