"""How the history is chained: each entry seals the one before it, so that none can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

NO_HASH = b"\0" * 32


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


def anchor(previous: bytes, day: str, hashes: Iterable[bytes]) -> bytes:
    """One hash for all entries of a day, chained to the day before: print or publish it, and the past is fixed."""
    total = hashlib.sha256(previous + day.encode())
    for entry_hash in hashes:
        total.update(entry_hash)
    return total.digest()
