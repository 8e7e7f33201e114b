"""Statements put together once and run with other values each time.

The ORM puts a statement together anew whenever it is used, which costs several times what running it costs. What every
write needs is kept here: rows to insert and to change, with columns and values as the model's fields prepare them, and
querysets with a ``Slot`` where a value goes. Several writes become one statement with ``together``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.expressions import Expression, RawSQL
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg.types.numeric import Int8

Row = TypeVar("Row")
_CODE = re.compile("[a-z_]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values that go with it."""

    sql: str
    values: tuple[Any, ...] = ()

    def run(self) -> tuple[Any, ...] | None:
        """Send it; the first row that comes back, or None."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values)
            return cursor.fetchone() if cursor.description else None


def together(parts: Mapping[str, Statement], last: Statement) -> Statement:
    """One statement that does all of it. ``last`` may read under its name what a part returns.

    All parts see the rows as they were before; which is done first is open unless one reads another.
    """
    if not parts:
        return last
    named = ", ".join(f"{name} as ({part.sql})" for name, part in parts.items())
    values = (value for part in parts.values() for value in part.values)
    return Statement(f"with {named} {last.sql}", (*values, *last.values))


def insert(row: models.Model) -> Statement:
    """The new row, which counts as saved from now on; returns its id."""
    fields, sql = _inserting(type(row), row.pk is not None)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return Statement(sql, _values(row, fields, is_new=True))


def insert_all(model: type[models.Model], rows: Sequence[models.Model]) -> Statement:
    """New rows of plain values, however many with the same statement; the database gives their ids."""
    fields, sql = _inserting_all(model)
    return Statement(sql, (_as_json(fields, rows),))


def update_all(model: type[models.Model], rows: Sequence[models.Model], *names: str) -> Statement:
    """Each row with these fields (by their names) as they are now, however many with the same statement."""
    fields, sql = _updating_all(model, names)
    return Statement(sql, (_as_json(fields, rows),))


def _as_json(fields: Sequence[Any], rows: Sequence[models.Model]) -> str:
    given = [{one.column: _said(one.value_from_object(row)) for one in fields} for row in rows]
    return msgspec.json.encode(given).decode()


def _said(value: Any) -> Any:
    """Bytes as the database reads them; everything else as it is."""
    return f"\\x{bytes(value).hex()}" if isinstance(value, bytes | memoryview) else value


def update(row: models.Model, *names: str, after: Sequence[str] = ()) -> Statement:
    """The row with these fields (by their names) as they are now; returns its id.

    ``after`` names updates of the same statement that must be done before it; one that changes nothing holds it up."""
    fields, sql, returning = _updating(type(row), names)
    waits = "".join(f" and exists (select from {one})" for one in after)
    return Statement(f"{sql}{waits}{returning}", (*_values(row, fields, is_new=False), row.pk))


def _values(row: models.Model, fields: Sequence[Any], *, is_new: bool) -> tuple[Any, ...]:
    return tuple(field.get_db_prep_save(field.pre_save(row, is_new), connection) for field in fields)


@cache
def _inserting(model: type[models.Model], has_id: bool) -> tuple[tuple[Any, ...], str]:
    options: Any = model._meta
    fields = tuple(one for one in options.local_concrete_fields if has_id or one is not options.pk)
    columns = ", ".join(f'"{one.column}"' for one in fields)
    places = ", ".join(_place(one) for one in fields)
    sql = f'insert into "{options.db_table}" ({columns}) values ({places}) returning "{options.pk.column}"'  # noqa: S608
    return fields, sql


@cache
def _inserting_all(model: type[models.Model]) -> tuple[tuple[Any, ...], str]:
    options: Any = model._meta
    fields = tuple(one for one in options.local_concrete_fields if one is not options.pk)
    columns = ", ".join(f'"{one.column}"' for one in fields)
    typed = ", ".join(f'"{one.column}" {one.db_type(connection)}' for one in fields)
    source = f"jsonb_to_recordset(%s::jsonb) as given({typed})"
    return fields, f'insert into "{options.db_table}" ({columns}) select {columns} from {source}'  # noqa: S608


@cache
def _updating_all(model: type[models.Model], names: tuple[str, ...]) -> tuple[tuple[Any, ...], str]:
    options: Any = model._meta
    fields = (options.pk, *(options.get_field(name) for name in names))
    columns = ", ".join(f'"{one.column}" = given."{one.column}"' for one in fields[1:])
    typed = ", ".join(f'"{one.column}" {one.db_type(connection)}' for one in fields)
    source = f"jsonb_to_recordset(%s::jsonb) as given({typed})"
    key = options.pk.column
    table = options.db_table
    sql = f'update "{table}" set {columns} from {source} where "{table}"."{key}" = given."{key}"'  # noqa: S608
    return fields, sql


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[tuple[Any, ...], str, str]:
    options: Any = model._meta
    fields = tuple(options.get_field(name) for name in names)
    columns = ", ".join(f'"{one.column}" = {_place(one)}' for one in fields)
    key = options.pk.column
    sql = f'update "{options.db_table}" set {columns} where "{key}" = %s'  # noqa: S608
    return fields, sql, f' returning "{key}"'


def _place(field: Any) -> str:
    """Where a value goes; some kinds of field name the type beside it."""
    return str(field.get_placeholder(None, None, connection)) if hasattr(field, "get_placeholder") else "%s"


class Slot(Expression):
    """Stands in a kept queryset where a value goes."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=models.Field())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


class Kept(Generic[Row]):
    """A queryset whose statement is put together at its first use. Called with the values of its slots it gives the
    rows: objects with what ``select_related`` names, or tuples of what ``values_list`` names."""

    def __init__(self, rows: Callable[[], models.QuerySet[Any, Row]]) -> None:
        self._rows = rows

    @cached_property
    def _plan(self) -> _Plan:
        rows: Any = self._rows()
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False)  # also of what can hold no rows
        sql, values = _fixed(*compiler.as_sql())
        converters = compiler.get_converters([one[0] for one in compiler.select])
        make = _maker(compiler) if issubclass(rows._iterable_class, ModelIterable) else tuple
        return _Plan(sql, values, converters, make, rows.query.select_for_update)

    def __call__(self, **given: Any) -> list[Row]:
        plan = self._plan
        if plan.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows can be locked within a transaction only")
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, _filled(plan.values, given))
            return [plan.make(plan.converted(row)) for row in cursor.fetchall()]


class Merged(Kept[Row]):
    """The first ``most`` rows of several lists in one order. ``rows`` is one list, ordered, cut at ``most``, with
    ``EACH_KEY`` where its key goes and ``one_of_each`` where a column is one of the words that go with the key;
    ``order`` names what the lists are ordered by.

    Each list is read in the order of its index and no further than it counts; one statement over all of them would be
    read to its end and sorted."""

    def __init__(
        self,
        rows: Callable[[], models.QuerySet[Any, Row]],
        words: Mapping[int, Sequence[str]],
        order: str,
        most: int,
    ) -> None:
        super().__init__(rows)
        self._words, self._end = words, f"order by {order} limit {most}"

    @cached_property
    def _plan(self) -> _Plan:
        one = super()._plan
        keys = ", ".join(f"({key:d}, %s::text)" for key in self._words) or "(0, '')"
        each_of, words = f"(values {keys}) each_of(key, words)", [",".join(one) for one in self._words.values()]
        sql = f"select s.* from {each_of} cross join lateral ({one.sql}) s {self._end}"  # noqa: S608 (built by the ORM)
        return replace(one, sql=sql, values=[*words, *one.values])


EACH_KEY = RawSQL("each_of.key", ())


def one_of_each(model: type[models.Model], name: str) -> RawSQL:
    """For lists to be merged: whether the column is one of the words of the list."""
    column = f'"{model._meta.db_table}"."{name}"'
    return RawSQL(f"{column} = any(string_to_array(each_of.words, ','))", (), models.BooleanField())  # noqa: S611


@dataclass(frozen=True, slots=True)
class _Plan:
    sql: str
    values: Sequence[Any]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    make: Callable[[Sequence[Any]], Any]
    locks: bool

    def converted(self, row: tuple[Any, ...]) -> Sequence[Any]:
        if not self.converters:
            return row
        values = list(row)
        for at, (converters, column) in self.converters.items():
            for converter in converters:
                values[at] = converter(values[at], column, connection)
        return values


class Counts:
    """How many rows each of some querysets has, each counted up to ``most``, by name: one statement, put together at
    its first use and called with the values of all slots."""

    def __init__(self, lists: Callable[[], Mapping[str, models.QuerySet[Any]]], most: int) -> None:
        self._lists, self._most = lists, most

    @cached_property
    def _plan(self) -> tuple[list[str], str, list[Any]]:
        parts: list[str] = []
        values: list[Any] = []
        lists = self._lists()
        for rows in lists.values():
            query = rows.order_by().values("pk")[: self._most].query
            sql, more = _fixed(*query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql())
            parts.append(f"(select count(*) from ({sql}) s)")  # noqa: S608 (built by the ORM, values apart)
            values.extend(more)
        return list(lists), "select " + ", ".join(parts), values

    def __call__(self, **given: Any) -> dict[str, int]:
        names, sql, values = self._plan
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(values, given))
            return dict(zip(names, cursor.fetchone(), strict=True))


class Tally:
    """How many of a queryset's rows fit each of some conditions, by name (None: all of them), in one pass over at most
    ``most`` rows: one statement, put together at its first use and called with the values of all slots.

    A name whose count is ``most`` says that the pass ended early, and then every count is the least it can be."""

    def __init__(self, rows: Callable[[], tuple[models.QuerySet[Any], Mapping[str, models.Q | None]]], most: int):
        self._rows, self.most = rows, most

    @cached_property
    def _plan(self) -> tuple[list[str], str, Sequence[Any]]:
        rows, conditions = self._rows()
        fits = {f"fits_{at}": one for at, one in enumerate(conditions.values()) if one is not None}
        query = rows.order_by().annotate(**fits).values("pk", *fits)[: self.most].query
        sql, values = _fixed(*query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql())
        counts = (
            "count(*)" if one is None else f"count(*) filter (where fits_{at})"
            for at, one in enumerate(conditions.values())
        )
        return list(conditions), f"select {', '.join(counts)} from ({sql}) s", values  # noqa: S608 (as above)

    def __call__(self, **given: Any) -> dict[str, int]:
        names, sql, values = self._plan
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(values, given))
            return dict(zip(names, cursor.fetchone(), strict=True))


def _fixed(sql: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The statement with its whole numbers and plain words (codes) written in. The server plans a kept statement only
    once when it can see without the values which index fits; a phase handed over as a value hides that."""
    left = iter(values)
    kept: list[Any] = []

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(left)
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:d}" if value >= 0 else f"({value:d})"
        if isinstance(value, str) and _CODE.fullmatch(value):
            return f"'{value}'"
        kept.append(value)
        return "%s"

    return re.sub("%[%s]", place, sql), kept


def _filled(values: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
    return [_given(given[one.name]) if isinstance(one, Slot) else one for one in values]


def _given(value: Any) -> Any:
    """Whole numbers always as the same type: the server plans a statement anew for others."""
    return Int8(value) if type(value) is int else value


def _maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes of a row's values the object that the queryset would have given."""
    kind = compiler.klass_info
    first, end = kind["select_fields"][0], kind["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:end]]
    related = get_related_populators(kind, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def make(values: Sequence[Any]) -> Any:
        made = kind["model"].from_db(DEFAULT_DB_ALIAS, names, values[first:end])
        for one in related:
            one.populate(values, made)
        return made

    return make
