"""Who acts, and what makes an identity number, a tax code or a phone number a possible one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

IDENTIFY = "people.identify"  # the right to compare people with their papers


class ActorKind(StrEnum):
    NOBODY = "nobody"
    CITIZEN = "citizen"
    OFFICIAL = "official"
    SYSTEM = "system"


@dataclass(frozen=True)
class Scope:
    """Units on which a right holds: all of them, or those with these ids."""

    everywhere: bool = False
    units: frozenset[int] = frozenset()

    def covers(self, unit_id: int | None) -> bool:
        return self.everywhere or (unit_id is not None and unit_id in self.units)

    def __or__(self, other: Scope) -> Scope:
        return Scope(self.everywhere or other.everywhere, self.units | other.units)


NOWHERE = Scope()
EVERYWHERE = Scope(everywhere=True)


@dataclass(frozen=True)
class Actor:
    """Who acts, in which unit, with which rights. Every action and every ``visible_to`` takes one."""

    kind: ActorKind
    account_id: int | None = None
    name: str = ""
    unit_id: int | None = None
    person_id: int | None = None
    title: str = ""
    rights: Mapping[str, Scope] = field(default_factory=dict)

    @property
    def is_official(self) -> bool:
        return self.kind is ActorKind.OFFICIAL

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    def scope(self, right: str) -> Scope:
        """Where the right holds for this actor; the system's own actor may do everything everywhere."""
        if self.kind is ActorKind.SYSTEM:
            return EVERYWHERE
        return self.rights.get(right, NOWHERE)

    def may(self, right: str, unit_id: int | None = None) -> bool:
        """Whether the actor has the right on that unit; without a unit: anywhere at all."""
        scope = self.scope(right)
        if unit_id is None:
            return scope.everywhere or bool(scope.units)
        return scope.covers(unit_id)


NOBODY = Actor(ActorKind.NOBODY)
SYSTEM = Actor(ActorKind.SYSTEM, name="Tự động")

# Old codes of the 63 provinces (TT 59/2021/TT-BCA, annex; from memory): an unknown one is a warning, never a block.
_BIRTH_PROVINCES = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 "
    "044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 "
    "089 091 092 093 094 095 096"
)
BIRTH_PROVINCES = frozenset(_BIRTH_PROVINCES.split())
_CENTURY_AND_SEX = {str(2 * i + s): (1900 + 100 * i, s) for i in range(5) for s in (0, 1)}


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What can be said of a personal identification number: ``valid`` blocks, ``warnings`` only advise."""

    valid: bool
    warnings: tuple[str, ...] = ()


def check_identity_number(number: str, *, born_on: date | None = None, is_female: bool | None = None) -> IdentityCheck:
    """Check a 12-digit personal identification number: ``PPP G YY RRRRRR``, no check digit.

    Source: Law 26/2023/QH15 Đ.12; NĐ 70/2024 Đ.11. A mismatch with birth year or sex only warns: numbers are issued
    anew when those are corrected, and births abroad carry a country's code.
    """
    if not re.fullmatch(r"[0-9]{12}", number):
        return IdentityCheck(False)
    warnings = []
    if number[:3] not in BIRTH_PROVINCES:
        warnings.append("unknown_province")
    century, sex = _CENTURY_AND_SEX[number[3]]
    if born_on is not None and (century + int(number[4:6])) != born_on.year:
        warnings.append("birth_year_differs")
    if is_female is not None and bool(sex) != is_female:
        warnings.append("sex_differs")
    return IdentityCheck(True, tuple(warnings))


_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def is_tax_code(code: str) -> bool:
    """Whether it can be a tax code: 10 digits with check digit, 13 for a dependent unit, or a 12-digit person's number.

    ``N10 = 10 − (Σ weight·digit mod 11)``; a result of 10 is never issued. Since 1 July 2025 persons use their
    identification number (TT 86/2024/TT-BTC).
    """
    if re.fullmatch(r"[0-9]{12}", code):
        return True
    match = re.fullmatch(r"([0-9]{9})([0-9])(?:-?([0-9]{3}))?", code)
    if not match:
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, match[1], strict=True)) % 11
    return 10 - rest == int(match[2])


def phone_number(text: str) -> str | None:
    """E.164 form of a Vietnamese number (``+84…``), or None. Spaces, dots and a leading 84 are understood."""
    digits = re.sub(r"[\s.\-()]", "", text)
    digits = re.sub(r"^(\+84|0084|84)(?=[2-9])", "0", digits)
    if re.fullmatch(r"0[35789][0-9]{8}|02[0-9]{9}", digits):
        return "+84" + digits[1:]
    return None


@dataclass(frozen=True, slots=True)
class CardText:
    """What the QR on a citizen card says."""

    identity_number: str
    old_number: str
    full_name: str
    born_on: date | None
    is_female: bool
    address: str
    issued_on: date | None


def _card_date(text: str) -> date | None:
    try:
        return date(int(text[4:8]), int(text[2:4]), int(text[0:2])) if re.fullmatch(r"[0-9]{8}", text) else None
    except ValueError:
        return None


def read_card(text: str) -> CardText | None:
    """Read the scanned text of a citizen card: seven parts between ``|``; None when it is something else.

    number | old number | name | birth ddmmyyyy | sex | address | issue ddmmyyyy
    """
    parts = [unicodedata.normalize("NFC", part.strip()) for part in text.strip().split("|")]
    if len(parts) < 6 or not check_identity_number(parts[0]).valid:
        return None
    return CardText(
        identity_number=parts[0],
        old_number=parts[1],
        full_name=parts[2],
        born_on=_card_date(parts[3]),
        is_female=parts[4].casefold() == "nữ",
        address=parts[5],
        issued_on=_card_date(parts[6]) if len(parts) > 6 else None,
    )
