"""What holds for the whole: every happening leaves an entry with a sentence, every figure can be rebuilt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Sum
from tests import world as making

from tinhso.kernel.cases import queries as cases
from tinhso.kernel.facts.actions import rebuild
from tinhso.kernel.facts.models import DayFigure, Fact, MonthFigure, Standing
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence, verify
from tinhso.kernel.manifest import registry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.lasting import lasting

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[making.World]:
    with lasting(django_db_blocker):
        yield making.populate(making.build())


def _figures() -> list[list[tuple[Any, ...]]]:
    return [
        list(Fact.objects.order_by("entry_id", "name").values_list("entry_id", "name", "on", "unit", "case", "dims")),
        list(
            DayFigure.objects.order_by("name", "on", "unit", "key").values_list("name", "on", "unit", "key", "number")
        ),
        list(
            MonthFigure.objects.order_by("name", "month", "unit", "verdict").values_list(
                "name", "month", "unit", "verdict", "number"
            )
        ),
        list(
            Standing.objects.exclude(number=0)
            .order_by("kind", "unit", "state", "due_on")
            .values_list("kind", "unit", "state", "phase", "due_on", "number")
        ),
    ]


def test_figures_rebuilt_from_the_journal_are_the_same(world: making.World) -> None:
    before = _figures()
    assert len(before[0]) > 10
    rebuild()
    assert _figures() == before


def test_standings_say_where_the_dossiers_stand(world: making.World) -> None:
    stand = Counter(dossier.case.state for dossier in world.dossiers.values())
    assert stand.total() == len(making.STATES)
    standing = Standing.objects.filter(kind="dossier")
    assert {state: standing.filter(state=state).aggregate(n=Sum("number"))["n"] for state in stand} == stand


def test_every_entry_has_a_sentence_without_gaps(world: making.World) -> None:
    told = [(entry.verb, sentence(entry)) for entry in Entry.objects.filter(case__isnull=False)]
    assert [(verb, words) for verb, words in told if not words or "–" in words or "{" in words] == []


def test_every_move_of_a_lifecycle_has_an_entry_to_leave() -> None:
    silent = [
        f"{kind.code}.{move.verb}"
        for kind in registry.case_kinds.values()
        for move in kind.lifecycle.moves
        if f"{kind.code}.{move.verb}" not in registry.entries
    ]
    assert silent == []


def test_every_fact_is_counted_from_an_entry_that_exists() -> None:
    assert [fact.name for fact in registry.facts.values() if fact.verb not in registry.entries] == []


def test_the_chain_is_whole_and_each_row_stands_where_its_history_says(world: making.World) -> None:
    ends: dict[str, Any] = {}
    assert list(verify(ends)) == []
    assert list(cases.verify(ends)) == []


def test_each_entry_of_a_dossier_is_counted_and_told_once(world: making.World) -> None:
    from tinhso.kernel.journal.jobs import follow

    notices, figures = Notice.objects.count(), _figures()
    for entry_id in Entry.objects.values_list("pk", flat=True):
        follow.func(entry_id)
    assert (Notice.objects.count(), _figures()) == (notices, figures)


def test_every_role_named_by_a_module_is_made_of_its_own_permissions() -> None:
    known = set(registry.permissions)
    assert {role.code: role.permissions - known for role in registry.roles.values() if role.permissions - known} == {}
