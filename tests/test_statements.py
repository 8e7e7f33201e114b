"""Statements put together once: they write and read what the ORM would have written and read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.apps import know_shapes
from tinhso.kernel.cases.models import Case, NumberSeries
from tinhso.kernel.cases.tests.factories import declared, unit, working
from tinhso.kernel.processes.models import Step
from tinhso.kernel.statements import Kept, Slot, Statement, insert, insert_all, together, update
from tinhso.kernel.units.models import Unit
from tinhso.modules.procedures.rules.content import Content, Section

AT = datetime(2026, 11, 16, 2, 3, 4, 567891, tzinfo=UTC)
CASES = Kept(lambda: Case.objects.select_related("unit").filter(pk=Slot("id")))
HELD = Kept(lambda: NumberSeries.objects.select_for_update().filter(series=Slot("series")))
LASTS = Kept(lambda: NumberSeries.objects.order_by("series").values_list("series", "last"))


@pytest.fixture
def case(db: None) -> Any:
    with declared():
        yield working(1, unit("XA1"))


def series(name: str, last: int = 1) -> NumberSeries:
    return NumberSeries.objects.create(series=name, last=last)


def step(case: Case, seq: int, **more: Any) -> Step:
    return Step(case=case, seq=seq, key=f"k{seq}", name="Bước", kind="review", role="r", unit_id=case.unit_id,
                hours=Decimal("7.25"), **more)  # fmt: skip


def test_a_new_row_gets_an_id_and_counts_as_saved(db):
    row = NumberSeries(series="a", last=3)
    found = insert(row).run()
    kept = NumberSeries.objects.get()
    assert (found, kept.series, kept.last, row._state.adding) == ((kept.pk,), "a", 3, False)


def test_a_change_writes_the_named_fields_and_no_other(db):
    row = series("a")
    row.series, row.last = "b", 9
    assert update(row, "last").run() == (row.pk,)
    assert list(NumberSeries.objects.values_list("series", "last")) == [("a", 9)]


def test_a_field_goes_by_its_column_too(case):
    other = unit("XA2")
    case.unit_id, case.concerned, case.clock = other.pk, [other.pk, 7], {"a": [1]}
    update(case, "unit_id", "concerned", "clock").run()
    kept = Case.objects.get()
    assert (kept.unit, kept.concerned, kept.clock) == (other, [other.pk, 7], {"a": [1]})


def test_text_that_is_too_long_is_refused_and_not_cut(case):
    with pytest.raises(DataError), transaction.atomic():
        insert_all(Step, [step(case, 1, note=""), step(case, 2, answer="", state="x" * 11)]).run()
    assert not Step.objects.exists()


def test_many_rows_go_in_with_one_statement_whatever_their_number(case):
    rows = [step(case, 1, due_at=AT, note="Đủ “giấy”"), step(case, 2)]
    with CaptureQueriesContext(connection) as asked:
        insert_all(Step, rows).run()
        insert_all(Step, []).run()
    assert len({one["sql"].partition("'")[0] for one in asked}) == 1
    first, second = Step.objects.order_by("seq")
    assert (first.due_at, first.note, first.hours, first.is_parallel) == (AT, "Đủ “giấy”", Decimal("7.25"), False)
    assert (second.due_at, second.account_id, second.state) == (None, None, "waiting")


def test_several_writes_are_one_statement_and_the_last_reads_what_the_others_give_back(db):
    row, new = series("a"), NumberSeries(series="b", last=5)
    row.last = 2
    last = Statement("select first.id, %s from first", (7,))
    with CaptureQueriesContext(connection) as asked:
        found = together({"first": insert(new), "second": update(row, "last")}, last).run()
    assert (len(asked), found) == (1, (NumberSeries.objects.get(series="b").pk, 7))
    assert LASTS() == [("a", 2), ("b", 5)]


def test_a_change_waits_for_the_one_it_comes_after(db):
    """Each takes the name that the one before gives up; in another order the database would refuse."""
    rows = [series(name) for name in "abc"]
    for row, name in zip(rows, "bcd", strict=True):
        row.series = name
    first, second, third = rows
    parts = {"third": update(third, "series"), "second": update(second, "series", after=["third"])}
    together(parts, update(first, "series", after=["second"])).run()
    assert [row[0] for row in LASTS()] == ["b", "c", "d"]


def test_a_change_is_held_up_by_one_that_changes_nothing(db):
    gone, row = series("gone"), series("a")
    NumberSeries.objects.filter(pk=gone.pk).delete()
    row.last = 9
    assert together({"gone": update(gone, "last")}, update(row, "last", after=["gone"])).run() is None
    assert LASTS() == [("a", 1)]


def test_when_one_write_is_refused_none_is_done(db):
    row = series("a")
    row.last = 9
    with pytest.raises(IntegrityError), transaction.atomic():
        together({"changed": update(row, "last")}, insert(NumberSeries(series="a", last=1))).run()
    assert LASTS() == [("a", 1)]


def test_a_kept_queryset_gives_objects_with_their_relations_from_one_statement(case):
    CASES(id=0)
    with CaptureQueriesContext(connection) as asked:
        (found,) = CASES(id=case.pk)
        place = found.unit
    assert (len(asked), found, place) == (1, case, Unit.objects.get(code="XA1"))
    assert {one.attname: getattr(found, one.attname) for one in Case._meta.concrete_fields} == {
        one.attname: getattr(Case.objects.get(), one.attname) for one in Case._meta.concrete_fields
    }
    assert CASES(id=case.pk + 1) == []


@pytest.mark.parametrize(("phase", "is_found"), [(0, True), (7, False), (-7, True)])
def test_numbers_and_codes_are_written_into_a_kept_statement_and_other_words_are_not(case, phase, is_found):
    Case.objects.filter(pk=case.pk).update(title="100%s %'", step="a_code", phase=1)
    rows = Case.objects.filter(title="100%s %'", step="a_code", phase__gt=phase, id=Slot("id"))
    kept = Kept(lambda: rows.values_list("number"))
    assert kept(id=case.pk) == ([(case.number,)] if is_found else [])
    assert ('"phase" > (-7)' if phase < 0 else f'"phase" > {phase}') in kept._plan.sql
    assert "\"step\" = 'a_code'" in kept._plan.sql
    assert [one for one in kept._plan.values if not isinstance(one, Slot)] == ["100%s %'"]


def test_rows_are_locked_within_a_transaction_only(transactional_db):
    row = series("a")
    with transaction.atomic():
        assert HELD(series="a") == [row]
    with pytest.raises(TransactionManagementError):
        HELD(series="a")
    row.delete()


def test_shapes_of_typed_values_are_known_before_there_are_threads():
    assert {Content, Section} <= know_shapes()
