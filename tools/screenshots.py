"""Takes the pictures of the README, and those that installing the app shows, from a running demonstration.

Usage: ``tools/screenshots.py [address]``.
"""

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
APP = ROOT / "src/tinhso/kernel/ui/static/app-pictures"  # named by kernel/ui/installing.py
PHONE, DESK = (390, 844), (1440, 900)
LARGEST_BYTES = 200_000
PASSWORD = "tinhso-demo-2026"


@dataclass(frozen=True)
class Shot:
    """A picture: who looks (empty: a visitor), at which address, which links are followed, which key is pressed."""

    name: str
    size: tuple[int, int]
    path: str
    who: str = ""
    follow: tuple[str, ...] = ()
    press: str = ""


OWN_DOSSIER = 'main li:has-text("Đang xử lý") a[href^="/ho-so/H"]'
SHOTS = (
    Shot("phone-home", PHONE, "/"),
    Shot("phone-search", PHONE, "/tim-kiem/?q=giay+khai+sinh"),
    Shot("phone-procedure", PHONE, "/thu-tuc/1.013225/"),
    Shot("phone-look-up", PHONE, "/tra-cuu/"),
    Shot("phone-dossiers", PHONE, "/ho-so/", "dan.lan"),
    Shot("phone-tracking", PHONE, "/ho-so/", "dan.lan", (OWN_DOSSIER,)),
    Shot("phone-why", PHONE, "/ho-so/", "dan.lan", (OWN_DOSSIER, 'a[href*="/vi-sao"]')),
    Shot("desk-inbox", DESK, "/lam-viec/", "chuyenvien", press="j"),
    Shot("desk-dossier", DESK, "/lam-viec/", "chuyenvien", ('a[href^="/lam-viec/ho-so/H"]',)),
    Shot("desk-counter", DESK, "/lam-viec/quay/", "canbo.motcua"),
    Shot("desk-signing", DESK, "/lam-viec/viec/?danh-sach=cho-ky", "lanhdao", press="j"),
    Shot("desk-board", DESK, "/lam-viec/dieu-hanh/", "lanhdao.tinh"),
    Shot("desk-indicators", DESK, "/lam-viec/chi-tieu/", "lanhdao.tinh"),
    Shot("desk-scorecard", DESK, "/lam-viec/danh-gia/", "chuyenvien", ('main a[href^="/lam-viec/danh-gia/phieu/"]',)),
    Shot("desk-procedures", DESK, "/lam-viec/thu-tuc/", "kiemsoat"),
)


def main(address: str) -> None:
    for folder in (FOLDER, APP):
        folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        for who in dict.fromkeys(shot.who for shot in SHOTS):
            for size in (PHONE, DESK):
                wanted = [shot for shot in SHOTS if (shot.who, shot.size) == (who, size)]
                if wanted:
                    with visitor(browser, address, who, size) as page:
                        for shot in wanted:
                            take(page, address, shot, FOLDER)
        for shot, scale in ((Shot("phone", PHONE, "/"), 2), (Shot("desk", DESK, "/"), 1)):
            with visitor(browser, address, "", shot.size, scale) as page:
                take(page, address, shot, APP)
        browser.close()


def _chromium() -> str | None:
    """The system's browser; without one, the one that playwright installed."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def visitor(browser: Browser, address: str, who: str, size: tuple[int, int], scale: int = 1) -> Iterator[Page]:
    """A page of a fresh browser, signed in when there is somebody to sign in as."""
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(
        viewport=viewport, device_scale_factor=scale, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    page = context.new_page()
    if who:
        page.goto(f"{address}/tai-khoan/login/")
        page.fill('input[name="login"]', who)
        page.fill('input[name="password"]', PASSWORD)
        page.click('form[action*="login"] button[type="submit"]')
        page.wait_for_load_state("networkidle")
        if "/login/" in page.url:
            raise SystemExit(f"{who} cannot sign in at {address}. Is the demonstration loaded?")
    yield page
    context.close()


def take(page: Page, address: str, shot: Shot, folder: Path) -> None:
    """Go there, follow the links, and keep what the window shows."""
    answer = page.goto(f"{address}{shot.path}")
    for link in shot.follow:
        target = page.locator(link).first.get_attribute("href", timeout=5_000)
        answer = page.goto(f"{address}{target}")
    if answer is None or not answer.ok:
        raise SystemExit(f"{shot.name}: {page.url} answered {answer.status if answer else 'nothing'}")
    page.wait_for_load_state("networkidle")
    if shot.press:
        page.keyboard.press(shot.press)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
    page.evaluate("document.fonts.ready")
    path = folder / f"{shot.name}.png"
    path.write_bytes(small(page.screenshot()))
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB  {page.url}")


def small(picture: bytes) -> bytes:
    """The same picture in as many colours as fit into the largest size."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        kept = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() < LARGEST_BYTES:
            break
    return kept.getvalue()


if __name__ == "__main__":
    main((sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000").rstrip("/"))
