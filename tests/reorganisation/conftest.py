"""One province with dossiers in every state, built once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.world import World, build, populate

from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.testing.province import forget


@pytest.fixture(scope="package")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with lasting(django_db_blocker):
        yield populate(build())


@pytest.fixture(autouse=True)
def _fresh(world: World) -> Iterator[None]:
    forget()
    yield
    forget()
