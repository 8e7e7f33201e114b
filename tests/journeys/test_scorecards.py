"""A commune fills its scores in the grid, the council changes three with reasons, everybody computes them again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.journeys.window import Window
from tests.running import Running
from tests.scorecards.assessing import OPEN
from tests.scorecards.whole_set import ROUND as WHOLE

pytestmark = pytest.mark.journey

SMALL = f"/lam-viec/danh-gia/{OPEN}/"


def cell(window: Window, code: str, name: str):
    return window.page.locator(f"[data-row='{code}'] [data-input='{name}']")


def saved(window: Window, code: str, kind: str = "saved") -> None:
    window.page.locator(f"[data-row='{code}'][data-saved='{kind}']").wait_for()


def points(window: Window, code: str) -> str:
    return window.page.locator(f"[data-row='{code}'] [data-points]").inner_text()


def test_numbers_are_kept_cell_by_cell_without_network_and_against_a_colleague(
    window: Callable[..., Window], platform: Running
) -> None:
    # Keys only. Numbers are saved cell by cell, also those typed while there was no network.
    unit = window("director", width=1440, height=900)
    unit.go(SMALL)
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


ACTIVE = """() => {
  const one = document.activeElement;
  return one && one.dataset.input ? [one.closest("[data-row]").dataset.row, one.dataset.input, one.value,
    one.tagName === "SELECT" ? one.options[1].text[0] : ""] : null;
}"""
TYPED = {"a": "9", "b": "10"}
REASON = "Tài liệu chỉ chứng minh được một phần."


def fill_by_keyboard(unit: Window) -> set[str]:
    """From the first open cell on: a number or the letter of a choice, Enter, until nothing is left to type."""
    keys, typed = unit.page.keyboard, set[tuple[str, str]]()
    unit.page.locator("[data-row] [data-input]").first.focus()
    while True:
        row, name, value, letter = unit.page.evaluate(ACTIVE)
        if (row, name) in typed:
            return {row for row, _ in typed}
        assert value == ""
        keys.type(letter or TYPED[name])
        typed.add((row, name))
        keys.press("Enter")


def test_a_commune_fills_79_criteria_by_keyboard_and_the_scores_are_computed_again(
    window: Callable[..., Window], platform: Running
) -> None:
    card = platform.run("-m", "tests.scorecards.whole_set").strip().splitlines()[-1]
    sheet, round_ = f"/lam-viec/danh-gia/phieu/{card}/", f"/lam-viec/danh-gia/{WHOLE}/"

    # The unit: the system has filled its half; the other half takes keys only, and one report proves it.
    unit = window("director", width=1440, height=900)
    unit.go(sheet)
    assert "40 tiêu chí do hệ thống tính, không phải nhập." in unit.text()
    typed = fill_by_keyboard(unit)
    assert len(typed) == 39
    unit.until("document.querySelectorAll('[data-row][data-saved=saved]').length === 39")
    unit.go(sheet)
    assert "79/79 tiêu chí đã chấm" in unit.text()
    unit.page.get_by_text("tiêu chí đã chấm mà chưa có minh chứng").click()
    for box in unit.page.locator("[name=criteria]:visible").all():
        box.check()
    unit.page.select_option("#kind", "document")
    unit.page.get_by_text("Văn bản hoặc đường dẫn").click()
    unit.fill({"document": "25/BC-UBND", "dated_on": "02/11/2026"})
    unit.picture("whole-set")
    unit.press("Thêm minh chứng")
    unit.press("Gửi thẩm định")
    assert "Đã gửi, chờ thẩm định" in unit.text()

    # The council changes three scores; a difference demands a sentence.
    council = window("controller", width=1440, height=900)
    for code, given in (("A1.1", "0,5"), ("A1.3", "0,4"), ("A1.4", "0,3")):
        council.go(f"{sheet}tieu-chi/{code}/")
        council.fill({"points": given})
        council.press("Ghi và sang tiêu chí sau")
        assert "Ghi lý do bằng một câu" in council.text()
        council.fill({"points": given, "reason": REASON})
        council.press("Ghi và sang tiêu chí sau")
    council.go(sheet)
    assert council.page.locator(".tag.warn:has-text('lệch')").count() == 3
    council.picture("review")
    council.press("Thẩm định xong")
    council.go(round_)
    council.press("Gửi kết quả cho các đơn vị")
    council.press("Chốt và xếp hạng")
    council.fill({"number": "12/QĐ-UBND", "decided_on": "20/11/2026"})
    council.press("Công bố")

    # Everybody reads it on a phone and computes it again.
    reader = window("", width=390)
    reader.go(f"/xep-hang/{WHOLE}/")
    reader.press("Phường Tân Ninh")
    assert reader.text().count(REASON) == 3
    reader.picture("unit")
    said = platform.run("-m", "tinhso.config.cli", "score", "recompute", WHOLE)
    assert said.strip().splitlines()[-1] == "identical"
