"""What a person does in a browser: sign in, read, fill in, press."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# A refused form is answered 422 and a lost network is the test's own doing: the browser says so, nothing is wrong.
EXPECTED = re.compile(r"status of (422|409|403|404)|ERR_INTERNET_DISCONNECTED|ERR_ABORTED|Failed to fetch")


class Window:
    """One browser window with its own cookies; ``complaints`` are errors of scripts, console and server."""

    def __init__(self, context: BrowserContext, who: str, pictures: Path) -> None:
        self.context, self.who, self.pictures = context, who, pictures
        self.complaints: list[str] = []
        self.context.set_default_timeout(10_000)
        self.page = self.tab()

    def tab(self) -> Page:
        """A further tab of the same window."""
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self._see)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def sign_in(self, who: str, password: str) -> None:
        self.go("/tai-khoan/login/")
        self.page.fill("input[name=login]", who)
        self.page.fill("input[name=password]", password)
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()
        assert "/login/" not in self.page.url, self.text()

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status < 400, f"{answer.status} {path}"

    def until(self, truth: str) -> None:
        """Wait up to ten seconds for an expression of the page, which may be a promise, to become true."""
        for _ in range(100):
            if self.page.evaluate(truth):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(truth)

    def text(self) -> str:
        return str(self.page.inner_text("body"))

    def press(self, name: str) -> None:
        """Press the button or link with these words and wait for the page it leads to."""
        with self.page.expect_navigation(wait_until="load"):
            self.button(name).click()

    def button(self, name: str) -> Locator:
        words = re.compile(rf"^\s*{re.escape(name)}", re.IGNORECASE)
        return self.page.locator("a, button").filter(has_text=words).locator("visible=true").first

    def fill(self, answers: Mapping[str, Any]) -> list[str]:
        """Fill in whatever of these answers the page asks for; the names of the fields found."""
        filled = []
        for name, value in answers.items():
            field = self.page.locator(f"main [name='{name}']")
            if not field.count():
                continue
            filled.append(name)
            kind = field.first.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
            if kind in ("radio", "checkbox"):
                for one in value if isinstance(value, list) else [value]:
                    self.page.locator(f"main [name='{name}'][value='{one}']").check(force=True)
            elif kind == "select":
                field.first.select_option(str(value))
            else:
                field.first.fill(str(value))
        return filled

    def picture(self, name: str) -> None:
        """Keep a picture for people to look at."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self.pictures / f"{name}.png"), full_page=True)
