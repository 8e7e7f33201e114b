"""What every bank's adapter does: say who signed, and turn the bank's message into the one shape we know."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Told:
    """What a bank says of one booking. ``notice_id`` names the message, ``bank_reference`` the booking itself.

    ``is_paid`` is False when the bank tells of a payment that failed; then no money came."""

    notice_id: str
    bank_reference: str
    account: str
    amount: int
    content: str
    booked_at: datetime
    is_paid: bool = True


class Bank(ABC):
    """A bank or gateway. Adapters are pure: they get bytes and a secret, and reach no network and no database."""

    code: ClassVar[str]
    name: ClassVar[str]

    @abstractmethod
    def check(self, *, secret: str, headers: Mapping[str, str], body: bytes, at: datetime) -> datetime:
        """When the message was sent. Raises NotAllowed when the signature or its time is wrong."""

    @abstractmethod
    def read(self, body: bytes) -> Told:
        """The message in our shape. Raises Refusal ``payments.notice_shape`` naming what is missing."""
