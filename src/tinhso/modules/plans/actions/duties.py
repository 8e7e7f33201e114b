"""What units must issue themselves because of a plan, and that they did."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.modules.plans.actions.writing import PURPOSE, ask, locked_running, subject
from tinhso.modules.plans.models import Demand, Duty, Plan
from tinhso.modules.plans.rules import Permission
from tinhso.modules.plans.rules.asked import Issued


@transaction.atomic
def demand(*, plan_id: int, title: str, due_on: date, unit_ids: Collection[int], by: Actor, at: datetime) -> Demand:
    """Have each of these units issue a document of its own by a day (the end of work by its own calendar)."""
    plan = locked_running(plan_id)
    ask(plan.unit_id, by)
    below = tree().subtree(plan.unit_id)
    living = Unit.objects.living(timezone.localdate(at)).filter(pk__in=below.intersection(unit_ids))
    units = sorted(living.values_list("pk", flat=True))
    if not units:
        raise Refusal("plans.no_units", "Chọn ít nhất một đơn vị phải ban hành.", field="group")
    try:
        with transaction.atomic():
            made = Demand.objects.create(plan=plan, title=title, due_on=due_on)
    except IntegrityError:
        raise Refusal("plans.demand_exists", "Kế hoạch đã có yêu cầu ban hành này.", field="title") from None
    Duty.objects.bulk_create(
        Duty(demand=made, unit_id=unit, due_at=calendar_for(unit).end_of(due_on)) for unit in units
    )
    data = {"title": title, "units": len(units), "due": f"{due_on:%d/%m/%Y}"}
    note(subject=subject(plan), verb="plans.demand", by=by, at=at, data=data)
    return made


def _locked(duty_id: int) -> tuple[Duty, Plan]:
    """The duty under lock, its plan first. Raises NotFound, Refusal ``plans.not_running``."""
    plan_id = Duty.objects.filter(pk=duty_id).values_list("demand__plan_id", flat=True).first()
    if plan_id is None:
        raise NotFound
    plan = locked_running(plan_id)
    return Duty.objects.select_for_update(of=("self",)).get(pk=duty_id), plan


@transaction.atomic
def issue(*, duty_id: int, document: Issued, by: Actor, at: datetime) -> Duty:
    """Write down that the unit has issued its own; refused when it is written down already."""
    duty, plan = _locked(duty_id)
    if not (by.may(Permission.WORK, duty.unit_id) or by.may(Permission.MANAGE, plan.unit_id)):
        raise NotAllowed
    if duty.issued_on is not None:
        raise Refusal("plans.issued_already", f"Đơn vị đã ban hành văn bản {duty.number}.", field="number")
    if document.issued_on > timezone.localdate(at):
        raise Refusal("plans.future", "Ngày ban hành không được sau hôm nay.", field="issued_on")
    if document.stream is not None:
        duty.attachment = files.store(document.stream, name=document.name, by_account_id=by.account_id, purpose=PURPOSE)
    duty.number, duty.issued_on = document.number, document.issued_on
    duty.recorded_at, duty.recorded_by_id = at, by.account_id
    duty.save(update_fields=["number", "issued_on", "attachment", "recorded_at", "recorded_by"])
    _say(duty, plan, "plans.issue", {"number": duty.number, "issued_on": document.issued_on.isoformat()}, by, at)
    return duty


@transaction.atomic
def take_back(*, duty_id: int, words: str, by: Actor, at: datetime) -> Duty:
    """Undo what was written down by mistake, with the reason; only who manages the plan."""
    duty, plan = _locked(duty_id)
    ask(plan.unit_id, by)
    if duty.issued_on is None:
        raise Refusal("plans.not_issued", "Đơn vị này chưa ghi văn bản nào.")
    before = duty.number
    duty.number, duty.issued_on, duty.attachment = "", None, None
    duty.recorded_at, duty.recorded_by = None, None
    duty.save(update_fields=["number", "issued_on", "attachment", "recorded_at", "recorded_by"])
    _say(duty, plan, "plans.take_back", {"number": before, "words": words}, by, at)
    return duty


def _say(duty: Duty, plan: Plan, verb: str, data: dict[str, Any], by: Actor, at: datetime) -> None:
    known = tree().nodes.get(duty.unit_id)
    note(
        subject=subject(plan), verb=verb, by=by, at=at,
        data={**data, "unit": known.name if known else "", "duty": duty.pk},
    )  # fmt: skip
