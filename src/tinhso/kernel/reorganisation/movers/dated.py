"""Posts and rights: the old one ends on the last day of the old order, one like it begins the day after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.people import queries as people
from tinhso.kernel.people.models import Account
from tinhso.kernel.reorganisation.context import Batch, Context
from tinhso.kernel.reorganisation.declarations import Dated, column_of
from tinhso.kernel.reorganisation.models import Moved
from tinhso.kernel.reorganisation.movers.rows import drop, gone, restored, write
from tinhso.kernel.reorganisation.rules import Traits
from tinhso.kernel.units.queries import tree


class DatedMover:
    def __init__(self, said: Dated) -> None:
        self.said, self.code, self.title = said, said.code, said.title
        self.model = said.model
        self.attname = column_of(said)

    def _touched(self, context: Context) -> QuerySet[Any]:
        """Rows at units of the plan that still hold on the effective day; where a unit lives on, of named officials."""
        at_units = Q(**{f"{self.said.column}__in": context.ending})
        if context.usernames:
            at_units |= Q(**{f"{self.said.column}__in": context.touched}, account_id__in=list(context.usernames))
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=context.plan.effective_on)
        return self.model._base_manager.filter(at_units, lasting)

    def _goal(self, row: Any, context: Context) -> str | None:
        """By the official alone: a condition on procedures or places does not keep a named official from going."""
        route = context.by_id.get(getattr(row, self.attname))
        name = context.usernames.get(row.account_id, "")
        named = next((way.unit for way in route.ways if name in way.officials), None) if route and name else None
        return named or context.goal(getattr(row, self.attname), Traits())

    def count(self, context: Context) -> dict[tuple[str, str], int]:
        nodes = tree().nodes
        pairs = ((nodes[getattr(row, self.attname)].code, self._goal(row, context)) for row in self._touched(context))
        return dict(Counter((before, goal) for before, goal in pairs if goal and goal != before))

    def move(self, context: Context, after: int, size: int) -> Batch:
        rows = list(self._touched(context).filter(pk__gt=after).order_by("pk").select_for_update(of=("self",))[:size])
        goals = [(row, self._goal(row, context)) for row in rows]
        known = tree().by_code
        going = [(row, known[goal].id) for row, goal in goals if goal and known[goal].id != getattr(row, self.attname)]
        self._move(going, context)
        self._rights_changed({row.account_id for row, _ in going})
        return Batch(len(going), rows[-1].pk if len(rows) == size else None)

    def _taken(self, units: set[int]) -> set[tuple[Any, ...]]:
        if self.said.unique is None:
            return set()
        there = self.model._base_manager.filter(**{f"{self.said.column}__in": units}, ends_on__isnull=True)
        return {tuple(row) for row in there.values_list(self.attname, *self.said.unique)}

    def _move(self, going: list[tuple[Any, int]], context: Context) -> None:
        """What begins only in the new order changes its unit; everything else ends, and one like it begins unless the
        goal has one already."""
        day, taken = context.plan.effective_on, self._taken({unit_id for _, unit_id in going})
        dropped, moved, ended, made = [], [], [], []
        for row, unit_id in going:
            key = (unit_id, *(getattr(row, name) for name in self.said.unique or ()))
            is_there = self.said.unique is not None and row.ends_on is None and key in taken
            taken.add(key)
            if row.begins_on < day:
                ended.append(row)
                if not is_there:
                    made.append(self._following(row, unit_id, day))
            elif is_there:
                dropped.append(row.pk)
            else:
                moved.append((row.pk, getattr(row, self.attname), unit_id))
        drop(self.model, self.code, context, dropped)
        write(self.model, self.said.column, moved)
        last = day - timedelta(days=1)
        self.model._base_manager.filter(pk__in=[row.pk for row in ended]).update(ends_on=last)
        self.model._base_manager.bulk_create(made)
        context.enter(self.code, ((key, {self.attname: was}, {self.attname: now}) for key, was, now in moved))
        context.enter(self.code, ((row.pk, {"ends_on": row.ends_on}, {"ends_on": last}) for row in ended))
        context.enter(
            self.code,
            ((row.pk, None, {self.attname: getattr(row, self.attname), "ends_on": row.ends_on}) for row in made),
        )

    def _following(self, row: Any, unit_id: int, day: date) -> Any:
        """One like it at the new unit, from the day on."""
        said = {one.attname: one.value_from_object(row) for one in row._meta.concrete_fields if not one.primary_key}
        return self.model(**{**said, self.attname: unit_id, "begins_on": day})

    def undo(self, context: Context, lines: list[Moved]) -> int:
        rows: dict[int, Any] = {
            row.pk: row for row in self.model._base_manager.filter(pk__in=[one.row for one in lines])
        }
        for line in lines:
            if line.now is not None and (line.row not in rows or not _is_as(rows[line.row], line.now)):
                message = f"{self.title}: có dòng đã thay đổi sau khi sắp xếp. Kiểm tra rồi làm tiếp."
                raise Refusal("reorganisation.changed_since", message)
        self.model._base_manager.filter(pk__in=[line.row for line in lines if line.was is None]).delete()
        back = [line for line in lines if line.was is not None and line.now is not None]
        for line in back:
            for name, value in line.was.items():
                setattr(rows[line.row], name, rows[line.row]._meta.get_field(name).to_python(value))
        self.model._base_manager.bulk_update([rows[line.row] for line in back], [self.said.column, "ends_on"])
        for line in lines:
            if line.now is None:
                restored(self.model, line.was).save(force_insert=True)
        self._rights_changed({row.account_id for row in rows.values()})
        return len(lines)

    def changed_since(self, context: Context) -> int:
        lines = list(Moved.objects.filter(plan=context.row, mover=self.code, is_undone=False))
        rows = self.model._base_manager.in_bulk([line.row for line in lines])
        return sum(
            line.now is not None and (line.row not in rows or not _is_as(rows[line.row], line.now)) for line in lines
        )

    @staticmethod
    def _rights_changed(accounts: Iterable[int]) -> None:
        Account.objects.filter(pk__in=list(accounts)).update(rights_version=F("rights_version") + 1)
        people.forget()

    def left_behind(self) -> QuerySet[Any]:
        today = timezone.localdate()
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        return self.model._base_manager.filter(lasting, gone(self.said.column))


def _is_as(row: Any, said: dict[str, Any]) -> bool:
    return all(getattr(row, name) == row._meta.get_field(name).to_python(value) for name, value in said.items())
