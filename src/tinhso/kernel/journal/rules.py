"""How the history is chained: each entry seals the one before it, so that none can be changed unseen."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

NO_HASH = b"\0" * 32
NAMELESS = "Đã ẩn danh"  # stands for a citizen whose name was erased
APART = "personal_seal"  # stands in an entry's data for its personal part


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: number of its last entry (0 when empty) and that entry's hash."""

    seq: int = 0
    hash: bytes = NO_HASH


def seal(
    previous: bytes, *, chain: str, seq: int, verb: str, at: datetime, actor_id: int | None, data: Mapping[str, Any]
) -> bytes:
    """SHA-256 over the previous hash and everything the entry says, in one canonical form."""
    said = [chain, seq, verb, at.astimezone(UTC).isoformat(timespec="microseconds"), actor_id, data]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode()).digest()


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def personal_seal(salt: bytes, personal: Mapping[str, Any]) -> str:
    """What stands in the sealed data for the personal part: it proves it while it is there, and tells nothing after.

    The salt goes with the values: without it nobody finds out by trying what an erased value was."""
    text = json.dumps(personal, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(salt + text.encode()).hexdigest()


def apart(said: Mapping[str, Any], names: frozenset[str], salt: bytes) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What an entry says in two parts: one to be sealed as it is, and the personal one (None when there is none)."""
    personal = {name: value for name, value in said.items() if name in names and value not in (None, "")}
    if not personal:
        return dict(said), None
    rest = {name: value for name, value in said.items() if name not in personal}
    return {**rest, APART: personal_seal(salt, personal)}, personal


def anchor(previous: bytes, day: str, hashes: Iterable[bytes]) -> bytes:
    """One hash for all entries of a day, chained to the day before: print or publish it, and the past is fixed."""
    total = hashlib.sha256(previous + day.encode())
    for entry_hash in hashes:
        total.update(entry_hash)
    return total.digest()
