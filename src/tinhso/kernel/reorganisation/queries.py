"""Reading plans: what would move, what was left behind, what has happened since."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from tinhso.kernel.cases.models import Case
from tinhso.kernel.facts.models import MonthFigure
from tinhso.kernel.people.models import Account
from tinhso.kernel.reorganisation.context import Context
from tinhso.kernel.reorganisation.declarations import Dated, OfCase, Rows, Stays
from tinhso.kernel.reorganisation.models import Moved, Reorganisation
from tinhso.kernel.reorganisation.movers import declared, movers
from tinhso.kernel.reorganisation.movers.cases import CasesMover
from tinhso.kernel.reorganisation.movers.tree import UNITS, founded_ids
from tinhso.kernel.reorganisation.rules import Plan, Problem
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import todays_heirs

CASES = (("cases.Case", "unit"), ("cases.Case", "received_unit"), ("units.Unit", "parent"))


def ledger(row: Reorganisation, mover: str) -> QuerySet[Moved]:
    """Lines of a mover that still stand."""
    return Moved.objects.filter(plan=row, mover=mover, is_undone=False)


def unknown_officials(plan: Plan) -> list[Problem]:
    """Officials whom the plan names and whom nobody knows."""
    named = {name for step in plan.steps for way in step.ways for name in way.officials}
    known = set(Account.objects.filter(username__in=named, is_official=True).values_list("username", flat=True))
    return [Problem("unknown_official", f"Không có cán bộ tên đăng nhập “{name}”.") for name in sorted(named - known)]


def counts(context: Context) -> list[dict[str, Any]]:
    """What would move, by mover: number of rows, and how many from which unit to which. Changes nothing."""
    found = []
    for mover in movers():
        if isinstance(mover, CasesMover):
            titles = {mover.code: mover.title} | {part.code: part.title for part in mover.parts}
            found += [_counted(code, titles[code], pairs) for code, pairs in mover.counts(context).items()]
        else:
            found.append(_counted(mover.code, mover.title, mover.count(context)))
    return found


def _counted(code: str, title: str, pairs: Any) -> dict[str, Any]:
    listed = sorted((before, after, number) for (before, after), number in pairs.items())
    return {"mover": code, "title": title, "number": sum(pairs.values()), "pairs": listed}


def moved_by_mover(row: Reorganisation) -> dict[str, int]:
    """How many rows stand in the ledger, by mover; a post that ended and one that began are one."""
    from django.db.models import Count

    rows = Moved.objects.filter(plan=row, is_undone=False, was__isnull=False)
    return dict(rows.values_list("mover").annotate(number=Count("pk")).order_by("mover"))


def undeclared() -> list[str]:
    """Columns that point to a unit and that nobody declared: ``app.Model.column``."""
    said = {(one.model._meta.label, one.column) for one in declared(Rows, OfCase, Dated, Stays)} | set(CASES)
    return sorted(
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.related_model is Unit and (model._meta.label, field.name) not in said
    )


def findings(row: Reorganisation) -> dict[str, Any]:
    """Rows left behind by mover (all ended units of the province, whatever ended them), and the figures' totals."""
    left: dict[str, int] = {}
    for mover in movers():
        left[mover.code] = mover.left_behind().count()
        if isinstance(mover, CasesMover):
            left |= {part.code: part.left_behind().count() for part in mover.parts}
    left["units.unit"] = Unit.objects.filter(ends_on__isnull=True, parent__ends_on__isnull=False).count()
    return {"left": left, "undeclared": undeclared(), **_figures()}


def _figures() -> dict[str, int]:
    """All month figures summed by the units of their day, and by those of today: both must be the same."""
    rows: Any = MonthFigure.objects.filter(unit__isnull=False).values_list("unit").annotate(total=Sum("number"))
    then: dict[int, int] = dict(rows)
    heirs = todays_heirs()
    now: dict[int, int] = {}
    for unit_id, number in then.items():
        now[heirs.get(unit_id, unit_id)] = now.get(heirs.get(unit_id, unit_id), 0) + number
    return {"figures_then": sum(then.values()), "figures_now": sum(now.values())}


def is_clean(found: dict[str, Any]) -> bool:
    return not any(found["left"].values()) and not found["undeclared"] and found["figures_then"] == found["figures_now"]


def since_then(context: Context) -> list[str]:
    """What has happened since the plan was carried out that cannot be undone, in words; empty: it can be undone."""
    said = []
    for mover in movers():
        changed = mover.changed_since(context)
        if changed:
            said.append(f"{mover.title}: {changed} dòng đã thay đổi hoặc đã giải quyết xong")
    return said + _new_at_founded(context)


def _new_at_founded(context: Context) -> list[str]:
    """Rows at founded units that the plan did not bring there: joined against the ledger, however many came."""
    units, said = founded_ids(context), []
    if not units:
        return []
    came = Moved.objects.filter(plan=context.row, is_undone=False, row=OuterRef("pk"))
    fresh = Case.objects.filter(Q(unit_id__in=units) | Q(received_unit_id__in=units))
    number = fresh.exclude(Exists(came.filter(mover=CasesMover.code))).count()
    if number:
        said.append(f"đơn vị mới đã tiếp nhận {number} hồ sơ")
    for one in declared(Rows, Dated):
        rows = one.model._base_manager.filter(**{f"{one.column}__in": units})
        number = rows.exclude(Exists(came.filter(mover=one.code))).count()
        if number:
            said.append(f"{one.title}: {number} dòng mới tại đơn vị mới")
    for one in declared(Stays):
        number = one.model._base_manager.filter(**{f"{one.column}__in": units}).count() if one.forbids_undo else 0
        if number:
            said.append(f"{one.title}: {number} dòng mới tại đơn vị mới")
    below = Unit.objects.filter(parent_id__in=units).exclude(Exists(came.filter(mover=UNITS))).count()
    return said + ([f"đã thành lập {below} đơn vị trực thuộc đơn vị mới"] if below else [])
