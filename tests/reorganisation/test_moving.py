"""Two communes become one while dossiers run: everything follows, and history stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from tests.reorganisation.plans import NEW, carried_out, merger
from tests.world import AT, HOUSE, Course, World, filed

from tinhso.kernel.cases.models import Case, NumberSeries, Promise
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.models import CalendarDay, CalendarEdition, UnitCalendar, WorkCalendar
from tinhso.kernel.facts.actions import rebuild
from tinhso.kernel.facts.models import Fact, MonthFigure, Standing
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.processes.models import Step
from tinhso.kernel.reorganisation import actions, queries
from tinhso.kernel.reorganisation.rules import MOVED, State
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.province import COMMUNE, OTHER_COMMUNE
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import todays_heirs, tree
from tinhso.modules.dossiers.models import Competence
from tinhso.modules.payments.models import Order
from tinhso.modules.queueing.models import Kiosk
from tinhso.shell.board import figures
from tinhso.shell.board.figures import View

pytestmark = pytest.mark.django_db


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
