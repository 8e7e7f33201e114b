"""Posts and rights: the old one ends on the last day of the old order, one like it begins the day after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.people import queries as people
from tinhso.kernel.people.models import Account
from tinhso.kernel.reorganisation.context import Batch, Context
from tinhso.kernel.reorganisation.declarations import Dated
from tinhso.kernel.reorganisation.models import Moved
from tinhso.kernel.reorganisation.movers.rows import gone, restored, whole
from tinhso.kernel.reorganisation.rules import Traits
from tinhso.kernel.units.queries import tree


class DatedMover:
    def __init__(self, said: Dated) -> None:
        self.said, self.code, self.title = said, said.code, said.title
        self.model = said.model
        self.attname: str = said.model._meta.get_field(said.column).attname

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
        taken = self._taken({unit_id for _, unit_id in going})
        for row, unit_id in going:
            self._move_one(row, unit_id, context, taken)
        self._rights_changed({row.account_id for row, _ in going})
        return Batch(len(going), rows[-1].pk if len(rows) == size else None)

    def _taken(self, units: set[int]) -> set[tuple[Any, ...]]:
        if self.said.unique is None:
            return set()
        there = self.model._base_manager.filter(**{f"{self.said.column}__in": units}, ends_on__isnull=True)
        return {tuple(row) for row in there.values_list(self.attname, *self.said.unique)}

    def _move_one(self, row: Any, unit_id: int, context: Context, taken: set[tuple[Any, ...]]) -> None:
        """What begins only in the new order changes its unit; everything else ends, and one like it begins."""
        day = context.plan.effective_on
        before, was_until = getattr(row, self.attname), row.ends_on
        key = (unit_id, *(getattr(row, name) for name in self.said.unique or ()))
        is_there = self.said.unique is not None and was_until is None and key in taken
        if row.begins_on >= day and is_there:
            context.enter(self.code, [(row.pk, whole(row), None)])
            row.delete()
        elif row.begins_on >= day:
            setattr(row, self.attname, unit_id)
            row.save(update_fields=[self.said.column])
            context.enter(self.code, [(row.pk, {self.attname: before}, {self.attname: unit_id})])
        else:
            row.ends_on = day - timedelta(days=1)
            row.save(update_fields=["ends_on"])
            context.enter(self.code, [(row.pk, {"ends_on": was_until}, {"ends_on": row.ends_on})])
            if not is_there:
                row.pk, row._state.adding = None, True
                row.begins_on, row.ends_on = day, was_until
                setattr(row, self.attname, unit_id)
                row.save(force_insert=True)
                context.enter(self.code, [(row.pk, None, {self.attname: unit_id, "ends_on": was_until})])
        taken.add(key)

    def undo(self, context: Context, lines: list[Moved]) -> int:
        rows = {row.pk: row for row in self.model._base_manager.filter(pk__in=[line.row for line in lines])}
        made = [line.row for line in lines if line.was is None]
        self.model._base_manager.filter(pk__in=made).delete()
        for line in lines:
            row = rows.get(line.row)
            if line.now is None:
                restored(self.model, line.was).save(force_insert=True)
                continue
            if row is None or not _is_as(row, line.now):
                message = f"{self.title}: có dòng đã thay đổi sau khi sắp xếp. Kiểm tra rồi làm tiếp."
                raise Refusal("reorganisation.changed_since", message)
            if line.was is not None:
                for name, value in line.was.items():
                    setattr(row, name, row._meta.get_field(name).to_python(value))
                row.save(update_fields=[row._meta.get_field(name).name for name in line.was])
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
