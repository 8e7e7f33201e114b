"""The simulated portal in a process of its own, and a deployment whose link leads to it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tinhso.modules.national_portal.tests import simulator

MINUTES = 5


class Simulated:
    """The portal's process seen from a test."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def steer(self, **said: Any) -> None:
        request = urllib.request.Request(f"{self.url}/_", json.dumps(said).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).read()

    def told(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def dossier(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = self.told()["dossiers"][code]
        return found


def start() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", simulator.__name__, "--seconds", str(MINUTES * 60)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def portal(settings: Any) -> Iterator[Simulated]:
    """Fresh for each test; it ends with the test, and by itself should the test not end."""
    process = start()
    assert process.stdout is not None
    try:
        found = Simulated(int(process.stdout.readline()))
        settings.NATIONAL_PORTAL = {
            **settings.NATIONAL_PORTAL, "url": f"{found.url}/api", "user": simulator.USER, "agency": "H53",
            "password": simulator.PASSWORD, "seconds": 2.0,
        }  # fmt: skip
        yield found
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
