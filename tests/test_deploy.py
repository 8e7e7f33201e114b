"""Production settings pass Django's own examination; the supervisor's pauses grow and end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tinhso.config import metrics
from tinhso.config.cli import main, statics
from tinhso.config.environment import Environment
from tinhso.config.supervisor import Service, Supervisor, pause_before_restart


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


DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def test_the_example_environment_names_only_settings_that_exist() -> None:
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    known = {
        str(field.validation_alias or f"TINHSO_{name.upper()}") for name, field in Environment.model_fields.items()
    }
    assert named - known == set()
    assert {"DATABASE_URL", "TINHSO_BACKUP_RECIPIENTS", "TINHSO_SECRET_KEY"} <= named


def test_the_units_start_commands_that_exist() -> None:
    for unit in sorted((DEPLOY / "systemd").glob("*.service")):
        (start,) = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
        words = start.removeprefix("ExecStart=/opt/tinhso/bin/tinhso ").split()
        command = main.commands[words[0]]
        assert command.make_context(words[0], words[1:], resilient_parsing=False).params, unit.name


def test_the_board_and_the_alarms_ask_only_for_figures_that_are_told() -> None:
    rules = (DEPLOY / "prometheus" / "tinhso.yml").read_text()
    asked = set(re.findall(r"tinhso_[a-z_]+", (DEPLOY / "grafana" / "tinhso.json").read_text() + rules))
    told = {name for name, *_rest in metrics._QUERIES} | {"tinhso_database_up", "tinhso_request_seconds"}
    told |= {"tinhso_replica_up", "tinhso_replica_age_seconds", "tinhso_reads_total"}
    assert {re.sub(r"_(count|bucket|sum)$", "", name) for name in asked} - told == set()


def test_each_alarm_has_a_condition_and_says_what_to_do_in_words_of_the_runbook() -> None:
    [group] = yaml.safe_load((DEPLOY / "prometheus" / "tinhso.yml").read_text())["groups"]
    runbook = (DEPLOY.parent / "docs" / "operations.md").read_text()
    assert len(group["rules"]) == len({rule["alert"] for rule in group["rules"]}) >= 10
    for rule in group["rules"]:
        assert rule["expr"]
        assert rule["annotations"]["do"].casefold() in runbook.casefold(), rule["alert"]


def test_only_one_part_starts_only_on_a_database_that_several_machines_share(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tinhso.config.cli", "up", "--only", "web"],
        env=environment | {"TINHSO_HOME": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "--only needs DATABASE_URL" in done.stderr


class _Process:
    """Stands for a child; remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[signal.Signals] = []

    def send_signal(self, which: signal.Signals) -> None:
        self.told.append(which)


@pytest.mark.parametrize(("prepared", "told"), [(True, [signal.SIGHUP]), (False, [])])
def test_only_what_can_be_renewed_is_told_and_only_when_the_new_program_is_ready(
    tmp_path: Path, prepared: bool, told: list[signal.Signals]
) -> None:
    web, database = _Process(), _Process()
    services: Any = [
        Service("database", lambda: database, process=database),
        Service("web", lambda: web, renew_signal=signal.SIGHUP, process=web),
    ]
    Supervisor(tmp_path, lambda *_: None, services).renew(lambda: prepared)
    assert (web.told, database.told) == (told, [])


def test_static_files_of_former_versions_stay_for_a_week(tmp_path: Path) -> None:
    now = time.time()
    for name, days in (("app-former1.js", 6), ("app-older222.js", 8), (".collected", 8)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - days * 86400, now - days * 86400))
    statics._forget(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".collected", "app-former1.js"]
