"""A province with two communes and those who plan, work and look on, for every test that asks for ``stage``."""

from __future__ import annotations

import pytest

from tinhso.kernel.testing import province
from tinhso.modules.plans.tests import factories


@pytest.fixture
def stage():
    return factories.people_of(province.found())
