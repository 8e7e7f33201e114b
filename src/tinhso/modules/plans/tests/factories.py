"""Plans in a real province and the people around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tinhso.kernel.people.models import Account
from tinhso.kernel.testing import people
from tinhso.kernel.testing.people import actor
from tinhso.kernel.testing.province import Province
from tinhso.kernel.units.models import Unit
from tinhso.modules.plans.actions import duties, tasks, writing
from tinhso.modules.plans.models import Demand, Duty, Plan, Task
from tinhso.modules.plans.rules import PlanKind, Target, asked

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)  # Monday, 9 o'clock in Vietnam
LATER = datetime(2026, 3, 27, 2, tzinfo=UTC)
DUE = date(2026, 3, 20)  # a Friday


@dataclass(frozen=True)
class Stage:
    """An officer in each of two communes, a leader of the first, and who manages the province's plans."""

    here: Province
    officer: Account
    leader: Account
    stranger: Account
    manager: Account


def people_of(here: Province) -> Stage:
    return Stage(
        here,
        people.official("thuc.hien", here.commune, "plans.officer"),
        people.official("lanh.dao", here.commune, "plans.leader"),
        people.official("khac", here.other, "plans.officer"),
        people.official("chu.tri", here.root, "plans.manager"),
    )


def document(number: str = "17-NQ/TU", issued_on: date = date(2026, 1, 5), **more: Any) -> asked.Document:
    return asked.Document(number, issued_on, "Tỉnh ủy", "Chuyển đổi số toàn diện.", **more)


def drafted(stage: Stage, code: str = "nq-17", targets: tuple[Target, ...] = (), **more: Any) -> Plan:
    new = asked.NewPlan(
        code, "Nghị quyết về chuyển đổi số", PlanKind.RESOLUTION, stage.here.root.pk, date(2026, 1, 1),
        date(2026, 12, 31), more.pop("document", document()), targets,
    )  # fmt: skip
    return writing.draft_plan(new, by=actor(stage.manager), at=NOW)


def published(stage: Stage, code: str = "nq-17", targets: tuple[Target, ...] = (), **more: Any) -> Plan:
    plan = drafted(stage, code, targets, **more)
    return writing.publish(plan_id=plan.pk, by=actor(stage.manager), at=NOW)


def demanded(stage: Stage, plan: Plan, title: str = "Nghị quyết chuyên đề", units: Any = None) -> Demand:
    ids = [one.pk for one in units or (stage.here.commune, stage.here.other)]
    return duties.demand(plan_id=plan.pk, title=title, due_on=DUE, unit_ids=ids, by=actor(stage.manager), at=NOW)


def duty_of(demand: Demand, unit: Unit) -> Duty:
    return Duty.objects.get(demand=demand, unit=unit)


def issued(duty: Duty, by: Account, number: str = "05-NQ/ĐU") -> Duty:
    paper = asked.Issued(number, date(2026, 3, 1))
    return duties.issue(duty_id=duty.pk, document=paper, by=actor(by), at=NOW)


def given(stage: Stage, plan: Plan, unit: Unit | None = None, due_on: date = DUE, title: str = "Số hóa hồ sơ") -> Task:
    new = asked.NewTask(title, (unit or stage.here.commune).pk, due_on)
    return tasks.assign(plan_id=plan.pk, new=new, by=actor(stage.manager), at=NOW)


def moved(task: Task, by: Account, verb: str, at: datetime = NOW, percent: int | None = None) -> Task:
    words = "Đã làm theo kế hoạch"
    return tasks.move(task_id=task.pk, verb=verb, words=words, percent=percent, by=actor(by), at=at)
