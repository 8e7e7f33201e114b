"""What is told, when, to whom and how often; due moments after the calendar changed; units that merge."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.clock.actions import days
from tinhso.kernel.journal.actions import note
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.plans import jobs
from tinhso.modules.plans.models import Task
from tinhso.modules.plans.tests import factories
from tinhso.modules.plans.tests.factories import demanded, duty_of, given, published

pytestmark = pytest.mark.django_db


def told():
    rows = Notice.objects.order_by("pk").values_list("account__username", "kind")
    return sorted(rows)


def test_a_new_task_and_a_new_demand_are_told_to_those_who_work_there(stage):
    plan = published(stage)
    given(stage, plan)
    demanded(stage, plan)
    run_jobs()
    assert told() == [("khac", "plans.demanded"), ("thuc.hien", "plans.assigned"), ("thuc.hien", "plans.demanded")]


def test_reminders_come_once_each_and_the_last_also_to_who_manages(stage):
    plan = published(stage)
    task = given(stage, plan)
    Notice.objects.all().delete()
    moments = [
        (datetime(2026, 3, 10, 1, tzinfo=UTC), []),
        (datetime(2026, 3, 18, 1, tzinfo=UTC), [("thuc.hien", "plans.soon")]),
        (datetime(2026, 3, 23, 1, tzinfo=UTC), [("thuc.hien", "plans.late")]),
        (datetime(2026, 3, 30, 1, tzinfo=UTC), [("chu.tri", "plans.long_late"), ("thuc.hien", "plans.long_late")]),
    ]
    for at, new in moments:
        Notice.objects.all().delete()
        assert jobs.remind(at=at) == (1 if new else 0)
        assert jobs.remind(at=at) == 0
        assert told() == new
    task.refresh_from_db()
    assert task.reminded == 3


def test_who_has_finished_or_issued_is_not_reminded(stage):
    plan = published(stage)
    factories.moved(given(stage, plan), stage.officer, "finish")
    demand = demanded(stage, plan)
    for unit, who in ((stage.here.commune, stage.officer), (stage.here.other, stage.stranger)):
        factories.issued(duty_of(demand, unit), who)
    assert jobs.remind(at=datetime(2026, 3, 30, 1, tzinfo=UTC)) == 0


def test_a_new_day_off_moves_what_is_due_on_it(stage):
    plan = published(stage)
    open_, done = given(stage, plan), factories.moved(given(stage, plan, title="Đã xong"), stage.officer, "finish")
    days.set_day(day=date(2026, 3, 20), kind="off", name="Nghỉ thử", source="Thử", by=SYSTEM, at=factories.NOW)
    note(subject="calendar/2026", verb="calendar.set_day", by=SYSTEM, at=factories.NOW, data={"on": "2026-03-20"})
    run_jobs()
    dues = {pk: f"{at:%d/%m}" for pk, at in Task.objects.values_list("pk", "due_at")}
    assert dues == {open_.pk: "23/03", done.pk: "20/03"}
