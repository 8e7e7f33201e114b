"""Giving and taking keys, and clearing what is kept only for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from tinhso.kernel.api.models import ApiKey, Idempotency
from tinhso.kernel.api.rules import READ, WRITE, new_secret
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor, ActorKind

KEPT_FOR = timedelta(days=3)


@transaction.atomic
def create_key(
    *,
    account_id: int,
    name: str,
    scopes: Iterable[str],
    by: Actor,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown now and never again. One makes keys for one's own account only.

    ``scopes``: ``read``, ``write`` and permission words; see ``rules.narrowed``. Raises NotAllowed for somebody else's
    account, Refusal ``api.unknown_scope`` for a word that no module declares.
    """
    if by.kind is not ActorKind.SYSTEM and by.account_id != account_id:
        raise NotAllowed
    asked = sorted({READ, *scopes})
    unknown = [word for word in asked if word not in (READ, WRITE) and word not in registry.permissions]
    if unknown:
        raise Refusal("api.unknown_scope", f"Không có quyền tên “{unknown[0]}”. Chọn trong danh sách.", field="scopes")
    secret = new_secret()
    key = ApiKey.objects.create(
        prefix=secret.prefix,
        secret_hash=secret.hash,
        account_id=account_id,
        name=name,
        scopes=asked,
        created_at=at,
        created_by_id=by.account_id,
        expires_at=expires_at,
    )
    _note("api_key.create", key, by, at)
    return key, secret.text


def _note(verb: str, key: ApiKey, by: Actor, at: datetime) -> None:
    note(subject=f"account/{key.account_id}", verb=verb, by=by, at=at, data={"key": f"ts_{key.prefix} {key.name}"})


@transaction.atomic
def revoke_key(*, key_id: int, by: Actor, at: datetime) -> None:
    """End a key of one's own for good; ending it twice keeps the first time. Raises NotFound for anybody else's."""
    keys = ApiKey.objects.filter(pk=key_id)
    if by.kind is not ActorKind.SYSTEM:
        keys = keys.filter(account_id=by.account_id) if by.account_id else keys.none()
    key = keys.select_for_update().first()
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        keys.update(revoked_at=at)
        _note("api_key.revoke", key, by, at)


def sweep(*, at: datetime) -> tuple[int, int]:
    """Remove answers kept longer than three days and limits long forgiven; returns how many of each."""
    answers, _ = Idempotency.objects.filter(created_at__lt=at - KEPT_FOR).delete()
    with connection.cursor() as cursor:
        cursor.execute("delete from api_limit where forgiven_at < %s", [at])
        return answers, cursor.rowcount
