"""The statistics of real dossiers: what the actions did is what the figures, their lists and the form tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from tests import world as making

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.rules.periods import Period, around
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.statistics import actions, rules
from tinhso.modules.statistics.queries import cases, figures
from tinhso.modules.statistics.queries.wanted import Wanted, counted
from tinhso.modules.statistics.rules import Line

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
IN_WORK = ("received", "processing", "supplement", "payment")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[making.World]:
    with lasting(django_db_blocker):
        made = making.populate(making.build())
        actions.refresh(by=SYSTEM, at=timezone.now())
        yield made


def _lines() -> list[tuple[Period, Line]]:
    known = counted()
    periods = rules.offered(known.first or timezone.localdate(), timezone.localdate())
    return [(period, figures.line_of(Wanted(period), known)) for period in periods]


def test_every_identity_of_the_form_holds_in_every_period(world: making.World) -> None:
    lines = _lines()
    assert [(period.code, rules.problems(line.statutory(), line.adjusted)) for period, line in lines] == [
        (period.code, []) for period, _line in lines
    ]


def test_each_month_begins_with_what_the_one_before_ended_with(world: making.World) -> None:
    months = {period: line for period, line in _lines() if period.months == 1}
    for period, line in months.items():
        assert line.carried == months.get(period.before, Line()).open, period.code


def test_what_is_in_progress_are_the_dossiers_in_work(world: making.World) -> None:
    split = set(Entry.objects.filter(verb="dossier.link").values_list("case_id", flat=True))
    working = Case.objects.filter(kind="dossier", state__in=IN_WORK).exclude(pk__in=split)
    newest = next(line for period, line in _lines() if period == around(timezone.localdate(), 1))
    assert newest.open == working.count() > 0


def test_withdrawn_and_stopped_dossiers_that_were_received_are_resolved(world: making.World) -> None:
    received = ("dossier.accept", "dossier.receive")
    came = set(Entry.objects.filter(verb__in=received).values_list("case_id", flat=True))
    states = Counter(Case.objects.filter(pk__in=came, kind="dossier").values_list("state", flat=True))
    total = sum((line for period, line in _lines() if period.months == 1), Line())
    assert total.withdrawn == states["withdrawn"] + states["stopped"]
    assert total.fresh == len(came)


def test_every_number_is_the_length_of_its_list(world: making.World) -> None:
    known, today = counted(), timezone.localdate()
    for period, line in _lines():
        for column in ("fresh", "online", "counter", "carried", "resolved", "early", "on_time", "late", "open"):
            behind = cases.behind(Wanted(period), column, known, today)
            assert behind.count() == getattr(line, column), (period.code, column)
