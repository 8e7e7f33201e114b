"""What the digital signatures of a file are worth."""

from __future__ import annotations

from dataclasses import dataclass

from tinhso.kernel.errors import Refusal
from tinhso.modules.vault.rules import Signature


@dataclass(frozen=True, slots=True)
class Checked:
    """``worth`` of all signatures together: the worst of them counts; ``who`` signed, by name and organisation."""

    worth: str = Signature.NONE
    who: str = ""

    @property
    def holds(self) -> bool:
        return self.worth in (Signature.VALID, Signature.DEMO)


def checked(pdf: bytes) -> Checked:
    """The signatures of a PDF; none for anything else, and for a PDF without any."""
    if b"/ByteRange" not in pdf:
        return Checked()
    from tinhso.kernel.papers.signing import verify  # 45 MiB: only who meets a signature pays

    try:
        reports = verify(pdf)
    except Refusal:
        return Checked(Signature.BROKEN)
    if not reports:
        return Checked()
    who = "; ".join(dict.fromkeys(one.signer for one in reports if one.signer))
    if not all(one.is_valid for one in reports):
        return Checked(Signature.BROKEN, who)
    if any(one.is_demonstration for one in reports):
        return Checked(Signature.DEMO, who)
    return Checked(Signature.VALID if all(one.trusted for one in reports) else Signature.UNKNOWN, who)
