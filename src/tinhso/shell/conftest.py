"""For all tests of the shell: a kind of case that no module declares, and nothing remembered from another test."""

from __future__ import annotations

import pytest

from tinhso.kernel.manifest import registry
from tinhso.kernel.people import queries as people
from tinhso.kernel.units import queries as units
from tinhso.shell.home import queries as home
from tinhso.shell.inbox import queries as inbox
from tinhso.shell.tests.factories import PARCELS


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    for name, shelf in vars(registry).items():
        monkeypatch.setattr(registry, name, dict(shelf))
    registry.add(PARCELS)
    _forget()
    yield
    _forget()


def _forget() -> None:
    for forget in (people.forget, units.forget, home.forget, inbox.forget):
        forget()
