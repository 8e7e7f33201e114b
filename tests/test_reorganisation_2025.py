"""The rehearsal: a province of 2024 with its districts and communes becomes that of 2025, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from tests import reorganising
from tests.reorganising import PROVINCE, Old, rows_of_everything

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.facts.jobs import project
from tinhso.kernel.facts.models import Fact, MonthFigure, Standing
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.reorganisation import actions, queries
from tinhso.kernel.reorganisation.declarations import Stays
from tinhso.kernel.reorganisation.models import Moved, Reorganisation
from tinhso.kernel.reorganisation.movers import declared
from tinhso.kernel.reorganisation.rules import State
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.testing.province import forget
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import todays_heirs
from tinhso.modules.dossiers.models import Competence, Dossier
from tinhso.modules.queueing.models import Kiosk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AT = datetime(2025, 6, 16, 2, 0, tzinfo=UTC)  # a Monday, two weeks before


def count() -> None:
    """Figures from the journal; what is counted already is not counted again."""
    for entry in Entry.objects.filter(case__isnull=False).select_related("case").order_by("pk"):
        project(entry)


@pytest.fixture(scope="module")
def old(django_db_setup: Any, django_db_blocker: Any) -> Iterator[tuple[Old, dict[str, Dossier]]]:
    with lasting(django_db_blocker):
        province = reorganising.found()
        dossiers = reorganising.fill(province, AT)
        count()
        yield province, dossiers


@pytest.fixture(autouse=True)
def _fresh(old: Any) -> Iterator[None]:
    forget()
    yield
    forget()


def carried_out(old: Old) -> Reorganisation:
    at = timezone.now()
    plan = actions.draft(content=reorganising.plan_of_2025(old), by=SYSTEM, at=at)
    actions.rehearse(plan_id=plan.pk, by=SYSTEM, at=at)
    actions.schedule(plan_id=plan.pk, by=SYSTEM, at=at)
    actions.start(plan_id=plan.pk, by=SYSTEM, at=at)
    actions.run(plan_id=plan.pk, by=SYSTEM, at=at, size=100)
    plan.refresh_from_db()
    return plan


def orphans() -> dict[str, int]:
    """Rows that name an ended unit, by column: all columns that point to units but those declared to stay."""
    stay = {(one.model, one.column) for one in declared(Stays)}
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if field.related_model is not Unit or (model, field.name) in stay:
                continue
            number = model._base_manager.filter(**{f"{field.name}__ends_on__isnull": False}).count()
            found[f"{model._meta.label}.{field.name}"] = number
    return {column: number for column, number in found.items() if number}


def test_two_hundred_communes_and_their_districts_become_those_of_2025_and_nothing_is_left_behind(
    old: tuple[Old, dict[str, Dossier]],
) -> None:
    province, named = old
    months = MonthFigure.objects.filter(unit__isnull=False)
    then = dict(months.values_list("name", "unit").annotate(total=Sum("number")).values_list("unit", "total"))
    assert (len(province.formers), len(province.districts)) == (194, 11)
    open_before = Case.objects.filter(phase__lt=Phase.SETTLED).count()

    plan = carried_out(province)
    assert plan.state == State.DONE
    living = Unit.objects.filter(ends_on__isnull=True)
    assert living.filter(kind="commune").count() == 65
    assert not living.filter(kind="district").exists()
    assert set(living.filter(kind="commune").values_list("parent__code", flat=True)) == {PROVINCE}
    counted = {one["mover"]: one["number"] for one in plan.counts if one["number"]}
    moved = queries.moved_by_mover(plan)
    assert moved.pop("units.unit") == 2 * (194 + 11)
    assert moved == counted

    # nothing is left behind but what is history: settled dossiers, posts and rights that ended, paid orders
    left = orphans()
    history = Case.objects.filter(unit__ends_on__isnull=False)
    assert left.pop("cases.Case.unit") == history.count()
    assert set(history.values_list("phase", flat=True)) == {Phase.SETTLED, Phase.CLOSED}
    closed = Case.objects.filter(received_unit__ends_on__isnull=False)
    assert left.pop("cases.Case.received_unit") == closed.count()
    assert set(closed.values_list("phase", flat=True)) == {Phase.CLOSED}
    assert left.pop("units.Unit.parent") == Unit.objects.filter(kind__in=("centre", "commune"), ends_on__isnull=False,
                                                               parent__ends_on__isnull=False).count()  # fmt: skip
    ended = len(province.officials)
    assert (left.pop("people.Position.unit"), left.pop("people.Grant.unit")) == (ended, 2 * ended)
    done = left.pop("processes.Step.unit")
    assert done == sum(case.steps.filter(state="done").count() for case in Case.objects.all())
    assert left == {}
    assert Case.objects.filter(phase__lt=Phase.SETTLED).count() == open_before

    # where things went
    def unit_of(name: str) -> Any:
        return Case.objects.select_related("unit").get(pk=named[name].pk).unit

    heirs = todays_heirs()
    assert unit_of("open").pk == heirs[named["open"].case.unit_id]
    divided = next(one for one in province.formers if len(one.successors) > 1)
    assert unit_of("split").code == f"xa-{divided.successors[1]}"
    assert unit_of("building").code == f"{PROVINCE}-sxd"
    assert unit_of("closed").name == named["closed"].case.unit.name
    assert Competence.objects.get().unit.code == f"{PROVINCE}-sxd"
    assert Kiosk.objects.filter(unit__ends_on__isnull=True).count() == Kiosk.objects.count()

    # rights, numbers and printed codes
    code, account = next(iter(province.officials.items()))
    new = heirs[Unit.objects.get(code=code).pk]
    assert actor_of(account).unit_id == new
    assert actor_of(account).may("dossiers.handle", new)
    case = Case.objects.get(pk=named["open"].pk)
    assert (case.number, case.due_at) == (named["open"].case.number, named["open"].case.due_at)
    assert case.number in Client().get(f"/tra-cuu/{case.number}/{case.lookup_key}/").content.decode()

    # figures under both maps
    actions.verify(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    plan.refresh_from_db()
    assert plan.state == State.VERIFIED
    assert plan.findings["figures_then"] == plan.findings["figures_now"] == Fact.objects.count() > 40
    count()
    assert dict(months.values_list("name", "unit").annotate(total=Sum("number")).values_list("unit", "total")) == then
    running = Standing.objects.filter(phase__lt=Phase.SETTLED).exclude(number=0)
    assert not running.filter(unit__ends_on__isnull=False).exists()
    assert running.aggregate(total=Sum("number"))["total"] == open_before
    assert list(journal.verify()) == []


def test_the_province_of_2024_is_restored_row_by_row(old: tuple[Old, dict[str, Dossier]]) -> None:
    before = rows_of_everything()
    plan = carried_out(old[0])
    assert rows_of_everything() != before
    actions.undo(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    actions.run(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    plan.refresh_from_db()
    assert plan.state == State.UNDONE
    assert rows_of_everything() == before
    assert not Moved.objects.filter(plan=plan, is_undone=False).exists()
    assert list(journal.verify()) == []
