"""Writing cases: row, entry, clock and promise together or not at all; who may; numbers; and what a page offers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.db import transaction

from tinhso.kernel.cases import actions
from tinhso.kernel.cases import queries as cases
from tinhso.kernel.cases.actions import check_revision, move_of, open_case, record, take_number
from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.cases.rules import LATER, Phase, open_moves
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.cases.tests.factories import (
    AT,
    PERMIT,
    Permission,
    Standing,
    actor,
    citizen,
    filed,
    filing,
    move,
    official,
    statements,
    term,
    unit,
    working,
)
from tinhso.kernel.clock import actions as clock
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import End
from tinhso.kernel.people.rules import NOBODY, SYSTEM, Actor, ActorKind, Scope
from tinhso.kernel.units.models import Unit

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 11, 23, 10, tzinfo=UTC)  # five working days after Monday 9 o'clock: Monday 17:00
LATER_DUE = datetime(2026, 11, 26, 10, tzinfo=UTC)  # two working days more: the 24th is Vietnam Culture Day
DAY = timedelta(days=1)


@pytest.fixture
def place() -> Unit:
    return unit("XA1")


def written(case: Case) -> tuple[object, ...]:
    """All that a move may change: row, entries, promises."""
    return (
        Case.objects.filter(pk=case.pk).values().get() | {"journal_hash": None},
        Entry.objects.filter(case_id=case.pk).count(),
        Promise.objects.filter(case_id=case.pk).count(),
    )


def test_opening_writes_the_row_and_its_first_entry(place):
    lan = citizen()
    case = filed(1, place, by=actor(lan), owner_id=lan.pk, words="0912345678")
    row = Case.objects.get(pk=case.pk)
    assert (row.state, row.phase, row.due_at, row.urgent_at, row.settled_at) == (
        "filed", Phase.OPEN, None, LATER, None,
    )  # fmt: skip
    assert (row.concerned, row.owner_id, row.opened_at) == ([place.pk], lan.pk, AT)
    assert row.needle == "h53 01 261116 0001 nguyen thi lan giay phep so 1 0912345678"
    entry = Entry.objects.get(case=row)
    assert (entry.seq, entry.verb, entry.actor_id, entry.unit_id, entry.at) == (1, "permit.file", lan.pk, place.pk, AT)
    assert entry.data == {
        "code": row.number, "was": None, "is": {"unit": place.pk, "state": "filed", "phase": 1, "due": None},
    }  # fmt: skip
    assert (row.journal_seq, bytes(row.journal_hash)) == (1, bytes(entry.hash))
    assert not Promise.objects.exists()


def test_a_case_whose_clock_runs_at_once_has_a_due_date_and_a_promise(place):
    case = working(1, place)
    assert (case.due_at, case.urgent_at) == (DUE, DUE)
    assert Promise.objects.values_list("due_at", "promised_at", "reason").get() == (DUE, AT, "file")


def test_a_case_received_for_another_place_concerns_both(place):
    shop = unit("MOTCUA")
    assert filed(1, place, received_unit_id=shop.pk).concerned == sorted([place.pk, shop.pk])


def test_a_move_changes_row_clock_promise_and_history_together(place):
    case = filed(1, place)
    move(case, "accept", data={"reason": "Đủ giấy tờ"}, change={"step": "Thẩm định", "step_kind": "appraise"})
    row = Case.objects.get(pk=case.pk)
    assert (row.state, row.phase, row.due_at, row.urgent_at, row.step) == (
        "working", Phase.OPEN, DUE, DUE, "Thẩm định",
    )  # fmt: skip
    assert Term.from_json(row.clock).started_at == AT
    assert Promise.objects.values_list("due_at", "reason").get() == (DUE, "accept")
    entry = Entry.objects.get(case=row, seq=2)
    assert (entry.verb, entry.data["reason"]) == ("permit.accept", "Đủ giấy tờ")
    assert entry.data["was"] == {"unit": place.pk, "state": "filed", "phase": 1, "due": None}
    assert entry.data["is"] == {"unit": place.pk, "state": "working", "phase": 1, "due": DUE.isoformat()}


def test_a_move_writes_row_entry_job_and_promise_in_one_statement(place):
    case, again = filed(1, place), filed(2, place)
    move(case, "accept")
    with statements() as found:
        move(again, "accept")
    (sql,) = found
    for table in ("journal_entry", "procrastinate", "cases_case", "cases_promise"):
        assert table in sql


def test_when_the_transaction_fails_nothing_of_the_move_is_left(place):
    case = filed(1, place)
    before = written(case)

    def moved_and_broken() -> None:
        with transaction.atomic():
            move(Case.objects.locked(case.pk), "accept")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        moved_and_broken()
    assert written(case) == before


def test_the_clock_stands_still_and_goes_on_with_a_new_promise(place):
    case = working(1, place)
    move(case, "ask", AT + DAY)
    assert (case.phase, case.urgent_at, case.due_at) == (Phase.PAUSED, LATER, DUE)
    move(case, "answer", AT + 2 * DAY)
    later = Case.objects.get(pk=case.pk)
    found = Term.from_json(later.clock).due(actions.calendar_for(place.pk))
    assert found is not None
    assert (later.phase, later.due_at, later.urgent_at) == (Phase.OPEN, found.at, found.at)
    assert later.due_at == LATER_DUE
    assert list(Promise.objects.values_list("due_at", "reason")) == [(DUE, "file"), (LATER_DUE, "answer")]


def test_a_pause_that_cost_no_time_promises_nothing_new(place):
    case = working(1, place)
    move(case, "ask", AT + DAY)
    move(case, "answer", AT + DAY)
    assert (case.due_at, Promise.objects.count()) == (DUE, 1)


def works_on_saturdays(unit_id: int) -> None:
    day = [["07:30", "11:30"], ["13:30", "17:00"]]
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), day)
    clock.add_calendar(code="sau-ngay", name="Sáu ngày", windows=week, from_on=date(2026, 1, 1), by=SYSTEM)
    clock.assign(unit_id=unit_id, calendar_code="sau-ngay", by=SYSTEM)


def test_a_case_that_goes_to_a_unit_with_another_calendar_counts_by_that_one(place):
    other = unit("XA2")
    works_on_saturdays(other.pk)
    case = working(1, place)
    move(case, "transfer", AT + DAY, change={"unit_id": other.pk})
    row = Case.objects.get(pk=case.pk)
    term = Term.from_json(row.clock)
    assert (row.due_at, row.urgent_at, term.calendar) == (DUE - 2 * DAY, DUE - 2 * DAY, "sau-ngay")
    assert term.due(actions.calendar_for(other.pk)).at == row.due_at
    assert list(Promise.objects.values_list("due_at", "reason")) == [(DUE, "file"), (DUE - 2 * DAY, "transfer")]
    assert Entry.objects.get(verb="permit.transfer").data["is"]["due"] == row.due_at.isoformat()


def test_a_case_that_goes_to_a_unit_with_the_same_calendar_keeps_its_date(place):
    case = working(1, place)
    move(case, "transfer", AT + DAY, change={"unit_id": unit("XA2").pk})
    assert (Case.objects.get(pk=case.pk).due_at, Promise.objects.count()) == (DUE, 1)


def test_a_case_whose_clock_has_not_begun_goes_elsewhere_without_a_date(place):
    case = working(1, place, term=None)
    move(case, "transfer", AT + DAY, change={"unit_id": unit("XA2").pk})
    assert (Case.objects.get(pk=case.pk).due_at, Promise.objects.count()) == (None, 0)


def test_settling_keeps_the_moment_and_stops_the_clock(place):
    case = working(1, place)
    move(case, "decide", AT + DAY)
    assert (case.settled_at, case.due_at, case.urgent_at) == (AT + DAY, DUE, LATER)
    assert Term.from_json(case.clock).stopped_at == AT + DAY
    move(case, "hand_over", AT + 2 * DAY)
    assert (case.state, case.settled_at) == ("closed", AT + DAY)


def test_a_case_that_never_began_is_closed_without_a_clock(place):
    case = filed(1, place)
    move(case, "expire", AT + DAY)
    assert (case.phase, case.settled_at, case.due_at) == (Phase.CLOSED, AT + DAY, None)
    assert Term.from_json(case.clock).stopped_at is None


def test_an_extension_counts_the_due_date_anew(place):
    case = working(1, place)
    actions.extend(case, actions.Extension(2, "working_day", "Vùng biên giới"))
    record(case, "permit.note", by=SYSTEM, at=AT, data={"text": "gia hạn"})
    assert Case.objects.get(pk=case.pk).due_at == LATER_DUE


@pytest.mark.parametrize(
    ("who", "verb", "code"),
    [
        ("citizen", "accept", "people.not_allowed"),
        ("nobody", "accept", "people.not_allowed"),
        ("elsewhere", "accept", "people.not_allowed"),
        ("worker", "accept", "people.not_allowed"),
        ("clerk", "hand_over", "cases.move_not_open"),
        ("leader", "decide", "cases.move_not_open"),
    ],
)
def test_a_refused_move_changes_nothing(place, who, verb, code):
    by = {
        "citizen": lambda: actor(citizen()),
        "nobody": lambda: NOBODY,
        "elsewhere": lambda: actor(official("xa", unit("XA2"), "permits.clerk")),
        "worker": lambda: actor(official("tuan", place, "permits.worker")),
        "clerk": lambda: actor(official("hoa", place, "permits.clerk")),
        "leader": lambda: actor(official("minh", place, "permits.leader")),
    }[who]()
    case = filed(1, place)
    before = written(case)
    with pytest.raises(Refusal) as no:
        move(case, verb, by=by)
    assert no.value.code == code
    assert isinstance(no.value, NotAllowed) is (code == "people.not_allowed")
    assert written(case) == before


@pytest.mark.parametrize(
    ("standing", "code"),
    [(Standing(ready=False, paid=False), "permits.not_ready"), (Standing(paid=False), "permits.unpaid")],
)
def test_the_first_unmet_need_is_told_and_nothing_changes(place, standing, code):
    case = working(1, place)
    before = written(case)
    with pytest.raises(Refusal) as no:
        actions.advance(case, "decide", by=SYSTEM, at=AT, standing=standing)
    assert no.value.code == code
    assert written(case) == before


def test_the_refusal_names_move_and_state(place):
    with pytest.raises(Refusal) as no:
        move(filed(1, place), "decide")
    assert no.value.message == "Không thể “Ký kết quả” khi hồ sơ ở trạng thái “Đã nộp”. Tải lại trang."


def _actors(here: int, elsewhere: int, owner: int) -> list[Actor]:
    found = [NOBODY, SYSTEM, Actor(ActorKind.CITIZEN, owner), Actor(ActorKind.CITIZEN, owner + 1)]
    for right, at_unit in product(Permission, (here, elsewhere)):
        found.append(Actor(ActorKind.OFFICIAL, owner + 2, rights={right: Scope(units=frozenset({at_unit}))}))
    return found


def test_a_page_offers_exactly_what_the_action_accepts(place):
    """For every state, actor and standing."""
    lan, other = citizen(), unit("XA2")
    case = filed(1, place, owner_id=lan.pk)
    standings = [Standing(ready, paid) for ready, paid in product((True, False), repeat=2)]
    asked = 0
    for state, who, standing in product(PERMIT.lifecycle.states, _actors(place.pk, other.pk, lan.pk), standings):
        case.state, case.phase = state.code, state.phase
        offered = {one.verb for one in open_moves(PERMIT.lifecycle, state.code, case.whom, who, standing)}
        accepted = set()
        for one in PERMIT.lifecycle.moves:
            try:
                accepted.add(move_of(case, one.verb, by=who, standing=standing).verb)
            except Refusal:
                continue
        assert offered == accepted
        asked += 1
    assert asked == 5 * 12 * 4


def test_recording_leaves_state_and_clock_alone(place):
    case = working(1, place)
    before = Case.objects.values("state", "phase", "due_at", "clock").get(pk=case.pk)
    record(case, "permit.note", by=SYSTEM, at=AT + DAY, data={"text": "x"}, change={"assignee_id": citizen().pk})
    assert Case.objects.values("state", "phase", "due_at", "clock").get(pk=case.pk) == before
    assert Entry.objects.filter(case=case, verb="permit.note").count() == 1


def test_an_entry_that_nobody_declares_is_refused_and_nothing_is_written(place):
    case = working(1, place)
    before = written(case)
    with pytest.raises(KeyError), transaction.atomic():
        record(case, "permit.sing", by=SYSTEM, at=AT)
    assert written(case) == before


def test_the_revision_grows_with_each_change_and_an_older_page_is_refused(place):
    case = working(1, place)
    seen = case.revision
    check_revision(case, seen)
    check_revision(case, None)
    record(case, "permit.note", by=SYSTEM, at=AT, data={"text": "x"})
    assert Case.objects.get(pk=case.pk).revision == seen + 1
    with pytest.raises(Stale) as no:
        check_revision(case, seen)
    assert no.value.code == "cases.changed_since"


def test_a_further_unit_is_concerned_once(place):
    other = unit("SO")
    case = working(1, place)
    actions.concern(case, other.pk)
    actions.concern(case, other.pk)
    record(case, "permit.note", by=SYSTEM, at=AT, data={"text": "x"})
    assert Case.objects.get(pk=case.pk).concerned == sorted([place.pk, other.pk])


def test_a_case_that_does_not_exist_cannot_be_held():
    with pytest.raises(NotFound):
        Case.objects.locked(10**9)


def test_a_long_title_and_name_are_cut_to_their_columns(place):
    case = filed(1, place, title="đ" * 400, applicant="ư" * 300)
    assert (len(case.title), len(case.applicant)) == (300, 200)


def test_a_long_reason_is_cut_where_it_is_promised_and_kept_whole_in_the_clock(place):
    case = working(1, place)
    move(case, "ask", AT + DAY, reason="r" * 900)
    move(case, "answer", AT + 3 * DAY, reason="n" * 900)
    assert [len(note) for note in Promise.objects.values_list("note", flat=True)] == [0, 300]
    assert len(Term.from_json(Case.objects.get(pk=case.pk).clock).pauses[0].reason) == 900


def test_two_cases_never_share_a_number(place):
    filed(1, place)
    with pytest.raises(Exception, match="cases_case_number"), transaction.atomic():
        filed(1, place)
    assert Case.objects.count() == Entry.objects.count() == 1


def test_numbers_begin_at_one_in_each_series():
    assert [take_number("A"), take_number("A"), take_number("B"), take_number("A")] == [1, 2, 1, 3]


def test_a_number_that_was_rolled_back_is_given_again():
    def taken_and_broken() -> None:
        with transaction.atomic():
            take_number("A")
            raise RuntimeError

    take_number("A")
    with pytest.raises(RuntimeError):
        taken_and_broken()
    assert take_number("A") == 2


def test_a_settled_case_without_its_moment_is_refused_by_the_database(place):
    case = working(1, place)
    with pytest.raises(Exception, match="case_settled_has_a_time"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(phase=Phase.SETTLED)


def test_an_unknown_state_opens_nothing(place):
    with pytest.raises(KeyError):
        open_case(filing(1, place, state="nowhere", term=term()), verb="permit.file", by=SYSTEM, at=AT)
    assert not Case.objects.exists()


def test_what_happens_beside_the_work_stands_in_the_history_and_leaves_the_case_as_it_was(place):
    case = filed(1, place)
    before = Case.objects.filter(pk=case.pk).values().get()
    entry = actions.note_beside(Case.objects.locked(case.pk), "permit.note", by=SYSTEM, at=AT + DAY)
    after = Case.objects.filter(pk=case.pk).values().get()
    changed = {key for key in after if after[key] != before[key] and key != "journal_hash"}
    assert changed == {"journal_seq"}
    assert entry.data["was"] == entry.data["is"]
    ends: dict[str, End] = {}
    assert [*journal.verify(ends), *cases.verify(ends)] == []
