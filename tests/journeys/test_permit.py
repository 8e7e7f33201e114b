"""A building permit from the first word typed on a phone to the signed paper, by all who have a hand in it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import segno
from tests.journeys import filing
from tests.journeys.window import Window
from tests.running import Running

from tinhso.config.embedded import embedded_url

pytestmark = pytest.mark.journey

CODE = re.compile(r"H53[.\d]*-\d{6}-\d{4,}")
SUPPLEMENT = "Ảnh bản vẽ bị mờ, đề nghị chụp lại từng trang cho rõ chữ."


def _desk(window: Window, number: str, decision: str, button: str, answers: dict[str, Any] | None = None) -> None:
    """Take a decision on the case page as an official would: its button, its form, its own button."""
    window.go(f"/lam-viec/ho-so/{number}/")
    link = window.page.locator(f"a[href$='/quyet-dinh/{decision}/']")
    if not link.first.is_visible():
        window.page.locator(".decision-bar details > summary").click()
    with window.page.expect_navigation():
        link.locator("visible=true").first.click()
    window.fill(answers or {})
    window.picture(f"{decision}")
    window.page.locator("form#quyet-dinh button[type=submit]", has_text=button).first.click()
    window.page.wait_for_url(f"**/lam-viec/ho-so/{number}/")


def test_from_the_first_word_to_the_signed_paper(
    window: Callable[..., Window], photo: Path, tmp_path: Path, platform: Running
) -> None:
    # A citizen finds the procedure by everyday words without marks, and files it with a photo.
    lan = window("lan", width=390, height=844)
    lan.go("/")
    lan.page.locator("input[type=search], input[name=q]").first.fill("xin phep xay nha")
    with lan.page.expect_navigation():
        lan.page.locator("input[type=search], input[name=q]").first.press("Enter")
    lan.picture("01-found")
    assert "1.013225" in lan.page.content()
    lan.page.locator("main a[href*='/thu-tuc/1.013225']").first.click()
    lan.page.wait_for_url("**/thu-tuc/1.013225/**")
    lan.picture("02-procedure")
    lan.page.locator("main a[href*='truong-hop=nha_o_rieng_le']").first.click()
    lan.page.wait_for_url("**nha_o_rieng_le**")
    if "/ho-so/nop/" not in lan.page.url:
        lan.page.locator("main a[href*='/ho-so/nop/1.013225/']").first.click()
        lan.page.wait_for_url("**/ho-so/nop/1.013225/**")
    lan.press("Bắt đầu")
    filing.answer_all(lan)
    assert filing.add_papers(lan, photo) >= 1
    lan.picture("03-papers")
    lan.press("Tiếp tục")
    lan.picture("04-check")
    lan.press("Nộp hồ sơ")
    assert lan.page.url.endswith("/da-nop/"), lan.text()
    lan.picture("05-filed")
    number = CODE.search(lan.text())[0]  # type: ignore[index]

    # The clerk accepts and prints form 01.
    clerk = window("clerk", width=1440, height=900)
    clerk.go("/lam-viec/")
    clerk.picture("06-inbox")
    _desk(clerk, number, "tiep-nhan", "Tiếp nhận")
    paper = clerk.page.locator("a", has_text=re.compile("Mẫu 01")).first.get_attribute("href")
    printed = clerk.context.request.get(paper)
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")
    assert number in _words(printed.body(), tmp_path / "01.pdf")

    # A leader of the division assigns; the specialist asks for a supplement: the clock stops and says so.
    head = window("head", width=1440, height=900)
    _desk(head, number, "phan-cong", "Phân công", {"to": _option(head, number, "specialist")})
    specialist = window("specialist", width=1440, height=900)
    specialist.go(f"/lam-viec/ho-so/{number}/")
    component = "ban-ve"
    specialist.go(f"/lam-viec/ho-so/{number}/quyet-dinh/bo-sung/")
    component = specialist.page.locator("main [name=missing]").last.get_attribute("value")
    _desk(specialist, number, "bo-sung", "Gửi yêu cầu", {"missing": [component], "message": SUPPLEMENT})
    specialist.picture("07-stopped")
    assert re.search("tạm dừng", specialist.text(), re.IGNORECASE)
    lan.go(f"/ho-so/{number}/")
    lan.picture("08-asked")
    assert SUPPLEMENT in lan.text()
    assert "Đồng hồ đang dừng" in lan.text()

    # The citizen supplements with a new photo: the clock runs again.
    lan.press("Bổ sung ngay")
    lan.page.locator("main input[type=file]").last.set_input_files(photo)
    lan.fill({"answer": "Tôi đã chụp lại bản vẽ."})
    lan.press("Gửi bổ sung")
    assert lan.page.url.endswith(f"/ho-so/{number}/"), lan.text()
    assert "Đồng hồ đang dừng" not in lan.text()

    # The specialist drafts the result and hands it on; the leader signs; the registrar issues.
    _desk(
        specialist,
        number,
        "du-thao",
        "Lưu dự thảo",
        {"subject": "Cấp phép", "content": "Đồng ý cấp phép xây dựng nhà ở."},
    )
    leader = window("leader", width=1440, height=900)
    for _ in range(6):
        step = _step(specialist, number)
        if "ký" in step.lower() and "trình" not in step.lower():
            break
        who = head if "phòng" in step.lower() or "xem xét" in step.lower() else specialist
        _desk(who, number, "chuyen-buoc", "Chuyển tiếp")
    _desk(leader, number, "ky", "Ký")
    leader.picture("09-signed")
    registrar = window("registrar", width=1440, height=900)
    registrar.go(f"/lam-viec/ho-so/{number}/")
    if registrar.page.locator("a[href$='/quyet-dinh/phat-hanh/']").count():
        _desk(registrar, number, "phat-hanh", "Phát hành")

    # The citizen downloads the signed paper; its signature is valid.
    lan.go(f"/ho-so/{number}/")
    lan.page.locator("a", has_text="Tải kết quả").wait_for()
    lan.picture("10-result")
    with lan.page.expect_download() as download:
        lan.button("Tải kết quả").click()
    signed = tmp_path / "ket-qua.pdf"
    download.value.save_as(signed)
    seen = subprocess.run(["pdfsig", "-nocert", str(signed)], capture_output=True, text=True, check=False).stdout
    assert seen.count("Signature is Valid.") >= 1, seen
    assert "Invalid" not in seen

    # She reads why the date was what it was, and finds the dossier by its QR code without an account.
    lan.press("Vì sao là ngày này?")
    lan.picture("11-why")
    assert re.search(r"thời hạn 15 ngày.*Hạn trả kết quả: 17:00", lan.text(), re.DOTALL)
    address = f"/tra-cuu/{number}/{_lookup_key(platform, number)}/"
    lan.go(f"/ho-so/{number}/")
    assert lan.page.locator(".qr svg path").get_attribute("d") == _drawn(platform.url + address)
    stranger = window("", width=390, height=844)
    stranger.go(address)
    stranger.picture("12-looked-up")
    assert number in stranger.text()
    assert "Nguyễn Thị Lan" not in stranger.text()

    # The leader's number opens onto this very dossier.
    for _ in range(40):
        leader.go("/lam-viec/dieu-hanh/")
        done = leader.page.locator("a[href*='muc=giai-quyet']").first
        if done.count() and done.is_visible():
            break
        leader.page.wait_for_timeout(500)
    leader.picture("13-board")
    with leader.page.expect_navigation():
        done.click()
    leader.picture("14-behind-the-number")
    leader.page.locator(f"a[href*='{number}']").first.click()
    leader.page.wait_for_url(f"**/lam-viec/ho-so/{number}/")


def _lookup_key(platform: Running, number: str) -> str:
    """What the QR code carries beside the number."""
    with psycopg.connect(embedded_url(platform.home)) as connection:
        row = connection.execute("select lookup_key from cases_case where number = %s", [number]).fetchone()
    assert row is not None
    return str(row[0])


def _drawn(address: str) -> str:
    """The lines of the QR code that says this address."""
    return re.search(r' d="([^"]+)"', segno.make(address, error="m").svg_inline(border=4, omitsize=True))[1]  # type: ignore[index]


def _step(window: Window, number: str) -> str:
    window.go(f"/lam-viec/ho-so/{number}/")
    return str(window.page.locator(".timeline [aria-current=step] b").first.inner_text())


def _option(window: Window, number: str, username: str) -> str:
    """The value of the choice that names the official; names of the small world end in the user name."""
    window.go(f"/lam-viec/ho-so/{number}/quyet-dinh/phan-cong/")
    option = window.page.locator("select[name=to] option, label.option", has_text=username.title()).first
    tag = option.evaluate("one => one.tagName")
    return str(option.get_attribute("value") if tag == "OPTION" else option.locator("input").get_attribute("value"))


def _words(pdf: bytes, path: Path) -> str:
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
