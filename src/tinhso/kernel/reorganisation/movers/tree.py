"""The tree itself on the effective day: units end, others begin, successors are named. All in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tinhso.kernel.clock import queries as clock
from tinhso.kernel.clock.models import CalendarEdition, UnitCalendar
from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.reorganisation.context import Context
from tinhso.kernel.reorganisation.models import Moved
from tinhso.kernel.reorganisation.rules import Founded
from tinhso.kernel.units.actions.changes import tree_changed
from tinhso.kernel.units.models import Succession, Unit
from tinhso.kernel.units.queries import tree

UNITS, HEIRS, CALENDARS = "units.unit", "units.succession", "clock.calendar"
REORGANISED = "unit.reorganise"


def change(context: Context) -> int:
    """Carry out the plan on the tree; returns how many rows of units were made or changed."""
    before = {code: tree().by_code[code].id for code in context.routes.by_unit}
    _end(context)
    made = _found(context)
    _take_below(context, before, made)
    _name_heirs(context, before)
    _keep_calendars(context, made)
    tree_changed()
    for code in (*context.plan.dissolved(), *(one.code for one in context.plan.founded)):
        _note(code, context)
    return Moved.objects.filter(plan=context.row, mover=UNITS).count()


def _end(context: Context) -> None:
    last = context.plan.effective_on - timedelta(days=1)
    rows = list(Unit.objects.select_for_update().filter(code__in=context.routes.ending).order_by("pk"))
    if any(row.ends_on is not None for row in rows) or len(rows) != len(context.routes.ending):
        raise Refusal("reorganisation.tree_changed", "Cây đơn vị đã thay đổi sau khi lập phương án. Chạy thử lại.")
    Unit.objects.filter(pk__in=[row.pk for row in rows]).update(ends_on=last)
    context.enter(UNITS, ((row.pk, {"ends_on": None}, {"ends_on": last}) for row in rows))


def _found(context: Context) -> dict[str, Unit]:
    """Founded units by code, each after the unit above it, and their parts."""
    made: dict[str, Unit] = {}
    waiting = list(context.plan.founded)
    while waiting:
        ready = [one for one in waiting if one.parent not in {other.code for other in waiting}]
        if not ready:
            raise Refusal("reorganisation.circle", "Các đơn vị thành lập mới đứng trên nhau thành vòng.")
        for one in ready:
            made[one.code] = _founded(one, made, context)
        waiting = [one for one in waiting if one not in ready]
    below = [
        Unit(
            code=f"{code}-{part.suffix}", name=part.name, short_name=part.name[:80], kind=part.kind,
            level=made[code].level, parent=made[code], begins_on=context.plan.effective_on,
            is_demonstration=made[code].is_demonstration,
        )
        for code, parts in context.routes.parts.items()
        for part in parts
    ]  # fmt: skip
    saved = Unit.objects.bulk_create(below)
    context.enter(UNITS, ((row.pk, None, {"parent_id": row.parent_id}) for row in (*made.values(), *saved)))
    return made


def _founded(one: Founded, made: dict[str, Unit], context: Context) -> Unit:
    above = made.get(one.parent) or Unit.objects.get(code=one.parent)
    before = Unit.objects.filter(code__in=[code for code in context.plan.dissolved() if _goes_to(code, one, context)])
    return Unit.objects.create(
        code=one.code, name=one.name, short_name=one.short_name or one.name[:80], kind=one.kind, level=one.level,
        national_id=one.national_id, commune_kind=one.commune_kind, admin_code=one.admin_code, parent=above,
        begins_on=context.plan.effective_on, is_demonstration=before.filter(is_demonstration=True).exists(),
    )  # fmt: skip


def _goes_to(code: str, one: Founded, context: Context) -> bool:
    return any(way.unit == one.code for way in context.routes.by_unit[code].ways)


def _take_below(context: Context, before: dict[str, int], made: dict[str, Unit]) -> None:
    """Bodies below a unit that ended go below its heir of the same kind, else below the next living unit above."""
    known, ending = tree(), set(context.routes.ending)
    for code in context.plan.dissolved():
        node = known.by_code[code]
        for child in known.children.get(node.id, ()):
            below = known.nodes[child]
            if below.code in ending or below.ends_on is not None:
                continue
            heir = context.routes.by_unit[code].main or ""
            goal = made[heir].pk if heir in made else known.by_code[heir].id
            kind = made[heir].kind if heir in made else known.by_code[heir].kind
            if kind != node.kind:
                goal = next(one.id for one in known.path(node.id) if one.code not in ending)
            Unit.objects.filter(pk=child).update(parent_id=goal)
            context.enter(UNITS, [(child, {"parent_id": node.id}, {"parent_id": goal})])


def _name_heirs(context: Context, before: dict[str, int]) -> None:
    codes = {way.unit for route in context.routes.by_unit.values() for way in route.ways}
    ids = dict(Unit.objects.filter(code__in=codes).values_list("code", "pk"))
    known = set(Succession.objects.filter(predecessor__in=before.values()).values_list("predecessor", "successor"))
    rows = [
        Succession(
            predecessor_id=before[code], successor_id=ids[way.unit], happened_on=context.plan.effective_on,
            is_main=way.is_rest, legal_source=context.plan.decision,
        )
        for code, route in context.routes.by_unit.items()
        if route.ends
        for way in _once(route.ways)
        if (before[code], ids[way.unit]) not in known
    ]  # fmt: skip
    saved = Succession.objects.bulk_create(rows)
    context.enter(HEIRS, ((row.pk, None, {"successor_id": row.successor_id}) for row in saved))


def _once(ways: Iterable[Any]) -> list[Any]:
    """One way to each unit; parts of different goals may fall together in one, and then it is the main one."""
    found: dict[str, Any] = {}
    for way in ways:
        if way.unit not in found or way.is_rest:
            found[way.unit] = way
    return list(found.values())


def _keep_calendars(context: Context, made: dict[str, Unit]) -> None:
    """A founded unit works by the calendar of those it follows, where they agree on one of their own."""
    for code, unit in made.items():
        before = [
            one
            for one in context.plan.dissolved()
            if _goes_to(one, next(f for f in context.plan.founded if f.code == code), context)
        ]
        own = UnitCalendar.objects.filter(unit__code__in=before)
        calendars = set(own.values_list("calendar_id", flat=True))
        if len(calendars) == 1 and own.count() == len(before):
            UnitCalendar.objects.create(unit=unit, calendar_id=calendars.pop())
            context.enter(CALENDARS, [(unit.pk, None, {})])
            CalendarEdition.grow()
    clock.forget()


def _note(code: str, context: Context) -> None:
    unit = Unit.objects.get(code=code)
    data = {"name": unit.name, "decision": context.plan.decision, "on": f"{context.plan.effective_on:%d/%m/%Y}"}
    note(subject=f"unit/{unit.pk}", verb=REORGANISED, by=context.by, at=context.at, data=data)


def change_back(context: Context) -> int:
    """Former units live again; founded ones end the day before and give up code and identifier.

    They stay as rows, because histories speak of them."""
    lines = list(
        Moved.objects.select_for_update().filter(plan=context.row, is_undone=False, mover__in=(UNITS, HEIRS, CALENDARS))
    )
    last = timezone.localdate(context.at) - timedelta(days=1)
    for unit in Unit.objects.filter(pk__in=[one.row for one in lines if one.mover == UNITS and one.was is None]):
        unit.code, unit.national_id = f"{unit.code[:28]}~{unit.pk}", ""
        unit.ends_on, unit.begins_on = last, min(unit.begins_on, last)
        unit.save(update_fields=["code", "national_id", "ends_on", "begins_on"])
    for line in lines:
        if line.mover == UNITS and line.was is not None:
            Unit.objects.filter(pk=line.row).update(**line.was)
    Succession.objects.filter(pk__in=[one.row for one in lines if one.mover == HEIRS]).delete()
    UnitCalendar.objects.filter(pk__in=[one.row for one in lines if one.mover == CALENDARS]).delete()
    if any(one.mover == CALENDARS for one in lines):
        CalendarEdition.grow()
    clock.forget()
    Moved.objects.filter(pk__in=[one.pk for one in lines]).update(is_undone=True)
    tree_changed()
    return len(lines)


def founded_ids(context: Context) -> list[int]:
    """Units that the plan made, parts included."""
    rows = Moved.objects.filter(plan=context.row, mover=UNITS, was__isnull=True, is_undone=False)
    return list(rows.values_list("row", flat=True))
