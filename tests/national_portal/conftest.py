"""The simulated portal in a process of its own, a deployment whose link leads to it, and an office that works on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.national_portal.factories import operator
from tests.national_portal.simulated import Simulated, start

from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers.tests.factories import Office
from tinhso.modules.national_portal.tests import simulator


@pytest.fixture
def portal(settings: Any) -> Iterator[Simulated]:
    """Fresh for each test; it ends with the test, and by itself should the test not end."""
    process = start()
    assert process.stdout is not None
    try:
        found = Simulated(int(process.stdout.readline()))
        settings.NATIONAL_PORTAL = {
            **settings.NATIONAL_PORTAL, "url": f"{found.url}/api", "user": simulator.USER, "agency": "H53",
            "password": simulator.PASSWORD, "seconds": 2.0,
        }  # fmt: skip
        yield found
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None) -> Office:
    return made


@pytest.fixture
def chief(office: Office) -> Actor:
    return actor_of(operator(office))
