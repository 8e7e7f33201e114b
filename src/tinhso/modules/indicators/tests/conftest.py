"""A province with the seeded indicators, and who works there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.testing import people, province
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.indicators.actions import defining
from tinhso.modules.indicators.tests.factories import AT


@dataclass(frozen=True)
class Here:
    """The province, its manager, a commune's reporter, another's, a viewer, and an official without rights."""

    province: province.Province
    manager: Account
    reporter: Account
    other: Account
    viewer: Account
    newcomer: Account

    def actor(self, name: str) -> Actor:
        return actor_of(getattr(self, name))


@pytest.fixture(scope="module")
def _founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Here]:
    with lasting(django_db_blocker):
        found = province.found()
        defining.load_seeds(at=AT)
        yield Here(
            found,
            people.official("quanly", found.root, "indicators.manager"),
            people.official("baocao", found.commune, "indicators.reporter"),
            people.official("xakhac", found.other, "indicators.reporter"),
            people.official("xem", found.root, "indicators.viewer"),
            people.official("moi", found.commune),
        )


@pytest.fixture
def here(_founded: Here, db: None, monkeypatch: pytest.MonkeyPatch) -> Here:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return _founded
