"""Production settings pass Django's own examination; the supervisor's pauses grow and end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tinhso.config.supervisor import pause_before_restart


@pytest.mark.slow
def test_the_deployment_check_finds_nothing_in_production(tmp_path: Path) -> None:
    environment = os.environ | {
        "TINHSO_HOME": str(tmp_path),
        "TINHSO_PRODUCTION": "true",
        "TINHSO_BASE_URL": "https://dichvucong.example.vn",
        "DJANGO_SETTINGS_MODULE": "tinhso.config.settings",
    }
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_the_first_restart_is_at_once_and_later_ones_wait_longer_but_never_over_ten_seconds() -> None:
    assert [pause_before_restart(n) for n in range(1, 10)] == [0, 0.25, 0.5, 1, 2, 4, 8, 10, 10]
