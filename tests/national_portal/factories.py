"""Messages as the portal sends them, and a commune's office that works on what arrives."""

from __future__ import annotations

import base64
from typing import Any

from django.utils import timezone

from tinhso.kernel.people.models import Account
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import MARITAL, Office
from tinhso.modules.national_portal import jobs
from tinhso.modules.national_portal.jobs.receiving import bring, fetch, work_off
from tinhso.modules.national_portal.jobs.sending import drain
from tinhso.modules.national_portal.queries.deployment import deployment

CODE = "H53.242.01-261116-0042"
PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def message(office: Office, code: str = CODE, **more: Any) -> dict[str, Any]:
    """A dossier for the office's commune with one file."""
    return {
        "MaHoSo": code,
        "MaTTHC": MARITAL,
        "TenTTHC": "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
        "KenhThucHien": "2",
        "ChuHoSo": "Nguyễn Thị Lan",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "doi-tuong-77",
        "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": "079190012346"},
        "Email": "lan@example.test",
        "SoDienThoai": "0912345678",
        "NgayNopHoSo": "16/11/2026 07:31:05",
        "TrangThaiHoSo": "1",
        "DonViXuLy": office.province.commune.name,
        "HinhThuc": "2",
        "TaiLieuNop": [
            {"TepDinhKemId": "tep-1", "TenTepDinhKem": "to-khai.pdf", "IsDeleted": "0", "MaThanhPhanHoSo": "tp1",
             "DuongDanTaiTepTin": "tep/tep-1", "DuocSoHoa": "0", "DuocTaiSuDung": "0", "DuocLayTuKhoDMQG": "0"},
        ],
        "TaiKhoanDuocXacThucVoiVNeID": "0",
        "DuocThanhToanTrucTuyen": "0",
        **more,
    }  # fmt: skip


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def operator(office: Office) -> Account:
    return people.official("operator", office.province.root, "national_portal.operator")


def settle() -> None:
    """Run the jobs that wait, then the link's own, until nothing moves; without waiting for the minute."""
    for _ in range(3):
        run_jobs()
        drain(deployment())
    run_jobs()


def arrive() -> None:
    """Pull, take in, fetch."""
    bring(deployment())
    work_off()
    fetch(deployment())


def the_dossier(code: str = CODE) -> Dossier:
    return Dossier.objects.select_related("case").get(case__number=code)


__all__ = ["CODE", "PDF", "arrive", "in_base64", "jobs", "message", "operator", "settle", "the_dossier", "timezone"]
