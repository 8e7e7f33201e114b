"""What modules show as a demonstration is done by people whom the demonstration makes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tinhso.config.cli.demonstration import staff
from tinhso.modules.channels import demo as channels
from tinhso.modules.field_reports import demo as field_reports
from tinhso.modules.questions import demo as questions
from tinhso.modules.warnings import demo as warnings

MADE = set(re.findall(r'"([a-z0-9.]+)"', Path(staff.__file__).read_text(encoding="utf-8")))
PLAYED = {
    "channels": {channels.KEEPER},
    "field_reports": {username for username, _role in field_reports.ROLES},
    "questions": set(questions.ROLES),
    "warnings": {warnings.WRITER, warnings.APPROVER},
}


@pytest.mark.parametrize("module", PLAYED)
def test_who_plays_in_a_modules_demonstration_is_there(module: str) -> None:
    assert PLAYED[module] - MADE == set()
