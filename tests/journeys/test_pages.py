"""Every page as a person sees it: usable by all, light enough, fitting the screen, without complaints."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Request
from tests.journeys.window import Window
from tests.running import Running

pytestmark = pytest.mark.journey

AXE = (Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES = {"type": "tag", "values": TAGS}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
PHONE, DESK, WALL = (390, 844), (1440, 900), (1920, 1080)
KB = 1000
# Sent over the wire.
BUDGETS = {
    "portal": {"js": 30 * KB, "css": 15 * KB, "all": 180 * KB},
    "desk": {"js": 60 * KB, "css": 20 * KB, "all": 220 * KB},
}
WALL_BUDGET = {"js": 700 * KB, "css": 20 * KB, "all": 700 * KB}
MAP = "/phan-anh/"
MAP_BUDGET = 520 * KB  # the program, its worker, the communes' outlines and the circles, once somebody opens the map

LOOK = """async rules => {
  const result = await axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false});
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
IDLE = "() => document.fonts.ready.then(() => new Promise(done => requestIdleCallback(done, {timeout: 2000})))"
COMPLETE = "performance.getEntriesByType('navigation')[0].loadEventStart"
MAP_CODE = """performance.getEntriesByType("resource").filter(r => r.name.includes("maplibre")).map(r => r.startTime)"""
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
        context.add_init_script(AXE)  # as a part of the page its program is compiled once, not anew on every page
        found[person] = Window(context, person, Path("var/screenshots/pages"))
        if person != "nobody":
            found[person].sign_in(person, staged["password"])
    yield found
    for window in found.values():
        window.context.close()


@dataclass(frozen=True)
class Seen:
    """One page as it was found: bytes by kind, and what stands in somebody's way."""

    name: str
    kind: str
    weighed: dict[str, int]
    hindrances: list[str]


@pytest.fixture(scope="module")
def seen(windows: dict[str, Window], staged: dict[str, Any]) -> list[Seen]:
    """Each page opened once, weighed at rest in the size it is mostly used in, then looked at by axe in all sizes."""
    found = []
    for one in staged["pages"]:
        if not one["path"].partition("?")[0].endswith("/"):
            continue  # a file or data, which no browser shows as a page
        page, kind = windows[one["person"]].page, "desk" if "/lam-viec/" in one["path"] else "portal"
        size = DESK if kind == "desk" else PHONE
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if not _opened(page, one["path"]):
            continue
        weighed, hindrances = _weigh(page), []
        if page.locator("main").count() or page.locator("body > *").count() >= 3:  # else a part of another page
            usual = WALL if _hangs_on_walls(one["name"]) else size
            hindrances = list(_hindrances(page, usual))
        found.append(Seen(one["name"], kind, weighed, hindrances))
    return found


def _hangs_on_walls(name: str) -> bool:
    return "board" in name or "wall" in name or "screen" in name


def _opened(page: Page, path: str) -> bool:
    """Whether a page came to rest there: not a file, a refusal, or a way to somewhere else."""
    try:
        return _settled(page, path)
    except Error as problem:
        if any(words in str(problem) for words in ("Download is starting", "ERR_ABORTED")):
            return False
        raise


def _settled(page: Page, path: str) -> bool:
    """Opens a page and waits until it asks for nothing more by itself: idle, fonts there, nothing under way. Streams of
    news, which never end, are not waited for. False when no page is there."""
    under_way: set[Request] = set()

    def began(request: Request) -> None:
        if request.resource_type != "eventsource":
            under_way.add(request)

    def ended(request: Request) -> None:
        under_way.discard(request)

    heard = {"request": began, "requestfinished": ended, "requestfailed": ended}
    for name, listener in heard.items():
        page.on(name, listener)  # type: ignore[call-overload]
    try:
        answer = page.goto(path)
        if answer is None or answer.status != 200 or answer.request.redirected_from:
            return False
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return False
        _come_to_rest(page, under_way)
    finally:
        for name, listener in heard.items():
            page.remove_listener(name, listener)
    assert not under_way, f"{path} does not come to rest: {[one.url for one in under_way]}"
    return True


def _come_to_rest(page: Page, under_way: set[Request]) -> None:
    page.evaluate(IDLE)
    for _ in range(400):
        if not under_way:
            break
        page.wait_for_timeout(25)
        page.evaluate(IDLE)


def _weigh(page: Page) -> dict[str, int]:
    """Bytes by kind; the page itself as nginx compresses it."""
    weighed: dict[str, int] = page.evaluate(WEIGH)
    weighed["all"] += len(gzip.compress(page.content().encode(), 6))
    return weighed


def _seen_by_axe(page: Page, width: int, height: int, *, is_usual: bool) -> Iterator[str]:
    """What axe finds at one size: all rules in the light theme; the dark one changes colours only, so contrast again at
    the size in which the page is mostly used."""
    page.set_viewport_size({"width": width, "height": height})
    for theme, rules in (("light", ALL_RULES), *([("dark", CONTRAST)] if is_usual else [])):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        yield from (f"{theme} {width}: {words}" for words in page.evaluate(LOOK, rules))


def _hindrances(page: Page, usual: tuple[int, int]) -> Iterator[str]:
    for size in dict.fromkeys((usual, DESK, PHONE)):
        yield from _seen_by_axe(page, *size, is_usual=size == usual)
    page.set_viewport_size({"width": 320, "height": 700})
    yield from (f"320 px: {words}" for words in page.evaluate(OVERFLOW))


def test_nothing_stands_in_anybodys_way(seen: list[Seen], windows: dict[str, Window]) -> None:
    """axe finds nothing on any page in both themes on a phone, a desktop and the wall; at 320 px nothing sticks out."""
    found = [f"{one.name} {words}" for one in seen for words in one.hindrances]
    found += [words for window in windows.values() for words in window.complaints]
    assert len(seen) > 100
    assert not found, "\n".join(found)


def test_pages_are_light(seen: list[Seen]) -> None:
    """What each page brings with it over the wire, as from a first visit: to citizens on a phone, to officials at a
    desk. Weighed when the page has come to rest, so that nothing it fetches by itself is missed by being late."""
    heavy = []
    for one in seen:
        if "gallery" in one.name:
            continue
        budget = WALL_BUDGET if _hangs_on_walls(one.name) else BUDGETS[one.kind]
        over = {what: one.weighed[what] for what, most in budget.items() if one.weighed[what] > most}
        heavy += [f"{one.name}: {what} {weighed} > {budget[what]}" for what, weighed in over.items()]
    assert len(seen) > 100
    assert not heavy, "\n".join(heavy)


def test_the_live_map_comes_to_a_phone_only_when_it_is_asked_for(windows: dict[str, Window]) -> None:
    """List, filters and the drawn map are the page; whoever has an old phone and little data need not have more."""
    page = windows["nobody"].page
    page.set_viewport_size({"width": 390, "height": 844})
    _settled(page, MAP)
    first = _weigh(page)
    assert not page.evaluate(MAP_CODE)
    assert first["all"] <= BUDGETS["portal"]["all"]
    page.locator("[data-open-map]").click()
    page.wait_for_selector("[data-canvas][data-ready]", timeout=30_000)
    assert _weigh(page)["all"] - first["all"] <= MAP_BUDGET


def test_the_live_map_comes_to_a_wide_screen_after_the_page_is_complete(windows: dict[str, Window]) -> None:
    page = windows["nobody"].page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(MAP, wait_until="load")
    page.wait_for_selector("[data-canvas][data-ready]", timeout=30_000)
    began, complete = page.evaluate(f"[Math.min(...{MAP_CODE}), {COMPLETE}]")
    assert began >= complete
    assert _weigh(page)["all"] <= BUDGETS["portal"]["all"] + MAP_BUDGET


def test_a_word_without_end_stays_on_the_phones_screen(windows: dict[str, Window]) -> None:
    page, word = windows["nobody"].page, "Nghiêng" * 17
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    for path in ("/tim-kiem/?q=", "/thu-tuc/?q=", "/hoi-dap/?q="):
        page.goto(path + word)
        assert word in page.inner_text("main")
        assert page.evaluate(OVERFLOW) == [], path
