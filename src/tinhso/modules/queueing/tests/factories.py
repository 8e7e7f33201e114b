"""A one-stop shop with two clerks, its director, and a machine that gives out numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY, Actor
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.queueing import actions
from tinhso.modules.queueing.models import Ticket

MORNING = datetime(2026, 11, 16, 8, 0, tzinfo=VIETNAM)


def after(minutes: float) -> datetime:
    """So many minutes after eight on Monday."""
    return MORNING + timedelta(minutes=minutes)


class Shop:
    def __init__(self) -> None:
        forget()
        self.province: Province = found()
        shop, other = self.province.shop, self.province.other_shop
        self.unit_id: int = shop.pk
        self.accounts = {
            "hoa": people.official("hoa", shop, "queueing.caller"),
            "mai": people.official("mai", shop, "queueing.caller"),
            "director": people.official("director", shop, "queueing.manager"),
            "elsewhere": people.official("elsewhere", other, "queueing.manager"),
            "specialist": people.official("specialist", self.province.commune),
            "lan": people.citizen("lan"),
        }
        self.taken = 0

    def actor(self, who: str) -> Actor:
        return actor_of(self.accounts[who])

    def take(self, minutes: float = 0, purpose: str = "submit", *, priority: bool = False, key: str = "") -> Ticket:
        self.taken += 1
        return actions.take(
            unit_id=self.unit_id,
            purpose=purpose,
            is_priority=priority,
            request_key=key or f"k{self.taken}",
            by=NOBODY,
            at=after(minutes),
        )

    def call(self, minutes: float, who: str = "hoa", window: str = "Quầy 1", seen: int | None = None) -> Ticket | None:
        return actions.call_next(unit_id=self.unit_id, window=window, by=self.actor(who), at=after(minutes), seen=seen)
