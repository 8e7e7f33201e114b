"""A counter loses its network in the middle of a reception, goes on, and settles everything when it is back."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from tests.journeys.window import Window
from tests.running import Running

pytestmark = pytest.mark.journey

PAGE = "/quay-ngoai-tuyen/"
CARD = "079190055443|212345678|Trần Thị Mất Mạng|15031990|Nữ|Số 9, khu phố 2|01012022"
ROW = "[data-rows] li"
A_DAY_AHEAD = """(() => {
  const ahead = 864e5;
  Date = new Proxy(Date, {
    construct: (real, given) => given.length ? new real(...given) : new real(real.now() + ahead),
    get: (real, name) => name === "now" ? () => real.now() + ahead : Reflect.get(real, name),
  });
})()"""


def _ready(clerk: Window) -> None:
    """The counter took along what it needs, and the worker keeps its page."""
    clerk.go(PAGE)
    expect(clerk.page.locator("[data-kit]")).to_contain_text("còn 20 số cho hôm nay", timeout=30_000)
    clerk.until("navigator.serviceWorker.getRegistration().then((found) => !!found?.active)")
    clerk.until(f"caches.match('{PAGE}').then((found) => !!found)")


def _receive(clerk: Window, card: str = CARD) -> str:
    """By keyboard alone; the number on the receipt."""
    keys = clerk.page.keyboard
    clerk.page.locator("[name=identity_number]").focus()
    keys.insert_text(card)
    keys.press("Enter")
    clerk.page.locator("[name=q]").focus()
    keys.type("1.004873")
    keys.press("Alt+1")
    return _finish(clerk)


def _finish(clerk: Window) -> str:
    boxes = clerk.page.locator("[data-papers] input[type=checkbox]")
    for place in range(boxes.count()):
        if not boxes.nth(place).is_checked():
            boxes.nth(place).focus()
            clerk.page.keyboard.press("Space")
    clerk.page.keyboard.press("Control+Enter")
    code = clerk.page.locator("[data-slip=code]")
    expect(code).to_have_text(re.compile(r"^H53[.\d]*-\d{6}-\d{4}$"))
    return code.inner_text()


def _row(clerk: Window, code: str) -> Any:
    return clerk.page.locator(f"{ROW}[data-code='{code}']")


def test_the_network_goes_in_the_middle_of_a_reception_and_nothing_is_lost(
    window: Callable[..., Window], platform: Running
) -> None:
    clerk = window("clerk", width=1440, height=900)
    clerk.context.add_init_script(A_DAY_AHEAD)  # the computer's clock is wrong, yet what it signs is registered
    _ready(clerk)
    assert clerk.page.evaluate("Date.now()") > (time.time() + 43_200) * 1000
    clerk.picture("with-network")
    # At the ordinary counter, applicant and procedure are typed already when the network goes.
    clerk.go("/lam-viec/quay/")
    clerk.page.fill("[name=identity_number]", "079190055443")
    clerk.page.fill("[name=full_name]", "Trần Thị Mất Mạng")
    clerk.page.fill("#quay [name=q]", "1.004873")
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("[name=procedure]")).to_have_value("1.004873")
    clerk.context.set_offline(True)
    carry = clerk.page.get_by_role("link", name="Tiếp tục ở quầy ngoại tuyến")
    expect(carry).to_be_visible()
    clerk.picture("network-gone")
    clerk.page.keyboard.press("F9")
    clerk.page.wait_for_url(f"**{PAGE}")
    expect(clerk.page.locator("[name=full_name]")).to_have_value("Trần Thị Mất Mạng")
    code = _finish(clerk)
    expect(clerk.page.locator("[data-network]")).to_have_text("Mất mạng – vẫn nhận được")
    clerk.picture("received-offline")
    _look_at_receipt(clerk, platform, code)

    # State one, through a reload and a closed tab, still without network.
    clerk.page.reload()
    expect(_row(clerk, code).locator(".tag")).to_have_text("Đã nhận tại quầy")
    clerk.page.close()
    clerk.page = clerk.tab()
    clerk.page.goto(PAGE)
    expect(_row(clerk, code).locator(".tag")).to_have_text("Đã nhận tại quầy")
    second = _receive(clerk)  # the same person and procedure once more: somebody will have to decide
    assert second[-4:] == f"{int(code[-4:]) + 1:04d}"

    # States two and three.
    clerk.context.set_offline(False)
    expect(_row(clerk, code)).to_contain_text("Tỉnh đã nhận", timeout=20_000)
    expect(_row(clerk, code).locator(".tag")).to_have_text("Đã đăng ký", timeout=30_000)
    expect(_row(clerk, code).locator(".offline-steps li")).to_have_count(3)
    expect(_row(clerk, second).locator(".tag")).to_have_text("Tỉnh đã nhận, chờ giải quyết vướng mắc", timeout=30_000)
    clerk.picture("registered")
    found = clerk.context.request.get(f"/lam-viec/quay/tim/?q={code}").text()
    assert "Trần Thị Mất Mạng" in found

    # The conflict desk: the second receipt is merged into the first dossier, and its number finds it.
    director = window("director", width=1440, height=900)
    director.go("/lam-viec/quay-khong-mang/?loc=vuong-mac")
    director.picture("conflicts")
    director.press(second)
    assert "đã có hồ sơ của thủ tục này" in director.text()
    director.picture("conflict")
    director.page.locator("[name=decision][value=merge]").check(force=True)
    director.page.fill("[name=into]", code)
    director.page.fill("[name=reason]", "Người nộp đưa giấy hai lần, cùng một hồ sơ.")
    director.press("Ghi quyết định")
    assert "Đã nhập vào hồ sơ có trước" in director.text()
    director.go(f"/lam-viec/quay/tim/?q={second}")
    assert code in director.text()
    clerk.page.bring_to_front()
    expect(_row(clerk, second).locator(".tag")).to_have_text("Đã nhập vào hồ sơ có trước", timeout=20_000)


def _look_at_receipt(clerk: Window, platform: Running, code: str) -> None:
    """The QR code is read off the screen; its address tells the holder how far the receipt is."""
    slip = clerk.page.locator(".slip")
    assert "•••••••••443" in slip.inner_text()
    assert "hệ thống của tỉnh chưa đăng ký hồ sơ" in slip.inner_text()
    picture = Image.open(BytesIO(slip.screenshot())).convert("L")
    read = zxingcpp.read_barcodes(numpy.asarray(picture))
    assert [f"/bien-nhan/{code}/" in one.text for one in read] == [True]
    path = re.sub(r"^https?://[^/]+", "", read[0].text)
    with urllib.request.urlopen(platform.url + path, timeout=10) as answer:
        page = answer.read().decode()
    assert "Quầy chưa nối lại mạng" in page


def test_signing_out_hides_what_was_received_but_loses_nothing(window: Callable[..., Window]) -> None:
    clerk = window("clerk", width=390)
    clerk.go(PAGE)
    expect(clerk.page.locator("[data-kit]")).to_contain_text("cho hôm nay", timeout=30_000)
    clerk.page.route("**/quay-khong-mang/gui/", lambda route: route.abort("internetdisconnected"))
    code = _receive(clerk, CARD.replace("079190055443", "079190055444"))
    expect(_row(clerk, code).locator(".tag")).to_have_text("Đã nhận tại quầy")
    clerk.picture("phone")
    clerk.go("/tai-khoan/logout/")
    clerk.page.locator("main form button[type=submit]").click()
    clerk.page.wait_for_url(re.compile(r"^(?!.*logout).*$"))
    clerk.go(PAGE)
    expect(clerk.page.locator("[data-kit]")).to_contain_text("Trên máy còn 1 biên nhận chờ gửi")
    assert "Trần Thị Mất Mạng" not in clerk.text()
    assert json.loads(clerk.page.evaluate("JSON.stringify(localStorage)")).get("tinhso-counter-open") is None
