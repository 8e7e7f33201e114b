"""One till for all tests of a file; each test's own writes are taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.payments.factories import Till

from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.payments.actions import receipts


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Till]:
    with lasting(django_db_blocker):
        yield Till()


@pytest.fixture
def press() -> None:
    """Receipts are really typeset and signed, which takes a third of a second each."""


@pytest.fixture
def till(made: Till, db: None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Till:
    if "press" not in request.fixturenames:
        monkeypatch.setattr(receipts, "print_signed", lambda *, receipt_id: None)
    return made
