"""A commune fills its scores in the grid, the council changes three with reasons, everybody computes them again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.journeys.window import Window
from tests.running import Running
from tests.scorecards.assessing import OPEN

pytestmark = pytest.mark.journey

ROUND = f"/lam-viec/danh-gia/{OPEN}/"


def cell(window: Window, code: str, name: str):
    return window.page.locator(f"[data-row='{code}'] [data-input='{name}']")


def saved(window: Window, code: str, kind: str = "saved") -> None:
    window.page.locator(f"[data-row='{code}'][data-saved='{kind}']").wait_for()


def points(window: Window, code: str) -> str:
    return window.page.locator(f"[data-row='{code}'] [data-points]").inner_text()


def prove(window: Window, code: str, number: str) -> None:
    """Open a criterion from the grid, name a document, come back."""
    back = window.page.url
    window.page.locator(f"[data-row='{code}'] th a").click()
    window.page.select_option("#kind", "document")
    window.page.get_by_text("Văn bản hoặc đường dẫn").click()
    window.fill({"document": number, "dated_on": "02/11/2026"})
    window.press("Thêm minh chứng")
    window.go(back)


def test_a_commune_is_scored_reviewed_published_and_computed_again(
    window: Callable[..., Window], platform: Running
) -> None:
    # The unit: keys only. Numbers are saved cell by cell, also those typed while there was no network.
    unit = window("director", width=1440, height=900)
    unit.go(ROUND)
    unit.press("Phường Tân Ninh")
    keys = unit.page.keyboard
    cell(unit, "1.1", "a").focus()
    keys.type("9")
    keys.press("Enter")
    keys.type("10")
    keys.press("Enter")
    saved(unit, "1.1")
    assert points(unit, "1.1") == "1,8"
    assert unit.page.locator("[data-total]").inner_text() == "2,8"
    cell(unit, "1.4", "points").focus()
    keys.type("chín")
    keys.press("Tab")
    saved(unit, "1.4", "wrong")
    assert "không phải là số" in unit.page.locator("[data-row='1.4']").inner_text()
    unit.context.set_offline(True)
    cell(unit, "1.4", "points").fill("0,5")
    keys.press("Control+ArrowDown")
    saved(unit, "1.4", "offline")
    unit.context.set_offline(False)
    saved(unit, "1.4")
    cell(unit, "2.1", "a").focus()
    keys.type("4")
    keys.press("Escape")
    assert cell(unit, "2.1", "a").input_value() == ""
    keys.type("4")
    keys.press("ArrowDown")
    keys.press("Tab")
    saved(unit, "2.1")
    unit.picture("grid")

    # A colleague had the sheet open: who comes second sees what the first one saved and chooses.
    second = window("director", width=1440, height=900)
    second.go(unit.page.url)
    cell(unit, "2.1", "a").fill("3")
    keys.press("Enter")
    saved(unit, "2.1")
    cell(second, "2.1", "a").fill("2")
    second.page.keyboard.press("Enter")
    saved(second, "2.1", "wrong")
    second.page.get_by_role("button", name="Giữ số của tôi").click()
    saved(second, "2.1")
    assert points(second, "2.1") == "0,5"

    # Without evidence nothing is sent.
    unit.go(unit.page.url)
    unit.press("Gửi thẩm định")
    assert "Thêm minh chứng cho: 1.1, 1.4, 2.1." in unit.text()
    unit.go(ROUND)
    unit.press("Phường Tân Ninh")
    for number, code in enumerate(("1.1", "1.4", "2.1"), 11):
        prove(unit, code, f"{number}/BC-UBND")
    unit.press("Gửi thẩm định")
    assert "Đã gửi, chờ thẩm định" in unit.text()

    # The council changes three scores; a difference demands a sentence.
    council = window("controller", width=1440, height=900)
    council.go(ROUND)
    council.press("Phường Tân Ninh")
    sheet = council.page.url
    for code, given in (("1.1", "1,5"), ("1.4", "0,25"), ("2.1", "0,25")):
        council.go(sheet)
        council.page.locator(f"[data-row='{code}'] th a").click()
        council.fill({"points": given})
        council.press("Ghi và sang tiêu chí sau")
        assert "Ghi lý do bằng một câu" in council.text()
        council.fill({"points": given, "reason": "Tài liệu chỉ chứng minh được một phần."})
        council.press("Ghi và sang tiêu chí sau")
    council.go(sheet)
    council.picture("review")
    council.press("Thẩm định xong")
    council.go(ROUND)
    council.press("Gửi kết quả cho các đơn vị")
    council.press("Chốt và xếp hạng")
    council.fill({"number": "12/QĐ-UBND", "decided_on": "20/11/2026"})
    council.press("Công bố")

    # Everybody reads it on a phone and computes it again.
    reader = window("", width=390)
    reader.go(f"/xep-hang/{OPEN}/")
    assert "Phường Tân Ninh" in reader.text()
    reader.press("Phường Tân Ninh")
    assert "Tài liệu chỉ chứng minh được một phần." in reader.text()
    assert "3 / 10 điểm" in reader.text()
    reader.picture("unit")
    said = platform.run("-m", "tinhso.config.cli", "score", "recompute", OPEN)
    assert said.strip().splitlines()[-1] == "identical"
