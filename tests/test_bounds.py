"""Lists stay short and cheap however many dossiers there are: bounded rows, the same number of statements."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import world as making
from tests.access import asking
from tests.routes import all_routes

from tinhso.kernel.cases.models import Case
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers.models import Dossier

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

MANY = 150
MOST_ROWS = 200  # a printed list; those on screen are shorter
MOST_STATEMENTS = 40
CLOSED = (0, -1)  # what is asked of a page that this person may not open
LISTS = [route for route in all_routes() if "<" not in route.pattern and not route.pattern.startswith("tai-khoan/")]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[making.World]:
    with lasting(django_db_blocker):
        world = making.build()
        making.Course(world).take()
        yield world


def _copies(number: int, prefix: str) -> None:
    """Further dossiers like the one there is, as rows."""
    case, dossier = Case.objects.all()[0], Dossier.objects.all()[0]
    made = []
    for index in range(number):
        row = Case.objects.get(pk=case.pk)
        row.pk, row.number, row.lookup_key = None, f"H53.201-261117-{prefix}{index:04d}", f"{prefix}{index}"
        made.append(row)
    Case.objects.bulk_create(made)
    copies = []
    for row in made:
        copy = Dossier.objects.get(pk=dossier.pk)
        copy.pk, copy.case_id, copy.request_key = row.pk, row.pk, f"{prefix}-{row.pk}"
        copies.append(copy)
    Dossier.objects.bulk_create(copies)


def _asked(browser: Client, path: str) -> tuple[int, int]:
    """How many dossiers the page shows, and how many statements it took; CLOSED when it does not open."""
    from tinhso.shell.inbox import queries as inbox

    inbox.forget()
    if browser.get(path).status_code != HTTPStatus.OK:
        return CLOSED
    inbox.forget()
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(path)
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    return sum(number in text for number in Case.objects.values_list("number", flat=True)), len(seen)


def test_lists_are_bounded_and_cost_the_same_with_twice_the_rows(world: making.World) -> None:
    browsers = asking.clients(world)
    people = ("lan", "specialist", "clerk", "leader", "overseer")
    asked = [(who, f"/{route.pattern}{row}") for route in LISTS for who in people for row in _questions(route.name)]
    _copies(MANY, "1")
    first = {pair: found for pair in asked if (found := _asked(browsers[pair[0]], pair[1])) != CLOSED}
    _copies(MANY, "2")
    second = {pair: _asked(browsers[pair[0]], pair[1]) for pair in first}
    assert {pair: rows for pair, (rows, _) in second.items() if rows > MOST_ROWS} == {}
    assert {pair: cost for pair, (_, cost) in second.items() if cost > MOST_STATEMENTS} == {}
    # A register is fetched in lots, so that one statement more is no growth with the rows.
    assert {pair: (first[pair][1], cost) for pair, (_, cost) in second.items() if cost > first[pair][1] + 1} == {}
    assert sum(rows > 5 for rows, _ in second.values()) >= 5
    assert len(second) > 200


def _questions(name: str) -> tuple[str, ...]:
    """What is asked of a list: nothing, or what the matrix says it needs."""
    return (asking.MATRIX["routes"].get(name, {}).get("query", ""),)
