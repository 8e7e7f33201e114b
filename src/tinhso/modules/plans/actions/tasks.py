"""Tasks of a plan: given to a unit, reported on, done, moved to another day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.models import Position
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.plans import rules
from tinhso.modules.plans.actions.writing import ask, locked_running, subject
from tinhso.modules.plans.models import Plan, Task
from tinhso.modules.plans.queries.sheets import unit_name
from tinhso.modules.plans.queries.work import whose
from tinhso.modules.plans.rules import OPEN_TASKS, TaskState
from tinhso.modules.plans.rules.asked import NewTask


def task_subject(task: Task) -> str:
    return f"plans/task/{task.pk}"


@transaction.atomic
def assign(*, plan_id: int, new: NewTask, by: Actor, at: datetime) -> Task:
    """Give a unit a task; it is due at the end of work on that day, or of the next working day, by its calendar."""
    plan = locked_running(plan_id)
    ask(plan.unit_id, by)
    if new.unit_id not in tree().subtree(plan.unit_id):
        raise Refusal("plans.unit", "Chọn đơn vị trong phạm vi của kế hoạch.", field="unit")
    if new.due_on < plan.since or new.due_on > plan.until:
        raise Refusal("plans.due", "Hạn phải nằm trong thời gian của kế hoạch.", field="due_on")
    if new.owner_id is not None and not _works_in(new.owner_id, new.unit_id):
        raise Refusal("plans.owner", "Người phụ trách phải thuộc đơn vị được giao.", field="owner-tim")
    task = Task.objects.create(
        plan=plan, title=new.title, words=new.words, unit_id=new.unit_id, owner_id=new.owner_id,
        due_on=new.due_on, due_at=calendar_for(new.unit_id).end_of(new.due_on),
    )  # fmt: skip
    data = {"unit": unit_name(task.unit_id), "title": task.title, "due": f"{new.due_on:%d/%m/%Y}", "task": task.pk}
    note(subject=subject(plan), verb="plans.assign", by=by, at=at, data=data)
    note(subject=task_subject(task), verb="plans.assign", by=by, at=at, data=data)
    return task


def _works_in(account_id: int, unit_id: int) -> bool:
    rows = Position.objects.filter(account_id=account_id, unit_id__in=tree().subtree(unit_id), ends_on__isnull=True)
    return rows.exists()


def _locked(task_id: int) -> tuple[Task, Plan]:
    plan_id = Task.objects.filter(pk=task_id).values_list("plan_id", flat=True).first()
    if plan_id is None:
        raise NotFound
    plan = locked_running(plan_id)
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    task.plan = plan
    return task, plan


@transaction.atomic
def move(*, task_id: int, verb: str, words: str, percent: int | None = None, by: Actor, at: datetime) -> Task:
    """Report, finish, reopen or cancel, as the table ``TASK_MOVES`` says; ``percent`` (0–99) only with a report.

    Raises NotAllowed, Refusal ``plans.task_state``, ``plans.percent``, ``plans.words``."""
    task, _plan = _locked(task_id)
    step = rules.TASK_MOVES[verb]
    if not by.may(step.right, whose(task, step)):
        raise NotAllowed
    if task.state not in step.sources:
        raise Refusal("plans.task_state", "Nhiệm vụ đã sang bước khác. Tải lại trang để xem.")
    if len(words.strip()) < 5:
        raise Refusal("plans.words", "Ghi một câu cho người theo dõi biết.", field="words")
    if verb == "report":
        if percent is None or not 0 <= percent <= 99:
            raise Refusal("plans.percent", "Tiến độ từ 0 đến 99%; xong hẳn thì báo cáo hoàn thành.", field="percent")
        task.percent = percent
    task.state, task.last_words = step.target, words.strip()
    task.done_at = at if step.target == TaskState.DONE else None
    if step.target == TaskState.DONE:
        task.percent = 100
    task.save(update_fields=["state", "percent", "last_words", "done_at"])
    data = {"words": task.last_words, "percent": task.percent, "late": at > task.due_at}
    note(subject=task_subject(task), verb=f"plans.{verb}", by=by, at=at, data=data)
    return task


@transaction.atomic
def reschedule(*, task_id: int, due_on: date, words: str, by: Actor, at: datetime) -> Task:
    """Move an open task to another day, with the reason; reminders begin anew."""
    task, plan = _locked(task_id)
    ask(plan.unit_id, by)
    if task.state not in OPEN_TASKS:
        raise Refusal("plans.task_state", "Nhiệm vụ không còn mở nên không đổi hạn được.")
    if due_on < plan.since or due_on > plan.until:
        raise Refusal("plans.due", "Hạn phải nằm trong thời gian của kế hoạch.", field="due_on")
    if len(words.strip()) < 5:
        raise Refusal("plans.words", "Ghi một câu cho người theo dõi biết.", field="words")
    data = {"before": f"{task.due_on:%d/%m/%Y}", "due": f"{due_on:%d/%m/%Y}", "words": words.strip()}
    task.due_on, task.due_at, task.reminded = due_on, calendar_for(task.unit_id).end_of(due_on), 0
    task.save(update_fields=["due_on", "due_at", "reminded"])
    note(subject=task_subject(task), verb="plans.reschedule", by=by, at=at, data=data)
    return task
