"""Drafting, publishing, issuing, doing: who may, who may not, and what stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Measured, MeasureSource, registry
from tinhso.kernel.testing.together import at_once
from tinhso.modules.plans.actions import duties, tasks, writing
from tinhso.modules.plans.models import Demand, Duty, Figure, Plan, PlanEdition, Task
from tinhso.modules.plans.queries import measures, sheets, work
from tinhso.modules.plans.rules import Target, TaskState, asked
from tinhso.modules.plans.tests import factories
from tinhso.modules.plans.tests.factories import DUE, LATER, NOW, actor, demanded, drafted, duty_of, given, published

pytestmark = pytest.mark.django_db


def test_a_draft_is_seen_only_by_those_who_manage_it(stage):
    plan = drafted(stage)
    seen = {
        name: Plan.objects.visible_to(actor(getattr(stage, name))).count() for name in ("manager", "officer", "leader")
    }
    assert seen == {"manager": 1, "officer": 0, "leader": 0}
    writing.publish(plan_id=plan.pk, by=actor(stage.manager), at=NOW)
    assert Plan.objects.visible_to(actor(stage.officer)).count() == 1
    assert [one.verb for one in Entry.objects.filter(subject=f"plans/plan/{plan.pk}").order_by("seq")] == [
        "plans.draft", "plans.publish",
    ]  # fmt: skip


def test_who_does_not_manage_neither_drafts_nor_publishes(stage):
    plan = drafted(stage)
    entries = Entry.objects.count()
    with pytest.raises(NotAllowed):
        writing.publish(plan_id=plan.pk, by=actor(stage.officer), at=NOW)
    with pytest.raises(NotAllowed):
        writing.draft_plan(
            asked.NewPlan("x", "Kế hoạch của người khác", "plan", stage.here.root.pk, DUE, DUE, factories.document()),
            by=actor(stage.leader), at=NOW,
        )  # fmt: skip
    plan.refresh_from_db()
    assert (plan.published_at, Plan.objects.count(), Entry.objects.count()) == (None, 1, entries)


def test_a_code_is_used_once_and_days_come_in_their_order(stage):
    drafted(stage)
    with pytest.raises(Refusal) as no:
        drafted(stage)
    assert (no.value.code, Plan.objects.count()) == ("plans.code_taken", 1)


def test_an_amendment_ends_the_edition_before_it_and_keeps_its_targets(stage):
    plan = published(stage, targets=(Target("CT1", "Hồ sơ trực tuyến", Decimal(80)),))
    who = {"by": actor(stage.manager), "at": LATER}
    writing.amend(plan_id=plan.pk, document=factories.document("25-NQ/TU", date(2026, 3, 16)), **who)
    with pytest.raises(Refusal) as no:
        writing.amend(plan_id=plan.pk, document=factories.document("26-NQ/TU"), **who)
    assert no.value.code == "plans.draft_exists"
    writing.set_target(plan_id=plan.pk, target=Target("", "Hộ có Internet", Decimal(70)), **who)
    writing.set_target(plan_id=plan.pk, target=None, drop="CT1", **who)
    writing.publish(plan_id=plan.pk, **who)
    first, second = PlanEdition.objects.order_by("number")
    assert (first.valid_from, first.valid_to) == (date(2026, 1, 5), date(2026, 3, 15))
    assert [one["code"] for one in first.content["targets"]] == ["CT1"]
    assert [one["code"] for one in second.content["targets"]] == ["CT2"]


def test_nothing_is_published_before_its_day_nor_with_an_unknown_measure(stage):
    plan = drafted(stage, document=factories.document(issued_on=date(2026, 4, 1)))
    who = {"plan_id": plan.pk, "by": actor(stage.manager), "at": NOW}
    with pytest.raises(Refusal) as future:
        writing.publish(**who)
    with pytest.raises(Refusal) as unknown:
        writing.set_target(**who, target=Target("", "x", Decimal(1), measure="no.such"))
    assert (future.value.code, unknown.value.code) == ("plans.future", "plans.unknown_measure")
    assert PlanEdition.objects.get().content["targets"] == []


# Units issue their own


def test_how_many_have_issued_theirs_and_who_is_missing(stage):
    plan = published(stage)
    demand = demanded(stage, plan)
    duty = factories.issued(duty_of(demand, stage.here.commune), stage.officer)
    (row,) = sheets.sheet(plan, NOW).demands
    assert (row.have, row.must, row.share, row.missing, row.is_late) == (
        1, 2, Decimal("50.0"), [stage.here.other.name], False,
    )  # fmt: skip
    assert (duty.number, duty.issued_on) == ("05-NQ/ĐU", date(2026, 3, 1))
    assert sheets.sheet(plan, LATER).demands[0].is_late
    factories.issued(duty_of(demand, stage.here.other), stage.stranger, "06-NQ/ĐU")
    (row,) = sheets.sheet(plan, LATER).demands
    assert (row.have, row.must, row.share, row.missing, row.is_late) == (2, 2, Decimal("100.0"), [], False)


def test_a_unit_records_only_its_own_and_only_once(stage):
    plan = published(stage)
    duty = duty_of(demanded(stage, plan), stage.here.commune)
    entries = Entry.objects.count()
    for stranger in (stage.stranger, stage.leader):
        with pytest.raises(NotAllowed):
            factories.issued(duty, stranger)
    duty.refresh_from_db()
    assert (duty.number, duty.issued_on, Entry.objects.count()) == ("", None, entries)
    factories.issued(duty, stage.officer)
    with pytest.raises(Refusal) as no:
        factories.issued(duty, stage.officer, "07-NQ/ĐU")
    duty.refresh_from_db()
    assert (no.value.code, duty.number) == ("plans.issued_already", "05-NQ/ĐU")


def test_what_was_recorded_by_mistake_is_taken_back_by_the_manager_only(stage):
    duty = duty_of(demanded(stage, published(stage)), stage.here.commune)
    factories.issued(duty, stage.officer)
    with pytest.raises(NotAllowed):
        duties.take_back(duty_id=duty.pk, words="nhầm đơn vị", by=actor(stage.officer), at=NOW)
    duty.refresh_from_db()
    assert duty.number == "05-NQ/ĐU"
    duties.take_back(duty_id=duty.pk, words="nhầm đơn vị", by=actor(stage.manager), at=NOW)
    duty.refresh_from_db()
    assert (duty.number, duty.issued_on, duty.recorded_by_id) == ("", None, None)


def test_a_demand_names_living_units_below_once(stage):
    plan = published(stage)
    demanded(stage, plan)
    for title, units, code in (("Nghị quyết chuyên đề", [stage.here.other.pk], "plans.demand_exists"),
                               ("Khác", [], "plans.no_units"), ("Khác", [0], "plans.no_units")):  # fmt: skip
        with pytest.raises(Refusal) as no:
            duties.demand(plan_id=plan.pk, title=title, due_on=DUE, unit_ids=units, by=actor(stage.manager), at=NOW)
        assert no.value.code == code
    assert (Demand.objects.count(), Duty.objects.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_who_record_at_once_make_one_document(stage):
    duty = duty_of(demanded(stage, published(stage)), stage.here.commune)
    by = (actor(stage.officer), actor(stage.manager))
    acts = [
        lambda n=n, who=who: (
            duties.issue(duty_id=duty.pk, document=asked.Issued(f"{n}-NQ", date(2026, 3, 1)), by=who, at=NOW).number
        )
        for n, who in enumerate(by)
    ]
    gave = at_once(*acts)
    duty.refresh_from_db()
    assert sorted(gave) == sorted([duty.number, "plans.issued_already"])
    assert Entry.objects.filter(verb="plans.issue").count() == 1


# Tasks


def test_a_task_is_due_at_the_end_of_work_and_late_by_the_clock(stage):
    task = given(stage, published(stage))
    assert task.due_at == datetime(2026, 3, 20, 10, tzinfo=UTC)  # 17 o'clock in Vietnam
    saturday = given(stage, task.plan, due_on=date(2026, 3, 21), title="Hạn ngày nghỉ")
    assert f"{saturday.due_at:%d/%m/%Y}" == "23/03/2026"
    row = sheets.task_row(task, NOW)
    assert (row.words, row.left) == ("Trong hạn", "Còn 14 ngày làm việc")
    row = sheets.task_row(task, LATER)
    assert (row.words, row.left) == ("Quá hạn", "Quá hạn 4 ngày làm việc")


def test_the_unit_reports_and_finishes_the_manager_reopens(stage):
    task = given(stage, published(stage))
    assert factories.moved(task, stage.officer, "report", percent=30).percent == 30
    done = factories.moved(task, stage.officer, "finish", at=LATER)
    assert (done.state, done.percent, done.done_at) == (TaskState.DONE, 100, LATER)
    assert sheets.task_row(done, LATER).words == "Hoàn thành muộn"
    with pytest.raises(Refusal) as again:
        factories.moved(task, stage.officer, "finish")
    assert again.value.code == "plans.task_state"
    reopened = factories.moved(task, stage.manager, "reopen")
    assert (reopened.state, reopened.done_at) == (TaskState.DOING, None)
    verbs = Entry.objects.filter(subject=f"plans/task/{task.pk}").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["plans.assign", "plans.report", "plans.finish", "plans.reopen"]


@pytest.mark.parametrize(
    ("who", "verb", "percent", "error"),
    [
        ("stranger", "report", 10, "people.not_allowed"),
        ("leader", "finish", None, "people.not_allowed"),
        ("officer", "cancel", None, "people.not_allowed"),
        ("officer", "reopen", None, "people.not_allowed"),
        ("manager", "reopen", None, "plans.task_state"),
        ("officer", "report", 100, "plans.percent"),
        ("officer", "report", None, "plans.percent"),
    ],
)
def test_what_may_not_be_done_with_a_task_changes_nothing(stage, who, verb, percent, error):
    task = given(stage, published(stage))
    entries = Entry.objects.count()
    with pytest.raises(Refusal) as no:
        factories.moved(task, getattr(stage, who), verb, percent=percent)
    task.refresh_from_db()
    assert (no.value.code, task.state, task.percent, Entry.objects.count()) == (error, "waiting", 0, entries)


def test_buttons_are_what_the_action_takes(stage):
    task = given(stage, published(stage))
    offered = {name: [verb for verb, _ in work.task_moves(task, actor(getattr(stage, name)))]
               for name in ("officer", "leader", "stranger", "manager")}  # fmt: skip
    assert offered == {
        "officer": ["report", "finish"], "leader": [], "stranger": [], "manager": ["report", "finish", "cancel"],
    }  # fmt: skip


def test_tasks_stay_within_the_plan_and_its_units(stage):
    plan = published(stage)
    with pytest.raises(Refusal) as late:
        given(stage, plan, due_on=date(2027, 1, 1))
    owner = asked.NewTask("Việc của người khác", stage.here.commune.pk, DUE, owner_id=stage.stranger.pk)
    with pytest.raises(Refusal) as stranger:
        tasks.assign(plan_id=plan.pk, new=owner, by=actor(stage.manager), at=NOW)
    assert (late.value.code, stranger.value.code, Task.objects.count()) == ("plans.due", "plans.owner", 0)


def test_another_day_needs_a_reason_and_begins_reminders_anew(stage):
    task = given(stage, published(stage))
    Task.objects.update(reminded=2)
    with pytest.raises(Refusal):
        tasks.reschedule(task_id=task.pk, due_on=date(2026, 4, 3), words="", by=actor(stage.manager), at=NOW)
    with pytest.raises(NotAllowed):
        tasks.reschedule(task_id=task.pk, due_on=date(2026, 4, 3), words="chờ vốn", by=actor(stage.officer), at=NOW)
    task.refresh_from_db()
    assert (task.due_on, task.reminded) == (DUE, 2)
    moved = tasks.reschedule(task_id=task.pk, due_on=date(2026, 4, 3), words="chờ vốn", by=actor(stage.manager), at=NOW)
    assert (moved.due_on, moved.reminded) == (date(2026, 4, 3), 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_task_finished_twice_at_once_is_finished_once(stage):
    task = given(stage, published(stage))
    by = actor(stage.officer)
    acts = [lambda: tasks.move(task_id=task.pk, verb="finish", words="Đã xong", by=by, at=NOW).state] * 2
    assert sorted(at_once(*acts)) == ["done", "plans.task_state"]
    assert Entry.objects.filter(verb="plans.finish").count() == 1


def test_a_closed_plan_takes_nothing_more(stage):
    plan = published(stage)
    task, duty = given(stage, plan), duty_of(demanded(stage, plan), stage.here.commune)
    writing.close(plan_id=plan.pk, words="Hết giai đoạn", by=actor(stage.manager), at=NOW)
    acts = (
        lambda: factories.moved(task, stage.officer, "finish"),
        lambda: factories.issued(duty, stage.officer),
        lambda: given(stage, plan),
        lambda: writing.close(plan_id=plan.pk, words="lần nữa", by=actor(stage.manager), at=NOW),
    )
    for act in acts:
        with pytest.raises(Refusal) as no:
            act()
        assert no.value.code == "plans.not_running"
    task.refresh_from_db()
    assert (task.state, Task.objects.count()) == ("waiting", 1)


# Figures


@pytest.fixture
def measured(monkeypatch):
    """A measure that some module declares: 82,5 for every unit."""

    def values(unit_ids, since, until):
        return {unit: Measured(Decimal("82.5"), f"{since} – {until}", "/x/") for unit in unit_ids}

    monkeypatch.setitem(registry.measures, "test.share", MeasureSource("test.share", "Thử", "%", values))


def test_targets_take_their_values_from_measures_again_and_again(stage, measured):
    targets = (Target("CT1", "Trực tuyến", Decimal(80), measure="test.share"), Target("CT2", "Internet", Decimal(70)))
    plan = published(stage, targets=targets)
    for _again in range(2):
        assert writing.measure(plan_id=plan.pk, by=actor(stage.manager), at=NOW) == 1
    first, second = sheets.sheet(plan, NOW).targets
    assert (first.figure.value, first.words, first.figure.words) == (
        Decimal("82.5"), "Vượt", "2026-01-01 – 2026-03-02",
    )  # fmt: skip
    assert (second.figure, second.words) == (None, "Chưa có số liệu")


def test_only_what_no_measure_gives_is_reported_by_hand(stage, measured):
    targets = (Target("CT1", "Trực tuyến", Decimal(80), measure="test.share"), Target("CT2", "Internet", Decimal(70)))
    plan = published(stage, targets=targets)
    who = {"plan_id": plan.pk, "value": Decimal(68), "as_of": date(2026, 3, 1), "words": "Sở báo cáo", "at": NOW}
    with pytest.raises(Refusal) as computed:
        writing.report_figure(code="CT1", by=actor(stage.manager), **who)
    with pytest.raises(NotAllowed):
        writing.report_figure(code="CT2", by=actor(stage.officer), **who)
    assert (computed.value.code, Figure.objects.count()) == ("plans.measured", 0)
    writing.report_figure(code="CT2", by=actor(stage.manager), **who)
    assert sheets.sheet(plan, NOW).targets[1].words == "Xấp xỉ đạt"


def test_what_plans_tell_other_modules_of_units(stage):
    plan = published(stage)
    unit = stage.here.commune
    for n in range(3):
        task = given(stage, plan, title=f"Nhiệm vụ số {n}", due_on=DUE - timedelta(days=n))
        if n:
            factories.moved(task, stage.officer, "finish", at=NOW if n == 1 else LATER)
    factories.issued(duty_of(demanded(stage, plan), unit), stage.officer)
    year = (date(2026, 1, 1), date(2026, 12, 31))
    ids = [unit.pk, stage.here.other.pk]
    in_time = measures.tasks_in_time(ids, *year)
    assert {pk: (one.value, one.words[:4]) for pk, one in in_time.items()} == {unit.pk: (Decimal("33.3"), "1/3 ")}
    issued = {pk: one.value for pk, one in measures.documents_issued(ids, *year).items()}
    assert issued == {unit.pk: Decimal("100.0"), stage.here.other.pk: Decimal("0.0")}
    assert measures.tasks_in_time(ids, date(2025, 1, 1), date(2025, 12, 31)) == {}


def test_the_leaders_view_counts_what_is_in_scope(stage):
    plan = published(stage)
    given(stage, plan)
    given(stage, plan, stage.here.other)
    demanded(stage, plan)
    own = work.board(actor(stage.leader), LATER)
    assert [(one.unit_id, one.late, one.open, one.missing) for one in own] == [(stage.here.commune.pk, 1, 1, 1)]
    assert {one.unit_id for one in work.board(actor(stage.manager), LATER)} == {
        stage.here.commune.pk, stage.here.other.pk,
    }  # fmt: skip
    assert [row.task.unit_id for row in work.late_tasks(actor(stage.leader), LATER)] == [stage.here.commune.pk]
