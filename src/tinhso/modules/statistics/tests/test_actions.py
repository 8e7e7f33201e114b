from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules.periods import Period, around, period_of
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.statistics import actions, jobs
from tinhso.modules.statistics.models import CountedMonth, MonthLine
from tinhso.modules.statistics.module import demo
from tinhso.modules.statistics.queries import cases, figures
from tinhso.modules.statistics.queries.wanted import Wanted, counted
from tinhso.modules.statistics.rules import COLUMNS, Line, problems
from tinhso.modules.statistics.tests.factories import (
    CIVIL,
    LAND,
    at,
    linked,
    move,
    received,
    resolved,
    returned,
    withdrawn,
)

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER, NOVEMBER = (period_of(code) for code in ("2026-09", "2026-10", "2026-11"))
TODAY = date(2026, 11, 20)


def count(today: date = TODAY) -> list[date]:
    return actions.refresh(by=SYSTEM, at=at(today))


def line(period: Period, **place: object) -> Line:
    return figures.line_of(Wanted(period, **place), counted())


def test_a_month_tells_what_came_what_was_resolved_and_what_is_left(here):
    day = date(2026, 11, 5)
    resolved(received(here.commune, day), day, "early")
    resolved(received(here.commune, day, channel="counter"), day, "on_time")
    resolved(received(here.commune, day, channel="post"), day, "late")
    received(here.commune, day)
    received(here.commune, day, due=date(2026, 11, 19))
    received(here.commune, day, due=TODAY)
    count()
    assert line(NOVEMBER) == Line(online=4, counter=1, post=1, early=1, on_time=1, late=1, open_in_time=2, open_late=1)
    assert line(NOVEMBER).statutory() == (6, 4, 2, 0, 3, 1, 1, 1, 3, 2, 1)


def test_what_is_open_at_the_end_of_a_month_is_carried_over_into_the_next(here):
    received(here.commune, date(2026, 9, 10), due=date(2026, 10, 1))
    resolved(received(here.commune, date(2026, 9, 28)), date(2026, 10, 2))
    late = received(here.commune, date(2026, 9, 1), due=date(2026, 9, 15))
    resolved(late, date(2026, 11, 3), "late")
    assert count() == [date(2026, 9, 1), date(2026, 10, 1)]
    september, october, november = line(SEPTEMBER), line(OCTOBER), line(NOVEMBER)
    assert (september.open_in_time, september.open_late) == (2, 1)
    assert (october.carried, october.early, october.open, october.open_late) == (3, 1, 2, 2)
    assert (november.carried, november.late, november.open) == (2, 1, 1)
    assert [one.adjusted for one in (september, october, november)] == [0, 0, 0]


def test_a_paused_dossier_is_in_progress_and_in_time(here):
    received(here.commune, date(2026, 11, 2), due=date(2026, 11, 4), state="supplement", phase=Phase.PAUSED)
    count()
    assert (line(NOVEMBER).open_in_time, line(NOVEMBER).open_late) == (1, 0)


def test_withdrawn_counts_as_resolved_but_not_before_it_was_received(here):
    day = date(2026, 11, 5)
    withdrawn(received(here.commune, day), day)
    withdrawn(received(here.commune, date(2026, 11, 2), due=date(2026, 11, 3)), day)
    never_received = received(here.commune, day)
    Fact.objects.filter(case=never_received).delete()
    withdrawn(never_received, day)
    count()
    found = line(NOVEMBER)
    assert (found.on_time, found.late, found.withdrawn, found.resolved) == (1, 1, 2, 2)


def test_a_linked_parent_is_not_counted(here):
    parent = linked(received(here.commune, date(2026, 11, 5)), date(2026, 11, 5))
    received(here.commune, date(2026, 11, 5))
    count()
    assert line(NOVEMBER).statutory() == (1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0)
    resolved(parent, date(2026, 11, 6))
    count()
    assert line(NOVEMBER).resolved == 0


def test_units_levels_fields_and_procedures_add_up_to_the_whole(here):
    day = date(2026, 11, 5)
    received(here.commune, day, field=LAND, procedure="1.000001")
    received(here.shop, day, field=CIVIL, procedure="1.000002")
    received(here.other, day, field=CIVIL, procedure="1.000003")
    resolved(received(here.department, day, field=LAND, procedure="1.000001"), day)
    count()
    whole, known = line(NOVEMBER), counted()
    for by, keys in (("unit", 3), ("field", 2), ("procedure", 3)):
        rows = figures.split(Wanted(NOVEMBER), by, known.last)
        assert len(rows) == keys
        assert sum((row.line for row in rows), Line()) == whole
    assert line(NOVEMBER, level="xa").online == 3
    assert line(NOVEMBER, level="so").online == 1
    assert line(NOVEMBER, unit_id=here.commune.pk).online == 2
    assert line(NOVEMBER, field=CIVIL).online == 2
    assert line(NOVEMBER, unit_id=here.commune.pk, field=CIVIL).online == 1
    assert line(NOVEMBER, level="xa", procedure="1.000001").online == 1


def test_a_closed_month_stays_and_what_comes_late_is_adjusted_in_the_open_one(here):
    received(here.commune, date(2026, 10, 5))
    count()
    october = line(OCTOBER)
    received(here.commune, date(2026, 10, 6))
    assert count() == []
    assert line(OCTOBER) == october
    november = line(NOVEMBER)
    assert (november.carried, november.online, november.adjusted, november.open) == (1, 0, 1, 2)
    assert november.carried == october.open
    assert problems(november.statutory(), november.adjusted) == []


def test_a_dossier_that_changes_its_unit_is_adjusted_at_both_and_not_in_the_whole(here):
    case = received(here.commune, date(2026, 10, 5))
    count()
    move(case, here.other)
    count()
    lines = [line(NOVEMBER, unit_id=unit.pk) for unit in (here.commune, here.other)]
    assert [(one.carried, one.adjusted, one.open) for one in lines] == [(1, -1, 0), (0, 1, 1)]
    assert line(NOVEMBER).adjusted == 0


def test_counting_twice_changes_nothing_and_closes_nothing_again(here):
    received(here.commune, date(2026, 10, 5))
    resolved(received(here.commune, date(2026, 11, 5)), date(2026, 11, 6))
    count()
    before = list(MonthLine.objects.order_by("pk").values())
    assert count() == []
    assert list(MonthLine.objects.order_by("pk").values()) == before
    assert Entry.objects.filter(verb="statistics.close").count() == 1


def test_a_line_that_is_empty_now_is_gone(here):
    case = received(here.commune, date(2026, 11, 5), field=CIVIL)
    received(here.other, date(2026, 11, 5), field=LAND)
    count()
    Fact.objects.filter(case=case).delete()
    count()
    lines = MonthLine.objects.filter(procedure="").order_by("unit", "level", "field")
    assert list(lines.values_list("unit", "level", "field", "online")) == [
        (here.other.pk, "xa", "", 1), (here.other.pk, "xa", LAND, 1), (None, "", "", 1), (None, "", LAND, 1),
        (None, "xa", "", 1), (None, "xa", LAND, 1),
    ]  # fmt: skip


def test_closing_leaves_the_total_in_the_journal(here):
    resolved(received(here.commune, date(2026, 10, 5)), date(2026, 10, 6))
    received(here.commune, date(2026, 10, 7), channel="counter", due=date(2026, 11, 2))
    count()
    entry = Entry.objects.get(verb="statistics.close")
    assert (entry.subject, entry.data["month"]) == ("statistics/2026-10", "10/2026")
    assert entry.data["cells"] == [2, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0]
    assert CountedMonth.objects.get(month="2026-10-01").closed_at == at(TODAY)
    assert CountedMonth.objects.get(month="2026-11-01").closed_at is None


def test_nothing_received_is_nothing_counted(here):
    assert count() == []
    assert figures.report(Wanted(NOVEMBER)).line == Line()
    assert not MonthLine.objects.exists()


def test_results_returned_electronically_have_their_share(here):
    day = date(2026, 11, 5)
    for online in (True, True, False):
        returned(resolved(received(here.commune, day), day), day, online=online)
    count()
    found = line(NOVEMBER, field=LAND)
    assert (found.returned, found.electronic, found.electronic_share) == (3, 2, 66.7)


def test_a_quarter_begins_with_its_first_month_and_ends_with_its_last(here):
    for day in (date(2026, 9, 20), date(2026, 10, 5), date(2026, 11, 5)):
        received(here.commune, day)
    resolved(received(here.commune, date(2026, 10, 8)), date(2026, 11, 8))
    count()
    quarter = line(period_of("2026-q4"))
    assert (quarter.carried, quarter.online, quarter.early, quarter.open) == (1, 3, 1, 3)
    assert problems(quarter.statutory()) == []
    (row,) = figures.split(Wanted(period_of("2026-q4")), "field", counted().last)
    assert row.line == quarter


def test_every_number_is_the_length_of_the_list_behind_it(here):
    for month in (9, 10, 11):
        for place in (here.commune, here.shop, here.department):
            received(place, date(2026, month, 3), due=date(2026, month, 10))
            resolved(received(place, date(2026, month, 4), channel="post"), date(2026, month, 6), "early")
            resolved(received(place, date(2026, month, 4), channel="counter"), date(2026, month, 6), "")
            resolved(received(place, date(2026, month, 4), field=CIVIL), date(2026, month, 9), "late")
            withdrawn(received(place, date(2026, month, 4)), date(2026, month, 5))
            received(place, date(2026, month, 20), field=CIVIL, procedure="1.000002")
    linked(received(here.commune, date(2026, 11, 2)), date(2026, 11, 2))
    count()
    known = counted()
    columns = ("fresh", "online", "counter", "post", "carried", "resolved", "early", "on_time", "late", "open")
    for period in (SEPTEMBER, NOVEMBER, period_of("2026-q4"), period_of("2026")):
        for place in ({}, {"level": "xa"}, {"unit_id": here.commune.pk}, {"field": CIVIL}, {"procedure": "1.000002"}):
            wanted = Wanted(period, **place)
            found = figures.line_of(wanted, known)
            for column in (*columns, "open_in_time", "open_late"):
                behind = cases.behind(wanted, column, known, TODAY)
                assert behind.count() == getattr(found, column), (period.code, place, column)


def test_what_is_recorded_after_the_closing_is_not_in_the_list_either(here):
    received(here.commune, date(2026, 10, 5))
    count()
    resolved(received(here.commune, date(2026, 10, 6)), date(2026, 10, 7))
    count()
    known = counted()
    for column in ("fresh", "resolved", "open"):
        wanted = Wanted(OCTOBER)
        assert cases.behind(wanted, column, known, TODAY).count() == getattr(line(OCTOBER), column), column


def test_a_report_takes_four_statements_however_many_dossiers(here, django_assert_num_queries):
    for number in range(12):
        received(here.commune if number % 2 else here.other, date(2026, 11, 5), procedure=f"1.{number:06d}")
    count()
    with django_assert_num_queries(4):
        few = figures.report(Wanted(NOVEMBER))
    for number in range(12, 24):
        received(here.commune, date(2026, 11, 5), procedure=f"1.{number:06d}")
    count()
    with django_assert_num_queries(4):
        many = figures.report(Wanted(NOVEMBER))
    assert (len(few.by_procedure), len(many.by_procedure)) == (12, 24)
    assert replace(many.line, online=12, open_in_time=12) == few.line
    assert set(COLUMNS) >= {"online", "open_in_time"}


def test_the_job_counts_up_to_this_moment(here):
    today = timezone.localdate()
    received(here.commune, today)
    jobs.refresh(0)
    known = counted()
    assert known.last == today.replace(day=1)
    assert figures.line_of(Wanted(around(today, 1)), known).online == 1


def test_the_demonstration_counts_its_months_once(here):
    received(here.commune, date(2026, 10, 5))
    demo(at=at(TODAY), scale="small", seed=1)
    before = list(CountedMonth.objects.order_by("month").values_list("month", "closed_at"))
    demo(at=at(TODAY))
    assert list(CountedMonth.objects.order_by("month").values_list("month", "closed_at")) == before
    assert [closed_at is not None for _month, closed_at in before] == [True, False]
