"""A shop whose counter took its numbers along, its clerks, a director who decides, and receptions signed there."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.offline_counter import actions
from tinhso.modules.offline_counter.models import Block, Counter, Number, Reception
from tinhso.modules.procedures import door

MARITAL = "1.004873"
START = datetime(2026, 11, 16, 8, 0, tzinfo=VIETNAM)  # a Monday
LAN = "079190012346"


def key_pair() -> tuple[ec.EllipticCurvePrivateKey, str]:
    """A key as a browser makes it, and its public half as it is sent."""
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key, base64.urlsafe_b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def sign(text: str, key: ec.EllipticCurvePrivateKey) -> str:
    first, second = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return base64.urlsafe_b64encode(first.to_bytes(32, "big") + second.to_bytes(32, "big")).decode().rstrip("=")


class Shop:
    """Prepared on Monday at eight; receptions happen later, without network."""

    def __init__(self) -> None:
        forget()
        door.forget()
        door.publish_sample(MARITAL, valid_from=date(2026, 1, 1), at=START)
        self.province: Province = found()
        here, other = self.province.shop, self.province.other_shop
        self.accounts: dict[str, Account] = {
            "clerk": people.official("clerk", here, "dossiers.clerk", "offline_counter.clerk"),
            "second": people.official("second", here, "dossiers.clerk", "offline_counter.clerk"),
            "director": people.official("director", here, "dossiers.director", "offline_counter.decider"),
            "elsewhere": people.official("elsewhere", other, "dossiers.clerk", "offline_counter.decider"),
            "handler": people.official("handler", self.province.commune, "dossiers.specialist"),
            "lan": people.citizen("lan", identity_number=LAN),
        }
        self.sheet: Any = door.published(MARITAL, START.date())
        self.key, public = key_pair()
        self.counter: Counter = actions.enrol(
            unit_id=here.pk, name="Quầy 1", key=public, by=self.actor("clerk"), at=START
        )
        self.kit = actions.prepare(counter_id=self.counter.pk, by=self.actor("clerk"), at=START)

    def actor(self, who: str) -> Actor:
        return actor_of(Account.objects.get(pk=self.accounts[who].pk))

    def numbers(self) -> list[str]:
        """Leased for Monday."""
        rows = Number.objects.filter(block__counter=self.counter, block__day=START.date()).order_by("id")
        return list(rows.values_list("code", flat=True))

    def said(self, place: int = 0, **changes: Any) -> dict[str, Any]:
        """A complete reception at a quarter past nine on Monday, under the counter's number at that place."""
        branch = self.kit["procedures"][0]["branches"][0]
        said: dict[str, Any] = {
            "v": 1,
            "id": str(uuid.uuid4()),
            "counter": self.counter.pk,
            "clerk": self.accounts["clerk"].pk,
            "code": self.numbers()[place],
            "received_at": (START + timedelta(minutes=75)).isoformat(),
            "procedure": MARITAL,
            "version": self.sheet.version_id,
            "branch": "",
            "applicant": {"name": "Nguyễn Thị Lan", "identity_number": LAN, "phone": "0912345678", "address": "Số 9"},
            "papers": [{"code": one["code"], "originals": 1, "copies": 0} for one in branch["papers"]],
            "result_channel": "counter",
            "fee_paid": False,
            "due_at": None,
        }
        return said | changes

    def store(
        self, said: dict[str, Any] | None = None, *, who: str = "clerk", at: datetime | None = None,
        clock: datetime | None = None, key: Any = None, text: str | None = None, signature: str | None = None,
    ) -> Reception:  # fmt: skip
        """What the counter sends when the network is back, at noon unless said otherwise."""
        at = at or START + timedelta(hours=4)
        text = text if text is not None else json.dumps(said or self.said(), ensure_ascii=False)
        signature = signature if signature is not None else sign(text, key or self.key)
        return actions.store(text=text, signature=signature, clock=clock or at, by=self.actor(who), at=at)

    def registered(self, said: dict[str, Any] | None = None, **how: Any) -> Reception:
        """Stored and looked at."""
        stored = self.store(said, **how)
        actions.register(reception_id=stored.pk, at=stored.stored_at)
        return Reception.objects.select_related("case", "counter").get(pk=stored.pk)

    def held(self, said: dict[str, Any] | None = None, **how: Any) -> Reception:
        one = self.registered(said, **how)
        assert one.state == "held", one.state
        return one


def everything() -> list[Any]:
    """All rows a refusal must leave alone."""
    return [
        list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (Counter, Block, Number, Reception, Case, Entry)
    ]


def verbs(one: Reception) -> list[str]:
    rows = Entry.objects.filter(subject=f"offline_reception/{one.pk}").order_by("seq")
    return [verb.partition(".")[2] for verb in rows.values_list("verb", flat=True)]
