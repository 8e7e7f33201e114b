"""A province with two communes and a department that asks, for every test that asks for ``stage``."""

from __future__ import annotations

import pytest

from tinhso.kernel.testing import province
from tinhso.modules.reporting.tests import factories


@pytest.fixture
def stage():
    return factories.people_of(province.found())
