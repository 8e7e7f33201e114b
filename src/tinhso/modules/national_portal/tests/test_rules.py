"""What is said and read on the wire, when it is tried again, and what counts as a difference; tables, no database."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tinhso.kernel.clock.rules import VIETNAM
from tinhso.modules.dossiers.door import PaperSheet, ResultSheet, StepSheet, SupplementSheet, WholeDossier
from tinhso.modules.national_portal.rules import comparing, patience, payload, reading
from tinhso.modules.national_portal.rules.comparing import Difference, How, Listed, What
from tinhso.modules.national_portal.rules.patience import Circuit
from tinhso.modules.national_portal.rules.reading import Kind, Unreadable

AT = datetime(2026, 11, 16, 8, 0, 5, tzinfo=VIETNAM)


def after(days: float) -> datetime:
    return AT + timedelta(days=days)


DOSSIER = WholeDossier(
    case_id=7, code="H53.242.01-261116-0042", version=3, title="Xác nhận tình trạng hôn nhân", state="processing",
    national=4, outcome="", reason="", procedure_code="1.004873", procedure_name="Cấp giấy", version_id=1, branch="",
    field="Hộ tịch", channel="online", applicant="Nguyễn Thị Lan", is_business=False, identity_number="079190012346",
    is_identity_proven=True, has_account=False, phone="0912345678", email="lan@example.test", unit="Xã Minh Họa",
    unit_code="H53.242", received_unit="Trung tâm", opened_at=AT, accepted_at=after(0.1), due_at=after(3),
    settled_at=None, returned_at=None, declined_at=None, result_channel="electronic", fee=15000, fee_paid_at=None,
    papers=(), supplements=(), steps=(), result=None,
)  # fmt: skip
ALONE = payload.Around()


def told(more: payload.Around = ALONE, **change: Any) -> dict[str, Any]:
    return payload.of_dossier(replace(DOSSIER, **change), more)


def test_every_field_of_the_table_is_there_and_none_is_null():
    assert list(told()) == [
        "MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "KenhThucHien", "ChuHoSo", "LoaiDoiTuong",
        "MaDoiTuong", "DinhDanhCHS", "Email", "Fax", "SoDienThoai", "TrichYeuHoSo", "ThongTinKhac", "SoGiayToChuHoSo",
        "NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi", "TrangThaiHoSo",
        "DonViXuLy", "MaDonViXuLy", "GhiChu", "HinhThuc", "ThongTinTra", "TaiLieuNop", "DanhSachLePhi",
        "DanhSachHoSoBoSung", "DanhSachGiayToKetQua", "NoiNopHoSo", "HoSoCoThanhPhanSoHoa",
        "TaiKhoanDuocXacThucVoiVNeID", "DuocThanhToanTrucTuyen", "DSKetNoiCSDL",
    ]  # fmt: skip
    assert None not in told().values()


@pytest.mark.parametrize(("channel", "number"), [("direct", "1"), ("online", "2"), ("post", "3"), ("", "1")])
def test_the_channel_is_never_left_out(channel: str, number: str):
    assert told(channel=channel)["KenhThucHien"] == number


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (None, ""),
        (datetime(2026, 11, 18, 2, 10, 9, tzinfo=UTC), "18/11/2026 09:10:09"),
        (datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), "01/01/2027 00:00:00"),
        (datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=VIETNAM), "03/02/2026 04:05:06"),
    ],
)
def test_moments_are_told_in_vietnamese_time(moment: datetime | None, said: str):
    assert payload.stamp(moment) == said


DATES = ("NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi")


@pytest.mark.parametrize(
    ("change", "filled"),
    [
        ({"national": 1, "accepted_at": None, "due_at": None}, {"NgayNopHoSo"}),
        ({"national": 2}, {"NgayNopHoSo", "NgayTiepNhan", "NgayHenTra"}),
        ({"national": 3, "accepted_at": None, "due_at": None, "declined_at": after(1), "settled_at": after(1)},
         {"NgayNopHoSo", "NgayTuChoi"}),
        ({"national": 4, "settled_at": after(1)}, {"NgayNopHoSo", "NgayTiepNhan", "NgayHenTra"}),
        ({"national": 7, "settled_at": after(1)}, {"NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy"}),
        ({"national": 9, "settled_at": after(1)}, {"NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy"}),
        ({"national": 10, "settled_at": after(1), "returned_at": after(2)}, set(DATES) - {"NgayTuChoi"}),
    ],
)  # fmt: skip
def test_six_dates_each_at_its_time(change: dict[str, Any], filled: set[str]):
    said = told(**change)
    assert {name for name in DATES if said[name]} == filled


def test_the_portals_own_filing_date_and_ids_go_back_to_it():
    paper = PaperSheet(11, "tp1", "Tờ khai", "upload", 0, 5, "to-khai.pdf")
    around = payload.Around(
        is_from_portal=True, filed_at=after(-1), subject_id="doi-tuong-7", file_ids={11: "tep-9"},
        address_of=lambda number: f"https://tinh.example/{number}",
    )  # fmt: skip
    said = told(around, papers=(paper,))
    assert told(payload.Around(is_identity_proven=True), is_identity_proven=False)["TaiKhoanDuocXacThucVoiVNeID"] == "1"
    assert told(is_identity_proven=False)["TaiKhoanDuocXacThucVoiVNeID"] == "0"
    assert (said["NoiNopHoSo"], said["NgayNopHoSo"], said["MaDoiTuong"]) == ("1", "15/11/2026 08:00:05", "doi-tuong-7")
    assert said["TaiLieuNop"] == [
        {"TepDinhKemId": "tep-9", "TenTepDinhKem": "to-khai.pdf", "IsDeleted": "0", "MaThanhPhanHoSo": "tp1",
         "DuongDanTaiTepTin": "https://tinh.example/5", "DuocSoHoa": "0", "DuocTaiSuDung": "0",
         "DuocLayTuKhoDMQG": "0", "MaKetQuaThayThe": ""},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "attachment", "digitised", "reused", "said"),
    [
        ("scan", 5, True, 0, ("1", "0", "5")),
        ("scan", 5, False, 0, ("0", "0", "5")),
        ("upload", 5, False, 0, ("0", "0", "5")),
        ("paper", None, False, 0, ("0", "0", "")),
        ("vault", 5, True, 1, ("1", "1", "5")),
        ("vault", 5, False, 2, ("0", "2", "5")),
        ("database", None, False, 0, ("0", "0", "")),
    ],
)
def test_where_a_paper_came_from(source: str, attachment: int | None, digitised: bool, reused: int, said: Any):
    whole = told(papers=(PaperSheet(1, "tp1", "Tờ khai", source, 0, attachment, "", digitised, reused),))
    paper = whole["TaiLieuNop"][0]
    assert (paper["DuocSoHoa"], paper["DuocTaiSuDung"], paper["DuongDanTaiTepTin"]) == said
    assert whole["HoSoCoThanhPhanSoHoa"] == said[0]


def test_both_times_of_a_supplement_and_both_promises_are_told():
    one = SupplementSheet(3, 1, False, after(1), "Trần Văn Thụ Lý", "Thiếu bản vẽ", None, "", after(3), None)
    answered = replace(one, answered_at=after(2), answer="Đã nộp", due_after=after(4))
    open_, closed = told(supplements=(one, answered))["DanhSachHoSoBoSung"]
    assert (open_["TrangThaiBoSung"], open_["NgayTiepNhanBoSung"], open_["NgayHenTraMoi"]) == ("0", "", "")
    assert closed == {
        "HoSoBoSungId": "3", "NguoiYeuCauBoSung": "Trần Văn Thụ Lý", "NoiDungBoSung": "Thiếu bản vẽ",
        "NgayBoSung": "17/11/2026 08:00:05", "NguoiTiepNhanBoSung": "Trần Văn Thụ Lý", "ThongTinTiepNhan": "Đã nộp",
        "NgayTiepNhanBoSung": "18/11/2026 08:00:05", "TrangThaiBoSung": "1", "NgayHenTraTruoc": "19/11/2026 08:00:05",
        "NgayHenTraMoi": "20/11/2026 08:00:05",
    }  # fmt: skip


@pytest.mark.parametrize(("national", "number"), [(4, 0), (9, 1), (10, 1)])
def test_a_result_is_told_once_it_is_issued(national: int, number: int):
    result = ResultSheet(8, "ket-qua.pdf", "01/KQ-TTHC", after(2))
    around = payload.Around(result_code="KQ.G15.000031", address_of=lambda pk: f"https://tinh.example/{pk}")
    said = told(around, national=national, result=result)["DanhSachGiayToKetQua"]
    assert len(said) == number
    assert [one["DuongDanTepTinKetQua"] for one in said] == ["https://tinh.example/8"] * number
    assert [one["MaGiayToKetQua"] for one in said] == ["KQ.G15.000031"] * number


def test_fees_and_databases_and_payment_are_told():
    around = payload.Around(
        fees=(payload.FeeLine("Lệ phí", "le_phi", 15000), payload.FeeLine("Phí khác", "phi", None)),
        paid_through="1", databases=("1",),
    )  # fmt: skip
    said = told(around)
    assert [(one["TenPhiLePhi"], one["Gia"], one["LoaiPhiLePhi"]) for one in said["DanhSachLePhi"]] == [
        ("Lệ phí", "15000", "2"), ("Phí khác", "0", "1"),
    ]  # fmt: skip
    assert (said["DuocThanhToanTrucTuyen"], said["DSKetNoiCSDL"]) == ("1", [{"MaCSDL": "1"}])


@pytest.mark.parametrize(
    ("number", "kind"), [("079190012346", "1"), ("123456789", "2"), ("0100109106", ""), ("", ""), ("ABC", "")]
)
def test_which_paper_identifies_the_applicant(number: str, kind: str):
    assert told(identity_number=number)["DinhDanhCHS"] == {"LoaiDinhDanh": kind, "SoDinhDanh": number}


def test_steps_are_told_without_what_officials_noted_to_each_other():
    done = StepSheet(1, "Thẩm định", "appraise", "Chuyên viên", "Xã Minh Họa", "", AT, after(1), after(0.5), "done",
                     "Nghi ngờ hồ sơ giả")  # fmt: skip
    active = replace(done, seq=2, name="Ký", done_at=None, official="Lê Thị Ký")
    first, second = payload.of_steps(replace(DOSSIER, steps=(done, active), national=5))
    assert first == {
        "MaHoSo": DOSSIER.code, "NguoiXuLy": "Xã Minh Họa", "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": "16/11/2026 20:00:05", "PhongBanXuLy": "Xã Minh Họa", "NoiDungXuLy": "Thẩm định",
        "TrangThai": "4", "NgayBatDau": "16/11/2026 08:00:05", "NgayKetThucTheoQuyDinh": "17/11/2026 08:00:05",
    }  # fmt: skip
    assert (second["NguoiXuLy"], second["TrangThai"]) == ("Lê Thị Ký", "5")


def test_fields_are_renamed_at_every_depth():
    value = {"HoSo": {"MaHoSo": "1", "TaiLieuNop": [{"MaHoSo": "2"}]}, "Khac": 1}
    assert payload.renamed(value, {"MaHoSo": "maHoSo"}) == {
        "HoSo": {"maHoSo": "1", "TaiLieuNop": [{"maHoSo": "2"}]}, "Khac": 1,
    }  # fmt: skip
    assert payload.renamed(value, {}) is value


# Reading

NEW: dict[str, Any] = {
    "MaHoSo": DOSSIER.code, "MaTTHC": "1.004873", "ChuHoSo": " Nguyễn  Thị Lan ", "TrangThaiHoSo": 1,
    "NgayNopHoSo": "16/11/2026 07:31:05", "DinhDanhCHS": [{"SoDinhDanh": "079 190 012 346"}],
}  # fmt: skip


def test_a_new_dossier_is_read():
    more = {"TaiKhoanDuocXacThucVoiVNeID": True, "HinhThuc": 1, "Email": "khong phai"}
    details = '{"BieuMau": {"ho_ten": "Lan"}, "TruongHop": "a"}'
    found = reading.read_dossier({**NEW, "ThongTinKhac": details, **more})
    assert (found.code, found.procedure_code, found.identity_number) == (DOSSIER.code, "1.004873", "079190012346")
    assert found.filed_at == datetime(2026, 11, 16, 7, 31, 5, tzinfo=VIETNAM)
    assert (found.answers, found.branch, found.is_identity_proven) == ({"ho_ten": "Lan"}, "a", True)
    assert (found.result_channel, found.email, found.is_accepted) == ("post", "", False)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"TrangThaiHoSo": "4"}, "status"),
        ({"TrangThaiHoSo": None}, "status"),
        ({"MaTTHC": "thu-tuc"}, "procedure"),
        ({"MaTTHC": 1.004873}, None),
        ({"MaTTHC": "2.000815.000.00.00.H55"}, None),
        ({"ChuHoSo": ""}, "applicant"),
        ({"ChuHoSo": ["Lan"]}, "applicant"),
        ({"NgayNopHoSo": "31/02/2026 07:00:00"}, "date"),
        ({"NgayNopHoSo": "2026-11-16T07:00:00"}, None),
        ({"NgayNopHoSo": ""}, None),
        ({"TaiLieuNop": "tep.pdf"}, "papers"),
        ({"TaiLieuNop": [1]}, "papers"),
        ({"TaiLieuNop": [{}] * 201}, "papers"),
    ],
)
def test_what_cannot_be_read_says_which_field(change: dict[str, Any], code: str | None):
    if code is None:
        reading.read_dossier({**NEW, **change})
        return
    with pytest.raises(Unreadable) as caught:
        reading.read_dossier({**NEW, **change})
    assert caught.value.code == f"national_portal.{code}"
    assert caught.value.message.endswith((".", "danh mục."))


def test_deleted_papers_are_left_out():
    rows = [{"TenTepDinhKem": "a.pdf", "IsDeleted": "1"}, {"TenTepDinhKem": "b.pdf", "IsDeleted": "0"}]
    assert [one.name for one in reading.read_dossier({**NEW, "TaiLieuNop": rows}).papers] == ["b.pdf"]


ROUND = {"HoSoBoSungId": "3", "TrangThaiBoSung": "1", "NgayTiepNhanBoSung": "18/11/2026 08:00:00"}


@pytest.mark.parametrize(
    ("value", "kind", "key"),
    [
        (NEW, Kind.DOSSIER, DOSSIER.code),
        ({**NEW, "TrangThaiHoSo": "7"}, Kind.WITHDRAWAL, DOSSIER.code),
        ({**NEW, "DanhSachHoSoBoSung": [{"HoSoBoSungId": "3"}]}, Kind.DOSSIER, DOSSIER.code),
        ({**NEW, "DanhSachHoSoBoSung": [ROUND]}, Kind.SUPPLEMENT, f"{DOSSIER.code}/3"),
        ({**NEW, "DanhSachHoSoBoSung": "x"}, Kind.DOSSIER, DOSSIER.code),
    ],
)
def test_a_message_says_what_it_is_and_which(value: dict[str, Any], kind: Kind, key: str):
    found = reading.envelope(value)
    assert (found.kind, found.key, found.code) == (kind, key, DOSSIER.code)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"MaHoSo": "x', b"\xff\xfe", b"[" * 100_000, b"null", b"7", b"{}"])
def test_what_is_no_message_is_kept_as_unreadable(body: bytes):
    (found,) = reading.envelopes(body)
    assert (found.kind, len(found.key)) == (Kind.UNKNOWN, 64)
    assert found.problem
    assert reading.envelopes(body)[0].key == found.key


def test_one_delivery_may_hold_many_messages_but_not_without_end():
    assert [one.code for one in reading.envelopes(json.dumps({"data": [NEW, {**NEW, "MaHoSo": "B"}]}).encode())] == [
        DOSSIER.code, "B",
    ]  # fmt: skip
    assert len(reading.envelopes(json.dumps([NEW] * 1000).encode())) == 1000
    (refused,) = reading.envelopes(json.dumps([NEW] * 1001).encode())
    assert "1000" in refused.problem


def test_the_portals_own_names_are_understood():
    body = json.dumps({"data": [{"maHoSo": "A"}]}).encode()
    assert [one.code for one in reading.envelopes(body, {"maHoSo": "MaHoSo"})] == ["A"]
    assert reading.envelopes(body)[0].kind is Kind.UNKNOWN


def test_papers_of_other_rounds_are_not_part_of_an_answer():
    papers = [{"TenTepDinhKem": "cu.pdf", "HoSoBoSungId": "2"}, {"TenTepDinhKem": "moi.pdf", "HoSoBoSungId": "3"}]
    found = reading.read_answer({**NEW, "DanhSachHoSoBoSung": [ROUND], "TaiLieuNop": papers})
    assert (found.supplement_id, [one.name for one in found.papers]) == ("3", ["moi.pdf"])


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from([*NEW, "x"]), inner, max_size=5),
    max_leaves=12,
)


@given(some.dictionaries(some.sampled_from([*told(), "DanhSachHoSoBoSung", "TaiLieuNop"]), JSON, max_size=12))
def test_whatever_stands_in_a_message_is_read_or_refused(value: dict[str, Any]):
    found = reading.envelope(value)
    assert "\x00" not in found.body
    for read in (reading.read_dossier, reading.read_answer, reading.read_withdrawal):
        with suppress(Unreadable):
            read(found.value or {})


# Trying again


def test_the_circuit_trips_after_five_failures_and_rests_longer_each_time():
    circuit, rests = Circuit(), []
    for _ in range(11):
        assert circuit.may_try(AT) == (circuit.rests_until is None)
        circuit = circuit.failed(AT)
        rests.append((circuit.rests_until - AT).seconds if circuit.rests_until else 0)
    assert rests == [0, 0, 0, 0, 30, 60, 120, 240, 480, 600, 600]
    assert not circuit.may_try(AT + timedelta(seconds=599))
    assert circuit.may_try(AT + timedelta(seconds=600))


def test_a_dossier_waits_longer_each_time():
    assert [patience.wait(n).total_seconds() for n in (0, 1, 2, 3, 8, 9, 99)] == [15, 15, 30, 60, 1920, 3600, 3600]


@pytest.mark.parametrize(
    ("was_refused", "tried", "worked", "is_strike"),
    [
        (True, None, None, True),
        (False, None, None, False),
        (False, 1, None, False),
        (False, 1, 0.5, False),
        (False, 1, 2, True),
    ],
)
def test_no_answer_speaks_against_a_dossier_only_when_another_got_through(
    was_refused: bool, tried: float | None, worked: float | None, is_strike: bool
):
    assert is_strike == patience.is_strike(
        was_refused=was_refused,
        tried_at=after(tried) if tried else None,
        link_worked_at=after(worked) if worked else None,
    )


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "hour"), (3600, "hour"), (3601, "day"), (86400, "day"), (86401, "week"), (604800, "week"), (604801, "older")],
)
def test_ages_fall_into_four_bands(age: int, band: str):
    assert patience.age_band(timedelta(seconds=age)) == band


# Comparing


def test_only_statuses_whose_numbers_differ_are_looked_at():
    ours, theirs = comparing.counted([1, 1, 4, 10]), {"1": 2, "4": 0, "9": 3}
    assert ours == {"1": 2, "2": 0, "3": 0, "4": 1, "5": 0, "6": 0, "7": 0, "8": 0, "9": 0, "10": 1}
    assert comparing.unequal(ours, theirs) == (4, 9, 10)


def test_dossiers_differ_by_place_or_by_status():
    found = comparing.differences({"A": 1, "B": 4, "C": 9}, {"B": 4, "C": 4, "D": 1})
    assert found == (Difference("A", 1, 0), Difference("C", 9, 4), Difference("D", 0, 1))
    assert [one.how for one in found] == [How.ONLY_HERE, How.STATUS, How.ONLY_THERE]


def test_the_catalogues_differ_in_what_a_reader_would_notice():
    ours = {
        c: Listed(c, n, "Hộ tịch") for c, n in (("1.000001", "Khai sinh"), ("1.000002", "Khai tử"), ("1.000003", "Cũ"))
    }
    theirs = comparing.read_listed([
        {"MaTTHC": "1.000001.000.00.00.H53", "TenTTHC": "khai  sinh.", "TenLinhVuc": ""},
        {"MaTTHC": "1.000002", "TenTTHC": "Đăng ký khai tử", "TenLinhVuc": "Tư pháp"},
        {"MaTTHC": "1.000004", "TenTTHC": "Mới"},
        {"MaTTHC": "1.000005"}, "nhiễu",
    ])  # fmt: skip
    assert [(one.code, one.what) for one in comparing.catalogue_changes(ours, theirs)] == [
        ("1.000002", What.RENAMED), ("1.000002", What.FIELD), ("1.000003", What.ABOLISHED), ("1.000004", What.NEW),
    ]  # fmt: skip
    assert comparing.catalogue_changes(ours, {}) == ()
