from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tinhso.kernel.testing import province
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.procedures import door as procedures
from tinhso.modules.service_quality import actions
from tinhso.modules.service_quality.queries import scores
from tinhso.modules.service_quality.tests.factories import BIRTH, MARRIAGE, at, received, resolved

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[province.Province]:
    """The province's units and two procedures of communes, made once for a file of tests."""
    with lasting(django_db_blocker):
        here = province.found()
        for code in (BIRTH, MARRIAGE):
            procedures.publish_sample(code, valid_from=date(2026, 1, 1), at=at(date(2026, 1, 1)))
        actions.load_seeds(at=at(date(2026, 1, 1)))
        yield here
    procedures.forget()


@pytest.fixture
def here(founded: province.Province, db: None, monkeypatch: pytest.MonkeyPatch) -> province.Province:
    province.forget()
    procedures.forget()
    monkeypatch.setattr(scores, "today", lambda: TODAY)
    return founded


@pytest.fixture
def told(here: province.Province) -> province.Province:
    """In the commune four finished in time and one late; in the other commune two in time."""
    for day in range(2, 6):
        resolved(received(here.commune, date(2026, 11, day)), date(2026, 11, day + 1))
    resolved(
        received(here.commune, date(2026, 11, 2), channel="counter", procedure=MARRIAGE), date(2026, 11, 9), "late"
    )
    for day in (3, 4):
        resolved(received(here.other, date(2026, 11, day)), date(2026, 11, day + 1))
    actions.refresh(at=at(TODAY))
    return here
