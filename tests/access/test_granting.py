"""Whoever gives roles gives them only where they may: nobody climbs by naming another unit."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import world as making

from tinhso.kernel.people.models import Grant

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def world() -> making.World:
    return making.build()


def _give(world: making.World, by: str, to: str, role: str, unit_id: int) -> int:
    browser = Client()
    browser.force_login(world.account(by), backend="django.contrib.auth.backends.ModelBackend")
    address = f"/lam-viec/quan-tri/can-bo/{world.account(to).pk}/vai-tro/"
    return int(browser.post(address, {"role": role, "unit": unit_id}).status_code)


def test_a_commune_manager_gives_a_role_on_the_commune(world: making.World) -> None:
    before = Grant.objects.count()
    assert _give(world, "manager", "newcomer", "dossiers.clerk", world.province.commune.pk) == 302
    assert Grant.objects.count() == before + 1


@pytest.mark.parametrize("where", ["root", "other", "department"])
def test_a_commune_manager_gives_nothing_elsewhere(where: str, world: making.World) -> None:
    before = Grant.objects.count()
    for to in ("manager", "newcomer"):
        status = _give(world, "manager", to, "dossiers.leader", getattr(world.province, where).pk)
        assert status in (403, 404, 422)
    assert Grant.objects.count() == before


def test_a_manager_cannot_give_the_rights_of_an_administrator(world: making.World) -> None:
    before = Grant.objects.count()
    _give(world, "manager", "manager", "core.admin", world.province.root.pk)
    assert Grant.objects.count() == before
