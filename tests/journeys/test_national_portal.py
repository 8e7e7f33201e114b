"""A dossier born on the national portal is worked on in the browser here and returns to it with its result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.journeys.window import Window
from tests.national_portal.factories import CODE, PDF, in_base64, message
from tests.national_portal.simulated import Simulated, start
from tests.running import Running, running, wait_for

from tinhso.modules.national_portal.tests import simulator

pytestmark = pytest.mark.journey

COMMUNE = "Phường Tân Ninh"


@pytest.fixture(scope="module")
def portal() -> Iterator[Simulated]:
    process = start()
    assert process.stdout is not None
    try:
        yield Simulated(int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def platform(portal: Simulated, tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Iterator[Running]:
    """A platform of its own, whose link leads to the simulated portal."""
    link = {
        "URL": f"{portal.url}/api",
        "USER": simulator.USER,
        "PASSWORD": simulator.PASSWORD,
        "AGENCY": "H53",
        "SECONDS": "5",
    }
    more = {f"TINHSO_NATIONAL_PORTAL_{name}": value for name, value in link.items()}
    with running(tmp_path_factory.mktemp("linked"), like=founded, **more) as started:
        yield started


@pytest.fixture(scope="module")
def staged(platform: Running) -> dict[str, Any]:
    return platform.stage()


def _behind(platform: Running, *asked: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(platform.run("-m", "tests.journeys.behind", *asked).strip().splitlines()[-1])
    return told


def test_a_dossier_from_the_portal_returns_to_it_with_its_result(
    window: Callable[..., Window], platform: Running, portal: Simulated
) -> None:
    # It waits on the portal with one file, and lies in the clerk's inbox once it is fetched.
    office: Any = SimpleNamespace(province=SimpleNamespace(commune=SimpleNamespace(name=COMMUNE)))
    portal.steer(deliver=[message(office)], files={"tep-1": in_base64(PDF)})
    assert _behind(platform, "fetch") == {"incoming": ["done"]}
    clerk = window("clerk", width=1440, height=900)
    clerk.go("/lam-viec/")
    clerk.press("Cả đơn vị")
    clerk.picture("01-inbox")
    assert CODE in clerk.text()
    clerk.go(f"/lam-viec/ho-so/{CODE}/")
    clerk.picture("02-arrived")
    assert "to-khai.pdf" in clerk.page.content()
    wait_for(lambda: _status(portal) == "1", 30, "the portal to know that it arrived")

    # Worked on here, every step is told there; the result returns as status 10.
    assert _behind(platform, f"resolve:{CODE}")["state"] in ("finished", "returned")
    wait_for(lambda: _status(portal) == "10", 90, "status 10 on the portal")
    told = portal.dossier(CODE)
    assert (told["statuses"][0], told["statuses"][-1], told["late"]) == ("1", "10", 0)
    result = told["dossier"]["DanhSachGiayToKetQua"][0]
    assert result["MaGiayToKetQua"].startswith("KQ.G15.")
    # By arriving there it is handed over here: the worker notes that after the portal has answered.
    wait_for(lambda: "Đã trả kết quả" in _shown(clerk, f"/lam-viec/ho-so/{CODE}/"), 60, "the result to be handed over")
    clerk.picture("03-returned")

    # That changed the dossier once more, so it waits once more; then nothing waits, and nothing failed.
    admin = window("admin", width=1440, height=900)
    wait_for(
        lambda: CODE not in _shown(admin, "/lam-viec/cong-dvcqg/hang-doi/"), 90, "the last picture to be confirmed"
    )
    assert CODE not in _shown(admin, "/lam-viec/cong-dvcqg/khong-gui-duoc/")
    assert CODE not in _shown(admin, "/lam-viec/cong-dvcqg/chua-xac-nhan/")
    assert _status(portal) == "10"
    admin.go("/lam-viec/cong-dvcqg/")
    admin.picture("04-link")


def _shown(who: Window, page: str) -> str:
    """What somebody reads on a page that is fetched anew."""
    who.go(page)
    return who.text()


def _status(portal: Simulated) -> str:
    """The status that the portal has of the dossier; empty while it knows none."""
    known = portal.told()["dossiers"].get(CODE, {})
    return str(known.get("dossier", {}).get("TrangThaiHoSo", ""))
