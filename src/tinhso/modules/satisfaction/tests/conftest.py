from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tinhso.modules.satisfaction.tests.factories import Rated


@pytest.fixture
def rated(db: None) -> Rated:
    """The people and cases of these tests."""
    from tinhso.modules.satisfaction.tests.factories import Rated

    return Rated()
