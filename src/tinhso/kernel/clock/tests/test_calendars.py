"""Limits, pauses, weeks and calendars as values: what they turn away, and that they survive storage."""

from decimal import Decimal

import pytest

from tinhso.kernel.clock.rules import (
    Calendar,
    Extension,
    Limit,
    Pause,
    Unit,
    Window,
    due,
    parse_week,
    week_json,
)
from tinhso.kernel.clock.tests.factories import POLICE_WEEK, day, moment, pause, seeded

FIVE, TWENTY_DAYS = Limit(5, Unit.WORKING_DAY), Limit(20, Unit.DAY)


@pytest.mark.parametrize(
    "limit", [FIVE, TWENTY_DAYS, Limit("2.5", Unit.WORKING_DAY), Limit.same_day(), Limit.unknown()]
)
def test_a_limit_survives_storage(limit):
    assert Limit.from_json(limit.to_json()) == limit


def test_pauses_and_extensions_survive_storage():
    stops = [pause("20/11/2026 14:00", None, "thiếu bản vẽ"), pause("20/11/2026 14:00", "23/11/2026 08:00")]
    assert [Pause.from_json(stop.to_json()) for stop in stops] == stops
    more = Extension(Decimal("10"), Unit.DAY, "vùng biên giới")
    assert Extension.from_json(more.to_json()) == more


@pytest.mark.parametrize(("amount", "unit"), [(0, Unit.DAY), (-1, Unit.HOUR), (10_001, Unit.DAY)])
def test_limits_that_make_no_sense_are_turned_away(amount, unit):
    with pytest.raises(ValueError, match="no sense"):
        Limit(amount, unit)


def test_a_pause_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="cannot end"):
        pause("20/11/2026 14:00", "20/11/2026 13:59")


def test_a_calendar_answers_about_its_days():
    calendar = seeded()
    assert calendar.is_working(day("22/08/2026"))
    assert not calendar.is_working(day("31/08/2026"))
    assert calendar.next_working_day(day("13/02/2026")) == day("23/02/2026")
    assert calendar.windows_on(day("23/11/2026")) == (Window(420, 690), Window(810, 1020))
    assert calendar.windows_on(day("24/11/2026")) == ()
    assert calendar.end_of(day("24/11/2026")) == moment("25/11/2026 17:00")
    assert calendar.why_off(day("24/11/2026")) == "Ngày Văn hóa Việt Nam"
    assert calendar.why_off(day("21/11/2026")) == "nghỉ hằng tuần"
    assert calendar.why_off(day("23/11/2026")) is None


@pytest.mark.parametrize(
    "week",
    [
        {},
        {"mon": []},
        {"monday": [["07:00", "11:00"]]},
        {"mon": [["11:00", "07:00"]]},
        {"mon": [["07:00", "11:00"], ["10:00", "12:00"]]},
    ],
)
def test_weeks_that_cannot_be_worked_are_turned_away(week):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_week(week)


def test_a_week_survives_storage():
    assert parse_week(week_json(POLICE_WEEK)) == POLICE_WEEK


def test_a_calendar_turns_contradictions_away():
    with pytest.raises(ValueError, match="both off and worked"):
        Calendar("x", off={day("24/11/2026"): "a"}, worked={day("24/11/2026"): (Window(420, 690),)})
    with pytest.raises(ValueError, match="begins with 2000"):
        due(moment("31/12/1999 09:00"), FIVE, Calendar("x"))
