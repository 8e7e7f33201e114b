"""What tests that start the platform share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.running import found


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database has all tables and nothing in them; copied by each platform that tests start."""
    return found(tmp_path_factory.mktemp("founded"))
