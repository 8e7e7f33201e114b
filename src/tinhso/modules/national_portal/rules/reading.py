"""Reading what the national portal delivers: new dossiers, answers to requests for more, withdrawals.

A message is somebody else's: every field may be missing, of another type, too long or nonsense. What cannot be read
says so in a sentence that tells an official what to mend.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tinhso.kernel.clock.rules import VIETNAM
from tinhso.modules.national_portal.rules.payload import renamed

LONGEST_BODY = 2 * 1024 * 1024
MOST_MESSAGES = 1_000
MOST_PAPERS = 200
LONGEST = 2_000
PROCEDURE = re.compile(r"^([0-9]\.[0-9]{6})(?:\.|$)")  # the national code, alone or before the agency's part
STAMPS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
RESULT_CHANNELS = {"0": "counter", "1": "post", "2": "electronic"}  # unconfirmed
WITHDRAWN, FILED, ACCEPTED = 7, 1, 2


class Unreadable(ValueError):
    """A message that cannot be taken as it is: ``code`` for programs, the text for who mends it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = f"national_portal.{code}", message


class Kind(StrEnum):
    DOSSIER = "dossier"
    SUPPLEMENT = "supplement"
    WITHDRAWAL = "withdrawal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message and what tells it from all others: the same key is the same message."""

    kind: Kind
    key: str
    code: str
    value: Mapping[str, Any] | None
    body: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncedPaper:
    code: str
    name: str
    file_id: str
    file_name: str
    address: str
    is_from_database: bool


@dataclass(frozen=True, slots=True)
class NewDossier:
    """A dossier filed on the portal, as plain values."""

    code: str
    procedure_code: str
    branch: str
    applicant: str
    identity_number: str
    is_identity_proven: bool
    phone: str
    email: str
    subject_id: str
    unit: str
    filed_at: datetime | None
    is_accepted: bool
    is_paid_online: bool
    result_channel: str
    answers: Mapping[str, Any]
    papers: tuple[AnnouncedPaper, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the applicant sent after being asked for more."""

    code: str
    supplement_id: str
    text: str
    answered_at: datetime | None
    papers: tuple[AnnouncedPaper, ...]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    code: str
    reason: str


def envelopes(body: bytes, names: Mapping[str, str] | None = None) -> list[Envelope]:
    """The messages in a delivery: one, a list, or a list under ``data``. What is no JSON is one unreadable message.

    ``names`` leads from the portal's names of fields to ours."""
    text = body[:LONGEST_BODY].decode("utf-8", "replace").replace("\x00", "")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return [_unreadable(text, "Nội dung nhận được không phải JSON (có thể là trang báo lỗi hoặc bị cắt cụt).")]
    value = renamed(value, names or {})
    if isinstance(value, Mapping) and isinstance(value.get("data"), list):
        value = value["data"]
    messages = value if isinstance(value, list) else [value]
    if len(messages) > MOST_MESSAGES:
        return [_unreadable(text[:LONGEST], f"Một lần gửi quá {MOST_MESSAGES} hồ sơ. Chia nhỏ rồi gửi lại.")]
    return [envelope(one) for one in messages]


def envelope(value: Any) -> Envelope:
    """A message with its kind and key. One without a code is known by its content."""
    body = json.dumps(value, ensure_ascii=False, sort_keys=True).replace("\\u0000", "")
    if not isinstance(value, Mapping):
        return _unreadable(body, "Bản tin không phải một đối tượng JSON có trường MaHoSo.")
    value = json.loads(body)
    code = _text(value.get("MaHoSo"), 40)
    if not code:
        return _unreadable(body, "Bản tin thiếu MaHoSo.", value)
    if _number(value.get("TrangThaiHoSo")) == WITHDRAWN:
        return Envelope(Kind.WITHDRAWAL, code, code, value, body)
    answered = _answered(value)
    if answered is not None:
        return Envelope(Kind.SUPPLEMENT, f"{code}/{_text(answered.get('HoSoBoSungId'), 40)}", code, value, body)
    return Envelope(Kind.DOSSIER, code, code, value, body)


def _unreadable(body: str, problem: str, value: Mapping[str, Any] | None = None) -> Envelope:
    return Envelope(Kind.UNKNOWN, hashlib.sha256(body.encode()).hexdigest(), "", value, body, problem)


def _answered(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The newest round of supplements that the applicant has answered."""
    rounds = value.get("DanhSachHoSoBoSung")
    found = [
        one
        for one in (rounds if isinstance(rounds, list) else [])
        if isinstance(one, Mapping)
        and (_text(one.get("NgayTiepNhanBoSung")) or _text(one.get("TrangThaiBoSung")) == "1")
    ]
    return found[-1] if found else None


def read_dossier(value: Mapping[str, Any]) -> NewDossier:
    """A new dossier. Raises Unreadable with the field to mend."""
    status = _number(value.get("TrangThaiHoSo"))
    if status not in (FILED, ACCEPTED):
        raise Unreadable("status", f"TrangThaiHoSo là “{_text(value.get('TrangThaiHoSo'), 20)}”, chỉ nhận 1 hoặc 2.")
    procedure = PROCEDURE.match(_text(value.get("MaTTHC"), 60))
    if procedure is None:
        raise Unreadable("procedure", f"MaTTHC “{_text(value.get('MaTTHC'), 60)}” không phải mã thủ tục.")
    applicant = _text(value.get("ChuHoSo"), 200)
    if not applicant:
        raise Unreadable("applicant", "Thiếu ChuHoSo (tên chủ hồ sơ).")
    more = _details(value.get("ThongTinKhac"))
    form = more.get("BieuMau")
    return NewDossier(
        code=_text(value.get("MaHoSo"), 40),
        procedure_code=procedure[1],
        branch=_text(more.get("TruongHop"), 40),
        applicant=applicant,
        identity_number=_identity(value),
        is_identity_proven=_text(value.get("TaiKhoanDuocXacThucVoiVNeID")) == "1",
        phone=_text(value.get("SoDienThoai"), 16),
        email=_email(value.get("Email")),
        subject_id=_text(value.get("MaDoiTuong"), 60),
        unit=_text(value.get("MaDonViXuLy") or value.get("DonViXuLy"), 200),
        filed_at=read_stamp(value.get("NgayNopHoSo"), "NgayNopHoSo"),
        is_accepted=status == ACCEPTED,
        is_paid_online=_text(value.get("DuocThanhToanTrucTuyen")) in ("1", "2"),
        result_channel=RESULT_CHANNELS.get(_text(value.get("HinhThuc")), "electronic"),
        answers=form if isinstance(form, Mapping) else {},
        papers=_papers(value),
    )


def read_answer(value: Mapping[str, Any]) -> Answer:
    """The newest answered round with its papers; papers of other rounds, named by ``HoSoBoSungId``, are left out."""
    answered = _answered(value)
    if answered is None:
        raise Unreadable("supplement", "DanhSachHoSoBoSung không có lượt nào đã được bổ sung.")
    number = _text(answered.get("HoSoBoSungId"), 40)
    rows = value.get("TaiLieuNop")
    own = [
        row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping) and _text(row.get("HoSoBoSungId"), 40) in (number, "")
    ]
    return Answer(
        code=_text(value.get("MaHoSo"), 40),
        supplement_id=number,
        text=_text(answered.get("ThongTinTiepNhan") or answered.get("NoiDungTraLoi"), LONGEST),
        answered_at=read_stamp(answered.get("NgayTiepNhanBoSung"), "NgayTiepNhanBoSung"),
        papers=_papers({"TaiLieuNop": own}),
    )


def read_withdrawal(value: Mapping[str, Any]) -> Withdrawal:
    return Withdrawal(_text(value.get("MaHoSo"), 40), _text(value.get("GhiChu"), LONGEST))


def read_stamp(value: Any, name: str) -> datetime | None:
    """A moment in Vietnamese time; None when empty. Raises Unreadable for anything else."""
    said = _text(value, 40)
    if not said:
        return None
    for form in STAMPS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    raise Unreadable("date", f"{name} “{said}” không đúng dạng ngày/tháng/năm giờ:phút:giây.")


def _papers(value: Mapping[str, Any]) -> tuple[AnnouncedPaper, ...]:
    rows = value.get("TaiLieuNop") or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Unreadable("papers", "TaiLieuNop phải là danh sách các tệp.")
    if len(rows) > MOST_PAPERS:
        raise Unreadable("papers", f"TaiLieuNop có hơn {MOST_PAPERS} tệp.")
    return tuple(_paper(row) for row in rows if _text(row.get("IsDeleted")) not in ("1", "true", "True"))


def _paper(row: Mapping[str, Any]) -> AnnouncedPaper:
    name = _text(row.get("TenTepDinhKem"), 200)
    return AnnouncedPaper(
        code=_text(row.get("MaThanhPhanHoSo"), 60),
        name=_text(row.get("TenThanhPhanHoSo"), 300) or name or "Giấy tờ kèm theo",
        file_id=_text(row.get("TepDinhKemId"), 80),
        file_name=name or "tep.pdf",
        address=_text(row.get("DuongDanTaiTepTin"), 1_000),
        is_from_database=_text(row.get("DuocLayTuKhoDMQG")) == "1",
    )


def _identity(value: Mapping[str, Any]) -> str:
    said = value.get("DinhDanhCHS")
    inner = said[0] if isinstance(said, Sequence) and not isinstance(said, str) and said else said
    number = inner.get("SoDinhDanh") if isinstance(inner, Mapping) else None
    return re.sub(r"[^0-9\-]", "", _text(number or value.get("SoGiayToChuHoSo"), 30))[:14]


def _email(value: Any) -> str:
    said = _text(value, 254)
    return said if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", said) else ""


def _details(value: Any) -> Mapping[str, Any]:
    """``ThongTinKhac`` as an object: it comes as one or as its text."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _text(value: Any, longest: int = LONGEST) -> str:
    """A value as a tidy line; truth values as 0 and 1, anything with parts as nothing."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        return ""
    kept = "".join(one if one.isprintable() or one == "\n" else " " for one in unicodedata.normalize("NFC", value))
    return kept.strip()[:longest].strip()


def _number(value: Any) -> int:
    said = _text(value, 10)
    return int(said) if said.isascii() and said.isdigit() else 0
