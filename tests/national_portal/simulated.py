"""The simulated portal seen from a test."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from typing import Any

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
