"""A counter that was without network for a morning: receipts registered, one held because of a twin. Invented."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.utils import timezone

from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.modules.offline_counter import actions, queries
from tinhso.modules.offline_counter.models import Counter

CLERK, DECIDER = "offline_counter.clerk", "offline_counter.decider"
NAMES = ("Nguyễn Thị Minh Họa", "Trần Văn Mẫu", "Lê Thị Ví Dụ")
HALF = 32


def demo(at: datetime | None = None, **_more: Any) -> None:
    """Let the demonstration's clerks work without network and give one counter a morning of receipts; once."""
    if Counter.objects.exists():
        return
    now = at or timezone.now()
    clerk = _allow(timezone.localdate(now))
    if clerk is None:
        return
    by = actor_of(Account.objects.get(pk=clerk.pk))
    unit_id = queries.counter_unit(by)
    if unit_id is not None:
        _morning(unit_id, by, now)


def _allow(today: Any) -> Account | None:
    """Every clerk may use it, every director decide; gives the clerk of the demonstration's own counter."""
    accounts = Account.objects.filter(is_demonstration=True, grants__role__in=["dossiers.clerk", "dossiers.director"])
    found = None
    for account in accounts.distinct().order_by("pk"):
        place = account.positions.filter(is_main=True).first()
        if place is None:
            continue
        role = DECIDER if account.grants.filter(role="dossiers.director").exists() else CLERK
        Grant.objects.get_or_create(
            account=account, role=role, unit_id=place.unit_id, ends_on=None, defaults={"begins_on": today}
        )
        Account.objects.filter(pk=account.pk).update(rights_version=account.rights_version + 1)
        if account.username == "canbo.motcua":
            found = account
    return found


def _morning(unit_id: int, by: Actor, now: datetime) -> None:
    key = ec.derive_private_key(20_260_701, ec.SECP256R1())
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    early = now - timedelta(hours=2)
    counter = actions.enrol(
        unit_id=unit_id, name="Quầy 2 (minh họa)", key=base64.b64encode(spki).decode(), by=by, at=early
    )
    kit = actions.prepare(counter_id=counter.pk, by=by, at=early)
    today = timezone.localdate(now).isoformat()
    simple = [one for one in kit["procedures"] if len(one["branches"]) == 1]
    for place, (name, one) in enumerate(zip(NAMES, [*simple[:2], *simple[1:2]], strict=False)):
        free = [n for n in kit["numbers"] if n["day"] == today and n["agency"] == one["agency"]]
        if place >= len(free):
            return
        _receive(key, counter, free[place]["code"], one, NAMES[1] if place == 2 else name, place, by, now)


def _receive(
    key: ec.EllipticCurvePrivateKey, counter: Counter, code: str, one: dict[str, Any], name: str, place: int, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    at = now - timedelta(minutes=100 - 30 * place)
    said = {
        "v": 1,
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, code)),
        "counter": counter.pk,
        "clerk": by.account_id,
        "code": code,
        "received_at": timezone.localtime(at).isoformat(),
        "procedure": one["code"],
        "version": one["version_id"],
        "branch": one["branches"][0]["code"],
        "applicant": {
            "name": name,
            "identity_number": f"07219000{min(place, 1) + 1000:04d}",
            "address": "Khu phố minh họa",
        },
        "papers": [
            {"code": paper["code"], "originals": paper["originals"], "copies": paper["copies"]}
            for paper in one["branches"][0]["papers"]
        ],
        "result_channel": "counter",
        "fee_paid": False,
        "due_at": None,
    }
    text = json.dumps(said, ensure_ascii=False)
    first, second = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    signature = base64.b64encode(first.to_bytes(HALF, "big") + second.to_bytes(HALF, "big")).decode()
    stored = actions.store(text=text, signature=signature, clock=now, by=by, at=now)
    actions.register(reception_id=stored.pk, at=now)
