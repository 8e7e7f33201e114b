from __future__ import annotations

import uuid
from datetime import UTC, datetime

from tinhso.kernel.api import actions
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def account(username: str = "lan", **more: object) -> Account:
    return Account.objects.create_user(username, "", None, display_name=username.title(), **more)


def key(owner: Account, *scopes: str, **more: object) -> str:
    return actions.create_key(account_id=owner.pk, name="Phần mềm", scopes=scopes, by=actor_of(owner), at=AT, **more)[1]


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def fresh() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}
