"""A short mark by which a browser tells accounts apart without knowing them: the outbox keeps things by it."""

from __future__ import annotations

from functools import lru_cache

from django.utils.crypto import salted_hmac


@lru_cache(maxsize=4096)
def mark_of(account_id: int | None) -> str:
    """Sixteen letters that say nothing about the account; empty for nobody."""
    return salted_hmac("tinhso.outbox", str(account_id)).hexdigest()[:16] if account_id else ""
