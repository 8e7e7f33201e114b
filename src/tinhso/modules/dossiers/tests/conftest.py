"""What several tests of the portal and of the office start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tinhso.kernel.clock import queries as clock
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.units import queries as units
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.tests.factories import Office
from tinhso.modules.dossiers.tests.on_portal import Portal


@pytest.fixture(scope="module")
def made_portal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    with lasting(django_db_blocker):
        yield Portal()


@pytest.fixture
def portal(made_portal: Portal, db: None, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """Tree and calendars are not looked for again in the middle of a page whose statements are counted."""
    for kept in (units, clock):
        monkeypatch.setattr(kept, "LOOK_AGAIN_SECONDS", 3600.0)
    return made_portal


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None) -> Office:
    return made


@pytest.fixture
def _without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typesetting and signing have tests of their own."""
    monkeypatch.setattr(issuing, "signed_result", lambda dossier, *, by, at: None)
    monkeypatch.setattr(issuing, "countersigned_result", lambda dossier, *, by, at: None)
