"""Every page as a person sees it: usable by all, light enough, fitting the screen, without complaints."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.journeys.window import Window
from tests.running import Running

pytestmark = pytest.mark.journey

AXE = (Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = ((390, 844), (1440, 900))
WALL = (1920, 1080)
KB = 1000
# Sent over the wire; design/ui.md §7.
BUDGETS = {
    "portal": {"js": 30 * KB, "css": 15 * KB, "all": 180 * KB},
    "desk": {"js": 60 * KB, "css": 20 * KB, "all": 220 * KB},
}
WALL_BUDGET = {"js": 700 * KB, "css": 20 * KB, "all": 700 * KB}

LOOK = """async tags => {
  const result = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return result.violations.flatMap(v =>
    v.nodes.slice(0, 2).map(n => `${v.id}: ${n.target.join(" ")} ${n.html.slice(0, 120)}`));
}"""
WEIGH = """() => {
  const rows = performance.getEntriesByType("resource").filter(r => r.name.startsWith(location.origin));
  const sum = test => rows.filter(r => test(new URL(r.name).pathname)).reduce((all, r) => all + r.encodedBodySize, 0);
  return {
    js: sum(p => p.endsWith(".js")), css: sum(p => p.endsWith(".css")), all: sum(() => true),
  };
}"""
OVERFLOW = """() => document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1
      && !e.closest(".table-scroll, .tabs, pre, .visually-hidden"))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 140))
    .concat([`${document.documentElement.scrollWidth} px wide`])
  : []"""


@pytest.fixture(scope="module")
def windows(browser: Browser, platform: Running, staged: dict[str, Any]) -> Iterator[dict[str, Window]]:
    """A signed-in window for each person who shows a page."""
    found: dict[str, Window] = {}
    for person in sorted({page["person"] for page in staged["pages"]}):
        context = browser.new_context(base_url=platform.url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
                                      reduced_motion="reduce", service_workers="block")  # fmt: skip
        found[person] = Window(context, person, Path("var/screenshots/pages"))
        if person != "nobody":
            found[person].sign_in(person, staged["password"])
    yield found
    for window in found.values():
        window.context.close()


def _is_page(window: Window, path: str) -> bool:
    answer = window.context.request.get(path, max_redirects=0)
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")


def _hangs_on_walls(name: str) -> bool:
    return "board" in name or "wall" in name or "screen" in name


def _theme(page: Page, theme: str) -> None:
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)


def test_nothing_stands_in_anybodys_way(windows: dict[str, Window], staged: dict[str, Any]) -> None:
    """axe finds nothing on any page in both themes on a phone, a desktop and the wall; at 320 px nothing sticks out."""
    found: list[str] = []
    seen = 0
    for one in staged["pages"]:
        window = windows[one["person"]]
        if not _is_page(window, one["path"]):
            continue
        seen += 1
        page = window.page
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(one["path"])
        if not page.locator("main").count() and page.locator("body > *").count() < 3:
            continue  # a part of another page
        page.evaluate(AXE)
        for theme in ("light", "dark"):
            _theme(page, theme)
            for width, height in (*SIZES, WALL) if _hangs_on_walls(one["name"]) else SIZES:
                page.set_viewport_size({"width": width, "height": height})
                found += [f"{one['name']} {theme} {width}: {words}" for words in page.evaluate(LOOK, TAGS)]
        page.set_viewport_size({"width": 320, "height": 700})
        found += [f"{one['name']} 320 px: {words}" for words in page.evaluate(OVERFLOW)]
        _theme(page, "light")
        page.set_viewport_size({"width": 390, "height": 844})
        window.picture(one["name"].replace(":", "-"))
    found += [words for window in windows.values() for words in window.complaints]
    assert seen > 30
    assert not found, "\n".join(found)


def test_pages_are_light(
    browser: Browser, platform: Running, windows: dict[str, Window], staged: dict[str, Any]
) -> None:
    """What each page brings with it over the wire, as from a first visit; the page itself as nginx compresses it."""
    heavy = []
    for one in staged["pages"]:
        window = windows[one["person"]]
        if not _is_page(window, one["path"]) or "gallery" in one["name"]:
            continue
        window.page.goto(one["path"], wait_until="load")
        weighed = window.page.evaluate(WEIGH)
        weighed["all"] += len(gzip.compress(window.page.content().encode(), 6))
        kind = "desk" if "/lam-viec/" in one["path"] else "portal"
        budget = WALL_BUDGET if _hangs_on_walls(one["name"]) else BUDGETS[kind]
        heavy += [
            f"{one['name']}: {what} {weighed[what]} > {most}" for what, most in budget.items() if weighed[what] > most
        ]
    assert not heavy, "\n".join(heavy)
