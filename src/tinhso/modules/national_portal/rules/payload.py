"""What the national portal is told of a dossier: one whole picture of it, field by field.

Names as seen in provincial integrations; the body that makes the rules is the Ministry of Public Security (N309
Đ.10.1), which may change them: a deployment renames fields by its settings (``renamed``). Codes marked unconfirmed
were not seen in a document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tinhso.kernel.clock.rules import VIETNAM

if TYPE_CHECKING:
    from tinhso.modules.dossiers.door import PaperSheet, StepSheet, SupplementSheet, WholeDossier

Message = dict[str, Any]
STAMP = "%d/%m/%Y %H:%M:%S"
CHANNELS = {"direct": "1", "online": "2", "post": "3"}  # null would be read as 1
SUBJECTS = {False: "1", True: "2"}  # person, business; unconfirmed
RETURN_MODES = {"counter": "0", "post": "1", "electronic": "2"}  # unconfirmed
FEE_KINDS = {"phi": "1", "le_phi": "2"}  # unconfirmed
ONCE_PER_DOSSIER = "1"  # HinhThucThu; unconfirmed
DATABASES = {"dan_cu": "1"}  # 1 = population; the numbers of others were not seen
FINISHED, RETURNED = 9, 10
SETTLED = frozenset({7, 8, FINISHED, RETURNED})


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A fee row as published; ``amount`` in whole đồng, None where another body sets it."""

    name: str
    kind: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to the picture and does not stand in the dossier itself.

    ``is_identity_proven``, ``filed_at``, ``subject_id`` and ``file_ids`` (by part) are as the portal gave them for a
    dossier filed there. ``address_of`` turns an attachment's id into the address at which the portal fetches it."""

    is_from_portal: bool = False
    is_identity_proven: bool = False
    filed_at: datetime | None = None
    subject_id: str = ""
    file_ids: Mapping[int, str] = field(default_factory=dict)
    fees: Sequence[FeeLine] = ()
    result_code: str = ""
    paid_through: str = "0"
    databases: Sequence[str] = ()
    address_of: Callable[[int], str] = str


def stamp(moment: datetime | None) -> str:
    """``dd/MM/yyyy HH:mm:ss`` in Vietnamese time; empty for no moment."""
    return moment.astimezone(VIETNAM).strftime(STAMP) if moment else ""


def of_dossier(dossier: WholeDossier, around: Around) -> Message:
    """The whole picture of a dossier as it stands."""
    digitised = any(paper.is_digitised for paper in dossier.papers)
    return {
        "MaHoSo": dossier.code,
        "MaTTHC": dossier.procedure_code,
        "TenTTHC": dossier.procedure_name,
        "MaLinhVuc": "",
        "TenLinhVuc": dossier.field,
        "KenhThucHien": CHANNELS.get(dossier.channel, "1"),
        "ChuHoSo": dossier.applicant,
        "LoaiDoiTuong": SUBJECTS[dossier.is_business],
        "MaDoiTuong": around.subject_id,
        "DinhDanhCHS": {"LoaiDinhDanh": identity_kind(dossier.identity_number), "SoDinhDanh": dossier.identity_number},
        "Email": dossier.email,
        "Fax": "",
        "SoDienThoai": dossier.phone,
        "TrichYeuHoSo": dossier.title,
        "ThongTinKhac": "",
        "SoGiayToChuHoSo": dossier.identity_number,
        **_dates(dossier, around),
        "TrangThaiHoSo": str(dossier.national),
        "DonViXuLy": dossier.unit,
        "MaDonViXuLy": dossier.unit_code,
        "GhiChu": dossier.reason,
        "HinhThuc": RETURN_MODES.get(dossier.result_channel, "0"),
        "ThongTinTra": dossier.result.number if dossier.result else "",
        "TaiLieuNop": [_paper(paper, around) for paper in dossier.papers],
        "DanhSachLePhi": [_fee(line) for line in around.fees],
        "DanhSachHoSoBoSung": [_supplement(one, dossier) for one in dossier.supplements],
        "DanhSachGiayToKetQua": _results(dossier, around),
        "NoiNopHoSo": "1" if around.is_from_portal else "2",
        "HoSoCoThanhPhanSoHoa": _flag(digitised),
        "TaiKhoanDuocXacThucVoiVNeID": _flag(dossier.is_identity_proven or around.is_identity_proven),
        "DuocThanhToanTrucTuyen": around.paid_through,
        "DSKetNoiCSDL": [{"MaCSDL": code} for code in around.databases],
    }


def identity_kind(number: str) -> str:
    """1 citizen card (12 digits), 2 the old nine-digit number, empty when neither (a business)."""
    digits = number if number.isdigit() else ""
    return {12: "1", 9: "2"}.get(len(digits), "")


def _dates(dossier: WholeDossier, around: Around) -> Message:
    """Six different dates. A refused reception ends with its own; withdrawn and stopped ones end without a return."""
    return {
        "NgayNopHoSo": stamp(around.filed_at or dossier.opened_at),
        "NgayTiepNhan": stamp(dossier.accepted_at),
        "NgayHenTra": stamp(dossier.due_at),
        "NgayKetThucXuLy": stamp(dossier.settled_at if dossier.national in SETTLED else None),
        "NgayTra": stamp(dossier.returned_at),
        "NgayTuChoi": stamp(dossier.declined_at),
    }


def _paper(paper: PaperSheet, around: Around) -> Message:
    """Digitised is a copy compared and signed at the counter: what came in electronically needs none (TT03 Đ.5.2)."""
    has_file = paper.attachment_id is not None
    return {
        "TepDinhKemId": around.file_ids.get(paper.id, str(paper.attachment_id or "")),
        "TenTepDinhKem": paper.file_name or paper.name,
        "IsDeleted": "0",
        "MaThanhPhanHoSo": paper.code,
        "DuongDanTaiTepTin": around.address_of(paper.attachment_id) if has_file and paper.attachment_id else "",
        "DuocSoHoa": _flag(paper.is_digitised),
        "DuocTaiSuDung": str(paper.is_reused),
        "DuocLayTuKhoDMQG": "0",
        "MaKetQuaThayThe": "",
    }


def _fee(line: FeeLine) -> Message:
    return {
        "TenPhiLePhi": line.name,
        "MaPhiLePhi": "",
        "HinhThucThu": ONCE_PER_DOSSIER,
        "Gia": str(line.amount or 0),
        "LoaiPhiLePhi": FEE_KINDS.get(line.kind, "1"),
    }


def _supplement(one: SupplementSheet, dossier: WholeDossier) -> Message:
    answered = one.answered_at is not None
    return {
        "HoSoBoSungId": str(one.id),
        "NguoiYeuCauBoSung": one.asked_by,
        "NoiDungBoSung": one.message,
        "NgayBoSung": stamp(one.asked_at),
        "NguoiTiepNhanBoSung": one.asked_by if answered else "",
        "ThongTinTiepNhan": one.answer,
        "NgayTiepNhanBoSung": stamp(one.answered_at),
        "TrangThaiBoSung": _flag(answered),
        "NgayHenTraTruoc": stamp(one.due_before),
        "NgayHenTraMoi": stamp(one.due_after),
    }


def _results(dossier: WholeDossier, around: Around) -> list[Message]:
    """The result counts once it is issued: its link and code are what index item 4.1 looks for."""
    if dossier.result is None or dossier.national not in (FINISHED, RETURNED):
        return []
    return [
        {
            "TenGiayTo": dossier.procedure_name,
            "MaThanhPhanHoSo": "",
            "GiayToId": str(dossier.result.attachment_id),
            "DuongDanTepTinKetQua": around.address_of(dossier.result.attachment_id),
            "MaGiayToKetQua": around.result_code,
            "SoKyHieu": dossier.result.number,
        }
    ]


def _flag(truth: bool) -> str:
    return "1" if truth else "0"


def of_steps(dossier: WholeDossier) -> list[Message]:
    """The steps that were begun, in their order; what officials noted to each other stays here."""
    return [_step(dossier, step) for step in dossier.steps]


def _step(dossier: WholeDossier, step: StepSheet) -> Message:
    return {
        "MaHoSo": dossier.code,
        "NguoiXuLy": step.official or step.unit,
        "ChucDanh": step.role,
        "ThoiDiemXuLy": stamp(step.done_at or step.started_at),
        "PhongBanXuLy": step.unit,
        "NoiDungXuLy": step.name,
        "TrangThai": "4" if step.done_at else str(dossier.national),
        "NgayBatDau": stamp(step.started_at),
        "NgayKetThucTheoQuyDinh": stamp(step.due_at),
    }


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same with other field names, at every depth; names that are not listed stay."""
    if not names:
        return value
    if isinstance(value, Mapping):
        return {names.get(key, key): renamed(one, names) for key, one in value.items()}
    return [renamed(one, names) for one in value] if isinstance(value, list) else value
