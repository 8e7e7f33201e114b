"""The index of real dossiers: what the actions did is what its numbers and lists tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests import world as making

from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.service_quality.models import Work
from tinhso.modules.service_quality.queries import behind, scores

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[making.World]:
    with lasting(django_db_blocker):
        yield making.populate(making.build())


def test_every_dossier_that_was_received_is_looked_at_with_what_is_known_of_it(world: making.World) -> None:
    rows = {row.case_id: row for row in Work.objects.filter(kind="dossier")}
    received = {state: dossier.pk for state, dossier in world.dossiers.items() if state != "filed"}
    assert set(received.values()) <= rows.keys()
    returned = rows[received["returned"]]
    assert (returned.is_finished, returned.is_electronic, returned.is_online) == (True, True, True)
    assert returned.supplements == 1
    assert rows[received["supplement"]].ended_on is None
    owing = set(Dossier.objects.filter(fee__gt=0).values_list("pk", flat=True))
    assert {pk for pk, row in rows.items() if row.is_owing} >= owing & rows.keys()


def test_every_number_is_the_length_of_its_list(world: making.World) -> None:
    today = scores.today()
    for row in scores.counted().rows:
        edition, whole = scores.edition_of(row), scores.one(row.period)
        if whole is None:
            continue
        for one in edition.components:
            if behind.opens(one) and one.top != "undisturbed":  # ratings without a name are in no list
                top, bottom, *_rest = whole.points[one.code]
                found = [
                    behind.rows(edition, one, side, row.period, None, today=today).count() for side in ("top", "lost")
                ]
                assert found == [top, bottom - top], (row.period.code, one.code)


def test_an_official_opens_the_index_down_to_a_dossier(world: making.World) -> None:
    client = Client()
    client.force_login(world.officials["leader"])
    page = client.get("/lam-viec/chi-so-phuc-vu/")
    assert page.context["unit"].code == world.province.commune.code
    listed = client.get(f"/lam-viec/chi-so-phuc-vu/thanh-phan/4.2/{page.context['here']}").context["lines"]
    number = world.dossiers["returned"].case.number
    (found,) = [one for one in listed if one["number"] == number]  # its papers were never digitised
    assert client.get(found["url"]).status_code == 200
