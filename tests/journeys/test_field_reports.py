"""A pothole: reported on a phone without network, once at the desk, mended with proof, told, rated, seen by all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.journeys.window import Window
from tests.running import Running, wait_for

pytestmark = pytest.mark.journey

PAGE = "/phan-anh/gui/"
WORDS = "Ổ gà sâu giữa đường trước cổng chợ, xe máy té hai lần."
DONE = "Đã vá ổ gà bằng nhựa nóng, xe đi lại bình thường."
SAID = "[data-outbox-said]"
ROW = "[data-rows] li"


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """What the place looks like afterwards."""
    path = tmp_path / "da-va.jpg"
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").rotate(90).save(path, "JPEG")
    return path


def _write(window: Window, photo: Path) -> None:
    """Photo, place of the device, words; the kind is pressed among those suggested."""
    window.page.set_input_files("#photos", photo)
    window.button("Dùng vị trí của tôi").click()
    expect(window.page.locator("[data-place-said]").first).to_contain_text("sai số")
    window.page.fill("#text", WORDS)
    expect(window.page.locator("[name=suggested]").first).to_be_attached()
    window.page.locator("[name=suggested][value=GT01]").check(force=True)


def _comes(window: Window, path: str, words: str) -> None:
    def is_there() -> bool:
        window.go(path)
        if words not in window.text():
            window.page.wait_for_timeout(400)
        return words in window.text()

    wait_for(is_there, 45, f"“{words}” on {path}")


def test_a_report_travels_from_a_phone_without_network_to_the_public(
    window: Callable[..., Window], platform: Running, staged: dict[str, Any], photo: Path, mended: Path
) -> None:
    told = json.loads(platform.run("-m", "tests.journeys.behind", "desk1022").strip().splitlines()[-1])
    here = {"geolocation": {"latitude": told["latitude"], "longitude": told["longitude"]},
            "permissions": ["geolocation"]}  # fmt: skip

    lan = window("lan", width=390, **here)
    lan.go(PAGE)
    lan.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    _write(lan, photo)
    lan.context.set_offline(True)
    lan.button("Gửi phản ánh").click()
    expect(lan.page.locator(ROW).first).to_contain_text("Chờ gửi")
    lan.picture("waiting")
    lan.context.set_offline(False)
    expect(lan.page.locator(ROW).first).to_contain_text("Đã gửi", timeout=30_000)
    expect(lan.page.locator(SAID).first).to_contain_text("Đã gửi")
    lan.picture("sent")

    operator = window("tong_dai", width=1440)
    operator.go("/lam-viec/phan-anh/phan-loai/")
    expect(operator.page.locator("[data-key-row]").filter(has_text=WORDS[:40])).to_have_count(1)
    operator.page.locator("[data-key-row] a").filter(has_text=WORDS[:40]).click()
    operator.page.wait_for_load_state()
    code = re.search(r"PA-\d{4}-\d{7}", operator.page.url)
    assert code is not None
    assert "Nguyễn Thị Lan" not in operator.page.content()
    operator.press("Tiếp nhận và chuyển")
    assert "Đã chuyển đơn vị" in operator.text()
    operator.picture("routed")

    handler = window("specialist", width=1440, **here)
    _comes(handler, "/thong-bao/", code[0])
    handler.go(f"/lam-viec/phan-anh/{code[0]}/")
    handler.press("Bắt đầu xử lý")
    handler.page.fill("#text", DONE)
    handler.page.set_input_files("#photos", mended)
    handler.button("Tôi đang ở hiện trường").click()
    expect(handler.page.locator("[data-place-said]")).to_contain_text("sai số")
    handler.press("Trình kết quả")
    assert "Đã có kết quả, chờ duyệt" in handler.text()

    leader = window("leader", width=1440)
    leader.go(f"/lam-viec/phan-anh/{code[0]}/")
    leader.press("Duyệt và công khai")
    leader.picture("approved")

    _comes(lan, "/thong-bao/", f"Phản ánh {code[0]} đã có kết quả")
    lan.go(f"/phan-anh/cua-toi/{code[0]}/")
    assert DONE in lan.text()
    lan.page.locator("[name=score][value='5']").check(force=True)
    lan.press("Gửi đánh giá")
    assert "Bạn đã đánh giá 5/5." in lan.text()
    lan.picture("rated")

    anybody = window(width=390)
    _comes(anybody, f"/phan-anh/{code[0]}/", DONE)
    assert "Nguyễn Thị Lan" not in anybody.page.content()
    anybody.picture("public")
    _is_on_the_map(anybody, code[0])
    _is_counted(anybody)
    _reaches_other_cities_programs(platform, code[0])


def _is_on_the_map(anybody: Window, code: str) -> None:
    """The list says it, the drawn map counts it, and so does the live one when it is asked for."""
    anybody.go("/phan-anh/")
    expect(anybody.page.locator(f"#danh-sach a[href$='/{code}/']").first).to_be_visible()
    expect(anybody.page.locator("[data-drawing] .cluster-number")).to_have_count(1)
    anybody.page.locator("[data-open-map]").click()
    anybody.page.wait_for_selector("[data-island=report-map] [data-ready]", timeout=30_000)
    anybody.until("Number(document.querySelector('[data-island=report-map]').dataset.shown) > 0")
    anybody.picture("map")


def _is_counted(anybody: Window) -> None:
    anybody.go("/phan-anh/so-lieu/")
    figures = anybody.page.locator(".report-figures")
    for name in ("Đã xử lý", "Đúng hẹn"):
        expect(figures.locator("div").filter(has_text=name).first.locator("dd")).to_contain_text("1")
    anybody.picture("figures")


def _reaches_other_cities_programs(platform: Running, code: str) -> None:
    """The list in XML holds it, and a client of Open311 as PyPI has it finds it closed, with its answer."""
    with urlopen(f"{platform.url}/open311/v2/requests.xml", timeout=30) as answer:
        listed = ElementTree.fromstring(answer.read())
    assert code in [one.text for one in listed.iter("service_request_id")]
    said = platform.run("-m", "tests.journeys.open311_client", f"{platform.url}/open311/v2", code)
    found = json.loads(said.strip().splitlines()[-1])
    assert (found["service_request_id"], found["status"], found["service_code"]) == (code, "closed", "GT01")
    assert found["status_notes"] == DONE
    assert "Nguyễn Thị Lan" not in said
