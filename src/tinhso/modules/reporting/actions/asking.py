"""What the office that asks does with its templates: drafted, checked, published, given to units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions import actions as versions
from tinhso.modules.reporting.models import AssignedUnit, Assignment, ReportTemplate, ReportVersion
from tinhso.modules.reporting.queries import figures, templates
from tinhso.modules.reporting.rules import checks
from tinhso.modules.reporting.rules.giving import UNIT_KINDS, Given
from tinhso.modules.reporting.rules.sheets import template_from
from tinhso.modules.reporting.rules.words import Permission


def subject_of(template_id: int) -> str:
    return f"reporting/template/{template_id}"


def designs(by: Actor, unit_id: int) -> None:
    if not by.may(Permission.DESIGN, unit_id):
        raise NotAllowed


@transaction.atomic
def draft(
    content: Mapping[str, Any], *, owner_id: int, by: Actor, at: datetime, version_id: int | None = None
) -> ReportVersion:
    """Keep a template as a draft, however wrong it still is, as long as it can be read at all.

    ``version_id`` names the draft that is changed; without it a new draft begins. A code belongs to one office.
    """
    read = template_from(content)
    code, name = read.code.strip()[:40], read.name.strip()[:200]
    if not code or not name:
        raise Refusal("reporting.unreadable", "Mẫu báo cáo cần mã và tên.", field="name")
    designs(by, owner_id)
    kept, _made = ReportTemplate.objects.get_or_create(code=code, defaults={"name": name, "owner_id": owner_id})
    if kept.owner_id != owner_id:
        raise Refusal("reporting.code_taken", "Mã này của cơ quan khác rồi. Chọn mã khác.", field="code")
    if version_id is None:
        made = versions.draft(
            ReportVersion, parent_id=kept.pk, content=dict(content), by=by, at=at, legal_source=read.basis[:250]
        )
    else:
        made = _changed(version_id, kept, dict(content), read.basis[:250], by, at)
    data = {"name": name, "version": made.pk, "hash": made.content_hash}
    note(subject=subject_of(kept.pk), verb="reporting.draft", by=by, at=at, data=data)
    return made


def _changed(
    version_id: int, kept: ReportTemplate, content: dict[str, Any], basis: str, by: Actor, at: datetime
) -> ReportVersion:
    version = ReportVersion.objects.filter(pk=version_id, template=kept).first()
    if version is None:
        raise NotFound
    return versions.change(version, content=content, by=by, at=at, legal_source=basis)


@transaction.atomic
def publish(version_id: int, *, valid_from: date, by: Actor, at: datetime) -> ReportVersion:
    """Publish a draft from a day on. Raises Refusal ``reporting.template`` with all that is wrong, in words."""
    version = ReportVersion.objects.select_related("template").filter(pk=version_id).first()
    if version is None:
        raise NotFound
    designs(by, version.template.owner_id)
    read = checks.check(templates.of(version))
    unknown = figures.unknown(read)
    if unknown:
        raise Refusal("reporting.template", f"Không có nguồn số liệu: {', '.join(unknown)}.")
    published, _replaced = versions.publish(version, valid_from=valid_from, by=by, at=at)
    kept = version.template
    kept.name = read.name.strip()[:200]
    kept.save(update_fields=["name"])
    data = {"name": kept.name, "number": published.number, "version": published.pk, "hash": published.content_hash}
    note(subject=subject_of(kept.pk), verb="reporting.publish", by=by, at=at, data=data)
    return published


@transaction.atomic
def assign(given: Given, *, by: Actor, at: datetime) -> Assignment:
    """Give a template to units. Its periods open by themselves from ``begins_on`` on."""
    template = ReportTemplate.objects.select_for_update().filter(pk=given.template_id).first()
    if template is None:
        raise NotFound
    designs(by, template.owner_id)
    _refuse_impossible(template, given)
    made = Assignment.objects.create(
        template=template, frequency=given.frequency, closing_day=given.closing_day, due_days=given.due_days,
        kinds=list(dict.fromkeys(given.kinds)), begins_on=given.begins_on, made_by_id=by.account_id, made_at=at,
    )  # fmt: skip
    AssignedUnit.objects.bulk_create(AssignedUnit(assignment=made, unit_id=one) for one in set(given.units))
    data = {"name": template.name, "assignment": made.pk, "units": units_of(made, given.begins_on).count()}
    note(subject=subject_of(template.pk), verb="reporting.assign", by=by, at=at, data=data)
    return made


def _refuse_impossible(template: ReportTemplate, given: Given) -> None:
    if not ReportVersion.objects.binding().filter(template=template).exists():
        raise Refusal("reporting.not_published", "Công bố mẫu trước khi giao cho đơn vị.")
    if not given.kinds and not given.units:
        raise Refusal("reporting.no_units", "Chọn nhóm đơn vị hoặc từng đơn vị phải báo cáo.", field="kinds")
    if set(given.kinds) - set(UNIT_KINDS):
        raise Refusal("reporting.no_units", "Nhóm đơn vị không có.", field="kinds")
    if Unit.objects.filter(pk__in=set(given.units)).count() != len(set(given.units)):
        raise Refusal("reporting.units", "Có đơn vị không còn trong hệ thống. Chọn lại đơn vị.", field="units")
    if not 1 <= given.due_days <= 60:
        raise Refusal("reporting.due_days", "Hạn gửi từ 1 đến 60 ngày làm việc sau kỳ.", field="due_days")
    if not 0 <= given.closing_day <= 27:
        raise Refusal("reporting.closing_day", "Ngày chốt số liệu từ 1 đến 27, hoặc 0.", field="closing_day")


def units_of(assignment: Assignment, day: date) -> QuerySet[Unit]:
    """The units that report on this day: of the kinds, and those named, while they exist; never the one who asks."""
    named = AssignedUnit.objects.filter(assignment=assignment).values("unit_id")
    kinds = Q(kind__in=assignment.kinds) | Q(kind="commune", commune_kind__in=assignment.kinds)
    rows = Unit.objects.living(day).filter(kinds | Q(pk__in=named))
    return rows.exclude(pk=assignment.template.owner_id).order_by("pk")


@transaction.atomic
def end(*, assignment_id: int, last_day: date, by: Actor, at: datetime) -> Assignment:
    """Open no more periods after a day; those that are open go on."""
    found = (
        Assignment.objects.select_for_update(of=("self",)).select_related("template").filter(pk=assignment_id).first()
    )
    if found is None:
        raise NotFound
    designs(by, found.template.owner_id)
    if last_day < found.begins_on:
        raise Refusal(
            "reporting.ends_before_it_begins", "Ngày thôi giao không được trước ngày bắt đầu.", field="last_day"
        )
    found.ends_on = last_day
    found.save(update_fields=["ends_on"])
    data = {"assignment": found.pk, "day": f"{last_day:%d/%m/%Y}"}
    note(subject=subject_of(found.template_id), verb="reporting.end", by=by, at=at, data=data)
    return found
