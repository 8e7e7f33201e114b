"""Two communes become one while dossiers run: everything follows, history stays, and it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.reorganising import rows_of_everything
from tests.world import AT, HOUSE, Course, World, build, filed, populate

from tinhso.config.cli.reorganise import ACTS
from tinhso.kernel.cases.models import Case, NumberSeries, Promise
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.models import CalendarDay, CalendarEdition, UnitCalendar, WorkCalendar
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.facts.actions import rebuild
from tinhso.kernel.facts.models import Fact, MonthFigure, Standing
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.processes.models import Step
from tinhso.kernel.reorganisation import actions, jobs, queries
from tinhso.kernel.reorganisation.models import Moved, Reorganisation
from tinhso.kernel.reorganisation.movers.cases import CasesMover
from tinhso.kernel.reorganisation.rules import MOVED, MOVED_BACK, State
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.testing.province import COMMUNE, OTHER_COMMUNE, forget
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import todays_heirs, tree
from tinhso.modules.dossiers.models import Competence
from tinhso.modules.payments.models import Order
from tinhso.modules.queueing.models import Kiosk
from tinhso.shell.board import figures
from tinhso.shell.board.figures import View

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
    told = Promise.objects.filter(case=was).count()
    carried_out(world)
    new = Unit.objects.get(code=NEW)
    now = Case.objects.get(pk=case.pk)
    assert (now.unit.code, now.received_unit.code) == (NEW, f"{NEW}-mc")
    assert (now.number, now.lookup_key, now.due_at) == (was.number, was.lookup_key, was.due_at)
    assert (now.place, now.assignee_id) == (new.short_name, was.assignee_id)
    assert set(now.concerned) == {new.pk, Unit.objects.get(code=f"{NEW}-mc").pk}
    entry = Entry.objects.filter(case=now).order_by("-seq")[0]
    assert (entry.verb, entry.data["before"], entry.data["after"]) == (MOVED, was.unit.name, new.name)
    assert Promise.objects.filter(case=now).count() == told
    assert list(journal.verify()) == []


def test_steps_and_unpaid_orders_go_with_their_dossier(world: World) -> None:
    orders = Order.objects.filter(case_id=world.dossiers["payment"].pk)
    assert set(orders.values_list("unit__code", "received_unit__code")) == {(COMMUNE, f"{COMMUNE}-mc")}
    carried_out(world)
    steps = Step.objects.filter(case_id=world.dossiers["processing"].pk)
    assert set(steps.exclude(state="done").values_list("unit__code", flat=True)) == {NEW, f"{NEW}-mc"}
    assert set(steps.filter(state="done").values_list("unit__code", flat=True)) <= {COMMUNE, f"{COMMUNE}-mc"}
    assert set(orders.values_list("unit__code", "received_unit__code")) == {(NEW, f"{NEW}-mc")}
    assert Kiosk.objects.get(pk=Unit.objects.get(code=f"{NEW}-mc").pk).token == world.kiosk.token


def test_what_is_closed_stays_under_the_old_name_and_the_new_commune_may_read_it(world: World) -> None:
    closed = world.dossiers["returned"].case
    carried_out(world)
    now = Case.objects.get(pk=closed.pk)
    assert now.unit.code == COMMUNE
    assert now.journal_seq == closed.journal_seq
    head = world.actor("head")
    assert Case.objects.visible_to(head).filter(pk=closed.pk).exists()
    assert Case.objects.visible_to(world.actor("outsider")).filter(pk=closed.pk).exists()
    nobody = actor_of(people.official("la", world.province.department, "dossiers.head"))
    assert not Case.objects.visible_to(nobody).filter(pk=closed.pk).exists()


def test_a_result_that_waits_changes_its_counter_and_keeps_who_resolved_it(world: World) -> None:
    finished = Course(world).finish().dossier.case
    carried_out(world)
    now = Case.objects.get(pk=finished.pk)
    assert (now.unit.code, now.received_unit.code) == (COMMUNE, f"{NEW}-mc")
    clerk = world.actor("clerk")
    assert Case.objects.visible_to(clerk).filter(pk=finished.pk).exists()
    assert clerk.may("dossiers.receive", now.received_unit_id)


def test_posts_and_rights_end_with_the_old_commune_and_begin_with_the_new(world: World) -> None:
    carried_out(world)
    today = timezone.localdate()
    head, new = world.officials["head"], Unit.objects.get(code=NEW)
    posts = Position.objects.filter(account=head).order_by("pk").values_list("unit__code", "begins_on", "ends_on")
    assert [one[0] for one in posts] == [COMMUNE, NEW]
    assert (posts[0][2], posts[1][1:]) == (today - timedelta(days=1), (today, None))
    assert world.actor("head").unit_id == new.pk
    assert world.actor("head").may("dossiers.handle", new.pk)
    assert world.actor("outsider").may("dossiers.handle", new.pk)
    assert not Grant.objects.filter(unit__code=COMMUNE, ends_on__isnull=True).exists()
    overseer = Position.objects.filter(account=world.officials["overseer"]).values_list("unit__code", "ends_on")
    assert list(overseer) == [("H53", None)]


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


def test_a_new_dossier_is_numbered_by_the_new_commune_though_its_draft_names_the_old_one(world: World) -> None:
    carried_out(world)
    dossier = filed(world, at=timezone.now())
    assert dossier.case.unit.code == NEW
    assert dossier.case.number.startswith(f"H53.901-{timezone.localdate():%y%m%d}-")
    assert NumberSeries.objects.get(series=f"H53.901-{timezone.localdate():%y%m%d}").last == 1


def test_old_numbers_and_printed_codes_still_open_the_look_up(world: World) -> None:
    case = world.dossiers["processing"].case
    carried_out(world)
    found = Client().get(f"/tra-cuu/{case.number}/{case.lookup_key}/")
    assert found.status_code == 200
    assert case.number in found.content.decode()


def test_figures_of_the_past_read_by_the_map_of_their_day_and_by_todays_and_standings_follow(world: World) -> None:
    run_jobs()
    month = MonthFigure.objects.filter(unit__isnull=False)
    then = dict(month.values_list("unit__code").annotate(total=Sum("number")))
    standing = Standing.objects.filter(unit__code=COMMUNE).aggregate(total=Sum("number"))["total"]
    plan = carried_out(world)
    run_jobs()
    assert dict(month.values_list("unit__code").annotate(total=Sum("number"))) == then
    assert not Standing.objects.filter(unit__code=COMMUNE, phase__lt=Phase.SETTLED).exclude(number=0).exists()
    follows = Standing.objects.filter(unit__code__in=(COMMUNE, NEW)).aggregate(total=Sum("number"))["total"]
    assert follows == standing
    actions.verify(plan_id=plan.pk, by=world.actor("admin"), at=timezone.now())
    plan.refresh_from_db()
    assert plan.state == State.VERIFIED
    assert set(plan.findings["left"].values()) == {0}
    assert plan.findings["figures_then"] == plan.findings["figures_now"] == sum(then.values()) > 0
    heirs = todays_heirs()
    assert heirs[world.province.commune.pk] == Unit.objects.get(code=NEW).pk
    facts = Fact.objects.values_list("name", "unit_id", "case_id")
    before = sorted(facts)
    rebuild()
    assert sorted(facts) == before


def test_a_board_reads_the_past_by_the_units_of_today_or_by_those_of_its_time(world: World) -> None:
    run_jobs()
    old, other, month = world.province.commune.pk, world.province.other.pk, timezone.localdate(AT).replace(day=1)

    def received(unit_id: int, *, is_today: bool) -> int:
        view = View(unit_id, is_today)
        parts = figures.units_within(figures.sight(SYSTEM), view)
        return figures.period(parts, timezone.localdate(AT), view).received[month]

    before = received(old, is_today=False)
    assert before >= len(world.dossiers)
    carried_out(world)
    new = Unit.objects.get(code=NEW).pk
    assert received(new, is_today=True) == before + received(other, is_today=False)
    assert (received(new, is_today=False), received(old, is_today=False)) == (0, before)
    browser = Client()
    browser.force_login(world.account("overseer"), backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(f"/lam-viec/dieu-hanh/?don-vi={old}&ban-do=luc-do").content.decode()
    assert "Theo đơn vị của từng thời điểm" in page
    assert f'<option value="{old}" selected>' in page
    assert f'<option value="{old}"' not in browser.get("/lam-viec/dieu-hanh/").content.decode()


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


def test_a_split_sends_dossiers_by_procedure_with_their_official_and_the_rest_elsewhere(world: World) -> None:
    third = "xa-25501" if "xa-25501" in tree().by_code else next(
        one.code for one in tree().nodes.values() if one.kind == "commune" and one.ends_on is None
        and one.code not in (COMMUNE, OTHER_COMMUNE)
    )  # fmt: skip
    processing = world.dossiers["processing"]
    ways = [{"unit": OTHER_COMMUNE, "officials": ["specialist"]}, {"unit": third}]
    carried_out(world, merger(found=[], steps=[{"split": COMMUNE, "into": ways}]))
    assert Case.objects.get(pk=processing.pk).unit.code == OTHER_COMMUNE
    assert Case.objects.get(pk=processing.pk).assignee_id == world.officials["specialist"].pk
    assert Case.objects.get(pk=world.dossiers["filed"].pk).unit.code == third
    assert world.actor("specialist").unit_id == world.province.other.pk
    assert tree().nodes[world.actor("head").unit_id].code == third


def test_competence_for_a_procedure_moves_its_open_dossiers_and_those_to_come(world: World) -> None:
    case = world.dossiers["processing"].case
    step = {"competence": COMMUNE, "to": "H53-sxd", "procedures": [HOUSE]}
    carried_out(world, merger(found=[], steps=[step]))
    now = Case.objects.get(pk=case.pk)
    assert (now.unit.code, now.received_unit.code) == ("H53-sxd", f"{COMMUNE}-mc")
    assert now.assignee_id is None
    assert Unit.objects.get(code=COMMUNE).ends_on is None
    line = Competence.objects.get(procedure_code=HOUSE)
    assert (line.unit.code, line.legal_source) == ("H53-sxd", "NQ 99/NQ-UBTVQH16")


def test_the_calendar_of_the_new_unit_counts_and_a_moved_date_is_promised_anew(world: World) -> None:
    case = Case.objects.get(pk=world.dossiers["processing"].pk)
    assert case.due_at is not None
    due_on = timezone.localdate(case.due_at)
    own = WorkCalendar.objects.create(code="rieng", name="Lịch riêng của phường")
    CalendarDay.objects.create(
        calendar=own, date=due_on, kind="off", name="Ngày hội", source="QĐ 1", set_by="", set_at=timezone.now()
    )
    UnitCalendar.objects.create(unit=world.province.other, calendar=own)
    CalendarEdition.grow()
    carried_out(world, merger(found=[], steps=[{"merge": [COMMUNE], "into": OTHER_COMMUNE}]))
    now = Case.objects.get(pk=case.pk)
    assert now.due_at is not None
    assert timezone.localdate(now.due_at) == due_on + timedelta(days=1)
    promise = Promise.objects.filter(case=case).order_by("-pk")[0]
    assert (promise.due_at, promise.reason, promise.note) == (now.due_at, "reorganise", "NQ 99/NQ-UBTVQH16")


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
