"""Rows that go with their unit: one column is changed, in sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Model, QuerySet

from tinhso.kernel.errors import Refusal
from tinhso.kernel.reorganisation.context import Batch, Context
from tinhso.kernel.reorganisation.declarations import Rows, column_of
from tinhso.kernel.reorganisation.models import Moved
from tinhso.kernel.reorganisation.rules.routes import NONE
from tinhso.kernel.units.queries import tree


def gone(column: str) -> models.Q:
    """Names a unit that has ended."""
    from django.utils import timezone

    return models.Q(**{f"{column}__ends_on__lt": timezone.localdate()})


def write(model: type[Model], column: str, pairs: Iterable[tuple[int, int, int]]) -> int:
    """Set the column of rows (key, value before, value now) that still have the value before: one statement."""
    given = list(pairs)
    if not given:
        return 0
    options: Any = model._meta
    name, key = options.get_field(column).column, options.pk.column
    rows, was, now = zip(*given, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f'update "{options.db_table}" t set "{name}" = m.now'  # noqa: S608 (names of the model's own columns)
            " from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as m(row, was, now)"
            f' where t."{key}" = m.row and t."{name}" = m.was',
            [list(rows), list(was), list(now)],
        )
        return int(cursor.rowcount)


def drop(model: type[Model], mover: str, context: Context, keys: list[int]) -> None:
    """Take rows away; the ledger keeps them whole."""
    rows = model._base_manager.filter(pk__in=keys)
    context.enter(mover, ((row.pk, whole(row), None) for row in rows))
    rows.delete()


class RowsMover:
    def __init__(self, said: Rows) -> None:
        self.said, self.code, self.title = said, said.code, said.title
        self.model = said.model
        self.attname = column_of(said)

    @property
    def _rows(self) -> QuerySet[Any]:
        return self.model._base_manager.filter(self.said.active)

    def _touched(self, context: Context) -> QuerySet[Any]:
        units = context.touched if self.said.traits else context.ending
        return self._rows.filter(**{f"{self.said.column}__in": units})

    def _traits(self, row: Mapping[str, Any]) -> Any:
        return self.said.traits(row) if self.said.traits else NONE

    def count(self, context: Context) -> dict[tuple[str, str], int]:
        nodes, found = tree().nodes, Counter[tuple[str, str]]()
        columns = (self.attname, *self.said.values)
        for row in self._touched(context).values(*columns).annotate(number=models.Count("pk")).order_by():
            goal = context.goal(row[self.attname], self._traits(row))
            if goal:
                found[nodes[row[self.attname]].code, goal] += row["number"]
        return dict(found)

    def move(self, context: Context, after: int, size: int) -> Batch:
        made = self._add(context) if not after else 0
        unique = self.said.unique or ()
        rows = list(
            self._touched(context)
            .filter(pk__gt=after)
            .order_by("pk")
            .select_for_update()
            .values("pk", self.attname, *{*self.said.values, *unique})[:size]
        )
        pairs = [(row, context.target(row[self.attname], self._traits(row))) for row in rows]
        going = [(row, now) for row, now in pairs if now is not None]
        going, dropped = self._apart(going) if self.said.unique is not None else (going, [])
        drop(self.model, self.code, context, dropped)
        write(self.model, self.said.column, ((row["pk"], row[self.attname], now) for row, now in going))
        is_key = self.model._meta.pk.attname == self.attname
        context.enter(
            self.code,
            (
                (now if is_key else row["pk"], {self.attname: row[self.attname]}, {self.attname: now})
                for row, now in going
            ),
        )
        return Batch(made + len(going) + len(dropped), rows[-1]["pk"] if len(rows) == size else None)

    def _apart(self, going: list[tuple[Any, int]]) -> tuple[list[tuple[Any, int]], list[Any]]:
        """Those that may go, and those of which the goal has one like it already."""
        unique = self.said.unique or ()
        there = self._rows.filter(**{f"{self.said.column}__in": {now for _, now in going}})
        taken = {tuple(row) for row in there.values_list(self.attname, *unique)}
        free, dropped = [], []
        for row, now in going:
            key = (now, *(row[name] for name in unique))
            if key in taken:
                dropped.append(row["pk"])
            else:
                free.append((row, now))
                taken.add(key)
        return free, dropped

    def _add(self, context: Context) -> int:
        rows = list(self.said.add(context)) if self.said.add else []
        for row in rows:
            row.save(force_insert=True)
        context.enter(self.code, ((row.pk, None, {self.attname: getattr(row, self.attname)}) for row in rows))
        return len(rows)

    def undo(self, context: Context, lines: list[Moved]) -> int:
        made = [line for line in lines if line.was is None]
        dropped = [line for line in lines if line.now is None]
        moved = [line for line in lines if line.was is not None and line.now is not None]
        self.model._base_manager.filter(pk__in=[line.row for line in made]).delete()
        back = write(
            self.model, self.said.column, ((one.row, one.now[self.attname], one.was[self.attname]) for one in moved)
        )
        if back != len(moved):
            message = f"{self.title}: có dòng đã thay đổi sau khi sắp xếp. Kiểm tra rồi làm tiếp."
            raise Refusal("reorganisation.changed_since", message)
        for line in dropped:
            restored(self.model, line.was).save(force_insert=True)
        return len(lines)

    def changed_since(self, context: Context) -> int:
        lines = Moved.objects.filter(plan=context.row, mover=self.code, is_undone=False, now__isnull=False)
        expected = {line.row: line.now[self.attname] for line in lines.iterator()}
        are = dict(self.model._base_manager.filter(pk__in=list(expected)).values_list("pk", self.attname))
        return sum(are.get(row) != unit for row, unit in expected.items())

    def left_behind(self) -> QuerySet[Any]:
        return self._rows.filter(gone(self.said.column))


def whole(row: Model) -> dict[str, Any]:
    return {one.attname: _plain(one.value_from_object(row)) for one in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
    """A moment to the microsecond, which the encoder of JSON would round."""
    return value.isoformat() if isinstance(value, datetime) else value


def restored(model: type[Model], said: Mapping[str, Any]) -> Model:
    return model(**{one.attname: one.to_python(said[one.attname]) for one in model._meta.concrete_fields})
