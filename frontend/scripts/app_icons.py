"""Draws the PNG icons of the web app from the product mark; run by hand when the mark changes.

Usage: python scripts/app_icons.py <path of a Chromium>. The background fills the square, so the picture may be masked.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parents[1]
TARGET = HERE.parent / "src/tinhso/kernel/ui/static/app-icons"


def draw(chromium: str) -> None:
    """Write 192.png and 512.png."""
    mark = (HERE / "src/art/mark.svg").read_text().replace('rx="15"', 'rx="0"', 1)
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for size in (192, 512):
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px}}</style>{mark}")
            page.screenshot(path=TARGET / f"{size}.png")
        browser.close()


if __name__ == "__main__":
    draw(sys.argv[1])
