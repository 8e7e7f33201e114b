"""A citizen fills in and files the form of procedure 1.013225 in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.journeys.window import Window

PROCEDURE = "1.013225"
ANSWERS: dict[str, Any] = {
    "ho_ten": "Nguyễn Thị Lan",
    "so_dinh_danh": "079190012346",
    "dien_thoai": "0912 345 678",
    "thu_dien_tu": "lan@example.test",
    "noi_o_ward": "xa-25459",
    "noi_o_street": "Số 12, đường Trình Diễn",
    "dia_diem_ward": "xa-25459",
    "dia_diem_street": "Số 14, đường Trình Diễn",
    "so_thua": "125",
    "to_ban_do": "7",
    "dien_tich_dat": "120,5",
    "co_giay_chung_nhan": "khong",
    "giay_to_khac": "Hợp đồng chuyển nhượng có công chứng",
    "dien_tich_tang_1": "80",
    "tong_dien_tich": "160",
    "so_tang": "2",
    "chieu_cao": "7,5",
    "co_tang_ham": "khong",
    "don_vi_thiet_ke": "Công ty Thiết kế Trình diễn",
    "khoi_cong": "05/01/2027",
    "so_thang": "6",
    "cach_nhan": "dien_tu",
}


def begin(window: Window) -> str:
    """Start the form for a private house; the address of the draft."""
    window.go(f"/ho-so/nop/{PROCEDURE}/?truong-hop=nha_o_rieng_le")
    window.press("Bắt đầu")
    return "/".join(window.page.url.split("/")[3:6])


def answer_all(window: Window, answers: dict[str, Any] = ANSWERS, *, with_script: bool = True) -> None:
    """Go through the questions until the papers are asked for; an answer may bring up further questions."""
    for _ in range(40):
        if "/giay-to/" in window.page.url:
            return
        window.fill(answers)
        if with_script:
            window.page.wait_for_timeout(200)
            window.fill(answers)
        window.press("Lưu và tiếp tục")
    raise AssertionError(f"the form has no end: {window.page.url}\n{window.text()}")


def add_papers(window: Window, photo: Path, *, with_script: bool = True) -> int:
    """Hand in the photo for every paper that is asked for; how many there were."""
    forms = window.page.locator("main form:has(input[type=file])")
    for index in range(forms.count()):
        # without scripts the camera's own input may be hidden, the other one always serves
        field = forms.nth(index).locator("input[type=file]").last
        if with_script:
            with window.page.expect_response(lambda answer: answer.request.method == "POST"):
                field.set_input_files(photo)
        else:
            field.set_input_files(photo)
            with window.page.expect_navigation():
                forms.nth(index).locator("button[type=submit]").first.click()
    return forms.count()
