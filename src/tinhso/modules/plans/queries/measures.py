"""Numbers about units that other modules may take: how tasks and documents of plans were kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Count, F, Q
from django.utils import timezone

from tinhso.kernel.manifest import Measured
from tinhso.kernel.units.queries import main_successor_on, with_predecessors
from tinhso.modules.plans import rules
from tinhso.modules.plans.models import Duty, Task
from tinhso.modules.plans.rules import TaskState


def _heirs(unit_ids: Iterable[int], day: date) -> Mapping[int, int]:
    """Unit of then → the unit asked about that stands for it on a day."""
    asked = frozenset(unit_ids)
    found = {}
    for unit in with_predecessors(asked):
        heir = unit if unit in asked else main_successor_on(unit, day)
        if heir in asked and heir is not None:
            found[unit] = heir
    return found


def _shares(rows: Iterable[tuple[int, int, int]], heirs: Mapping[int, int], said: str) -> dict[int, Measured]:
    totals: dict[int, tuple[int, int]] = {}
    for unit, good, whole in rows:
        have, must = totals.get(heirs[unit], (0, 0))
        totals[heirs[unit]] = (have + good, must + whole)
    found = {}
    for unit, (have, must) in totals.items():
        value = rules.share(have, must)
        if value is not None:
            found[unit] = Measured(value, f"{have}/{must} {said}", "/lam-viec/ke-hoach/toan-canh/")
    return found


def tasks_in_time(unit_ids: Collection[int], since: date, until: date) -> dict[int, Measured]:
    """Share of the tasks due in the period (up to now) that were done in time, in percent."""
    heirs = _heirs(unit_ids, until)
    rows = Task.objects.filter(
        unit_id__in=heirs, due_on__range=(since, until), plan__published_at__isnull=False, due_at__lte=timezone.now()
    ).exclude(state=TaskState.CANCELLED)
    in_time = Q(state=TaskState.DONE, done_at__lte=F("due_at"))
    counted = rows.values_list("unit_id").annotate(good=Count("pk", filter=in_time), whole=Count("pk"))
    return _shares(counted, heirs, "nhiệm vụ đến hạn hoàn thành đúng hạn")


def documents_issued(unit_ids: Collection[int], since: date, until: date) -> dict[int, Measured]:
    """Share of the documents due in the period that the unit has issued, in percent."""
    heirs = _heirs(unit_ids, until)
    rows = Duty.objects.filter(
        unit_id__in=heirs, demand__due_on__range=(since, until), demand__plan__published_at__isnull=False
    )
    counted = rows.values_list("unit_id").annotate(Count("issued_on"), Count("pk"))
    return _shares(counted, heirs, "văn bản phải ban hành đã ban hành")
