"""A province with authors, a council and those who decide, for every test that asks for ``stage``."""

from __future__ import annotations

import pytest

from tinhso.kernel.testing import province
from tinhso.modules.initiatives.tests import factories


@pytest.fixture
def stage():
    return factories.people_of(province.found())
