"""Calendars changed by hand and by list, and what units then get."""

from datetime import date

import pytest

from tinhso.kernel.clock import actions, queries
from tinhso.kernel.clock.models import CalendarDay, CalendarEdition, UnitCalendar, WorkCalendar, WorkingWeek
from tinhso.kernel.clock.rules import Limit, Unit, due, week_json
from tinhso.kernel.clock.tests.factories import POLICE_WEEK, moment, seed_rows
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.rules import NOBODY, SYSTEM
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.tests.factories import unit

pytestmark = pytest.mark.django_db
AT = moment("22/11/2026 09:00")
POLICE = week_json(POLICE_WEEK)
STORM = {"day": date(2026, 11, 25), "kind": "off", "name": "Nghỉ tránh bão", "source": "Công điện 01", "at": AT}
SWAP = [
    {"date": "23/11/2026", "kind": "off", "name": "Nghỉ hoán đổi", "source": "Thông báo 1"},
    {"date": "2026-11-28", "kind": "worked", "name": "Làm bù", "source": "Thông báo 1", "works_like": "0"},
]


@pytest.fixture(autouse=True)
def _fresh():
    queries.forget()
    units.forget()
    yield
    queries.forget()
    units.forget()


def rows() -> tuple[int, ...]:
    tables = (WorkCalendar, WorkingWeek, CalendarDay, UnitCalendar, CalendarEdition)
    return tuple(table.objects.count() for table in tables)


def due_on(unit_id: int | None = None) -> str:
    """Where five working days from 18/11/2026 lead."""
    found = due(moment("18/11/2026 09:10"), Limit(5, Unit.WORKING_DAY), queries.calendar_for(unit_id)).at
    return f"{found:%d/%m/%Y %H:%M}"


def test_without_any_row_the_law_gives_the_calendar():
    assert due_on() == "26/11/2026 17:00"
    assert 2026 in queries.standard_calendar().provisional_years


def test_the_seed_list_goes_in_and_a_second_time_changes_nothing():
    first = actions.seed_holidays(by=SYSTEM, at=AT)
    assert {line.status for line in first} == {"added"}
    assert CalendarDay.objects.count() == len(seed_rows()) == len(first)
    assert {line.status for line in actions.seed_holidays(by=SYSTEM, at=AT)} == {"unchanged"}
    assert CalendarEdition.objects.get().number == 1
    calendar = queries.standard_calendar()
    assert calendar.provisional_years & {2023, 2024, 2025, 2026, 2027} == {2027}
    assert calendar.is_working(date(2026, 8, 22))
    assert calendar.is_working(date(2026, 11, 23))  # only proposed


def test_a_rehearsal_reports_and_writes_nothing():
    report = actions.import_holidays(SWAP, dry_run=True, by=SYSTEM, at=AT)
    assert [(line.number, line.status, line.message) for line in report] == [
        (1, "added", "Thêm 23/11/2026: Nghỉ hoán đổi."),
        (2, "added", "Thêm 28/11/2026: Làm bù."),
    ]
    assert rows() == (0, 0, 0, 0, 0)


def test_a_swap_moves_the_example_of_november_2026():
    actions.import_holidays(SWAP, dry_run=False, by=SYSTEM, at=AT)
    assert due_on() == "27/11/2026 17:00"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"date": "31/02/2026"}, "Không đọc được ngày “31/02/2026”. Ghi dạng 24/11/2026 hoặc 2026-11-24."),
        ({"date": "01/01/1999"}, "Ngày nằm ngoài lịch (năm 2000 đến 2199). Kiểm tra lại năm."),
        ({"kind": "lễ"}, "Loại ngày phải là “off” (nghỉ) hoặc “worked” (làm bù)."),
        ({"name": ""}, "Nhập tên ngày, ví dụ “Quốc khánh 2/9”."),
        ({"works_like": ""}, "Ngày làm bù phải ghi làm theo giờ của thứ mấy; ngày nghỉ thì để trống."),
        ({"works_like": "7"}, "Thứ phải từ 0 (thứ Hai) đến 6 (Chủ nhật)."),
        ({"works_like": "hai"}, "Thứ phải từ 0 (thứ Hai) đến 6 (Chủ nhật)."),
        ({"date": "2026-11-23"}, "Ngày này đã có ở dòng trên. Xóa một trong hai dòng."),
        ({"calendar": "xyz"}, "Không có lịch làm việc “xyz”. Chọn lại trong danh sách lịch."),
    ],
)
def test_one_refused_row_keeps_the_whole_list_out(wrong, message):
    report = actions.import_holidays([SWAP[0], SWAP[1] | wrong], dry_run=False, by=SYSTEM, at=AT)
    assert (report[1].status, report[1].message) == ("refused", message)
    assert rows() == (0, 0, 0, 0, 0)


def test_a_day_without_source_is_refused_and_nothing_changes():
    with pytest.raises(Refusal) as refused:
        actions.set_day(**STORM | {"source": " "}, by=SYSTEM)
    assert (refused.value.code, refused.value.field) == ("clock.no_source", "source")
    assert rows() == (0, 0, 0, 0, 0)


def test_nobody_without_the_right_touches_a_calendar():
    for act in (
        lambda: actions.set_day(**STORM, by=NOBODY),
        lambda: actions.remove_day(day=STORM["day"], by=NOBODY),
        lambda: actions.import_holidays(SWAP, dry_run=True, by=NOBODY, at=AT),
        lambda: actions.add_calendar(code="a", name="A", windows=POLICE, from_on=AT.date(), by=NOBODY),
        lambda: actions.change_week(calendar_code="a", windows=POLICE, from_on=AT.date(), by=NOBODY),
        lambda: actions.assign(unit_id=1, calendar_code="a", by=NOBODY),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert rows() == (0, 0, 0, 0, 0)


def test_a_day_is_set_changed_and_taken_back():
    assert actions.set_day(**STORM, by=SYSTEM) == "added"
    assert due_on() == "27/11/2026 17:00"
    assert actions.set_day(**STORM, by=SYSTEM) == "unchanged"
    assert actions.set_day(**STORM, by=SYSTEM, is_confirmed=False) == "changed"
    assert due_on() == "26/11/2026 17:00"
    actions.remove_day(day=STORM["day"], by=SYSTEM)
    assert CalendarDay.objects.count() == 0
    with pytest.raises(NotFound):
        actions.remove_day(day=STORM["day"], by=SYSTEM)


def test_the_nearest_ancestor_with_a_calendar_decides():
    province = unit("tinh")
    department = unit("so", parent=province)
    division, other = unit("phong", parent=department), unit("khac", parent=province)
    actions.add_calendar(code="police", name="Công an xã", windows=POLICE, from_on=date(2026, 1, 1), by=SYSTEM)
    actions.assign(unit_id=department.id, calendar_code="police", by=SYSTEM)
    assert [due_on(found.id) for found in (province, department, division, other)] == [
        "26/11/2026 17:00",
        "25/11/2026 17:00",
        "25/11/2026 17:00",
        "26/11/2026 17:00",
    ]
    actions.assign(unit_id=department.id, calendar_code=None, by=SYSTEM)
    assert due_on(division.id) == "26/11/2026 17:00"


def test_a_day_of_one_calendar_wins_over_the_national_day():
    place = unit("xa")
    actions.add_calendar(code="xa", name="Xã", windows=POLICE, from_on=date(2026, 1, 1), by=SYSTEM)
    actions.assign(unit_id=place.id, calendar_code="xa", by=SYSTEM)
    actions.set_day(
        **STORM | {"day": date(2026, 11, 24), "kind": "worked"}, works_like=1, calendar_code="xa", by=SYSTEM
    )
    assert queries.calendar_for(place.id).is_working(date(2026, 11, 24))
    assert not queries.standard_calendar().is_working(date(2026, 11, 24))


def test_winter_hours_hold_from_their_day_on():
    actions.add_calendar(code="s", name="S", windows=POLICE, from_on=date(2026, 1, 1), by=SYSTEM, is_standard=True)
    actions.change_week(calendar_code="s", from_on=date(2026, 11, 25), windows={"wed": [["08:00", "16:00"]]}, by=SYSTEM)
    calendar = queries.standard_calendar()
    assert calendar.end_of(date(2026, 11, 25)) == moment("25/11/2026 16:00")
    assert calendar.next_working_day(date(2026, 11, 25)) == date(2026, 12, 2)
    assert calendar.is_working(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"windows": {}}, "clock.bad_week"), ({"windows": {"mon": [["9", "x"]]}}, "clock.bad_week"),
     ({"name": " "}, "clock.no_name"), ({"code": "one"}, "clock.code_taken")],
)  # fmt: skip
def test_a_calendar_that_makes_no_sense_is_refused(wrong, code):
    good = {"code": "two", "name": "Hai", "windows": POLICE, "from_on": date(2026, 1, 1), "by": SYSTEM}
    actions.add_calendar(**good | {"code": "one"})
    before = rows()
    with pytest.raises(Refusal) as refused:
        actions.add_calendar(**good | wrong)
    assert (refused.value.code, rows()) == (code, before)


def test_a_unit_that_does_not_exist_gets_no_calendar():
    with pytest.raises(NotFound):
        actions.assign(unit_id=404, calendar_code=None, by=SYSTEM)


def test_asking_again_costs_no_statement(django_assert_num_queries):
    place = unit("xa")
    queries.calendar_for(place.id)
    with django_assert_num_queries(0):
        queries.calendar_for(place.id)


def test_a_change_elsewhere_is_seen_with_one_statement_after_five_seconds(django_assert_num_queries, monkeypatch):
    queries.standard_calendar()
    monkeypatch.setattr(queries._Kept, "looked_at", -1e9)
    with django_assert_num_queries(1):
        kept = queries.standard_calendar()
    CalendarEdition.grow()
    monkeypatch.setattr(queries._Kept, "looked_at", -1e9)
    assert queries.standard_calendar() is not kept
