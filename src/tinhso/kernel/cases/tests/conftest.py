from __future__ import annotations

import pytest

from tinhso.kernel.cases.tests.factories import declared


@pytest.fixture(autouse=True)
def _permits():
    with declared():
        yield
