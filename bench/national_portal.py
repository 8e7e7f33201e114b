"""Dossiers born on the national portal: ``python -m bench.national_portal [--number 10k]``.

The simulated portal runs in a process of its own and holds so many dossiers; one worker pulls them, takes them in, and
tells the portal of each. Wanted: 50 dossiers taken in a second by one worker. Everything stays on the loopback.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.ground import database, number, province, room, written

MARITAL = "1.004873"
WANTED_A_SECOND = 50
PAGE = 500
SIMULATOR = "tinhso.modules.national_portal.tests.simulator"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.national_portal", description=__doc__)
    parser.add_argument("--number", default="10k", help="dossiers that wait on the portal")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # broken off, it stops what it started
    with room() as home:
        found = _run(home, number(asked.number))
    written(found, "national-portal")
    return 0 if found["taken in"]["a_second"] >= WANTED_A_SECOND else 1


def _run(home: Path, wanted: int) -> dict[str, Any]:
    portal = subprocess.Popen([sys.executable, "-m", SIMULATOR], stdout=subprocess.PIPE, text=True)
    assert portal.stdout is not None
    try:
        address = f"http://127.0.0.1:{int(portal.stdout.readline())}"
        os.environ.update(
            TINHSO_NATIONAL_PORTAL_URL=f"{address}/api", TINHSO_NATIONAL_PORTAL_USER="tinh-minh-hoa",
            TINHSO_NATIONAL_PORTAL_PASSWORD="mat-khau-minh-hoa", TINHSO_NATIONAL_PORTAL_AGENCY="H53",
        )  # fmt: skip
        with database(home):
            return _measure(address, wanted)
    finally:
        portal.terminate()
        portal.wait(10)


def _measure(address: str, wanted: int) -> dict[str, Any]:
    from django.utils import timezone

    from tinhso.kernel.units.models import Unit
    from tinhso.modules.dossiers.models import Dossier
    from tinhso.modules.national_portal.actions import outgoing
    from tinhso.modules.national_portal.jobs.receiving import bring, work_off
    from tinhso.modules.national_portal.jobs.sending import drain
    from tinhso.modules.national_portal.models import Outgoing
    from tinhso.modules.national_portal.queries.deployment import deployment
    from tinhso.modules.procedures import door

    province()
    door.publish_sample(MARITAL, valid_from=date(2025, 7, 1), at=timezone.now())
    communes = list(Unit.objects.filter(kind="commune", ends_on=None).values_list("code", flat=True)[:50])
    for start in range(0, wanted, PAGE):
        _steer(address, [_message(n, communes) for n in range(start, min(start + PAGE, wanted))])
    known, long = deployment(), 3_600.0
    found = {"pulled": _timed("pulled", lambda: bring(known, seconds=long))}
    found["taken in"] = _timed("taken in", lambda: work_off(seconds=long))
    assert Dossier.objects.count() == wanted
    outgoing.mark_missing(timezone.now())
    found["sent"] = _timed("sent", lambda: drain(known, seconds=long))
    assert Outgoing.objects.filter(state="sent").count() == wanted
    return found


def _timed(name: str, work: Callable[[], int]) -> dict[str, float]:
    begin, used = time.perf_counter(), time.process_time()
    done = work()
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    ours = round(1_000 * used / max(done, 1), 2)
    print(
        f"{name:>10} {done:8,} in {seconds:7.1f} s: {done / seconds:6.0f} a second, {ours:.2f} ms of the worker's each"
    )
    return {"number": done, "seconds": round(seconds, 2), "a_second": round(done / seconds, 1), "worker_ms": ours}


def _steer(address: str, messages: list[dict[str, Any]]) -> None:
    request = urllib.request.Request(f"{address}/_", json.dumps({"deliver": messages}).encode(), method="POST")
    urllib.request.urlopen(request, timeout=60).read()


def _message(n: int, communes: list[str]) -> dict[str, Any]:
    """A dossier with a form, two papers and an applicant, for one of fifty communes."""
    paper = {"MaThanhPhanHoSo": "tp1", "IsDeleted": "0", "DuongDanTaiTepTin": ""}
    return {
        "MaHoSo": f"H53.{n % 900 + 100}.01-261116-{n + 100_000}", "MaTTHC": MARITAL, "TenTTHC": "Minh họa",
        "KenhThucHien": "2", "ChuHoSo": f"Nguyễn Văn Minh Họa {n}", "LoaiDoiTuong": "1", "MaDoiTuong": str(n),
        "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": f"079190{n % 1_000_000:06d}"}, "SoDienThoai": "0912345678",
        "NgayNopHoSo": "16/11/2026 07:31:05", "TrangThaiHoSo": "1", "MaDonViXuLy": communes[n % len(communes)],
        "ThongTinKhac": {"BieuMau": {"ho_ten": "Minh họa", "muc_dich": "Vay vốn"}},
        "TaiLieuNop": [paper | {"TenTepDinhKem": "to-khai.pdf"}, paper | {"TenTepDinhKem": "giay-to.pdf"}],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
