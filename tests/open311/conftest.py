"""A province whose reports programs read and file."""

from __future__ import annotations

import pytest

from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.field_reports.tests import factories


@pytest.fixture(scope="module")
def lasting_world(django_db_setup, django_db_blocker):
    with lasting(django_db_blocker):
        yield factories.world()


@pytest.fixture
def world(lasting_world, db):
    return lasting_world
