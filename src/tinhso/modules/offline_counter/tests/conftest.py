"""What the tests of receiving without network start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tinhso.kernel.testing.lasting import lasting

if TYPE_CHECKING:
    from tinhso.modules.offline_counter.tests.factories import Shop


@pytest.fixture(scope="module")
def made_shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shop]:
    from tinhso.modules.offline_counter.tests.factories import Shop

    with lasting(django_db_blocker):
        yield Shop()


@pytest.fixture
def shop(made_shop: Shop, db: None) -> Shop:
    return made_shop
