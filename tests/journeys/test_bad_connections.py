"""Phones without scripts, lost networks, two tabs, the back button, impatient thumbs, two clerks at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.journeys import filing
from tests.journeys.window import Window

pytestmark = pytest.mark.journey


def _count(window: Window) -> int:
    """How many dossiers the person has."""
    answer = window.context.request.get("/api/v1/dossiers/?size=100")
    return len(answer.json()["items"])


def test_a_phone_without_scripts_files_a_dossier(window: Callable[..., Window], photo: Path) -> None:
    lan = window("lan", java_script_enabled=False)
    before = _count(lan)
    filing.begin(lan)
    filing.answer_all(lan, with_script=False)
    filing.add_papers(lan, photo, with_script=False)
    lan.press("Tiếp tục")
    lan.press("Nộp hồ sơ")
    assert lan.page.url.endswith("/da-nop/")
    assert _count(lan) == before + 1


def test_a_lost_connection_loses_nothing_that_was_typed(window: Callable[..., Window]) -> None:
    lan = window("lan")
    filing.begin(lan)
    lan.page.fill("[name=ho_ten]", "Nguyễn Thị Lan")
    lan.page.wait_for_timeout(300)
    lan.context.set_offline(True)
    lan.page.fill("[name=noi_o_street]", "Số 99, hẻm mất sóng")
    state = lan.page.locator("[data-savestate]").first
    expect(state).to_contain_text("đã lưu trên máy này", timeout=8000)
    lan.picture("offline")
    lan.context.set_offline(False)
    expect(state).to_contain_text("Đã lưu nháp lúc", timeout=8000)
    lan.page.reload()
    assert lan.page.input_value("[name=noi_o_street]") == "Số 99, hẻm mất sóng"
    assert lan.page.input_value("[name=ho_ten]") == "Nguyễn Thị Lan"


def test_what_was_typed_offline_survives_the_closing_of_the_tab(window: Callable[..., Window]) -> None:
    lan = window("lan")
    filing.begin(lan)
    address = lan.page.url
    lan.context.set_offline(True)
    lan.page.fill("[name=noi_o_street]", "Số 7, xóm ngoài vùng phủ sóng")
    expect(lan.page.locator("[data-savestate]").first).to_contain_text("đã lưu trên máy này", timeout=8000)
    lan.page.close()
    lan.context.set_offline(False)
    lan.page = lan.tab()
    lan.go(address)
    expect(lan.page.locator("[name=noi_o_street]")).to_have_value("Số 7, xóm ngoài vùng phủ sóng", timeout=8000)
    expect(lan.page.locator("[data-savestate]").first).to_contain_text("Đã lưu nháp lúc", timeout=8000)


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(
    window: Callable[..., Window], staged: dict[str, Any]
) -> None:
    lan = window("lan")
    filing.begin(lan)
    address = lan.page.url
    lan.context.clear_cookies(name="sessionid")
    lan.page.fill("[name=noi_o_street]", "Số 5, đường Hết Phiên")
    expect(lan.page.locator("[data-savestate]").first).to_contain_text("Chưa lưu được", timeout=8000)
    lan.sign_in("lan", staged["password"])
    lan.go(address)
    expect(lan.page.locator("[name=noi_o_street]")).to_have_value("Số 5, đường Hết Phiên", timeout=8000)
    expect(lan.page.locator("[data-savestate]").first).to_contain_text("Đã lưu nháp lúc", timeout=8000)


def test_two_tabs_on_one_draft_ask_which_answer_counts(window: Callable[..., Window]) -> None:
    lan = window("lan")
    filing.begin(lan)
    other = lan.tab()
    other.goto(lan.page.url)
    lan.fill(filing.ANSWERS)
    lan.press("Lưu và tiếp tục")
    other.wait_for_load_state("load")
    other.fill("[name=ho_ten]", "Lê Thị Khác")
    for name in ("noi_o_street", "dien_thoai"):
        other.fill(f"[name={name}]", {"noi_o_street": "Số 1, nơi khác", "dien_thoai": "0987 654 321"}[name])
    with other.expect_navigation():
        other.locator("button[type=submit]", has_text="Lưu và tiếp tục").click()
    assert "vừa được sửa" in other.inner_text("body")
    assert "Nguyễn Thị Lan" in other.inner_text("body")
    assert "Lê Thị Khác" in other.inner_text("body")


def test_pressing_twice_and_going_back_files_once(window: Callable[..., Window], photo: Path) -> None:
    lan = window("lan")
    before = _count(lan)
    filing.begin(lan)
    filing.answer_all(lan)
    filing.add_papers(lan, photo)
    lan.press("Tiếp tục")
    second = lan.tab()
    second.goto(lan.page.url)
    lan.button("Nộp hồ sơ").dblclick()
    lan.page.wait_for_url("**/da-nop/")
    number = lan.page.url.split("/")[-3]
    lan.page.go_back()
    lan.page.wait_for_load_state("load")
    if lan.button("Nộp hồ sơ").count():
        lan.button("Nộp hồ sơ").click()
    lan.page.wait_for_url("**/da-nop/")
    second.locator("button[type=submit]", has_text="Nộp hồ sơ").click()
    second.wait_for_url("**/da-nop/")
    assert {lan.page.url.split("/")[-3], second.url.split("/")[-3]} == {number}
    assert _count(lan) == before + 1


def test_two_clerks_on_one_dossier_get_one_outcome_and_a_sentence(
    window: Callable[..., Window], staged: dict[str, Any]
) -> None:
    number = staged["dossiers"]["filed"]
    clerk, director = window("clerk", width=1440, height=900), window("director", width=1440, height=900)
    for one in (clerk, director):
        one.go(f"/lam-viec/ho-so/{number}/quyet-dinh/tiep-nhan/")
    for one in (clerk, director):
        one.page.locator("form#quyet-dinh button[type=submit]", has_text="Tiếp nhận").first.dblclick()
        one.page.wait_for_load_state("load")
        one.page.wait_for_timeout(400)
    clerk.go(f"/lam-viec/ho-so/{number}/")
    director.picture("second-clerk")
    assert re.search("vừa có thay đổi|Không thể", director.text())
    assert clerk.text().count("Đã tiếp nhận, bắt đầu tính thời hạn giải quyết") == 1
