"""Who sees which cases, the lists and their counters, finding by words, and what became of promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.cases import queries
from tinhso.kernel.cases.actions import promise
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import Urgency, Wanted, Whose, counters, found, ledger, matching, page, read_key
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.cases.tests.factories import (
    AT,
    actor,
    citizen,
    filed,
    move,
    official,
    province,
    statements,
    term,
    unit,
    working,
)
from tinhso.kernel.people.rules import NOBODY, SYSTEM, Actor
from tinhso.kernel.units.models import Unit

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUE = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def place() -> Unit:
    return unit("XA1")


def seen(who: Actor) -> list[str]:
    return sorted(Case.objects.visible_to(who).values_list("title", flat=True))


def test_each_sees_what_concerns_them(place):
    lan, other, below = citizen(), unit("XA2"), unit("XA1-P", place)
    filed(1, place, title="của Lan", owner_id=lan.pk)
    filed(2, other, title="xã khác")
    filed(3, below, title="phòng của xã")
    filed(4, other, title="nhận hộ", received_unit_id=place.pk)
    assert seen(actor(lan)) == ["của Lan"]
    assert seen(actor(citizen("minh"))) == []
    assert seen(actor(official("tuan", place, "permits.worker"))) == ["của Lan", "nhận hộ", "phòng của xã"]
    assert seen(actor(official("hoa", below, "permits.worker"))) == ["phòng của xã"]
    assert seen(actor(official("ngoai", other, "permits.reader"))) == ["nhận hộ", "xã khác"]
    assert seen(actor(official("tinh", province(), "permits.reader"))) == sorted(seen(SYSTEM))
    assert seen(actor(official("moi", place))) == []
    assert seen(NOBODY) == []
    assert len(seen(SYSTEM)) == 4


def test_a_unit_that_was_asked_sees_the_case_too(place):
    other = unit("XA2")
    case = filed(1, place, title="hỏi ý kiến")
    colleague = actor(official("ngoai", other, "permits.worker"))
    assert seen(colleague) == []
    Case.objects.filter(pk=case.pk).update(concerned=[place.pk, other.pk])
    assert seen(colleague) == ["hỏi ý kiến"]


def test_by_number_finds_only_what_may_be_seen(place):
    case = filed(1, place)
    worker = actor(official("tuan", place, "permits.worker"))
    assert queries.by_number(case.number, worker) == case
    assert queries.by_number(case.number, actor(citizen())) is None
    assert queries.by_number("none", worker) is None


def test_a_paused_case_is_not_late_and_a_running_one_is(place):
    running, paused, done = working(1, place), working(2, place), working(3, place)
    move(paused, "ask")
    move(done, "decide")
    assert list(Case.objects.late(DUE + timedelta(seconds=1))) == [running]
    assert list(Case.objects.late(DUE)) == []


class Desk:
    """A commune with cases of every urgency, and the worker whose desk it is."""

    def __init__(self, place: Unit, rounds: int = 1) -> None:
        self.place, self.units = place, frozenset({place.pk})
        self.account = official("tuan", place, "permits.worker")
        self.worker = actor(self.account)
        for index in range(rounds):
            self.fill(index * 10)

    def fill(self, first: int) -> None:
        mine = {"assignee_id": self.account.pk}
        place = self.place
        working(first + 1, place, **mine, term=term(1, AT - 9 * DAY))  # late
        working(first + 2, place, **mine)
        working(first + 3, place, **mine, term=term(1, AT))  # due tomorrow
        move(working(first + 4, place, **mine), "ask")
        working(first + 5, place)  # nobody's
        working(first + 6, place, step_kind="sign")
        filed(first + 7, place, step_due_at=AT + timedelta(hours=6))
        move(working(first + 8, place, **mine), "decide")
        Case.objects.filter(number=f"H53.01-261116-{first + 2:04d}").update(news="Vừa bổ sung")

    def listed(self, **wanted: Any) -> list[int]:
        rows = found(Wanted(**wanted), self.worker, self.units, AT)
        return [int(number[-4:]) for number in rows.values_list("number", flat=True)]


@pytest.mark.parametrize(
    ("whose", "numbers"),
    [
        (Whose.MINE, [1, 3, 2, 4]),
        (Whose.UNASSIGNED, [5]),
        (Whose.UNIT, [1, 7, 3, 2, 5, 6, 4]),
        (Whose.TO_SIGN, [6]),
        (Whose.RECEIVED, [1, 7, 3, 2, 5, 6, 8]),
        (Whose.ALL, [1, 7, 3, 2, 5, 6, 4]),
    ],
)
def test_each_list_holds_its_cases_the_most_urgent_first(place, whose, numbers):
    assert Desk(place).listed(whose=whose) == numbers


@pytest.mark.parametrize(
    ("urgency", "numbers"),
    [(Urgency.LATE, [1]), (Urgency.SOON, [3]), (Urgency.NEWS, [2]), (Urgency.PAUSED, [4]), (Urgency.ALL, [1, 3, 2, 4])],
)
def test_each_counter_opens_its_cases(place, urgency, numbers):
    assert Desk(place).listed(urgency=urgency) == numbers


@pytest.mark.parametrize("whose", list(Whose))
@pytest.mark.parametrize("narrowed", [{}, {"state": "working"}, {"text": "giay phep"}, {"text": "'"}, {"kind": "none"}])
def test_counters_are_the_lengths_of_their_lists(place, whose, narrowed):
    desk = Desk(place)
    told = counters(Wanted(whose=whose, **narrowed), desk.worker, desk.units, AT)
    assert told == {one.value: len(desk.listed(whose=whose, urgency=one, **narrowed)) for one in Urgency}


@pytest.mark.parametrize("whose", list(Whose))
def test_a_list_too_long_for_one_pass_is_counted_up_to_a_cap(place, monkeypatch, whose):
    desk = Desk(place)
    exact = counters(Wanted(whose=whose), desk.worker, desk.units, AT)
    monkeypatch.setattr(queries, "PASS", 1)
    queries._tally.cache_clear()
    assert counters(Wanted(whose=whose), desk.worker, desk.units, AT) == exact
    queries._tally.cache_clear()


@pytest.mark.parametrize("apart", [0, 200])
@pytest.mark.parametrize("whose", list(Whose))
def test_lists_of_several_units_are_one_list_in_order(place, monkeypatch, whose, apart):
    desk, other, below = Desk(place), unit("XA2"), unit("XA1-P", place)
    for index, where in enumerate((below, other, below, place)):
        working(20 + index, where, assignee_id=desk.account.pk, term=term(1, AT - index * DAY))
    working(30, other, step_kind="sign")
    monkeypatch.setattr(queries, "APART", apart)
    queries._listed.cache_clear()
    desk.units = frozenset({place.pk, other.pk, below.pk})
    rows, more = page(Wanted(whose=whose), desk.worker, desk.units, AT)
    assert [int(row.number[-4:]) for row in rows] == desk.listed(whose=whose)
    assert more == ""
    queries._listed.cache_clear()


@pytest.mark.slow
def test_counters_are_one_statement_and_a_page_one(place):
    desk = Desk(place)
    with statements() as asked:
        counters(Wanted(whose=Whose.UNIT), desk.worker, desk.units, AT)
    assert len(asked) == 1
    for more in (1, 2):
        with statements() as asked:
            rows, _more = page(Wanted(whose=Whose.UNIT), desk.worker, desk.units, AT)
            assert [(row.number, row.unit_id, row.due_at) for row in rows]
        assert len(asked) == 1
        desk.fill(more * 20)


@pytest.mark.slow
def test_paging_by_key_walks_all_rows_exactly_once(place):
    desk = Desk(place, rounds=2)
    working(90, place, term=term())  # the same due time as others: the id decides
    whole = [case.pk for case in found(Wanted(whose=Whose.UNIT), desk.worker, desk.units, AT)]
    for size in (1, 2, 3, 7, 100):
        walked, key, pages = [], "", 0
        while True:
            wanted = Wanted(whose=Whose.UNIT, after=read_key(key) if key else None)
            rows, key = page(wanted, desk.worker, desk.units, AT, size)
            walked += [row.pk for row in rows]
            pages += 1
            if not key:
                break
        assert walked == whole
        assert pages == -(-len(whole) // size)


def test_somebody_without_rights_on_the_unit_gets_empty_lists(place):
    desk = Desk(place)
    stranger = actor(official("la", unit("XA2"), "permits.worker"))
    for whose in Whose:
        assert page(Wanted(whose=whose), stranger, desk.units, AT) == ([], "")
        assert set(counters(Wanted(whose=whose), stranger, desk.units, AT).values()) == {0}


@pytest.mark.parametrize("text", ["", "~", "x~1", "2026-11-16T02:00:00+00:00~", "2026-11-16T02:00:00+00:00~x", "\0~1"])
def test_a_key_that_is_none_is_none(text):
    assert read_key(text) is None


def test_a_key_without_time_zone_is_none():
    assert read_key("2026-11-16T02:00:00~5") is None


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("Nguyễn", True),
        ("nguyen", True),
        ("NGUYỄN THỊ", True),
        ("lan nguyen", True),
        ("ngu", True),
        ("thi ngu", True),
        ("ngu thi", False),  # only the last word may be begun
        ("H53.01-261116-0001", True),
        ("h53.01-2611", True),
        ("261116", True),
        ("0001", True),
        ("0002", False),
        ("Đất", True),
        ("dat", True),
        ("tran", False),
    ],
)
def test_cases_are_found_by_words_with_marks_and_without(place, text, finds):
    filed(1, place, title="Đăng ký đất đai")
    assert matching(Case.objects.all(), text).exists() is finds


HOSTILE = ["'", "''", "' | 'x", "a & !b", "a:*", "\\", "a\\'b", "%", "_", "\0", "x" * 5000, "🏠", "(", "<->", "&&&"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_find_nothing_and_break_nothing(place, text):
    filed(1, place)
    assert list(matching(Case.objects.all(), text)) == []


@pytest.mark.slow
@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_the_question_can_be_asked(text):
    list(matching(Case.objects.all(), text))


def outcomes(case: Case, at: datetime) -> list[str]:
    return [kept.outcome for kept in ledger(case, at)]


def test_a_promise_is_open_then_broken_while_nothing_happens(place):
    case = working(1, place)
    assert outcomes(case, DUE) == ["open"]
    assert outcomes(case, DUE + timedelta(seconds=1)) == ["broken"]


def test_a_promise_is_kept_or_broken_by_when_the_case_was_settled(place):
    early, late = working(1, place), working(2, place)
    move(early, "decide", DUE)
    move(late, "decide", DUE + timedelta(minutes=1))
    assert outcomes(early, DUE + 30 * DAY) == ["kept"]
    assert outcomes(late, DUE + 30 * DAY) == ["broken"]


def test_a_date_that_was_replaced_in_time_was_moved(place):
    case = working(1, place)
    move(case, "ask", AT + DAY)
    move(case, "answer", AT + 20 * DAY)
    assert outcomes(case, AT + 20 * DAY) == ["moved", "open"]


def test_no_promise_is_broken_while_the_clock_stands_still(place):
    case = working(1, place)
    move(case, "ask", AT + DAY)
    assert outcomes(case, DUE + 9 * DAY) == ["open"]


def test_an_apology_does_not_make_a_broken_promise_a_moved_one(place):
    case = working(1, place)
    promise(case, due_at=DUE + 5 * DAY, at=DUE + DAY, reason="apologise", note="Thiếu người")
    assert outcomes(case, DUE + DAY) == ["broken", "open"]


def test_a_case_without_clock_has_no_ledger(place):
    assert ledger(filed(1, place), AT) == []


def test_the_reasons_of_a_date_are_the_clocks_sentences_and_the_promises(place):
    case = working(1, place)
    why = queries.reasons(case, AT + DAY)
    assert why.due is not None
    assert (why.due.at, [kept.outcome for kept in why.promises]) == (DUE, ["open"])
    assert why.sentences[0] == (
        "Nhận hồ sơ lúc 09:00 thứ Hai 16/11/2026; thời hạn 5 ngày làm việc; ngày nhận không tính"
        " (Điều 147 khoản 2 Bộ luật Dân sự 2015)."
    )
    assert why.sentences[-1].endswith("17:00 thứ Hai 23/11/2026.")
    assert why.left == "Còn 4 ngày làm việc"
    assert queries.left_words(case, DUE + 2 * DAY) == "Quá hạn 1 ngày làm việc"


def test_without_a_running_clock_nothing_is_left(place):
    case = working(1, place)
    move(case, "ask", AT + DAY)
    assert (case.phase, queries.left_words(case, AT)) == (Phase.PAUSED, "")
    before = filed(2, place)
    why = queries.reasons(before, AT)
    assert (why.due, why.sentences, why.promises, why.left) == (None, [], [], "")
