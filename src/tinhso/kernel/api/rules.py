"""What an API key may do, how rows are paged by key, and how often somebody may ask."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from tinhso.kernel.people.rules import Actor

READ, WRITE = "read", "write"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PREFIX_LENGTH = 8
LONGEST_PAGE = 100
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{16,120}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A new key: ``text`` is shown once and never kept, ``prefix`` names it, ``hash`` is what is kept."""

    text: str
    prefix: str
    hash: bytes


def new_secret() -> Secret:
    """A key of 256 random bits."""
    prefix = secrets.token_hex(PREFIX_LENGTH // 2)
    text = f"ts_{prefix}_{secrets.token_urlsafe(32)}"
    return Secret(text, prefix, hash_of(text))


def hash_of(text: str) -> bytes:
    """SHA-256 is enough here: the text has 256 random bits, so nobody can try them all."""
    return hashlib.sha256(text.encode()).digest()


def narrowed(actor: Actor, scopes: Collection[str]) -> Actor:
    """The actor as a key with these scopes: with permission words among them only those rights remain.

    ``read`` and ``write`` say how a key may be used, not on what; without any permission word it has all rights of its
    account. A scope never adds a right.
    """
    words = set(scopes) - {READ, WRITE}
    if not words:
        return actor
    return replace(actor, rights={right: where for right, where in actor.rights.items() if right in words})


def may_use(scopes: Collection[str], method: str) -> bool:
    """Whether a key with these scopes may make a request by this method: a write needs ``write``."""
    return WRITE in scopes or method in SAFE_METHODS


def fingerprint(parts: Sequence[bytes]) -> bytes:
    """One hash for a request; the lengths keep neighbouring parts apart."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.digest()


def to_key(values: Sequence[Any]) -> str:
    """The place in a list as text for an address: the ordering values of its last row."""
    plain = [{"t": value.isoformat()} if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def from_key(text: str, length: int) -> list[Any] | None:
    """The ordering values again, or None when the text is no key of that many values."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        values = [_moment(value) if isinstance(value, Mapping) else value for value in plain]
    except (ValueError, TypeError, KeyError, UnicodeDecodeError):
        return None
    fits = isinstance(plain, list) and len(values) == length
    return values if fits and all(isinstance(one, str | int | float | date) for one in values) else None


def _moment(value: Mapping[str, str]) -> date:
    text = value["t"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def pace(times: int, seconds: int) -> timedelta:
    """How long one use takes to be forgiven when ``times`` are allowed in ``seconds``."""
    return timedelta(seconds=seconds / times)


def address_of_caller(remote: str, forwarded: str, proxies: int) -> str:
    """The caller's address behind so many proxies of ours, each of which appends the address it was called from.

    What stands further left was written by the caller and is not believed. Without enough entries: the direct caller.
    """
    named = [part.strip() for part in forwarded.split(",")] if forwarded else []
    candidate = named[-proxies] if proxies > 0 and len(named) >= proxies else remote
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return "unknown"


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 that one IPv6 connection has to itself."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 6 and known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
