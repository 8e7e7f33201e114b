from __future__ import annotations

import pytest

from tinhso.modules.procedures import queries


@pytest.fixture(autouse=True)
def _nothing_remembered():
    queries.forget()
    yield
    queries.forget()
