"""Two hundred reports a second: each is stored once or its sender is told when to come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bad_days.burst import Burst, prepare
from tests.running import running

pytestmark = pytest.mark.bad_day
RATE, SECONDS, CLIENTS = 200, 3, 16  # a minute of it: python -m tests.bad_days.burst


def test_a_burst_of_reports_loses_none_and_doubles_none(tmp_path: Path, founded: Path) -> None:
    with running(tmp_path, like=founded, TINHSO_OPEN311_WRITES_A_MINUTE="70") as platform:
        burst = Burst(platform.port, prepare(platform), RATE, SECONDS)
        burst.run(CLIENTS, patience=120)
        kept, codes = burst.kept(platform.home)
    assert burst.wrong == []  # only: stored, or told when to come back
    assert burst.hung_up == RATE * SECONDS // 25
    assert sorted(burst.stored) == list(range(RATE * SECONDS))
    assert kept == dict.fromkeys(range(RATE * SECONDS), 1)
    assert codes == burst.stored
