"""Plans: drafted, rehearsed, scheduled; by whom, on which day, by page and by command."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.reorganisation.plans import NEW, drafted, merger, scheduled
from tests.reorganising import rows_of_everything
from tests.world import World

from tinhso.config.cli.reorganise import ACTS
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.reorganisation import actions, jobs, queries
from tinhso.kernel.reorganisation.models import Reorganisation
from tinhso.kernel.reorganisation.rules import State
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.province import COMMUNE, OTHER_COMMUNE
from tinhso.kernel.units.models import Unit

pytestmark = pytest.mark.django_db


def test_who_comes_second_is_refused_and_a_plan_that_runs_is_not_started_anew(world: World) -> None:
    admin, plan = world.actor("admin"), scheduled(world)
    with pytest.raises(Refusal, match="Tải lại trang"):
        actions.schedule(plan_id=plan.pk, by=admin, at=timezone.now())
    started = actions.start(plan_id=plan.pk, by=admin, at=timezone.now())
    assert actions.start(plan_id=plan.pk, by=SYSTEM, at=timezone.now()).started_at == started.started_at
    assert Entry.objects.filter(subject=f"reorganisation/{plan.pk}", verb="reorganisation.start").count() == 1
    with pytest.raises(Refusal, match="Chỉ hoàn tác được sau khi thực hiện xong"):
        actions.undo(plan_id=plan.pk, by=admin, at=timezone.now())
    jobs.go_on(plan.pk)
    jobs.go_on(plan.pk)
    assert ProcrastinateJob.objects.filter(task_name="reorganisation.run", status="todo").count() == 1


def test_the_command_counts_carries_out_verifies_and_puts_back(world: World) -> None:
    before = rows_of_everything()
    counted = list(ACTS["dry-run"](merger()))
    assert counted[-1] == "No row has moved; the plan is kept."
    assert any("cases.case" in line and int(line.split()[0]) >= 6 for line in counted)
    assert rows_of_everything() == before
    (done,) = ACTS["execute"](merger())
    assert done.startswith("sap-nhap-thu: done, ")
    assert list(ACTS["verify"](merger()))[-1] == "Nothing was left behind."
    (undone,) = ACTS["undo"](merger())
    assert undone == "sap-nhap-thu: undone, 0 rows moved."
    assert rows_of_everything() == before


def test_only_who_may_reorganise_the_whole_province_may_touch_a_plan(world: World) -> None:
    plan = scheduled(world)
    before = Reorganisation.objects.values().get(pk=plan.pk)
    for who in ("head", "manager", "overseer", "lan"):
        for act in (actions.start, actions.call_off, actions.undo, actions.verify):
            with pytest.raises(NotAllowed):
                act(plan_id=plan.pk, by=world.actor(who), at=timezone.now())
    assert Reorganisation.objects.values().get(pk=plan.pk) == before


def test_a_plan_is_not_carried_out_before_its_day_nor_before_its_rehearsal(world: World) -> None:
    admin, tomorrow = world.actor("admin"), timezone.localdate() + timedelta(days=1)
    plan = drafted(world, merger(effective_on=tomorrow.isoformat()))
    with pytest.raises(Refusal, match="Chạy thử phương án"):
        actions.schedule(plan_id=plan.pk, by=admin, at=timezone.now())
    actions.rehearse(plan_id=plan.pk, by=admin, at=timezone.now())
    actions.schedule(plan_id=plan.pk, by=admin, at=timezone.now())
    with pytest.raises(Refusal, match="đến ngày đó mới thực hiện được"):
        actions.start(plan_id=plan.pk, by=admin, at=timezone.now())
    jobs.due(0)
    run_jobs()
    assert not Unit.objects.filter(code=NEW).exists()
    plan.refresh_from_db()
    assert plan.state == State.SCHEDULED


def test_a_plan_with_problems_is_not_rehearsed_and_says_the_first(world: World) -> None:
    plan = drafted(world, merger(steps=[{"merge": [COMMUNE, "khong-co"], "into": NEW}]))
    with pytest.raises(Refusal, match="Không có đơn vị mang mã “khong-co”"):
        actions.rehearse(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())
    plan.refresh_from_db()
    assert plan.state == State.DRAFT


def test_an_administrator_drafts_rehearses_and_carries_out_a_merger_on_the_page(world: World) -> None:
    browser = Client()
    browser.force_login(world.account("admin"), backend="django.contrib.auth.backends.ModelBackend")
    said = {
        "code": "tren-trang",
        "title": "Hai phường",
        "decision": "NQ 7",
        "effective_on": f"{timezone.localdate():%d/%m/%Y}",
    }
    page = browser.post(reverse("workshop:reorganisation_draft"), said)["Location"]
    plan = Reorganisation.objects.get(code="tren-trang")
    unit = {"kind": "phuong", "name": "Phường Mới", "code": NEW, "national_id": "H53.902", "revision": plan.revision}
    assert browser.post(f"{page}don-vi-moi/", unit).status_code == 302
    stale = browser.post(f"{page}don-vi-moi/", {**unit, "code": "xa-2"})
    assert stale.status_code == 422
    assert "vừa được người khác sửa" in stale.content.decode()
    step = {"step": "merge", "units": [COMMUNE, OTHER_COMMUNE], "into": NEW, "revision": plan.revision + 1}
    assert browser.post(f"{page}buoc/", step).status_code == 302
    shown = browser.get(page).content.decode()
    assert "Phường Mới" in shown
    assert browser.post(f"{page}xep-lich/").status_code == 422
    for act in ("chay-thu", "xep-lich", "thuc-hien"):
        assert browser.post(f"{page}{act}/").status_code == 302
    assert "Tiến độ" in browser.get(page).content.decode()
    run_jobs()
    assert browser.post(f"{page}kiem-tra/").status_code == 302
    assert "Không sót dòng nào." in browser.get(page).content.decode()
    assert Case.objects.get(pk=world.dossiers["processing"].pk).unit.code == NEW


def test_the_dry_run_counts_exactly_what_then_moves_and_changes_nothing(world: World) -> None:
    before = rows_of_everything()
    plan = drafted(world)
    actions.rehearse(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())
    assert rows_of_everything() == before
    plan.refresh_from_db()
    counted = {one["mover"]: one["number"] for one in plan.counts if one["number"]}
    actions.schedule(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())
    actions.start(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    actions.run(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    moved = queries.moved_by_mover(plan)
    del moved["units.unit"]
    assert moved == counted
    assert counted["cases.case"] >= 6
