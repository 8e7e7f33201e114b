from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import province
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.units.models import Succession, Unit
from tinhso.modules.statistics import actions
from tinhso.modules.statistics.tests.factories import CIVIL, at, received, resolved

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[province.Province]:
    """The province's units, made once for a file of tests."""
    with lasting(django_db_blocker):
        yield province.found()


@pytest.fixture
def here(founded: province.Province, db: None) -> province.Province:
    province.forget()
    return founded


@pytest.fixture
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda at=None: TODAY if at is None else now(at))


@pytest.fixture
def told(here: province.Province, _today: None) -> province.Province:
    """Six about land and one about civil status in the commune, three in another; one carried over from October."""
    received(here.commune, date(2026, 10, 20), due=date(2026, 11, 10))
    for day in range(2, 8):
        resolved(received(here.commune, date(2026, 11, day)), date(2026, 11, day + 1), "early" if day < 6 else "late")
    received(here.commune, date(2026, 11, 9), channel="counter", field=CIVIL, procedure="1.000002")
    for _ in range(3):
        received(here.other, date(2026, 11, 9), channel="post")
    actions.refresh(by=SYSTEM, at=at(TODAY))
    return here


@pytest.fixture
def merged(told: province.Province) -> province.Province:
    """The other commune ended yesterday and is part of the commune today."""
    Unit.objects.filter(pk=told.other.pk).update(ends_on=date(2026, 11, 19))
    Succession.objects.create(
        predecessor=told.other, successor=told.commune, happened_on=TODAY, is_main=True, legal_source="NQ"
    )
    province.forget()
    return told
