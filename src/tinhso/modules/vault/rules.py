"""The life of a certified e-copy, who may keep, sign and seal, which papers fit, and what the copies cost.

Kept papers are reused by N45 Đ.16 (data store of the organisation or individual, from memory) and need not be handed
in again (N309 Đ.2.1). Copies of paper are compared with the original and signed by who scanned them (N118 Đ.17.1c).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Need, Party, Phase, State
from tinhso.kernel.clock.rules import Limit
from tinhso.kernel.manifest import Role
from tinhso.kernel.search.rules import fold


class Permission(StrEnum):
    """``see``: registers and work lists; ``digitise``: scan, compare and sign copies; ``certify`` and ``seal``: the two
    signatures of a certified copy; ``revoke``: mark an issued paper as no longer valid."""

    SEE = "vault.see"
    DIGITISE = "vault.digitise"
    CERTIFY = "vault.certify"
    SEAL = "vault.seal"
    REVOKE = "vault.revoke"


_P = Permission
ROLES = (
    Role("vault.digitiser", "Cán bộ số hóa, đối chiếu bản chính", frozenset({_P.SEE, _P.DIGITISE})),
    Role("vault.certifier", "Người ký chứng thực bản sao", frozenset({_P.SEE, _P.CERTIFY, _P.REVOKE})),
    Role("vault.registrar", "Văn thư đóng dấu chứng thực", frozenset({_P.SEE, _P.SEAL})),
)

# --- Certified e-copies ---------------------------------------------------------------------------------------------

MOST_COPY_FEE = 200_000


def fee(pages: int) -> int:
    """What one certified copy costs, in đồng: 2,000 for each of the first two pages of the original, 1,000 for each
    further one, never more than 200,000. TTHC 2.000815 of the national catalogue (TT 226/2016/TT-BTC).
    """
    return min(MOST_COPY_FEE, 2000 * min(pages, 2) + 1000 * max(pages - 2, 0))


@dataclass(frozen=True, slots=True)
class CopyStanding:
    """What the moves of a certified copy look at."""

    is_scanned: bool = False


IS_SCANNED = Need(
    "vault.not_scanned", "Chưa có bản quét đọc được. Quét bản chính trước khi đối chiếu.", lambda one: one.is_scanned
)
# NĐ 23/2015 Đ.7: on the day of the request, or the next working day when it came after 15 o'clock.
CERTIFY_WITHIN = Limit.same_day(time(15))

CERTIFICATION = CaseKind(
    "certification",
    "Chứng thực bản sao điện tử",
    page="vault:certification",
    lifecycle=Lifecycle(
        states=(
            State("requested", "Chờ đối chiếu", Phase.OPEN),
            State("compared", "Chờ ký chứng thực", Phase.OPEN),
            State("signed", "Chờ đóng dấu", Phase.OPEN),
            State("issued", "Đã cấp bản sao", Phase.CLOSED),
            State("refused", "Từ chối", Phase.CLOSED),
            State("cancelled", "Đã rút", Phase.CLOSED),
        ),
        moves=(
            Move("compare", "Đã đối chiếu, trình ký", frozenset({"requested"}), "compared", _P.DIGITISE,
                 needs=(IS_SCANNED,)),
            Move("sign", "Ký chứng thực", frozenset({"compared"}), "signed", _P.CERTIFY),
            Move("issue", "Đóng dấu, cấp bản sao", frozenset({"signed"}), "issued", _P.SEAL, Clock.STOP),
            Move("refuse", "Từ chối chứng thực", frozenset({"requested", "compared"}), "refused", _P.DIGITISE,
                 Clock.STOP),
            Move("cancel", "Rút yêu cầu", frozenset({"requested"}), "cancelled", Party.OWNER, Clock.STOP),
        ),
    ),
    see=_P.SEE,
    work=_P.DIGITISE,
    public_page="vault:request",
    icon="stamp",
)  # fmt: skip
STEP_OF = {"requested": ("Đối chiếu bản chính", "receive"), "compared": ("Ký chứng thực", "sign"),
           "signed": ("Đóng dấu cơ quan", "issue")}  # fmt: skip


# --- Kinds of paper and what fits -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper as ``seeds/kinds.yaml`` tells it; ``months`` is how long it may be used after its date."""

    code: str
    name: str
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    procedures: frozenset[str] = frozenset()
    months: int | None = None


def kind_of(name: str, kinds: Iterable[PaperKind]) -> str:
    """The code of the kind that a paper's name speaks of; empty when no kind is known. The first that fits counts."""
    words = _parted(fold(name))
    for kind in kinds:
        if any(f" {one} " in words for one in kind.unless):
            continue
        if any(f" {one} " in words for one in kind.words):
            return kind.code
    return ""


def _parted(folded: str) -> str:
    """Words alone, so that “(khai sinh)” and “khai sinh;” are found too."""
    return " " + " ".join("".join(c if c.isalnum() else " " for c in folded).split()) + " "


_FORMS = ("don ", "to khai", "giay de nghi", "phieu yeu cau", "phieu de nghi", "phieu thu ", "van ban de nghi")


def is_form(name: str) -> bool:
    """Whether the paper is the application itself: filled in anew each time, so nothing to keep."""
    return _parted(fold(name)).strip().startswith(_FORMS)


def file_name(title: str) -> str:
    """What a paper's PDF is called: its title, without the strokes that would read as folders."""
    return f"{title[:80].replace('/', '-').strip()}.pdf"


def name_key(name: str) -> str:
    """A paper's name made comparable: two papers of the same name fit although their kind is unknown."""
    return _parted(fold(name)).strip()[:200]


def fits(kind: str, key: str, wanted_kind: str, wanted_key: str) -> bool:
    """Whether a kept paper can stand for one that is asked for: the same known kind, or word for word the same name."""
    return bool(kind and kind == wanted_kind) or bool(key and key == wanted_key)


class Validity(StrEnum):
    """Whether a paper may be used: ``valid`` may, the others say why not."""

    VALID = "valid"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"


VALIDITY_WORDS: Mapping[Validity, str] = {
    Validity.VALID: "Còn giá trị",
    Validity.NOT_YET: "Chưa đến ngày có hiệu lực",
    Validity.EXPIRED: "Hết thời hạn sử dụng",
    Validity.REPLACED: "Đã có bản thay thế",
    Validity.REVOKED: "Đã bị thu hồi",
}


def validity(
    on: date, *, begins_on: date | None, ends_on: date | None, is_replaced: bool, is_revoked: bool
) -> Validity:
    """Whether a paper may be used on a day; the first and the last day count."""
    if is_revoked:
        return Validity.REVOKED
    if is_replaced:
        return Validity.REPLACED
    if begins_on and on < begins_on:
        return Validity.NOT_YET
    if ends_on and on > ends_on:
        return Validity.EXPIRED
    return Validity.VALID


class Signature(StrEnum):
    """What the digital signatures of a file are worth."""

    NONE = ""
    VALID = "valid"
    DEMO = "demo"
    UNKNOWN = "unknown"
    BROKEN = "broken"


SIGNATURE_WORDS: Mapping[str, str] = {
    Signature.NONE: "Chưa có chữ ký số",
    Signature.VALID: "Chữ ký số hợp lệ",
    Signature.DEMO: "Chữ ký số thử nghiệm",
    Signature.UNKNOWN: "Chưa xác minh được tổ chức cấp chứng thư",
    Signature.BROKEN: "Chữ ký số không hợp lệ",
}


# --- Digitisation -----------------------------------------------------------------------------------------------------

LEAST_DPI = 200  # TT 01/2023/TT-VPCP Đ.8.2 [unconfirmed]; under it the clerk is advised, not refused
FEW_WORDS = 3
MOST_PAGES = 120
MOST_FILES = 40
MOST_ATTEMPTS = 3


class ScanState(StrEnum):
    """``adding`` pages, ``waiting``, ``working``, ``ready`` to be compared, ``signed``; ``failed``, ``dropped``."""

    ADDING = "adding"
    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    SIGNED = "signed"
    DROPPED = "dropped"


SCAN_WORDS: Mapping[str, str] = {
    ScanState.ADDING: "Đang thêm trang",
    ScanState.WAITING: "Chờ đọc chữ",
    ScanState.WORKING: "Đang đọc chữ",
    ScanState.READY: "Chờ đối chiếu, ký",
    ScanState.FAILED: "Chưa số hóa được",
    ScanState.SIGNED: "Đã ký số",
    ScanState.DROPPED: "Đã bỏ",
}


@dataclass(frozen=True, slots=True)
class PageWorth:
    """What a scanned page is worth, as the reader of scans tells it."""

    number: int
    dpi: int
    is_blank: bool
    words: int


def advice(pages: Iterable[PageWorth]) -> list[str]:
    """What the clerk should look at before signing, in sentences; empty when nothing is amiss."""
    known = list(pages)
    found = []
    coarse = [page.number for page in known if page.dpi < LEAST_DPI and not page.is_blank]
    blank = [page.number for page in known if page.is_blank]
    if coarse:
        found.append(f"Độ phân giải dưới {LEAST_DPI} dpi ở trang {_numbers(coarse)}; quét lại nếu chữ khó đọc.")
    if blank:
        found.append(f"Trang {_numbers(blank)} gần như trắng; kiểm tra có quét nhầm mặt giấy không.")
    if sum(page.words for page in known) < FEW_WORDS:
        found.append("Không đọc được chữ nào. Kiểm tra xem đây có đúng là giấy tờ cần số hóa không.")
    return found


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(str(one) for one in numbers[:8])
    return f"{shown}…" if len(numbers) > 8 else shown


# --- Secrets ----------------------------------------------------------------------------------------------------------

_LETTERS = "ABCDEGHKLMNPQRTUVXY23456789"  # none that is mistaken for another when read aloud or in print
MOST_TRIES = 5  # wrong codes before a shared link is locked
LONGEST_SHARE_DAYS = 90


def new_copy_code() -> str:
    """The public code of a certified copy, “BS-7KQ2M-XA9TD”: 47 bits by chance, so none can be guessed."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"BS-{letters[:5]}-{letters[5:]}"


def tidy_copy_code(text: str) -> str:
    """A code as people type it, made comparable; empty when it cannot be one."""
    letters = [c for c in text.upper() if c.isascii() and c.isalnum()]
    body = "".join(letters[2:] if letters[:2] == ["B", "S"] else letters)
    return f"BS-{body[:5]}-{body[5:]}" if len(body) == 10 else ""


def new_share_code() -> str:
    """Six digits that are told beside a link, never in it."""
    return f"{secrets.randbelow(10**6):06d}"
