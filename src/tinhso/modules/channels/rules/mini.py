"""The Mini App's tokens: whom they stand for and how long; nothing the client says of itself is believed."""

from __future__ import annotations

from datetime import timedelta

LIFE = timedelta(hours=1)
PREFIX = "mini:"  # of a contact's id: the operator knows the same person by other ids in the app and at the account
CASES = 20


def contact_id(person: str) -> str:
    return f"{PREFIX}{person}"[:120]


def is_mini(outside_id: str) -> bool:
    return outside_id.startswith(PREFIX)
