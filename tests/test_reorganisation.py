"""Two communes become one while dossiers run: everything follows, history stays, and it can be undone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.world import World, build, populate

from tinhso.kernel.cases.models import Case, NumberSeries, Promise
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.facts.models import MonthFigure, Standing
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.reorganisation import actions, queries
from tinhso.kernel.reorganisation.models import Moved, Reorganisation
from tinhso.kernel.reorganisation.rules import MOVED, MOVED_BACK, State
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.testing.province import COMMUNE, OTHER_COMMUNE
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree

pytestmark = pytest.mark.django_db
NEW = "xa-99001"


def merger(**more: Any) -> dict[str, Any]:
    return {
        "code": "sap-nhap-thu",
        "title": "Sáp nhập hai phường",
        "decision": "NQ 99/NQ-UBTVQH16",
        "effective_on": timezone.localdate().isoformat(),
        "found": [
            {
                "code": NEW, "name": "Phường Tân Ninh Mới", "short_name": "P. Tân Ninh Mới", "kind": "commune",
                "level": "xa", "commune_kind": "phuong", "parent": "H53", "national_id": "H53.901",
            }
        ],
        "steps": [{"merge": [COMMUNE, OTHER_COMMUNE], "into": NEW}],
        **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with lasting(django_db_blocker):
        yield populate(build())


@pytest.fixture(autouse=True)
def _fresh(world: World) -> Iterator[None]:
    from tinhso.kernel.testing.province import forget

    forget()
    yield
    forget()


def drafted(world: World, content: dict[str, Any] | None = None) -> Reorganisation:
    return actions.draft(content=content or merger(), by=world.actor("admin"), at=timezone.now())


def scheduled(world: World, content: dict[str, Any] | None = None) -> Reorganisation:
    plan, admin = drafted(world, content), world.actor("admin")
    actions.rehearse(plan_id=plan.pk, by=admin, at=timezone.now())
    return actions.schedule(plan_id=plan.pk, by=admin, at=timezone.now())


def carried_out(world: World, content: dict[str, Any] | None = None, size: int = 500) -> Reorganisation:
    plan = scheduled(world, content)
    actions.start(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    actions.run(plan_id=plan.pk, by=SYSTEM, at=timezone.now(), size=size)
    plan.refresh_from_db()
    assert plan.state == State.DONE
    return plan


def test_every_column_that_points_to_a_unit_is_declared() -> None:
    assert queries.undeclared() == []


def test_open_dossiers_go_to_the_new_commune_and_keep_number_key_and_promised_date(world: World) -> None:
    case = world.dossiers["processing"].case
    was = Case.objects.get(pk=case.pk)
    carried_out(world)
    new = Unit.objects.get(code=NEW)
    now = Case.objects.get(pk=case.pk)
    assert (now.unit.code, now.received_unit.code) == (NEW, f"{NEW}-mc")
    assert (now.number, now.lookup_key, now.due_at) == (was.number, was.lookup_key, was.due_at)
    assert (now.place, now.assignee_id) == (new.short_name, was.assignee_id)
    assert set(now.concerned) == {new.pk, Unit.objects.get(code=f"{NEW}-mc").pk}
    entry = Entry.objects.filter(case=now).order_by("-seq")[0]
    assert (entry.verb, entry.data["before"], entry.data["after"]) == (MOVED, was.unit.name, new.name)
    assert Promise.objects.filter(case=now).count() == Promise.objects.filter(case=was).count()
