"""``tinhso doctor`` finds what is broken and says what to do next."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import override_settings

from tinhso.config.cli import checks
from tinhso.config.cli.doctor import doctor
from tinhso.config.cli.init import identifier

Usage = namedtuple("Usage", "total used free")


def _one(check: str) -> checks.Finding:
    [finding] = list(getattr(checks, check)())
    return finding


@pytest.mark.django_db
@pytest.mark.parametrize("check", ["database", "migrations", "clock", "files", "mail", "disk", "certificates"])
def test_nothing_is_bad_on_a_sound_deployment(check: str) -> None:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend"):
        assert _one(check).level != "bad"


@pytest.mark.django_db
def test_without_a_worker_the_exit_code_is_1(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _one("worker") == checks.Finding(
        "bad", "No worker is alive: messages and figures stand still", "Start it: tinhso up"
    )
    monkeypatch.setattr(checks, "CHECKS", ((checks.database, False), (checks.worker, True)))
    monkeypatch.setattr("tinhso.config.cli.ready.close_connections", lambda: None)
    done = CliRunner().invoke(doctor)
    assert done.exit_code == 1
    assert "Start it: tinhso up" in done.output


@pytest.mark.parametrize(("free", "level"), [(2**29, "bad"), (2**31, "warn"), (2**34, "ok")])
def test_little_space_warns_and_none_is_bad(monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 0, free))
    assert _one("disk").level == level


def test_a_mail_server_that_does_not_answer_is_bad() -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1, EMAIL_USE_TLS=False):
        assert _one("mail").level == "bad"


def test_a_certificate_that_cannot_be_read_is_bad(tmp_path: Path) -> None:
    (tmp_path / "x.p12").write_bytes(b"nothing")
    with override_settings(SIGNING_PKCS12=tmp_path / "x.p12", SIGNING_PASSWORD="x"):
        assert _one("certificates").level == "bad"


def test_a_check_that_breaks_is_itself_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> list[checks.Finding]:
        raise RuntimeError("odd")

    monkeypatch.setattr(checks, "CHECKS", ((breaks, False),))
    assert [(f.level, f.what) for f in checks.examine()] == [("bad", "breaks: RuntimeError: odd")]


@pytest.mark.parametrize("text", ["H53", "h53", "Tây Ninh", "tỉnh Tây Ninh", "tay-ninh"])
def test_a_province_is_found_by_identifier_name_or_slug(text: str) -> None:
    assert identifier(text) == "H53"
