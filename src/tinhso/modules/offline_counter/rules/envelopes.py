"""What a counter sends: the reception as it was signed, word for word, and the check of that signature.

ECDSA over P-256 with SHA-256; the signature is the two numbers of 32 bytes each that browsers make (IEEE P1363), the
key a SubjectPublicKeyInfo. The private key never leaves the browser in which it was made.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

LONGEST = 32_000  # characters of one signed reception
MOST_PAPERS = 60
HALF = 32

Short = Annotated[str, msgspec.Meta(max_length=40)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Line = Annotated[str, msgspec.Meta(max_length=250)]
Count = Annotated[int, msgspec.Meta(ge=0, le=999)]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**62)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who handed in, as the clerk wrote it down."""

    name: Name
    identity_number: Annotated[str, msgspec.Meta(max_length=14)]
    phone: Annotated[str, msgspec.Meta(max_length=16)] = ""
    address: Line = ""
    on_behalf_of: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Paper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    originals: Count
    copies: Count


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reception. ``code``: the number on the receipt; ``received_at``: by the counter's clock, corrected to the
    server's when it was last prepared; ``due_at``: the date on the receipt, null when none was promised."""

    v: Literal[1]
    id: UUID
    counter: Id
    clerk: Id
    code: Annotated[str, msgspec.Meta(min_length=6, max_length=40)]
    received_at: Moment
    procedure: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    version: Id
    branch: Short
    applicant: Person
    papers: Annotated[list[Paper], msgspec.Meta(max_length=MOST_PAPERS)]
    result_channel: Literal["counter", "electronic", "post"]
    fee_paid: bool
    due_at: Moment | None


def read(text: str) -> Envelope | None:
    """The reception in this text, or None when it is none."""
    if len(text) > LONGEST:
        return None
    try:
        return msgspec.json.decode(text.encode(), type=Envelope)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def raw(text: str) -> bytes:
    """Base64 of either alphabet as bytes; empty when it is none."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def public_key(spki: bytes) -> ec.EllipticCurvePublicKey | None:
    """The key in these bytes when it is one on P-256."""
    try:
        found = serialization.load_der_public_key(spki)
    except (ValueError, TypeError):
        return None
    is_ours = isinstance(found, ec.EllipticCurvePublicKey) and isinstance(found.curve, ec.SECP256R1)
    return found if is_ours else None  # type: ignore[return-value]


def is_signed(text: str, signature: bytes, spki: bytes) -> bool:
    """Whether exactly this text was signed with that key."""
    key = public_key(spki)
    if key is None or len(signature) != 2 * HALF:
        return False
    first, second = (int.from_bytes(part, "big") for part in (signature[:HALF], signature[HALF:]))
    try:
        key.verify(encode_dss_signature(first, second), text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
