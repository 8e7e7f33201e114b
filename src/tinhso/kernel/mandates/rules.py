"""On what grounds one acts for another, how long, and which numbers name the other."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta
from enum import StrEnum

from tinhso.kernel.people.rules import check_identity_number, is_tax_code

LONGEST = timedelta(days=3 * 366)  # the platform's own rule: who still acts for another after that, proves it anew
OFFER_LASTS = timedelta(days=7)
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Basis(StrEnum):
    """Why one may act: the dossier keeps this word beside the names."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    AUTHORISED = "authorised"
    REPRESENTATIVE = "representative"
    STAFF = "staff"


FOR_ORGANISATIONS = frozenset({Basis.REPRESENTATIVE, Basis.STAFF})
WORDS = {
    Basis.PARENT: "Cha, mẹ của người chưa thành niên",
    Basis.GUARDIAN: "Người giám hộ",
    Basis.AUTHORISED: "Người được ủy quyền (con nộp thay cha mẹ, người thân…)",
    Basis.REPRESENTATIVE: "Người đại diện theo pháp luật của tổ chức",
    Basis.STAFF: "Nhân viên được tổ chức giao",
}
PROOFS = {
    Basis.PARENT: "Giấy khai sinh của con",
    Basis.GUARDIAN: "Quyết định hoặc giấy tờ về việc giám hộ",
    Basis.AUTHORISED: "Giấy ủy quyền",
    Basis.REPRESENTATIVE: "Giấy đăng ký doanh nghiệp hoặc quyết định thành lập",
    Basis.STAFF: "Giấy giới thiệu hoặc giấy ủy quyền của tổ chức",
}


class Status(StrEnum):
    OFFERED = "offered"  # given by the one represented, waiting for the one who takes it up
    ASKED = "asked"  # asked for with a proof, waiting for an official
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REVOKED = "revoked"


def names_somebody(basis: Basis, number: str) -> bool:
    """Whether the number can be one of whom this basis is about: a person's, or an organisation's tax code."""
    if basis in FOR_ORGANISATIONS:
        return is_tax_code(number)
    return check_identity_number(number).valid


def holds(status: str, begins_on: date, ends_on: date, on: date) -> bool:
    """Whether one may act on that day: confirmed, begun, not ended. The last day counts."""
    return status == Status.CONFIRMED and begins_on <= on <= ends_on


def new_code() -> str:
    """Twelve letters and digits that are not mistaken for one another, shown once: ``ABCD-EFGH-JKLM``."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))


def code_hash(code: str) -> bytes:
    """What is kept of a code; sixty random bits, so that nobody can try them all."""
    return hashlib.sha256("".join(c for c in code.upper() if c.isalnum()).encode()).digest()
