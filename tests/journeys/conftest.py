"""One platform and one browser for all journeys; each person has a window of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.journeys.window import CHROMIUM, CHROMIUM_FLAGS, Window
from tests.running import Running, running


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("journeys"), like=founded) as started:
        yield started


@pytest.fixture(scope="session")
def staged(platform: Running) -> dict[str, Any]:
    """Names and numbers of the small world in the platform."""
    return platform.stage("dossiers")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)


@pytest.fixture
def window(
    browser: Browser, platform: Running, staged: dict[str, Any], request: Any
) -> Iterator[Callable[..., Window]]:
    """Opens windows: ``window("lan", width=390)``. Whatever a page complained of by the end fails the test."""
    opened: list[Window] = []

    def open_window(who: str = "", *, width: int = 390, height: int = 844, **more: Any) -> Window:
        context = browser.new_context(
            base_url=platform.url,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": height},
            accept_downloads=True,
            **more,
        )
        one = Window(context, who or "nobody", Path(f"var/screenshots/{request.node.name}"))
        opened.append(one)
        if who:
            one.sign_in(who, staged["password"])
        return one

    yield open_window
    complaints = [words for one in opened for words in one.complaints]
    for one in opened:
        one.context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo as a phone takes it, only smaller."""
    from PIL import Image

    path = tmp_path_factory.mktemp("photo") / "anh-chup.jpg"
    Image.effect_noise((640, 480), 60).convert("RGB").save(path, "JPEG")
    return path
