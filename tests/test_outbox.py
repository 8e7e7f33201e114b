"""The outbox of the browser by itself: the network is cut, tabs are closed, answers get lost, people sign out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from tests.journeys.window import CHROMIUM, CHROMIUM_FLAGS

from tinhso.kernel.people.models import Account, Business
from tinhso.kernel.testing.people import PASSWORD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.outbox_pages"),
]
DRAFTS = """new Promise((done) => {
  const asked = indexedDB.open("tinhso-drafts", 1);
  asked.onupgradeneeded = () =>
    asked.result.createObjectStore("unsent", { keyPath: "key" }).createIndex("form", "form");
  asked.onsuccess = () => done((mode) => asked.result.transaction("unsent", mode).objectStore("unsent"));
})"""
COUNTED = f"""{DRAFTS}.then((all) => new Promise((done) => {{
  const asked = all("readonly").count();
  asked.onsuccess = () => done(asked.result);
}}))"""
WAITING = "[data-rows] li[data-state=waiting]"


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver has a loop of its own in this thread
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "giay.pdf"
    path.write_bytes(b"%PDF-1.4 " + b"x" * 991)
    return path


def ready(page: Page) -> None:
    """The form stands open and the worker keeps a copy of its page."""
    page.goto("/gop-y/")
    until(page, lambda: page.evaluate("navigator.serviceWorker.getRegistration().then((found) => !!found?.active)"))
    until(page, lambda: page.evaluate("caches.match('/gop-y/').then((found) => !!found)"))


def write(page: Page, text: str, photo: Path | None = None) -> None:
    page.fill("[name=text]", text)
    if photo:
        page.set_input_files("[name=photo]", photo)
    page.get_by_role("button", name="Gửi góp ý").click()


def names() -> list[str]:
    return sorted(Business.objects.values_list("name", flat=True))


def until(page: Page, truth: Callable[[], bool]) -> None:
    for _ in range(100):
        if truth():
            return
        page.wait_for_timeout(100)
    raise AssertionError(names())


def test_with_a_network_it_is_an_ordinary_form(page: Page, photo: Path) -> None:
    ready(page)
    write(page, "Đèn đường hỏng", photo)
    page.wait_for_url("**/hop-gui/")
    assert names() == ["Đèn đường hỏng 1000"]
    expect(page.locator("[data-rows] li[data-state=sent]")).to_contain_text("Góp ý: Đèn đường hỏng")


def test_without_network_it_waits_through_reload_and_closing_and_is_sent_once(page: Page, photo: Path) -> None:
    ready(page)
    page.context.set_offline(True)
    write(page, "Hố ga mất nắp", photo)
    expect(page.locator("[data-outbox-said]")).to_have_text("Chưa có mạng. Đã giữ trên máy này, sẽ tự gửi khi có mạng.")
    assert page.input_value("[name=text]") == ""
    page.reload()
    expect(page.locator(WAITING)).to_contain_text("Hố ga mất nắp")
    expect(page.locator(".outbox-strip")).to_have_text("1 nội dung chờ gửi")
    write(page, "Cây đổ")
    expect(page.locator(WAITING)).to_have_count(2)
    context = page.context
    page.close()
    page = context.new_page()
    page.goto("/khong-co-trang-nay/")
    expect(page.get_by_role("heading", name="Bạn đang ngoại tuyến")).to_be_visible()
    expect(page.locator(WAITING)).to_have_count(2)
    other = context.new_page()
    other.goto("/hop-gui/")
    assert names() == []
    context.set_offline(False)
    until(page, lambda: len(names()) == 2)
    expect(page.locator("[data-rows] li[data-state=sent]")).to_have_count(2)
    expect(page.locator(".outbox-strip")).to_be_hidden()
    assert names() == ["Cây đổ 0", "Hố ga mất nắp 1000"]


def test_without_network_and_without_room_the_form_stays_and_is_sent_later(page: Page) -> None:
    ready(page)
    page.context.set_offline(True)
    page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') } }")
    write(page, "Máy đầy bộ nhớ")
    expect(page.locator("[data-outbox-said]")).to_contain_text("Máy này không còn chỗ để giữ và chưa có mạng.")
    assert page.input_value("[name=text]") == "Máy đầy bộ nhớ"
    page.context.set_offline(False)
    page.get_by_role("button", name="Gửi góp ý").click()
    page.wait_for_url("**/hop-gui/")
    assert names() == ["Máy đầy bộ nhớ 0"]


def test_an_answer_lost_on_the_way_back_does_not_send_it_twice(page: Page) -> None:
    ready(page)
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(str(route.fetch().status))
            route.abort()
        else:
            route.continue_()

    page.route("**/gop-y/", lose)
    write(page, "Nước đọng")
    expect(page.locator("[data-rows] li[data-state=sent]")).to_be_visible()  # by the worker, or at the next attempt
    assert (lost, names()) == (["200"], ["Nước đọng 0"])
    page.goto("/hop-gui/")
    page.wait_for_timeout(300)
    assert names() == ["Nước đọng 0"]


def test_what_is_refused_is_kept_with_its_file_mended_and_sent(page: Page, photo: Path) -> None:
    ready(page)
    page.context.set_offline(True)
    write(page, "Biển cấm bị che", photo)
    expect(page.locator(WAITING)).to_be_visible()
    page.context.set_offline(False)
    refused = page.locator("[data-rows] li[data-state=refused]")
    expect(refused).to_contain_text("Bỏ từ “cấm” rồi gửi lại.")
    expect(page.locator(".outbox-strip")).to_have_text("1 nội dung cần sửa để gửi lại")
    page.goto("/hop-gui/")
    refused.get_by_role("link", name="Sửa").click()
    expect(page.locator("[name=text]")).to_have_value("Biển cấm bị che")
    assert page.evaluate("document.querySelector('[name=photo]').files[0].name") == "giay.pdf"
    page.fill("[name=text]", "Biển báo bị che")
    page.get_by_role("button", name="Gửi góp ý").click()
    page.wait_for_url("**/hop-gui/")
    assert names() == ["Biển báo bị che 1000"]


def sign_in(page: Page, who: str) -> None:
    Account.objects.create_user(who, f"{who}@example.org", PASSWORD, display_name=who)
    page.goto("/tai-khoan/login/")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"^(?!.*login).*$"))


def test_signing_out_warns_of_what_waits_and_then_takes_it_away(page: Page) -> None:
    sign_in(page, "lan")
    ready(page)
    write(page, "Máy chủ đang bận")
    expect(page.locator(WAITING)).to_be_visible()
    page.goto("/tai-khoan/logout/")
    button = page.locator("main form button[type=submit]")
    button.click()
    expect(page.locator("main form .notice")).to_contain_text("Còn 1 nội dung chưa gửi")
    button.click()
    page.wait_for_url(re.compile(r"^(?!.*logout).*$"))
    page.goto("/hop-gui/")
    expect(page.get_by_text("Không còn gì chờ gửi trên máy này")).to_be_visible()
    assert names() == []


def test_signing_out_in_one_tab_takes_the_person_from_all_tabs_and_keeps_no_draft(page: Page) -> None:
    sign_in(page, "lan")
    other = page.context.new_page()
    other.goto("/thong-bao/cai-dat/")
    other.evaluate(f"{DRAFTS}.then((all) => all('readwrite').put({{key: 'a', form: 'b'}}))")
    other.context.set_offline(True)
    other.get_by_role("button", name="Lưu", exact=True).click()
    expect(other.locator("[data-no-network]")).to_be_visible()  # a plain form stays as it is
    other.context.set_offline(False)
    page.goto("/tai-khoan/logout/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"^(?!.*logout).*$"))
    other.wait_for_url("**/tai-khoan/login/?next=/thong-bao/cai-dat/")
    assert other.evaluate(COUNTED) == 0


def test_what_one_account_wrote_is_neither_shown_nor_sent_under_another(page: Page) -> None:
    sign_in(page, "hoa")
    ready(page)
    page.context.set_offline(True)
    write(page, "Của Hoa")
    expect(page.locator(WAITING)).to_be_visible()
    page.context.clear_cookies()  # her sign-in ended without her signing out
    page.context.set_offline(False)
    sign_in(page, "minh")
    page.goto("/hop-gui/")
    expect(page.get_by_text("Không còn gì chờ gửi trên máy này")).to_be_visible()
    page.wait_for_timeout(500)
    assert names() == []
