"""A dossier born on the national portal arrives, is worked on here, and returns to it as status 10."""

from __future__ import annotations

from typing import Any

import pytest
from tests.national_portal.factories import (
    CODE,
    PDF,
    arrive,
    in_base64,
    message,
    settle,
    the_dossier,
    timezone,
)
from tests.national_portal.simulated import Simulated

from tinhso.kernel.facts.models import Fact
from tinhso.kernel.journal.queries import verify
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.tests.factories import MESSAGE, MISSING, RESULT, Office, state, verbs
from tinhso.modules.national_portal.models import Incoming, IncomingFile, Outgoing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def office(made: Office, db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    from tinhso.kernel.files import actions as files

    monkeypatch.setattr(
        issuing, "signed_result",
        lambda dossier, *, by, at: files.store_made(PDF, name="ket-qua.pdf", purpose="dossiers.result"),
    )  # fmt: skip
    monkeypatch.setattr(issuing, "countersigned_result", lambda dossier, *, by, at: dossier.result)
    return made


def test_the_whole_way_there_and_back(office: Office, portal: Simulated) -> None:
    portal.steer(deliver=[message(office)], files={"tep-1": in_base64(PDF)})
    arrive()
    dossier = the_dossier()
    assert (state(dossier), verbs(dossier), portal.told()["pending"]) == ("filed", ["file"], 0)
    assert dossier.parts.get().attachment.name == "to-khai.pdf"  # type: ignore[union-attr]
    settle()
    first = portal.dossier(CODE)["dossier"]
    assert (first["TrangThaiHoSo"], first["NgayNopHoSo"], first["NoiNopHoSo"], first["MaDoiTuong"]) == (
        "1", "16/11/2026 07:31:05", "1", "doi-tuong-77",
    )  # fmt: skip
    assert first["TaiLieuNop"][0]["TepDinhKemId"] == "tep-1"

    def do(name: str, who: str, **more: Any) -> None:
        getattr(actions, name)(dossier_id=dossier.pk, by=office.actor(who), at=timezone.now(), **more)

    do("accept", "clerk")
    do("take_over", "handler")
    settle()
    do("ask_supplement", "handler", message=MESSAGE, missing=MISSING)
    settle()
    asked = portal.dossier(CODE)["dossier"]
    assert (asked["TrangThaiHoSo"], asked["DanhSachHoSoBoSung"][0]["NoiDungBoSung"]) == ("5", MESSAGE)
    answer = {
        **asked["DanhSachHoSoBoSung"][0], "TrangThaiBoSung": "1", "NgayTiepNhanBoSung": "17/11/2026 09:00:00",
        "ThongTinTiepNhan": "Tôi đã nộp thêm.",
    }  # fmt: skip
    more = {"TepDinhKemId": "tep-2", "TenTepDinhKem": "ly-hon.pdf", "MaThanhPhanHoSo": "tp2",
            "DuongDanTaiTepTin": "tep/tep-1", "HoSoBoSungId": answer["HoSoBoSungId"]}  # fmt: skip
    portal.steer(deliver=[message(office, DanhSachHoSoBoSung=[answer], TaiLieuNop=[more])])
    arrive()
    settle()
    assert portal.dossier(CODE)["dossier"]["TrangThaiHoSo"] == "4"
    do("draft_result", "handler", text=RESULT)
    do("step_on", "handler")
    do("step_on", "head")
    do("sign", "leader")
    do("finish", "registrar")
    settle()
    last = portal.dossier(CODE)
    assert last["statuses"] == ["1", "4", "5", "4", "9", "10"]
    assert (state(dossier), last["late"]) == ("returned", 0)
    told = last["dossier"]
    dates = ("NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi")
    assert [name for name in dates if not told[name]] == ["NgayTuChoi"]
    assert told["DanhSachGiayToKetQua"][0]["MaGiayToKetQua"].startswith("KQ.G15.")
    assert told["DanhSachHoSoBoSung"][0]["NgayTiepNhanBoSung"]
    assert [one["TepDinhKemId"] for one in told["TaiLieuNop"]] == ["tep-1", "tep-2"]
    assert portal.told()["steps"][CODE]["steps"][-1]["NoiDungXuLy"] == "Trả kết quả"
    row = Outgoing.objects.get()
    assert (row.state, row.version) == ("sent", dossier.case.entries.exclude(verb="national_portal.sync").last().seq)  # type: ignore[union-attr]
    assert Fact.objects.filter(name="national_portal.synced", case_id=dossier.pk).count() == 1
    assert set(Incoming.objects.values_list("state", flat=True)) == {"done"}
    assert set(IncomingFile.objects.values_list("state", flat=True)) == {"done"}
    assert list(verify()) == []


def test_a_dossier_from_the_counter_is_told_too(office: Office, portal: Simulated) -> None:
    dossier = office.receive()
    settle()
    told = portal.dossier(dossier.case.number)["dossier"]
    assert (told["KenhThucHien"], told["NoiNopHoSo"], told["TrangThaiHoSo"]) == ("1", "2", "2")


def test_a_withdrawal_on_the_portal_ends_the_dossier_here(office: Office, portal: Simulated) -> None:
    somebody = {"DinhDanhCHS": {"SoDinhDanh": "001190000001"}, "TaiKhoanDuocXacThucVoiVNeID": "1"}
    gone = {"TrangThaiHoSo": "7", "GhiChu": "Không còn nhu cầu"}
    portal.steer(deliver=[message(office, **somebody), message(office, **gone)])
    arrive()
    dossier = the_dossier()
    assert (state(dossier), dossier.outcome) == ("withdrawn", "withdrawn")
    settle()
    told = portal.dossier(CODE)["dossier"]
    assert (told["TrangThaiHoSo"], told["TaiKhoanDuocXacThucVoiVNeID"]) == ("7", "1")
    assert told["GhiChu"] == "Người nộp rút hồ sơ trên Cổng Dịch vụ công quốc gia: Không còn nhu cầu"
