"""What tests that start the platform share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.running import found


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database has all tables and nothing in them; copied by each platform that tests start.

    ``TINHSO_TEST_FOUNDED`` names one that several runs share.
    """
    if shared := os.environ.get("TINHSO_TEST_FOUNDED"):
        return Path(shared)
    return found(tmp_path_factory.mktemp("founded"))
