from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.privacy.office import Privacy


@pytest.fixture
def privacy(db: None) -> Privacy:
    from tests.privacy.office import Privacy

    return Privacy()
