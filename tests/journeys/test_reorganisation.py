"""An administrator merges two communes; who worked on a dossier finds it in the new one, and its number still works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.window import Window

pytestmark = pytest.mark.journey

MINE, OTHER, NEW = "xa-25459", "xa-25486", "xa-moi"
NAME = "Phường Hợp Nhất"


def _done(window: Window, words: str) -> None:
    """The page follows the worker by itself."""
    window.page.locator(".page-head .tag", has_text=words).wait_for(timeout=45_000)


def test_two_communes_are_merged_and_put_back(window: Callable[..., Window], staged: dict[str, Any]) -> None:
    number = staged["dossiers"]["processing"]
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))

    # The administrator drafts it, sees what would move, and lets it happen.
    admin = window("admin", width=1440, height=900)
    admin.go("/lam-viec/quan-tri/sap-xep/")
    admin.picture("01-plans")
    admin.fill(
        {
            "title": "Hợp nhất hai phường", "code": "hop-nhat", "decision": "NQ 12/NQ-UBTVQH",
            "effective_on": f"{today:%d/%m/%Y}",
        }
    )  # fmt: skip
    admin.press("Lập phương án")
    admin.page.locator("#moi-loai").select_option("phuong")
    admin.page.locator("#moi-ten").fill(NAME)
    admin.page.locator("#moi-ma").fill(NEW)
    admin.press("Thêm đơn vị mới")
    admin.page.locator("#gop-don-vi").select_option([MINE, OTHER])
    admin.page.locator("#gop-vao").select_option(NEW)
    admin.press("Thêm bước")
    assert f"vào {NAME}" in admin.text()
    admin.press("Chạy thử")
    assert "dòng sẽ chuyển" in admin.text()
    admin.picture("02-dry-run")
    admin.press("Xếp lịch thực hiện")
    admin.press("Thực hiện ngay")
    _done(admin, "Đã thực hiện")
    with admin.page.expect_navigation():
        admin.page.locator("main").get_by_role("button", name="Kiểm tra").click()
    assert "Không sót dòng nào." in admin.text()
    admin.picture("03-verified")

    # The head of the old commune now works in the new one, and the dossier is there.
    head = window("head", width=1440, height=900)
    head.go(f"/lam-viec/?danh-sach=don-vi&q={number}")
    assert number in head.text()
    head.go(f"/lam-viec/ho-so/{number}/")
    assert NAME in head.text()
    head.picture("04-in-the-new-commune")

    # Whoever has the old receipt finds it by the number on it.
    anybody = window()
    anybody.go("/tra-cuu/")
    anybody.fill({"code": number, "digits": "5678"})
    with anybody.page.expect_navigation():
        anybody.page.locator("main form button[type=submit]").first.click()
    assert number in anybody.text()
    anybody.picture("05-looked-up")

    # Nothing happened since: it can be put back.
    admin.press("Hoàn tác")
    _done(admin, "Đã hoàn tác")
    head.go(f"/lam-viec/ho-so/{number}/")
    assert "hoàn tác sắp xếp đơn vị" in head.text()
    phone = window("admin")
    phone.go("/lam-viec/quan-tri/sap-xep/")
    with phone.page.expect_navigation():
        phone.page.locator("main").get_by_role("link", name="Hợp nhất hai phường").click()
    phone.picture("06-undone-on-a-phone")
