"""A reorganisation that is undone, refused to be undone, or killed half-way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.reorganisation.plans import NEW, carried_out, merger, scheduled
from tests.reorganising import rows_of_everything
from tests.world import World, filed

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.reorganisation import actions, jobs, queries
from tinhso.kernel.reorganisation.models import Moved
from tinhso.kernel.reorganisation.movers.cases import CasesMover
from tinhso.kernel.reorganisation.rules import MOVED_BACK, State
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.province import COMMUNE, forget
from tinhso.kernel.units.models import Unit
from tinhso.modules.queueing.models import Kiosk

pytestmark = pytest.mark.django_db


def test_undoing_restores_every_row(world: World) -> None:
    before = rows_of_everything()
    plan = carried_out(world)
    assert rows_of_everything() != before
    actions.undo(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())
    actions.run(plan_id=plan.pk, by=SYSTEM, at=timezone.now(), size=3)
    plan.refresh_from_db()
    assert plan.state == State.UNDONE
    assert rows_of_everything() == before
    assert not Moved.objects.filter(plan=plan, is_undone=False).exists()
    case = Case.objects.get(pk=world.dossiers["processing"].pk)
    assert Entry.objects.filter(case=case).order_by("-seq")[0].verb == MOVED_BACK
    assert list(journal.verify()) == []
    again = carried_out(world, merger(code="lan-hai"))
    assert Unit.objects.get(code=NEW).ends_on is None
    assert again.moved > 0


def test_undoing_is_refused_once_the_new_commune_received_something_and_nothing_changes(world: World) -> None:
    plan = carried_out(world)
    filed(world, at=timezone.now())
    before = rows_of_everything()
    with pytest.raises(Refusal, match="đơn vị mới đã tiếp nhận 1 hồ sơ"):
        actions.undo(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())
    assert rows_of_everything() == before
    plan.refresh_from_db()
    assert plan.state == State.DONE


def test_undoing_is_refused_once_a_moved_dossier_was_resolved(world: World) -> None:
    plan = carried_out(world)
    case = Case.objects.get(pk=world.dossiers["processing"].pk)
    Case.objects.filter(pk=case.pk).update(phase=Phase.SETTLED, settled_at=timezone.now())
    with pytest.raises(Refusal, match="đã giải quyết xong"):
        actions.undo(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())


class Killed(BaseException):
    """The program dies."""


def test_a_plan_that_was_killed_between_batches_goes_on_and_ends_as_if_it_had_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        carried_out(world)
        whole = {label: rows for label, rows in rows_of_everything().items() if label == "cases.Case"}
        concerned = {pk: row["received_unit_id"] for pk, row in whole["cases.Case"].items()}
        number = len(concerned)
        transaction.set_rollback(True)
    forget()
    plan, done = scheduled(world), [0]
    real = CasesMover.move

    def dying(self: CasesMover, context: Any, after: int, size: int) -> Any:
        batch = real(self, context, after, size)
        done[0] += 1
        if done[0] == 2:
            raise Killed  # after its work, before the commit
        return batch

    monkeypatch.setattr(CasesMover, "move", dying)
    actions.start(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    with pytest.raises(Killed):
        actions.run(plan_id=plan.pk, by=SYSTEM, at=timezone.now(), size=2)
    plan.refresh_from_db()
    assert (plan.state, plan.stage) == (State.RUNNING, "cases.case")
    monkeypatch.setattr(CasesMover, "move", real)
    jobs.due(0)
    run_jobs()
    plan.refresh_from_db()
    assert plan.state == State.DONE
    lines = Moved.objects.filter(plan=plan, mover="cases.case")
    assert lines.count() == lines.values("row").distinct().count()
    codes = dict(Case.objects.values_list("pk", "received_unit__code"))
    assert len(codes) == number
    assert set(codes.values()) & {f"{COMMUNE}-mc"} <= {f"{COMMUNE}-mc"}
    assert not queries.findings(plan)["left"]["cases.case"]


def test_of_two_kiosks_the_new_shop_keeps_one_and_undoing_brings_the_other_back(world: World) -> None:
    other = Kiosk.objects.create(
        unit=world.province.other_shop, opened_at=timezone.now(), opened_by=world.officials["outsider"]
    )
    before = rows_of_everything()
    plan = carried_out(world)
    assert Kiosk.objects.count() == 1
    assert {one["mover"]: one["number"] for one in plan.counts}["queueing.kiosk"] == 2
    actions.undo(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())
    actions.run(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    assert rows_of_everything() == before
    assert Kiosk.objects.get(token=other.token).unit_id == world.province.other_shop.pk
