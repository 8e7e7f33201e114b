"""A device's own key instead of a password: added, used, asked for as the second factor, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.journeys.window import Window
from tests.running import Running

pytestmark = pytest.mark.journey
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def phone(browser: Browser, platform: Running, staged: dict[str, Any], request: Any) -> Iterator[Callable[[], Window]]:
    """Opens windows on a device that holds passkeys. Passkeys belong to a name, so it is ``localhost`` here."""
    opened: list[Window] = []

    def open_window() -> Window:
        context = browser.new_context(
            base_url=f"http://localhost:{platform.port}", locale="vi-VN", viewport={"width": 390, "height": 844}
        )
        one = Window(context, "phone", Path(f"var/screenshots/{request.node.name}"))
        opened.append(one)
        return one

    yield open_window
    complaints = [words for one in opened for words in one.complaints]
    for one in opened:
        one.context.close()
    assert complaints == []


def device_of(window: Window) -> Any:
    """Puts a virtual authenticator into the window's device; returns the line to it and its name."""
    line = window.context.new_cdp_session(window.page)
    line.send("WebAuthn.enable")
    name = line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    return line, name


def keys_of(device: Any) -> list[dict[str, Any]]:
    line, name = device
    found: list[dict[str, Any]] = line.send("WebAuthn.getCredentials", {"authenticatorId": name})["credentials"]
    return found


def sign_out(window: Window) -> None:
    window.go("/tai-khoan/logout/")
    with window.page.expect_navigation():
        window.page.locator("main form button[type=submit]").first.click()


def go_proven(window: Window, path: str, password: str) -> None:
    """Go where the password is asked for once more."""
    window.go(path)
    if "/reauthenticate/" in window.page.url:
        window.page.fill("input[name=password]", password)
        window.press("Tiếp tục")


def add_key(window: Window, password: str) -> None:
    go_proven(window, "/tai-khoan/2fa/webauthn/add/", password)
    window.page.fill("[name=name]", "Điện thoại của tôi")
    window.picture("them-khoa")
    window.press("Thêm khóa truy cập")


@pytest.mark.parametrize("who", ["minh", "colleague"])
def test_a_key_is_added_signs_in_and_is_removed(who: str, phone: Callable[[], Window], staged: dict[str, Any]) -> None:
    window = phone()
    device = device_of(window)
    window.sign_in(who, staged["password"])
    add_key(window, staged["password"])
    assert [key["isResidentCredential"] for key in keys_of(device)] == [True]
    sign_out(window)
    window.go("/tai-khoan/login/")
    window.picture("dang-nhap")
    window.press("Đăng nhập bằng khóa truy cập")
    window.go("/tai-khoan/2fa/webauthn/")
    assert "Điện thoại của tôi" in window.text()
    window.picture("danh-sach")

    stranger = phone()
    device_of(stranger)
    stranger.go("/tai-khoan/login/")
    stranger.page.fill("input[name=login]", who)
    stranger.page.fill("input[name=password]", staged["password"])
    with stranger.page.expect_navigation():
        stranger.page.locator("main form button[type=submit]").first.click()
    assert "/2fa/authenticate/" in stranger.page.url
    stranger.picture("lop-hai")
    stranger.button("Dùng khóa truy cập").click()
    stranger.page.wait_for_timeout(1500)
    assert "/2fa/authenticate/" in stranger.page.url

    with window.page.expect_navigation():
        window.button("Xóa").click()
    go_proven(window, window.page.url, staged["password"])
    window.press("Xóa")
    assert "Chưa có khóa truy cập nào" in window.text()
    sign_out(window)
    window.go("/tai-khoan/login/")
    window.button("Đăng nhập bằng khóa truy cập").click()
    window.page.wait_for_timeout(1500)
    assert "/login/" in window.page.url
