"""Fees, kinds of paper, validity, advice about scans, codes: rules without a database."""

from __future__ import annotations

from datetime import date

import pytest

from tinhso.modules.vault import rules
from tinhso.modules.vault.queries.kinds import kind_called, kind_from, kinds
from tinhso.modules.vault.rules import PageWorth, Validity


@pytest.mark.parametrize(
    ("pages", "dong"), [(1, 2000), (2, 4000), (3, 5000), (10, 12_000), (198, 200_000), (500, 200_000)]
)
def test_a_certified_copy_costs_by_the_page_up_to_a_cap(pages: int, dong: int) -> None:
    assert rules.fee(pages) == dong


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Giấy khai sinh", "khai_sinh"),
        ("Bản sao khai sinh, hộ chiếu", "khai_sinh"),
        ("GIẤY KHAI SINH (bản sao)", "khai_sinh"),
        ("Tờ khai đăng ký khai sinh", ""),
        ("Giấy chứng sinh (hoặc văn bản người làm chứng / cam đoan việc sinh)", "chung_sinh"),
        ("Giấy xác nhận tình trạng hôn nhân đã cấp", "hon_nhan"),
        ("Giấy xác nhận tình trạng hôn nhân của người nước ngoài", ""),
        ("Giấy tờ tùy thân (thẻ căn cước/hộ chiếu)", "can_cuoc"),
        ("Phiếu đề nghị giải quyết thủ tục về căn cước DC02 (trực tuyến: biểu mẫu điện tử)", ""),
        ("Giấy tờ chứng minh nơi cư trú", "cu_tru"),
        ("Giấy chứng nhận quyền sử dụng đất", "quyen_su_dung_dat"),
        ("Giấy tờ về quyền sử dụng đất", "quyen_su_dung_dat"),
        ("Giấy khám sức khỏe còn hạn 6 tháng", "kham_suc_khoe"),
        ("Phiếu lý lịch tư pháp", "ly_lich_tu_phap"),
        ("Đơn đề nghị cấp giấy phép xây dựng", ""),
        ("Ảnh chân dung", ""),
        ("", ""),
    ],
)
def test_a_papers_name_tells_its_kind(name: str, kind: str) -> None:
    assert kind_called(name) == kind


def test_applications_are_not_kept() -> None:
    forms = ("Đơn đề nghị cấp phép", "Tờ khai theo mẫu", "Giấy đề nghị đăng ký", "Phiếu thu thập thông tin dân cư DC01")
    assert [rules.is_form(one) for one in (*forms, "Giấy khai sinh", "Bản vẽ", "")] == [True] * 4 + [False] * 3


def test_a_procedure_tells_the_kind_of_its_result() -> None:
    found = kind_from("1.004873")
    assert found is not None
    assert (found.code, found.months) == ("hon_nhan", 6)
    assert kind_from("9.999999") is None
    assert len({one.code for one in kinds()}) == len(kinds())


def test_papers_fit_by_kind_or_by_the_same_name_and_never_by_nothing() -> None:
    key = rules.name_key("Bản vẽ thiết kế (02 bộ)")
    assert rules.fits("khai_sinh", "a", "khai_sinh", "b")
    assert rules.fits("", key, "", rules.name_key("bản vẽ  thiết kế 02 bộ"))
    assert not rules.fits("khai_sinh", "a", "ket_hon", "b")
    assert not rules.fits("", "", "", "")


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 1, 1), Validity.NOT_YET),
        (date(2026, 1, 2), Validity.VALID),
        (date(2026, 6, 30), Validity.VALID),
        (date(2026, 7, 1), Validity.EXPIRED),
    ],
)
def test_the_first_and_the_last_day_of_a_paper_count(on: date, state: Validity) -> None:
    span = {"begins_on": date(2026, 1, 2), "ends_on": date(2026, 6, 30)}
    assert rules.validity(on, **span, is_replaced=False, is_revoked=False) is state
    assert rules.validity(on, **span, is_replaced=True, is_revoked=True) is Validity.REVOKED
    assert rules.validity(on, **span, is_replaced=True, is_revoked=False) is Validity.REPLACED


def test_the_clerk_is_told_of_coarse_blank_and_wordless_pages() -> None:
    assert rules.advice([PageWorth(1, 300, False, 80)]) == []
    found = rules.advice([PageWorth(1, 120, False, 0), PageWorth(2, 120, True, 0)])
    assert [words.split(";")[0] for words in found] == [
        "Độ phân giải dưới 200 dpi ở trang 1",
        "Trang 2 gần như trắng",
        "Không đọc được chữ nào. Kiểm tra xem đây có đúng là giấy tờ cần số hóa không.",
    ]


def test_codes_are_read_as_people_type_them() -> None:
    code = rules.new_copy_code()
    assert rules.tidy_copy_code(code) == code
    assert rules.tidy_copy_code(f"  {code.lower().replace('-', ' ')} ") == code
    assert rules.tidy_copy_code(code[3:]) == code
    assert [rules.tidy_copy_code(one) for one in ("", "BS-123", "Đ" * 20, code + "X")] == [""] * 4
    assert len({rules.new_copy_code() for _ in range(500)}) == 500
    assert {len(rules.new_share_code()) for _ in range(50)} == {6}
