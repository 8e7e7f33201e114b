"""The text inside a VietQR code: EMVCo merchant-presented TLV with the NAPAS template.

Every part is a two-digit tag, a two-digit length and an ASCII value. Source: EMVCo QR Code Specification for Payment
Systems, merchant-presented mode; NAPAS VietQR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DONG, COUNTRY = "704", "VN"


class BadCode(ValueError):
    """The text is no VietQR code."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a payer's bank reads: ``bin`` is the bank's six digits, ``amount`` whole đồng (None in a static code)."""

    bin: str
    account: str
    amount: int | None = None
    purpose: str = ""


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE as four capital hexadecimal digits: polynomial 0x1021, begins at 0xFFFF, nothing reflected."""
    found = 0xFFFF
    for byte in text.encode("ascii"):
        found ^= byte << 8
        for _ in range(8):
            found = (found << 1 ^ 0x1021 if found & 0x8000 else found << 1) & 0xFFFF
    return f"{found:04X}"


def part(tag: str, value: str) -> str:
    if not value.isascii() or len(value) > 99:
        raise BadCode(f"part {tag} must be at most 99 ASCII characters")
    return f"{tag}{len(value):02d}{value}"


def text(transfer: Transfer) -> str:
    """The text of the code; with an amount it is a dynamic one (tag 01 is 12), which must carry tag 54."""
    if not re.fullmatch(r"[0-9]{6}", transfer.bin) or not re.fullmatch(r"[0-9A-Za-z]{1,19}", transfer.account):
        raise BadCode("a bank's number has six digits, an account at most 19 letters and digits")
    if transfer.amount is not None and not 0 < transfer.amount < 10**13:
        raise BadCode("the amount must be positive and have at most 13 digits")
    where = part("00", NAPAS) + part("01", part("00", transfer.bin) + part("01", transfer.account))
    body = part("00", "01") + part("01", "11" if transfer.amount is None else "12")
    body += part("38", where + part("02", TO_ACCOUNT)) + part("53", DONG)
    body += part("54", str(transfer.amount)) if transfer.amount is not None else ""
    body += part("58", COUNTRY)
    body += part("62", part("08", transfer.purpose)) if transfer.purpose else ""
    body += "6304"
    return body + crc(body)


def parts(code: str) -> Iterator[tuple[str, str]]:
    """Tag and value, one after the other. Raises BadCode when lengths do not fit."""
    at = 0
    while at < len(code):
        head = code[at : at + 4]
        if not re.fullmatch(r"[0-9]{4}", head, re.ASCII) or at + 4 + int(head[2:]) > len(code):
            raise BadCode(f"no part begins at {at}")
        yield head[:2], code[at + 4 : at + 4 + int(head[2:])]
        at += 4 + int(head[2:])


def read(code: str) -> Transfer:
    """What a code says. Raises BadCode for a wrong checksum, another scheme or currency."""
    if not code.isascii() or len(code) < 8 or code[-8:-4] != "6304" or crc(code[:-4]) != code[-4:]:
        raise BadCode("the checksum is wrong")
    found = dict(parts(code))
    napas = dict(parts(found.get("38", "")))
    if napas.get("00") != NAPAS or found.get("53") != DONG:
        raise BadCode("no VietQR code in đồng")
    account = dict(parts(napas.get("01", "")))
    purpose = dict(parts(found.get("62", ""))).get("08", "")
    amount = int(found["54"]) if "54" in found else None
    return Transfer(account.get("00", ""), account.get("01", ""), amount, purpose)
