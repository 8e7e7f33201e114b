"""A province's machine is destroyed; its backup brings back the same figures, dossiers and papers on another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.journeys.window import Window
from tests.running import TINHSO, Running, running, start

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place that does not burn with the machine."""
    return tmp_path_factory.mktemp("safe")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, founded: Path, safe: Path) -> Iterator[Running]:
    """A platform of its own, which encrypts for a key that is kept elsewhere."""
    import pyrage

    key = pyrage.x25519.Identity.generate()
    (safe / "key.txt").write_text(f"{key}\n")
    recipients = json.dumps([str(key.to_public())])
    home = tmp_path_factory.mktemp("doomed")
    with running(home, like=founded, TINHSO_BACKUP_RECIPIENTS=recipients) as started:
        yield started


@pytest.fixture(scope="module")
def staged(platform: Running) -> dict[str, Any]:
    return platform.stage("dossiers")


def _destroy(platform: Running) -> None:
    """All processes at once, then everything that was on its disk."""
    leader = psutil.Process(platform.process.pid)
    family = [*leader.children(recursive=True), leader]
    for one in family:
        one.kill()
    psutil.wait_procs(family, 20)
    platform.process.wait(20)
    shutil.rmtree(platform.home)


def test_a_destroyed_province_comes_back_with_the_same_figures(
    window: Callable[..., Window], platform: Running, staged: dict[str, Any], safe: Path, tmp_path: Path
) -> None:
    # A citizen sees her result on her phone.
    number = staged["dossiers"]["returned"]
    lan = window("lan")
    lan.go(f"/ho-so/{number}/")
    lan.picture("01-before")
    assert "Đã trả kết quả" in lan.text()
    backup = platform.run(*TINHSO, "backup", str(safe / "backups")).strip()
    figures = platform.run(*TINHSO, "doctor", "--figures")

    # The machine burns. Another one has nothing but the program, the backup and the key.
    _destroy(platform)
    fresh = Running(
        None, platform.port, tmp_path / "fresh", platform.environment | {"TINHSO_HOME": str(tmp_path / "fresh")}
    )
    said = fresh.run(*TINHSO, "restore", backup, "--key", str(safe / "key.txt"))
    assert said == "Restored; the figures are those of the backup.\n"
    assert fresh.run(*TINHSO, "doctor", "--figures") == figures

    # It serves under the same address; she signs in again and finds everything as it was.
    again = start(fresh.home, "--no-demo", port=platform.port)
    try:
        again.wait()
        lan.sign_in("lan", staged["password"])
        lan.go(f"/ho-so/{number}/")
        lan.picture("02-after")
        assert "Đã trả kết quả" in lan.text()
        with lan.page.expect_download() as given:
            lan.button("Tải kết quả").click()
        assert Path(given.value.path()).read_bytes().startswith(b"%PDF")
    finally:
        again.stop()
