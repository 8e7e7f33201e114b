"""What runs without a page: reminders by the clock, figures of targets, due moments after the calendar changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.clock import rules as clock
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.holders import holders
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.plans.actions import writing
from tinhso.modules.plans.models import Duty, Plan, Task
from tinhso.modules.plans.rules import OPEN_TASKS, Permission, Reminder, reminder

BATCH = 500
KINDS = {Reminder.SOON: "plans.soon", Reminder.LATE: "plans.late", Reminder.LONG_LATE: "plans.long_late"}
MESSAGES = (
    Message("plans.assigned", "Nhiệm vụ mới: {title}", "{plan}. Hạn {due}."),
    Message("plans.demanded", "Cần ban hành văn bản: {title}", "{plan}. Hạn {due}."),
    Message("plans.soon", "Sắp đến hạn: {title}", "{plan}. Hạn {due}."),
    Message("plans.late", "Quá hạn: {title}", "{plan}. Hạn {due}. Báo cáo tiến độ hoặc lý do."),
    Message("plans.long_late", "Quá hạn nhiều ngày: {title}", "{plan}. Hạn {due}. Đơn vị chủ trì cũng được báo."),
)


def _words(title: str, plan: Plan, due_at: datetime) -> dict[str, str]:
    return {"title": title, "plan": plan.name, "due": f"{timezone.localtime(due_at):%H:%M %d/%m/%Y}"}


def _tell(accounts: Iterable[int], kind: str, words: dict[str, str], url: str, dedupe: str, at: datetime) -> None:
    for account_id in accounts:
        notices.tell_in_words(
            account_id=account_id, kind=kind, words=words, url=url, dedupe=f"{dedupe}/{account_id}", at=at, email=False
        )


# Followers


def tell_assigned(entry: Entry) -> None:
    """The owner of a new task, or those who work for its unit when it has none, are told."""
    if not entry.subject.startswith("plans/task/"):
        return
    task = Task.objects.select_related("plan").filter(pk=int(entry.subject.rsplit("/", 1)[1])).first()
    if task is not None:
        words = _words(task.title, task.plan, task.due_at)
        _tell(_doers(task, entry.at), "plans.assigned", words, f"/lam-viec/ke-hoach/nhiem-vu/{task.pk}/",
              f"plans/assigned/{task.pk}", entry.at)  # fmt: skip


def tell_demanded(entry: Entry) -> None:
    """Those who work for the units of a new demand are told."""
    plan = Plan.objects.filter(pk=int(entry.subject.rsplit("/", 1)[1])).first()
    demand = plan.demands.filter(title=entry.data.get("title")).first() if plan else None
    if plan is None or demand is None:
        return
    duties = list(demand.duties.order_by("pk"))
    known = holders(Permission.WORK, [one.unit_id for one in duties], timezone.localdate(entry.at))
    for duty in duties:
        words = _words(demand.title, plan, duty.due_at)
        _tell(known[duty.unit_id], "plans.demanded", words, f"/lam-viec/ke-hoach/van-ban/{duty.pk}/",
              f"plans/demanded/{duty.pk}", entry.at)  # fmt: skip


def _doers(task: Task, at: datetime) -> list[int]:
    if task.owner_id is not None:
        return [task.owner_id]
    return holders(Permission.WORK, [task.unit_id], timezone.localdate(at))[task.unit_id]


def recount(entry: Entry) -> None:
    """Due moments of what is still open, anew by the calendar as it is now; run twice it changes nothing more."""
    for task in Task.objects.filter(state__in=OPEN_TASKS).order_by("pk").iterator(BATCH):
        due_at = calendar_for(task.unit_id).end_of(task.due_on)
        if due_at != task.due_at:
            Task.objects.filter(pk=task.pk, due_on=task.due_on, state__in=OPEN_TASKS).update(due_at=due_at)
    for duty in Duty.objects.filter(issued_on__isnull=True).select_related("demand").order_by("pk").iterator(BATCH):
        due_at = calendar_for(duty.unit_id).end_of(duty.demand.due_on)
        if due_at != duty.due_at:
            Duty.objects.filter(pk=duty.pk).update(due_at=due_at)


# Periodic


@app.periodic(cron="10 7 * * 1-6", periodic_id="plans.remind")
@app.task(name="plans.remind", queue="journal", queueing_lock="plans.remind")
def remind_daily(timestamp: int) -> None:
    """Each morning: what is nearly due, what has become late, what is late for long."""
    remind(at=timezone.now())


def remind(*, at: datetime) -> int:
    """Send every reminder that is due and was not sent; returns how many things were reminded of."""
    tasks = Task.objects.open().filter(plan__published_at__isnull=False, reminded__lt=Reminder.LONG_LATE)
    duties = Duty.objects.filter(
        issued_on__isnull=True, demand__plan__closed_at__isnull=True, reminded__lt=Reminder.LONG_LATE
    )
    done = sum(_remind_task(pk, at) for pk in list(tasks.order_by("pk").values_list("pk", flat=True)))
    return done + sum(_remind_duty(pk, at) for pk in list(duties.order_by("pk").values_list("pk", flat=True)))


def _due(thing: Any, at: datetime) -> Reminder:
    """The reminder that a task or duty needs now; none when that one was sent."""
    found = reminder(at, thing.due_at, clock.time_left(at, thing.due_at, calendar_for(thing.unit_id)))
    return found if found > thing.reminded else Reminder.NONE


@transaction.atomic
def _remind_task(pk: int, at: datetime) -> int:
    rows = Task.objects.select_for_update(of=("self",), skip_locked=True).select_related("plan")
    task = rows.filter(pk=pk, state__in=OPEN_TASKS).first()
    step = _due(task, at) if task else Reminder.NONE
    if task is None or not step:
        return 0
    words = _words(task.title, task.plan, task.due_at)
    also = _leaders(task.plan, at) if step is Reminder.LONG_LATE else ()
    url, key = f"/lam-viec/ke-hoach/nhiem-vu/{task.pk}/", f"plans/task/{task.pk}/{task.due_on}/{step}"
    _tell({*_doers(task, at), *also}, KINDS[step], words, url, key, at)
    task.reminded = step
    task.save(update_fields=["reminded"])
    return 1


@transaction.atomic
def _remind_duty(pk: int, at: datetime) -> int:
    rows = Duty.objects.select_for_update(of=("self",), skip_locked=True).select_related("demand__plan")
    duty = rows.filter(pk=pk, issued_on__isnull=True).first()
    step = _due(duty, at) if duty else Reminder.NONE
    if duty is None or not step:
        return 0
    plan = duty.demand.plan
    doers = holders(Permission.WORK, [duty.unit_id], timezone.localdate(at))[duty.unit_id]
    also = _leaders(plan, at) if step is Reminder.LONG_LATE else ()
    url, key = f"/lam-viec/ke-hoach/van-ban/{duty.pk}/", f"plans/duty/{duty.pk}/{duty.demand.due_on}/{step}"
    _tell({*doers, *also}, KINDS[step], _words(duty.demand.title, plan, duty.due_at), url, key, at)
    duty.reminded = step
    duty.save(update_fields=["reminded"])
    return 1


def _leaders(plan: Plan, at: datetime) -> Collection[int]:
    return holders(Permission.MANAGE, [plan.unit_id], timezone.localdate(at))[plan.unit_id]


@app.periodic(cron="40 1 * * *", periodic_id="plans.measure")
@app.task(name="plans.measure", queue="journal", queueing_lock="plans.measure")
def measure_nightly(timestamp: int) -> None:
    """Each night the targets of running plans get their newest figures."""
    for pk in Plan.objects.running().order_by("pk").values_list("pk", flat=True):
        writing.measure(plan_id=pk, by=SYSTEM, at=timezone.now())
