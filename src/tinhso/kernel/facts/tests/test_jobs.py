"""Counting: once per entry, the same as the lists, and the same again when it is all counted anew."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count, Sum
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.cases.tests.factories import AT, LONG_FIELD, filed, move, term, unit, working
from tinhso.kernel.errors import Refusal
from tinhso.kernel.facts import actions, counting, jobs, queries
from tinhso.kernel.facts.actions import fingerprint, rebuild, rebuilding, roll_up, run_rebuild
from tinhso.kernel.facts.jobs import canonical, project
from tinhso.kernel.facts.models import DayFigure, Fact, MonthFigure, Standing
from tinhso.kernel.facts.queries import Selection
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing.jobs import run_jobs

pytestmark = pytest.mark.django_db
DAY, MONDAY = timedelta(days=1), date(2026, 11, 16)


@pytest.fixture(autouse=True)
def _facts_of_permits():
    counting.facts_of.cache_clear()
    yield
    counting.facts_of.cache_clear()


def figures() -> list[list[tuple[Any, ...]]]:
    """All figures in an order of their own; empty standings stand for nothing."""
    rows: list[Any] = [
        Fact.objects.values_list("name", "on", "unit", "case", "entry", "dims"),
        DayFigure.objects.values_list("name", "on", "unit", "key", "dims", "number"),
        MonthFigure.objects.values_list("name", "month", "unit", "verdict", "number"),
        Standing.objects.exclude(number=0).values_list("kind", "unit", "state", "phase", "due_on", "number"),
    ]
    return [sorted((tuple(row) for row in some), key=repr) for some in rows]


def test_an_entry_is_counted_once():
    filed(1, unit("XA1"))
    entry = Entry.objects.get()
    project(entry)
    before = figures()
    project(entry)
    assert figures() == before
    assert DayFigure.objects.values_list("name", "on", "number").get() == ("permits.filed", MONDAY, 1)
    assert Standing.objects.values_list("state", "number", "due_on").get() == ("filed", 1, date(9999, 12, 31))


def test_an_entry_late_in_the_evening_counts_for_the_day_in_viet_nam():
    filed(1, unit("XA1"), at=datetime(2026, 11, 16, 17, 30, tzinfo=UTC))
    run_jobs()
    assert DayFigure.objects.get().on == date(2026, 11, 17)


def test_a_move_takes_the_case_from_one_standing_to_another():
    case = filed(1, unit("XA1"))
    move(case, "accept")
    run_jobs()
    rows = Standing.objects.order_by("id").values_list("state", "due_on", "number")
    assert sorted(rows) == [("filed", date(9999, 12, 31), 0), ("working", date(2026, 11, 23), 1)]


def test_a_new_due_date_moves_the_standing_within_its_state():
    case = working(1, unit("XA1"))
    move(case, "ask", AT + DAY)
    move(case, "answer", AT + 2 * DAY)
    run_jobs()
    assert Standing.objects.exclude(number=0).values_list("state", "due_on").get() == ("working", date(2026, 11, 26))


def test_long_dimensions_are_not_mixed_up():
    case, other = working(1, unit("XA1")), working(2, unit("XA2"))
    Case.objects.filter(pk=other.pk).update(unit_id=case.unit_id)
    other.unit_id = case.unit_id
    move(case, "decide", data={"field": LONG_FIELD * 2, "verdict": "early"})
    move(other, "decide", data={"field": LONG_FIELD * 2, "verdict": "late"})
    run_jobs()
    split = queries.by_dimension("permits.decided", "verdict", MONDAY, MONDAY, None)
    assert split == {"early": 1, "late": 1}


def test_the_canonical_form_does_not_depend_on_order_and_fits_its_column():
    assert canonical({"b": "2", "a": "1"}) == canonical({"a": "1", "b": "2"}) == '{"a":"1","b":"2"}'
    long, longer = canonical({"a": "x" * 300}), canonical({"a": "x" * 301})
    assert long != longer
    assert len(long) <= 200


class Walk:
    """Cases in two communes that move about at random, as far as the rules let them."""

    def __init__(self, seed: int) -> None:
        self.chance, self.at = random.Random(seed), AT
        self.units = [unit("XA1"), unit("XA2")]
        self.cases: list[Case] = []

    def go(self, steps: int) -> None:
        for _ in range(steps):
            self.at += timedelta(hours=self.chance.randint(1, 40))
            if len(self.cases) < 3 or self.chance.random() < 0.2:
                place = self.chance.choice(self.units)
                self.cases.append(filed(len(self.cases) + 1, place, at=self.at, term=term(at=None)))
            else:
                self.move(self.chance.choice(self.cases))

    def move(self, case: Case) -> None:
        verbs = [one.verb for one in case.kind_of.lifecycle.moves if case.state in one.sources]
        if not verbs:
            return
        verb = self.chance.choice(verbs)
        change = {"unit_id": self.chance.choice(self.units).pk} if verb == "transfer" else {}
        data = {"verdict": self.chance.choice(["early", "late"]), "field": "Đất đai"}
        move(case, verb, self.at, data=data, change=change)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_walk_figures_are_their_lists_and_counting_anew_gives_the_same(seed):
    walk = Walk(seed)
    walk.go(60)
    run_jobs()
    before = figures()
    assert rebuild() == Entry.objects.filter(case__isnull=False).count()
    assert figures() == before
    assert not Standing.objects.filter(number__lt=0).exists()
    counted = Standing.objects.exclude(number=0).order_by("unit", "state").values("unit", "state")
    standing = {(row["unit"], row["state"]): row["n"] for row in counted.annotate(n=Sum("number"))}
    real = Case.objects.order_by().values("unit", "state").annotate(n=Count("pk"))
    assert standing == {(row["unit"], row["state"]): row["n"] for row in real}
    until = walk.at.date() + DAY
    for name in ("permits.filed", "permits.decided", "permits.asked"):
        for units in (None, frozenset({walk.units[0].pk}), frozenset()):
            selection = Selection(name, MONDAY, until, units)
            assert selection.number() == selection.rows().count()
        split = queries.by_dimension(name, "verdict", MONDAY, until, None)
        assert sum(split.values()) == Selection(name, MONDAY, until).number()
        for verdict in ("early", "late"):
            chosen = Selection(name, MONDAY, until, dims={"verdict": verdict})
            assert chosen.number() == chosen.rows().count() == split.get(verdict, 0)
    days = queries.by_day(["permits.filed"], MONDAY, until, None)
    assert sum(number for _name, _on, number in days) == len(walk.cases)


def test_late_figures_open_onto_their_cases():
    place, other = unit("XA1"), unit("XA2")
    late = working(1, place, term=term(1, AT - 9 * DAY))
    working(2, place)
    paused = working(3, place, term=term(1, AT - 9 * DAY))
    move(paused, "ask")
    working(4, other, term=term(1, AT - 9 * DAY))
    move(working(5, place), "decide")
    run_jobs()
    found = queries.standing("permit", AT, frozenset({place.pk}))
    assert found == {place.pk: {"open": 2, "late": 1, "today": 0, "paused": 1, "settled": 1}}
    assert list(queries.late_cases("permit", AT, frozenset({place.pk}))) == [late]
    assert queries.late_cases("permit", AT).count() == 2
    assert queries.standing("permit", AT)[other.pk]["late"] == 1


def test_what_falls_due_today_is_not_late_yet():
    place = unit("XA1")
    case = working(1, place)
    run_jobs()
    due = case.due_at
    assert queries.standing("permit", due)[place.pk] == {"open": 1, "late": 0, "today": 1, "paused": 0, "settled": 0}
    assert not queries.late_cases("permit", due).exists()
    assert queries.late_cases("permit", due + DAY).exists()


def test_a_refused_move_counts_nothing():
    case = filed(1, unit("XA1"))
    run_jobs()
    before = figures()
    with pytest.raises(Refusal):
        move(case, "decide")
    run_jobs()
    assert figures() == before
    assert case.phase == Phase.OPEN


def test_entries_about_no_case_are_no_figures():
    from tinhso.kernel.journal.actions import note
    from tinhso.kernel.people.rules import SYSTEM

    note(subject="unit/1", verb="unit.add", by=SYSTEM, at=AT, data={"name": "x"})
    run_jobs()
    assert figures() == [[], [], [], []]


def _months(name: str = "permits.decided") -> list[tuple[Any, ...]]:
    rows = MonthFigure.objects.filter(name=name).order_by("month", "unit__code", "verdict")
    return list(rows.values_list("month", "unit__code", "verdict", "number"))


def _decide(number: int, place: Any, verdict: str, at: datetime) -> Entry:
    move(working(number, place), "decide", at, data={"verdict": verdict})
    return Entry.objects.order_by("pk").last()


def test_a_month_is_kept_for_the_unit_and_for_the_province_by_verdict():
    place, other = unit("XA1"), unit("XA2")
    _decide(1, place, "early", AT + DAY)
    _decide(2, place, "late", AT + DAY)
    entry = _decide(3, other, "late", AT + DAY)
    run_jobs()
    project(entry)
    month = MONDAY.replace(day=1)
    assert _months() == [
        (month, "XA1", "early", 1), (month, "XA1", "late", 1), (month, "XA2", "late", 1),
        (month, None, "early", 1), (month, None, "late", 2),
    ]  # fmt: skip


def test_a_unit_is_judged_by_its_own_verdict_and_the_province_by_what_was_promised():
    place, month = unit("XA1"), MONDAY.replace(day=1)
    move(working(1, place), "decide", AT + DAY, data={"verdict": "on_time", "promised": "late"})
    run_jobs()
    judged = [(month, "XA1", "on_time", 1), (month, None, "late", 1)]
    assert _months() == judged
    MonthFigure.objects.all().delete()
    roll_up()
    assert _months() == judged
    numbers = {
        (name, units is None): Selection("permits.decided", MONDAY, MONDAY + 9 * DAY, units, {"verdict": name}).number()
        for name in ("late", "on_time")
        for units in (None, frozenset({place.pk}))
    }
    assert numbers == {("late", True): 1, ("on_time", True): 0, ("late", False): 0, ("on_time", False): 1}


def test_what_comes_in_late_counts_for_the_month_in_which_it_happened():
    place = unit("XA1")
    working(1, place, at=AT + 20 * DAY)
    run_jobs()
    working(2, place, at=AT)
    run_jobs()
    assert [row[0].month for row in _months("permits.filed")] == [11, 11, 12, 12]


def test_the_province_and_its_units_are_read_in_one_statement(django_assert_num_queries):
    place, other = unit("XA1"), unit("XA2")
    for number, where in enumerate((place, place, other), 1):
        _decide(number, where, "late", AT)
    run_jobs()
    with django_assert_num_queries(1):
        whole = queries.by_month(["permits.decided"], MONDAY, MONDAY, None, apart_from=MONDAY.replace(day=1))
    assert {(one.unit_id, one.number) for one in whole} == {(None, 3), (place.pk, 2), (other.pk, 1)}
    (part,) = queries.by_month(["permits.decided"], MONDAY, MONDAY, frozenset({place.pk}))
    assert (part.unit_id, part.number) == (place.pk, 2)
    (total,) = queries.by_month(["permits.decided"], MONDAY, MONDAY, None)
    assert (total.unit_id, total.number) == (None, 3)


def test_summing_the_days_again_mends_months_and_leaves_right_ones_alone():
    place = unit("XA1")
    _decide(1, place, "late", AT)
    run_jobs()
    before = figures()
    assert roll_up() == 0
    MonthFigure.objects.filter(unit=place, verdict="late").update(number=7)
    MonthFigure.objects.filter(unit=None).delete()
    MonthFigure.objects.create(name="permits.decided", month=MONDAY.replace(day=1), verdict="early", number=2)
    assert roll_up(MONDAY) > 0
    assert figures() == before


def test_at_night_the_newest_months_are_mended():
    working(1, unit("XA1"), at=timezone.now())
    run_jobs()
    before = figures()
    MonthFigure.objects.update(number=9)
    jobs.mend(0)
    assert figures() == before


def test_many_at_once_are_counted_as_one_by_one():
    walk = Walk(4)
    walk.go(40)
    entries = list(Entry.objects.select_related("case").order_by("pk"))
    for entry in entries:
        project(entry)
    one_by_one = fingerprint()
    assert rebuild() == len(entries)
    assert fingerprint() == one_by_one
    assert counting.count(entries) == 0
    assert fingerprint() == one_by_one


def test_counting_a_thousand_takes_five_statements(django_assert_num_queries):
    walk = Walk(5)
    walk.go(30)
    entries = list(Entry.objects.select_related("case"))
    with django_assert_num_queries(7):  # with the savepoint's beginning and end
        assert counting.count(entries) == len(entries)


def test_figures_are_fresh_although_the_queue_is_long():
    place = unit("XA1")
    for number in range(1, 6):
        filed(number, place)
    ahead = jobs.Ahead()
    assert ahead.sweep() == 5
    assert DayFigure.objects.get().number == 5
    assert ahead.sweep() == 0
    filed(6, place)
    assert ahead.sweep() == 1
    before = figures()
    run_jobs()
    assert figures() == before


def test_a_rebuild_says_how_far_it_is():
    place = unit("XA1")
    for number in range(1, 4):
        filed(number, place)
    run_jobs()
    assert list(rebuilding()) == [(0, 3), (3, 3)]
    assert list(run_rebuild([])) == ["0 / 3 entries (0%)", "3 / 3 entries (100%)", "identical"]


def test_a_rebuild_holds_a_few_entries_at_a_time_and_leaves_no_empty_rows(monkeypatch):
    walk, held = Walk(6), []
    walk.go(60)
    entries = Entry.objects.filter(case__isnull=False).count()

    def counted(rows: list[Entry]) -> int:
        held.append(len(rows))
        return counting.count(rows)

    monkeypatch.setattr(actions, "AT_ONCE", 5)
    monkeypatch.setattr(actions, "count", counted)
    assert rebuild() == sum(held) == entries > 10
    assert max(held) == 5
    assert not Standing.objects.filter(number=0).exists()


def test_a_check_finds_what_the_journal_does_not_give_and_changes_nothing():
    filed(1, unit("XA1"))
    run_jobs()
    DayFigure.objects.update(number=7)
    told: list[str] = []
    with pytest.raises(Refusal, match="days"):
        told.extend(run_rebuild(["check"]))
    assert told[-1] == "  days: 1 rows before, 1 counted again"
    assert DayFigure.objects.get().number == 7
    assert list(run_rebuild([]))[-1] == "different figures were put right"
    assert DayFigure.objects.get().number == 1
    with pytest.raises(Refusal):
        list(run_rebuild(["now"]))
