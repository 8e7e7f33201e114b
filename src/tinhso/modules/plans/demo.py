"""Demonstration plans: a resolution that 21 of 38 communes have answered, a plan all have, tasks early and late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.manifest import registry
from tinhso.kernel.people.demonstrating import employ
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.plans.actions import duties, tasks, writing
from tinhso.modules.plans.models import Duty, Plan, Task
from tinhso.modules.plans.rules import Direction, PlanKind, Target
from tinhso.modules.plans.rules.asked import Document, Issued, NewPlan, NewTask

HOME = "xa-25459"
MUST, HAVE = 38, 21  # as a district once published of its communes and their resolutions
TASKS = (  # title, days from today to the due day, how far
    ("Tập huấn kỹ năng số cho cán bộ cấp xã", -40, "done"),
    ("Rà soát, số hóa hồ sơ đất đai còn hiệu lực", -12, "doing"),
    ("Lắp wifi công cộng tại nhà văn hóa ấp", -4, "waiting"),
    ("Cài đặt nền tảng số cho tổ công nghệ số cộng đồng", 2, "doing"),
    ("Đưa sản phẩm OCOP lên sàn thương mại điện tử", 20, "doing"),
    ("Tổ chức Ngày Chuyển đổi số tại xã", 35, "waiting"),
)
REPORTED = (  # targets that no part of the platform measures; values invented
    ("Dân số trưởng thành có điện thoại thông minh", "80", "78.2", Direction.AT_LEAST),
    ("Dân số trưởng thành có chữ ký số cá nhân", "50", "31.5", Direction.AT_LEAST),
    ("Hộ gia đình có Internet cáp quang", "80", "83.4", Direction.AT_LEAST),
)


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, **_more: Any) -> None:
    """Two running plans and one that is over, marked as demonstration; asked again it changes nothing."""
    now = at or timezone.now()
    if Plan.objects.exists():
        return
    _employ(timezone.localdate(now))
    rows = Unit.objects.living(timezone.localdate(now)).communes().order_by("code")
    communes = sorted(rows, key=lambda one: one.code != HOME)[:MUST]
    _resolution(communes, now)
    _plan(communes, now)
    _finished(now)


def _employ(day: date) -> None:
    """Who works for the home commune, its leader, and who manages the province's plans."""
    employ(
        day,
        at_home=(("chuyenvien", "plans.officer"), ("lanhdao", "plans.leader")),
        centrally=(("lanhdao.tinh", "plans.manager"),),
    )


def _begun(code: str, name: str, kind: PlanKind, number: str, since: date, until: date, at: datetime,
           targets: tuple[Target, ...] = (), summary: str = "") -> Plan:  # fmt: skip
    document = Document(number, since, "Cơ quan ban hành minh họa", summary)
    new = NewPlan(
        code, f"{name} (minh họa)", kind, tree().root_ids[0], since, until, document, targets, is_demonstration=True
    )
    plan = writing.draft_plan(new, by=SYSTEM, at=at)
    return writing.publish(plan_id=plan.pk, by=SYSTEM, at=at)


def _resolution(communes: list[Unit], now: datetime) -> None:
    """Each commune is to issue a resolution of its own (21 of 38 have) and a plan (all have)."""
    today = timezone.localdate(now)
    since, until = date(today.year - 1, 7, 1), date(today.year + 4, 12, 31)
    plan = _begun(
        "nq-chuyen-doi-so", "Nghị quyết về chuyển đổi số", PlanKind.RESOLUTION, "17-NQ/MH", since, until, now,
        summary="Mỗi xã, phường ban hành nghị quyết chuyên đề và kế hoạch thực hiện của mình.",
    )  # fmt: skip
    ids = [one.pk for one in communes]
    for title, due, have, symbol in (
        ("Nghị quyết chuyên đề", today + timedelta(days=30), HAVE, "NQ-ĐU"),
        ("Kế hoạch thực hiện", today - timedelta(days=60), MUST, "KH-UBND"),
    ):
        demand = duties.demand(plan_id=plan.pk, title=title, due_on=due, unit_ids=ids, by=SYSTEM, at=now)
        # the home commune comes last, so that its officials see something to do
        first = list(Duty.objects.filter(demand=demand).order_by("-unit__code", "pk"))
        first.sort(key=lambda one: one.unit_id == communes[0].pk)
        for n, duty in enumerate(first[:have]):
            issued = Issued(f"{12 + n}-{symbol}", min(today, since + timedelta(days=20 + 3 * n)))
            duties.issue(duty_id=duty.pk, document=issued, by=SYSTEM, at=now)


def _plan(communes: list[Unit], now: datetime) -> None:
    """This year's plan: targets measured and reported, tasks of communes and departments."""
    today = timezone.localdate(now)
    since, until = date(today.year, 1, 2), date(today.year + 1, 12, 31)
    measured = [
        Target(f"CT{n}", one.title, Decimal(90), one.unit, one.code)
        for n, one in enumerate([one for one in registry.measures.values() if one.unit == "%"][:3], start=1)
    ]
    reported = [
        Target(f"CT{n}", title, Decimal(goal), "%", direction=direction)
        for n, (title, goal, _value, direction) in enumerate(REPORTED, start=11)
    ]
    plan = _begun(
        f"kh-cds-{today.year}", f"Kế hoạch chuyển đổi số năm {today.year}", PlanKind.PLAN, "215/KH-MH", since, until,
        now, (*measured, *reported), "Chỉ tiêu, nhiệm vụ và đơn vị chịu trách nhiệm.",
    )  # fmt: skip
    for target, (_title, _goal, value, _direction) in zip(reported, REPORTED, strict=True):
        writing.report_figure(
            plan_id=plan.pk, code=target.code, value=Decimal(value), as_of=today, words="Số liệu minh họa",
            by=SYSTEM, at=now,
        )  # fmt: skip
    kinds = [Kind.DEPARTMENT, Kind.VERTICAL]
    departments = list(Unit.objects.living(today).filter(kind__in=kinds).order_by("pk")[:4])
    places = [*communes[:4], *departments]
    for n, unit in enumerate(places):
        for title, days, how in TASKS[n % 2 :: 2] if n else TASKS:
            _task(plan, title, unit, today + timedelta(days=days + n % 3), how, now)
    writing.measure(plan_id=plan.pk, by=SYSTEM, at=now)


def _task(plan: Plan, title: str, unit: Unit, due: date, how: str, now: datetime) -> Task:
    due = min(max(due, plan.since), plan.until)
    task = tasks.assign(plan_id=plan.pk, new=NewTask(title, unit.pk, due), by=SYSTEM, at=now)
    if how == "doing":
        tasks.move(task_id=task.pk, verb="report", words="Đã triển khai một phần (minh họa).", percent=40,
                   by=SYSTEM, at=now)  # fmt: skip
    elif how == "done":
        done = min(now, task.due_at - timedelta(days=1)) if unit.pk % 3 else min(now, task.due_at + timedelta(days=2))
        tasks.move(task_id=task.pk, verb="finish", words="Đã hoàn thành (minh họa).", by=SYSTEM, at=done)
    return task


def _finished(now: datetime) -> None:
    """Last year's plan, closed."""
    year = timezone.localdate(now).year - 1
    plan = _begun(f"kh-cds-{year}", f"Kế hoạch chuyển đổi số năm {year}", PlanKind.PLAN, "198/KH-MH",
                  date(year, 1, 3), date(year, 12, 31), now)  # fmt: skip
    writing.close(plan_id=plan.pk, words="Hết thời gian thực hiện", by=SYSTEM, at=now)
