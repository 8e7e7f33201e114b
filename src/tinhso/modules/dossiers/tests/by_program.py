"""Lan's programs and those of officials: what they ask of the API, and the world in which they do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tinhso.kernel.api.tests.factories import bearer, fresh, key
from tinhso.kernel.people.models import Account
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.procedures import door

AT = datetime(2026, 11, 16, 2, tzinfo=UTC)
LIST, LOOKUP = "/api/v1/dossiers/", "/api/v1/lookup/"
HOUSE, BRANCH = "1.013225", "nha_o_rieng_le"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345a5ba9"
    "0000000049454e44ae426082"
)
JSON = "application/json"


def answers(commune: str) -> dict[str, Any]:
    """An honest form for a house of one's own."""
    place = {"commune": commune, "detail": "Số 12, đường Trình Diễn"}
    return {
        "ho_ten": "Nguyễn Thị Lan", "so_dinh_danh": "079190012346", "dien_thoai": "0912345678", "noi_o": place,
        "dia_diem": place, "co_giay_chung_nhan": "co", "so_giay_chung_nhan": "AA 00123456", "so_thua": "214",
        "to_ban_do": "18", "dien_tich_dat": "126,4", "dien_tich_tang_1": "80", "tong_dien_tich": "160", "so_tang": "2",
        "chieu_cao": "7,8", "co_tang_ham": "khong", "don_vi_thiet_ke": "Công ty A", "khoi_cong": "01/12/2026",
        "so_thang": "6", "cach_nhan": "dien_tu",
    }  # fmt: skip


class World:
    """Lan, who files; Minh, another citizen; officials of the commune; somebody from another commune."""

    def __init__(self) -> None:
        forget()
        door.forget()
        door.publish_sample(HOUSE, valid_from=date(2026, 1, 1), at=timezone.now())
        self.province: Province = found()
        commune, shop, other = self.province.commune, self.province.shop, self.province.other
        self.accounts: dict[str, Account] = {
            "lan": people.citizen("lan", identity_number="079190012346"),
            "minh": people.citizen("minh"),
            "clerk": people.official("clerk", shop, "dossiers.clerk", also_on=(commune,)),
            "specialist": people.official("specialist", commune, "dossiers.specialist"),
            "colleague": people.official("colleague", commune, "dossiers.specialist"),
            "leader": people.official("leader", commune, "dossiers.leader"),
            "overseer": people.official("overseer", self.province.root, "dossiers.overseer"),
            "outsider": people.official("outsider", other, "dossiers.specialist", "dossiers.clerk"),
        }
        self.keys = {name: key(account, "write") for name, account in self.accounts.items()}

    def get(self, who: str, url: str, **query: object) -> Any:
        return Client().get(url, query, headers=bearer(self.keys[who]) if who != "nobody" else {})

    def post(self, who: str, path: str, said: object = None, headers: dict[str, str] | None = None) -> Any:
        sent = (bearer(self.keys[who]) if who != "nobody" else {}) | (headers or fresh())
        return Client().post(LIST + path, said or {}, JSON, headers=sent)

    def papers(self, who: str = "lan") -> list[dict[str, Any]]:
        sheet = door.published(HOUSE, date(2026, 11, 16))
        from tinhso.modules.dossiers.queries.drafts import must_hand_in
        from tinhso.modules.procedures.door import components_for

        given = []
        for component in (one for one in components_for(sheet, BRANCH) if must_hand_in(one)):
            file = SimpleUploadedFile("anh.png", PNG, "image/png")
            sent = bearer(self.keys[who]) | fresh()
            kept = Client().post(LIST + "files", {"file": file}, headers=sent)
            assert kept.status_code == 201, kept.content
            given.append({"component": component.code, "file": kept.json()["file"]})
        return given

    def new(self, **more: object) -> dict[str, Any]:
        base = {"procedure": HOUSE, "branch": BRANCH, "answers": answers(self.province.commune.code)}
        return base | {"papers": self.papers()} | more

    def filed(self) -> str:
        response = self.post("lan", "", self.new())
        assert response.status_code == 201, response.content
        return response.json()["number"]

    def accepted(self) -> str:
        number = self.filed()
        assert self.post("clerk", f"{number}/accept").status_code == 200
        return number

    def taken(self) -> str:
        number = self.accepted()
        response = self.post("specialist", f"{number}/take-over")
        assert response.status_code == 200, response.content
        return number
