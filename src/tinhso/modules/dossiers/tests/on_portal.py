"""The pages as the public sees them: a permit that can be filed, what somebody types, and what a page costs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock import queries as clock
from tinhso.kernel.units import queries as units
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Draft, Part
from tinhso.modules.dossiers.queries.drafts import lacking
from tinhso.modules.dossiers.tests.factories import START, Office
from tinhso.modules.procedures import door

HOUSE, BRANCH = "1.013225", "nha_o_rieng_le"
MOST_FOR_A_READ, MOST_FOR_A_WRITE = 6, 12
REASON = "Tôi đổi ý, chưa xây nhà năm nay."
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345a5ba9"
    "0000000049454e44ae426082"
)


def image(name: str = "anh.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, "image/png")


def program(name: str = "anh.png") -> SimpleUploadedFile:
    """Something that is no image, whatever it calls itself."""
    return SimpleUploadedFile(name, b"MZ" + b"\0" * 200, "image/png")


class Portal(Office):
    """The office, a building permit that can be filed there, and the pages as the public sees them."""

    def __init__(self) -> None:
        super().__init__()
        door.publish_sample(HOUSE, valid_from=date(2026, 1, 1), at=START)
        self.house: Any = door.published(HOUSE, START.date())

    def said(self) -> dict[str, str]:
        """What somebody types who builds a house, as the pages post it."""
        here = self.province.commune.code
        return {
            "ho_ten": "Nguyễn Thị Lan", "so_dinh_danh": "079190012346", "dien_thoai": "0912345678",
            "noi_o_ward": here, "noi_o_street": "Số 12", "dia_diem_ward": here, "dia_diem_street": "Thửa 214",
            "so_thua": "214", "to_ban_do": "18", "dien_tich_dat": "126,4", "co_giay_chung_nhan": "co",
            "so_giay_chung_nhan": "AA 00123456", "dien_tich_tang_1": "80", "tong_dien_tich": "160", "so_tang": "2",
            "chieu_cao": "7,8", "co_tang_ham": "khong", "don_vi_thiet_ke": "Công ty A", "khoi_cong": "01/12/2026",
            "so_thang": "6", "cach_nhan": "dien_tu",
        }  # fmt: skip

    def begun(self, who: str = "lan") -> Draft:
        return actions.begin(procedure_code=HOUSE, branch=BRANCH, by=self.actor(who), at=START, prefill={})

    def answered(self) -> Draft:
        """All questions answered; the papers are missing."""
        draft = self.begun()
        said = self.said()
        places = {
            name: {"commune": said.pop(f"{name}_ward"), "detail": said.pop(f"{name}_street")}
            for name in ("noi_o", "dia_diem")
        }
        return actions.save(token=draft.token, answers=said | places, by=self.actor("lan"), at=START)

    def ready(self) -> Draft:
        draft = self.answered()
        Part.objects.bulk_create(
            Part(draft=draft, code=one.code, name=one.name[:300], added_at=START) for one in lacking(draft)
        )
        return draft


def client(portal: Portal, who: str = "lan") -> Client:
    made = Client()
    if who != "nobody":
        made.force_login(portal.accounts[who])
    return made


def page(draft: Draft, rest: str = "") -> str:
    return f"/ho-so/nhap/{draft.token}/{rest}"


def track(dossier: Dossier, rest: str = "") -> str:
    number = Case.objects.values_list("number", flat=True).get(pk=dossier.pk)
    return f"/ho-so/{number}/{rest}"


def cost(ask: Any) -> int:
    """Statements that the request itself needs; those of transactions and the look for a new tree are left out."""
    clock.calendar_for(None)
    units.tree()
    with CaptureQueriesContext(connection) as captured:
        ask()
    return sum(1 for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")))
