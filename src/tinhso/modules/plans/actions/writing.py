"""Drafting, publishing, amending and closing a plan; figures of its targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions.rules import State
from tinhso.modules.plans import rules
from tinhso.modules.plans.models import Figure, Plan, PlanEdition
from tinhso.modules.plans.rules import Permission, Target
from tinhso.modules.plans.rules.asked import Document, NewPlan

PURPOSE = "plans.document"


def subject(plan: Plan) -> str:
    return f"plans/plan/{plan.pk}"


def ask(plan_unit: int, by: Actor) -> None:
    """Refused for who does not manage the plans of that unit."""
    if not by.may(Permission.MANAGE, plan_unit):
        raise NotAllowed


def locked_running(plan_id: int) -> Plan:
    """A plan that is published and not closed, under lock. Raises NotFound, Refusal ``plans.not_running``."""
    plan = Plan.objects.locked(plan_id)
    if plan.published_at is None or plan.closed_at is not None:
        raise Refusal("plans.not_running", "Kế hoạch chưa ban hành hoặc đã kết thúc nên không làm được việc này.")
    return plan


@transaction.atomic
def draft_plan(new: NewPlan, *, by: Actor, at: datetime) -> Plan:
    """Write down a plan or resolution; only those who manage its unit's plans see it until it is published."""
    ask(new.unit_id, by)
    if new.until < new.since:
        raise Refusal("plans.period", "Ngày cuối không được trước ngày đầu.", field="until")
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                code=new.code, name=new.name, kind=new.kind, unit_id=new.unit_id, since=new.since, until=new.until,
                parent_id=new.parent_id, is_demonstration=new.is_demonstration,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("plans.code_taken", "Mã này đã dùng cho văn bản khác. Chọn mã khác.", field="code") from None
    content = {"summary": new.document.summary, "targets": [one.to_json() for one in new.targets]}
    _draft(plan, new.document, content, by, at)
    note(subject=subject(plan), verb="plans.draft", by=by, at=at, data={"name": plan.name})
    return plan


def _draft(plan: Plan, document: Document, content: Mapping[str, Any], by: Actor, at: datetime) -> PlanEdition:
    return versions.draft(
        PlanEdition, parent_id=plan.pk, content=dict(content), by=by, at=at, legal_source=document.number,
        document_number=document.number, issued_on=document.issued_on, issuer=document.issuer,
        attachment=_kept(document, by),
    )  # fmt: skip


def _kept(document: Document, by: Actor) -> Any:
    if document.stream is None:
        return None
    return files.store(document.stream, name=document.name, by_account_id=by.account_id, purpose=PURPOSE)


@transaction.atomic
def amend(*, plan_id: int, document: Document, by: Actor, at: datetime) -> PlanEdition:
    """Begin the draft of a document that changes a published plan; targets begin as they are."""
    plan = locked_running(plan_id)
    ask(plan.unit_id, by)
    if plan.editions.filter(state=State.DRAFT).exists():
        raise Refusal("plans.draft_exists", "Đã có một dự thảo điều chỉnh. Sửa hoặc ban hành dự thảo đó.")
    last = plan.editions.order_by("-number")[0]
    made = _draft(plan, document, {**last.content, "summary": document.summary}, by, at)
    note(subject=subject(plan), verb="plans.edit", by=by, at=at, data={"name": plan.name})
    return made


def _open_draft(plan: Plan) -> PlanEdition:
    draft: PlanEdition | None = plan.editions.filter(state=State.DRAFT).first()
    if draft is None:
        raise Refusal("plans.no_draft", "Không có dự thảo nào để sửa.")
    return draft


@transaction.atomic
def edit(*, plan_id: int, document: Document, by: Actor, at: datetime) -> PlanEdition:
    """Change the draft's number, day, issuer, summary, and its file when another one is given."""
    plan = Plan.objects.locked(plan_id)
    ask(plan.unit_id, by)
    draft = _open_draft(plan)
    content = {**draft.content, "summary": document.summary}
    draft = versions.change(draft, content=content, by=by, at=at, legal_source=document.number)
    draft.document_number, draft.issued_on, draft.issuer = document.number, document.issued_on, document.issuer
    draft.attachment = _kept(document, by) or draft.attachment
    draft.save(update_fields=["document_number", "issued_on", "issuer", "attachment"])
    note(subject=subject(plan), verb="plans.edit", by=by, at=at, data={"name": plan.name})
    return draft


@transaction.atomic
def set_target(*, plan_id: int, target: Target | None, drop: str = "", by: Actor, at: datetime) -> PlanEdition:
    """Add a target to the draft (its code is given here), or drop the one named.

    Raises Refusal ``plans.unknown_measure`` for a measure that no module declares."""
    plan = Plan.objects.locked(plan_id)
    ask(plan.unit_id, by)
    draft = _open_draft(plan)
    content = draft.content
    if target is not None:
        if target.measure and target.measure not in registry.measures:
            raise Refusal("plans.unknown_measure", "Chọn một chỉ số trong danh sách.", field="measure")
        ever = [one for edition in plan.editions.all() for one in rules.targets_of(edition.content)]
        coded = {**target.to_json(), "code": rules.next_code(ever)}
        content = rules.with_target(content, Target.from_json(coded))
    else:
        content = {**content, "targets": [one for one in content.get("targets", ()) if one["code"] != drop]}
    changed = versions.change(draft, content=content, by=by, at=at)
    note(subject=subject(plan), verb="plans.edit", by=by, at=at, data={"name": plan.name})
    return changed


@transaction.atomic
def publish(*, plan_id: int, by: Actor, at: datetime) -> Plan:
    """Have the draft hold from the day on which its document was issued; an amendment ends the edition before it."""
    plan = Plan.objects.locked(plan_id)
    ask(plan.unit_id, by)
    if plan.closed_at is not None:
        raise Refusal("plans.not_running", "Kế hoạch đã kết thúc nên không điều chỉnh được nữa.")
    draft = _open_draft(plan)
    if draft.issued_on > timezone.localdate(at):
        raise Refusal("plans.future", "Ngày ban hành không được sau hôm nay.", field="issued_on")
    edition = versions.publish(draft, valid_from=draft.issued_on, by=by, at=at)[0]
    plan.published_at = plan.published_at or at
    plan.save(update_fields=["published_at"])
    note(
        subject=subject(plan), verb="plans.publish", by=by, at=at,
        data={"number": edition.document_number, "edition": edition.number, "hash": edition.content_hash},
    )  # fmt: skip
    return plan


@transaction.atomic
def close(*, plan_id: int, words: str, by: Actor, at: datetime) -> Plan:
    """End following a plan; its tasks and figures stay as they are."""
    plan = locked_running(plan_id)
    ask(plan.unit_id, by)
    plan.closed_at = at
    plan.save(update_fields=["closed_at"])
    note(subject=subject(plan), verb="plans.close", by=by, at=at, data={"name": plan.name, "words": words})
    return plan


# Figures


@transaction.atomic
def measure(*, plan_id: int, by: Actor, at: datetime) -> int:
    """Take the newest value of every target that names a measure, for the plan's unit; returns how many were found.

    Run twice it writes the same figures. What a target without a measure says is left alone.
    """
    plan = locked_running(plan_id)
    if by.account_id is not None:
        ask(plan.unit_id, by)
    edition = PlanEdition.objects.binding().filter(plan=plan).order_by("-number").first()
    until = min(plan.until, timezone.localdate(at))
    made = []
    for target in rules.targets_of(edition.content) if edition else ():
        source = registry.measures.get(target.measure)
        found = source.values([plan.unit_id], plan.since, until).get(plan.unit_id) if source else None
        if found is not None:
            made.append(
                Figure(
                    plan=plan, code=target.code, value=found.value, words=found.words[:300], link=found.link[:300],
                    as_of=until,
                )
            )  # fmt: skip
    Figure.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["plan", "code"],
        update_fields=["value", "words", "link", "as_of", "reported_by"],
    )  # fmt: skip
    plan.measured_at = at
    plan.save(update_fields=["measured_at"])
    note(subject=subject(plan), verb="plans.measure", by=by, at=at, data={"targets": len(made)})
    return len(made)


@transaction.atomic
def report_figure(
    *, plan_id: int, code: str, value: Decimal, as_of: date, words: str, by: Actor, at: datetime
) -> Figure:
    """Write down the value of a target that the platform cannot measure, and where the number comes from."""
    plan = locked_running(plan_id)
    ask(plan.unit_id, by)
    edition = PlanEdition.objects.binding().filter(plan=plan).order_by("-number").first()
    target = next((one for one in rules.targets_of(edition.content) if one.code == code), None) if edition else None
    if target is None:
        raise NotFound
    if target.measure in registry.measures and target.measure:
        raise Refusal("plans.measured", "Chỉ tiêu này do hệ thống tính nên không nhập tay.", field="value")
    if as_of > timezone.localdate(at):
        raise Refusal("plans.future", "Ngày của số liệu không được sau hôm nay.", field="as_of")
    known = {"value": value, "words": words[:300], "link": "", "as_of": as_of, "reported_by_id": by.account_id}
    figure, _made = Figure.objects.update_or_create(plan=plan, code=code, defaults=known)
    data = {"code": code, "value": str(value), "as_of": as_of.isoformat(), "words": words}
    note(subject=subject(plan), verb="plans.figure", by=by, at=at, data=data)
    return figure
