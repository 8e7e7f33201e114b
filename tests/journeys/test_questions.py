"""A question without an account, from typing to the answer that everybody reads and that begins the procedure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.journeys.window import Window

pytestmark = pytest.mark.journey

ASKED = "Nhà tôi ở quê xây lại thì xin phép ở đâu?"
ANSWER = "Nộp hồ sơ xin giấy phép xây dựng tại bộ phận Một cửa của phường, hoặc nộp trực tuyến."


def test_a_question_is_answered_and_found(window: Callable[..., Window], staged: dict[str, Any]) -> None:
    # Somebody without an account types; what is answered already appears; their own question is another one.
    asker = window(width=390, height=844)
    asker.go("/hoi-dap/hoi/")
    asker.page.locator("#title").press_sequentially("lam khai sinh cho con can giay to gi", delay=5)
    asker.page.locator("#goi-y a").first.wait_for()
    assert "Làm khai sinh cho con cần giấy tờ gì?" in asker.page.inner_text("#goi-y")
    asker.picture("01-suggested")
    asker.page.fill("#title", ASKED)
    commune = asker.page.locator("select[name=commune] option", has_text="P. Tân Ninh").first.get_attribute("value")
    asker.fill({"field": "xay-dung", "commune": commune, "name": "Người hỏi thử", "phone": "0912345678"})
    asker.press("Gửi câu hỏi")
    assert "Đã nhận câu hỏi của bạn" in asker.text()
    link, number = asker.page.url, asker.page.title().split(" ")[0].strip()
    asker.picture("02-asked")

    # The commune takes it, writes, and another person approves.
    clerk = window("clerk", width=1440, height=900)
    clerk.go(f"/lam-viec/hoi-dap/{number}/")
    clerk.press("Tiếp nhận, chuyển")
    writer = window("specialist", width=1440, height=900)
    writer.go(f"/lam-viec/hoi-dap/{number}/")
    writer.press("Nhận trả lời")
    writer.fill({"draft": ANSWER})
    writer.press("Trình duyệt")
    assert "Nêu ít nhất một căn cứ pháp lý" in writer.text()
    assert ANSWER in writer.page.input_value("[name=draft]")
    writer.fill({"reference-1": "50/2014/QH13", "place-1": "Điều 89"})
    writer.press("Trình duyệt")
    writer.picture("03-proposed")
    leader = window("leader", width=1440, height=900)
    leader.go(f"/lam-viec/hoi-dap/{number}/")
    leader.press("Duyệt, công bố")

    # The asker finds it by the kept link, says that it helps, and it is found by other words.
    asker.go(link)
    asker.press("Đọc câu trả lời")
    assert ANSWER in asker.text()
    assert "50/2014/QH13, Điều 89" in asker.text()
    asker.press("Có")
    assert "Cảm ơn bạn" in asker.text()
    asker.picture("04-answered")
    asker.go("/hoi-dap/?q=xin+phep+xay+nha+o+que")
    assert ASKED in asker.text()
