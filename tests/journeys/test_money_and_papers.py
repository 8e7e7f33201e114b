"""A fee paid by phone, a result that comes back as a paper of the next dossier, and what the applicant says of it."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy
import pytest
import zxingcpp
from PIL import Image
from tests.journeys import filing
from tests.journeys.window import Window
from tests.running import Running, wait_for

from tinhso.modules.payments.rules import vietqr
from tinhso.modules.payments.rules.adapters.base import Told
from tinhso.modules.payments.rules.adapters.demo import DemoBank

pytestmark = pytest.mark.journey

CODE = re.compile(r"H53[.\d]*-\d{6}-\d{4,}")
FEE, SHOWN = 15_000, "15.000\u00a0đ"
PAPER = "Giấy xác nhận tình trạng hôn nhân"


def _behind(platform: Running, *asked: str) -> dict[str, Any]:
    """What others do meanwhile; what they tell."""
    told: dict[str, Any] = json.loads(platform.run("-m", "tests.journeys.behind", *asked).strip().splitlines()[-1])
    return told


def _posted(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as the fields of the pages take them; who applies is lan herself."""
    said: dict[str, Any] = {}
    for code, value in answers.items():
        if isinstance(value, dict):
            said |= {f"{code}_ward": value["commune"], f"{code}_street": value["detail"]}
        elif value != []:
            said[code] = value
    return {**said, **{key: filing.ANSWERS[key] for key in ("ho_ten", "so_dinh_danh", "dien_thoai", "cach_nhan")}}


def _comes(window: Window, path: str, words: str) -> None:
    """Open the page until it says so: the worker has its jobs to do first."""

    def is_there() -> bool:
        window.go(path)
        if words not in window.text():
            window.page.wait_for_timeout(400)
        return words in window.text()

    wait_for(is_there, 45, f"“{words}” on {path}")


def _decoded(window: Window, selector: str) -> str:
    """What a phone's camera reads off the picture as the browser drew it."""
    picture = window.page.locator(selector).first.screenshot()
    seen = zxingcpp.read_barcodes(numpy.array(Image.open(io.BytesIO(picture)).convert("L")))
    assert [one.format.name for one in seen] == ["QRCode"]
    return str(seen[0].text)


def _has_valid_signature(pdf: bytes, path: Path) -> None:
    assert pdf[:5] == b"%PDF-"
    path.write_bytes(pdf)
    seen = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert seen.count("Signature is Valid.") >= 1, seen
    assert "Invalid" not in seen


def _tell(platform: Running, bank: dict[str, Any], transfer: vietqr.Transfer) -> dict[str, Any]:
    """The bank's signed notice that this transfer was booked, knocking at the platform's own door."""
    now = datetime.now(UTC)
    content = f"MBVCB.1.{transfer.purpose}.CT tu 0999 toi {transfer.account}"
    told = Told("N-1", "FT-1", transfer.account, transfer.amount or 0, content, now)
    headers, body = DemoBank().compose(told, secret=bank["secret"], at=now)
    door = f"{platform.url}/api/v1/payments/bank-notices/minh-hoa"
    forged = httpx.post(door, headers=headers, content=body.replace(b"15000", b"15001"))
    assert forged.status_code == 403
    answers = [httpx.post(door, headers=headers, content=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200], answers[0].text
    assert [one.json()["is_new"] for one in answers] == [True, False]
    first: dict[str, Any] = answers[0].json()
    return first


def test_a_fee_a_result_that_is_used_again_and_a_rating(
    window: Callable[..., Window], tmp_path: Path, platform: Running, staged: dict[str, Any]
) -> None:
    bank = _behind(platform, "till")

    # Lan files on her phone; the fee is asked for, and the page of the dossier leads to where it is paid.
    lan = window("lan", width=390, height=844)
    lan.go(f"/ho-so/nop/{staged['procedure']}/")
    lan.press("Bắt đầu")
    filing.answer_all(lan, _posted(staged["answers"]))
    lan.press("Tiếp tục")
    lan.press("Nộp hồ sơ")
    assert lan.page.url.endswith("/da-nop/"), lan.text()
    number = CODE.search(lan.text())[0]  # type: ignore[index]
    _comes(lan, "/thanh-toan/", number)
    lan.go(f"/ho-so/{number}/")
    lan.page.locator("#thanh-toan").wait_for()
    lan.picture("01-fee-asked")
    lan.press("Nộp bằng mã QR")
    assert "Nộp phí, lệ phí" in lan.page.title()
    assert SHOWN in lan.page.inner_text(".amount")
    lan.picture("02-pay")

    # Any bank's app reads the code off her screen: whose account, how much, for what.
    reference = lan.page.url.rstrip("/").rsplit("/", 1)[1]
    transfer = vietqr.read(_decoded(lan, ".qr"))
    assert transfer == vietqr.Transfer(bank["bin"], bank["number"], FEE, reference)

    # She transfers; the page waits, the bank tells, and the page shows the receipt by itself.
    lan.press("Tôi đã chuyển khoản")
    assert "Đang chờ ngân hàng báo" in lan.text()
    assert _tell(platform, bank, transfer)["order"] == reference
    lan.page.get_by_text(f"Đã nộp {SHOWN}").wait_for()
    _comes(lan, f"/thanh-toan/{reference}/", "Biên lai điện tử (PDF)")
    lan.picture("03-paid")
    receipt = lan.button("Biên lai điện tử").get_attribute("href") or ""
    _has_valid_signature(lan.context.request.get(receipt).body(), tmp_path / "bien-lai.pdf")

    # Officials resolve it. The result is in her vault, signed.
    draft = _behind(platform, f"resolve:{number}", "rate", "wed")["draft"]
    _comes(lan, "/kho-giay-to/", PAPER)
    lan.picture("04-vault")
    lan.page.locator("main a.whole", has_text=PAPER).first.click()
    lan.page.wait_for_url("**/kho-giay-to/*/")
    item = lan.page.url
    _has_valid_signature(
        lan.context.request.get(lan.button("Tải về").get_attribute("href") or "").body(), tmp_path / "ket-qua.pdf"
    )

    # Her next dossier asks for that very paper: one tap, nothing to upload.
    lan.go(f"/ho-so/nhap/{draft}/giay-to/")
    lan.picture("05-offered")
    kept = lan.page.locator("form.kept", has_text=PAPER).first
    with lan.page.expect_navigation():
        kept.get_by_role("button", name="Dùng giấy tờ đã có").click()
    assert lan.page.locator(".files", has_text="ket-qua").count() == 1, lan.text()
    lan.picture("06-used-again")
    lan.press("Tiếp tục")
    lan.press("Nộp hồ sơ")
    assert lan.page.url.endswith("/da-nop/"), lan.text()
    _comes(lan, item, CODE.search(lan.text())[0])  # type: ignore[index]
    lan.picture("07-who-used-it")

    # What applicants said stays unpublished while there are too few of them; hers is the fifth answer.
    lan.go("/muc-do-hai-long/")
    assert "Lượt trả lời 4 " in _line(lan)
    assert not re.search(r"Điểm trung bình \d", _line(lan))
    lan.go(f"/ho-so/{number}/")
    lan.page.locator("section", has_text="Việc giải quyết thế nào?").last.wait_for()
    lan.picture("08-asked-how-it-went")
    lan.press("Đánh giá")
    assert "/danh-gia/" in lan.page.url
    lan.page.locator("main [name=level][value='2']").check(force=True)
    lan.page.locator("summary", has_text="Đánh giá kỹ hơn").click()
    for best in lan.page.locator("main [name^='c-'][value='2']").all():
        best.check(force=True)
    lan.picture("09-rating")
    lan.press("Gửi đánh giá")
    assert "Cảm ơn bạn đã đánh giá." in lan.text()
    lan.press("Xem mức độ hài lòng toàn tỉnh")
    lan.picture("10-published")
    assert "Hài lòng và rất hài lòng 80" in _line(lan)
    assert "Lượt trả lời 5 " in _line(lan)
    assert "Điểm trung bình 10,8 / 18" in _line(lan)  # (18 + 18 + 9 + 9 + 0) / 5


def _line(window: Window) -> str:
    """The words of the page in one line."""
    return " ".join(window.text().split())
