"""Due dates from the legal text and the domain reference, table by table."""

from datetime import UTC, date, time

import pytest

from tinhso.kernel.clock.rules import (
    Calendar,
    Count,
    Extension,
    Limit,
    Phase,
    Standing,
    Unit,
    Verdict,
    due,
    explain,
    parse_week,
    standing,
    time_left,
    verdict,
    worded_left,
    worked_minutes,
)
from tinhso.kernel.clock.tests.factories import CULTURE_DAY_ONLY, POLICE_WEEK, day, moment, pause, seeded

FIVE, TWENTY_DAYS = Limit(5, Unit.WORKING_DAY), Limit(20, Unit.DAY)
RECEIVED = moment("18/11/2026 09:10")


def at(start: str, limit: Limit, calendar: Calendar | None = None, pauses=(), extensions=()) -> str | None:
    found = due(moment(start), limit, calendar or seeded(), pauses, extensions).at
    return found and f"{found:%d/%m/%Y %H:%M}"


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("18/11/2026 09:10", 5, "26/11/2026 17:00"),
        ("18/11/2026 16:59", 5, "26/11/2026 17:00"),
        ("18/11/2026 23:00", 1, "19/11/2026 17:00"),
        ("20/11/2026 08:00", 1, "23/11/2026 17:00"),
        ("21/11/2026 08:00", 1, "23/11/2026 17:00"),
        ("23/11/2026 08:00", 1, "25/11/2026 17:00"),
        ("13/02/2026 10:00", 1, "23/02/2026 17:00"),
        ("13/02/2026 10:00", 5, "27/02/2026 17:00"),
        ("07/01/2026 10:00", 3, "10/01/2026 17:00"),  # the swapped Saturday counts
        ("20/08/2026 10:00", 2, "22/08/2026 17:00"),
        ("28/08/2026 10:00", 1, "03/09/2026 17:00"),
        ("24/01/2025 10:00", 1, "03/02/2025 17:00"),
        ("25/04/2025 10:00", 1, "26/04/2025 17:00"),
        ("29/04/2025 10:00", 1, "05/05/2025 17:00"),
        ("07/02/2024 10:00", 1, "15/02/2024 17:00"),
        ("03/05/2024 10:00", 1, "04/05/2024 17:00"),
        ("19/01/2023 10:00", 1, "27/01/2023 17:00"),
        ("24/04/2026 10:00", 1, "28/04/2026 17:00"),
    ],
)
def test_working_days_leave_out_the_first_day_weekends_and_holidays(start, amount, expected):
    assert at(start, Limit(amount, Unit.WORKING_DAY)) == expected


def test_a_swapped_monday_and_saturday_change_the_example_of_november_2026():
    assert at("18/11/2026 09:10", FIVE, seeded(also_unconfirmed=True)) == "27/11/2026 17:00"


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("18/11/2026 09:10", 20, "08/12/2026 17:00"),
        ("18/11/2026 09:10", 3, "23/11/2026 17:00"),  # Saturday moves to Monday
        ("18/11/2026 09:10", 6, "25/11/2026 17:00"),  # the holiday moves to the next day
        ("14/11/2026 09:10", 1, "16/11/2026 17:00"),
        ("04/02/2026 09:10", 10, "23/02/2026 17:00"),
        ("31/12/2025 09:10", 10, "10/01/2026 17:00"),  # a swapped Saturday is a working day
    ],
)
def test_calendar_days_run_on_and_a_last_day_off_moves_to_the_next_working_day(start, amount, expected):
    assert at(start, Limit(amount, Unit.DAY)) == expected


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("18/11/2026 09:10", "1", "18/11/2026 10:10"),
        ("18/11/2026 10:30", "1", "18/11/2026 11:30"),
        ("18/11/2026 11:00", "1", "18/11/2026 14:00"),
        ("18/11/2026 12:00", "1", "18/11/2026 14:30"),
        ("18/11/2026 16:30", "1", "19/11/2026 07:30"),
        ("23/11/2026 16:00", "8", "25/11/2026 16:00"),
        ("20/11/2026 18:00", "0.5", "23/11/2026 07:30"),
    ],
)
def test_hours_run_inside_the_working_windows(start, amount, expected):
    assert at(start, Limit(amount, Unit.HOUR)) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("18/11/2026 06:00", "18/11/2026 17:00"),
        ("18/11/2026 14:59", "18/11/2026 17:00"),
        ("18/11/2026 15:00", "19/11/2026 17:00"),
        ("20/11/2026 15:00", "23/11/2026 17:00"),
        ("23/11/2026 15:30", "25/11/2026 17:00"),
        ("22/11/2026 09:00", "23/11/2026 17:00"),
        ("22/11/2026 16:00", "23/11/2026 17:00"),
    ],
)
def test_a_same_day_promise_turns_at_three_in_the_afternoon(start, expected):
    assert at(start, Limit.same_day()) == expected


def test_three_in_the_afternoon_means_nothing_to_an_ordinary_limit():
    assert at("18/11/2026 15:30", FIVE) == at("18/11/2026 09:10", FIVE)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("18/11/2026 09:10", "0.5", "18/11/2026 15:10"),
        ("18/11/2026 16:00", "0.5", "19/11/2026 10:00"),
        ("18/11/2026 09:10", "2.5", "23/11/2026 11:00"),
        ("18/11/2026 09:10", "1.5", "20/11/2026 11:00"),
    ],
)
def test_half_a_working_day_is_four_working_hours(start, amount, expected):
    assert at(start, Limit(amount, Unit.WORKING_DAY)) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("19/11/2026 09:00", "23/11/2026 15:00", "01/12/2026 17:00"),  # nothing used: five days after the 23rd
        ("19/11/2026 14:00", "23/11/2026 15:00", "30/11/2026 17:00"),  # one used
        ("19/11/2026 12:00", "23/11/2026 15:00", "30/11/2026 17:00"),  # noon is the cutoff itself
        ("19/11/2026 09:00", "19/11/2026 16:00", "26/11/2026 17:00"),  # within one day
        ("21/11/2026 09:00", "22/11/2026 16:00", "26/11/2026 17:00"),  # on a weekend
        ("26/11/2026 11:00", "30/11/2026 08:00", "01/12/2026 17:00"),  # on the last day, before noon
        ("26/11/2026 15:00", "30/11/2026 08:00", "30/11/2026 17:00"),  # on the last day, after noon: the rest of a day
        ("26/11/2026 15:00", "30/11/2026 18:00", "01/12/2026 17:00"),
        ("27/11/2026 09:00", "30/11/2026 08:00", "26/11/2026 17:00"),  # too late to help
        ("26/11/2026 17:00", "30/11/2026 08:00", "26/11/2026 17:00"),  # at the due moment itself
        ("10/11/2026 09:00", "17/11/2026 08:00", "26/11/2026 17:00"),  # before receipt
        ("17/11/2026 09:00", "19/11/2026 08:00", "27/11/2026 17:00"),  # across receipt
    ],
)
def test_a_pause_moves_the_printed_date_by_whole_days(start, end, expected):
    assert at("18/11/2026 09:10", FIVE, CULTURE_DAY_ONLY, [pause(start, end)]) == expected


def test_the_cutoff_hour_of_the_pause_day_can_be_set():
    stop = pause("19/11/2026 14:00", "23/11/2026 15:00")
    found = due(RECEIVED, FIVE, CULTURE_DAY_ONLY, [stop], pause_cutoff=time(15)).at
    assert found == moment("01/12/2026 17:00")


def test_any_number_of_pauses_in_any_order_add_up():
    first, second = pause("19/11/2026 14:00", "20/11/2026 09:00"), pause("25/11/2026 13:00", "27/11/2026 10:00")
    assert at("18/11/2026 09:10", FIVE, CULTURE_DAY_ONLY, [second, first]) == "01/12/2026 17:00"


def test_two_pauses_that_touch_are_one_from_the_first_hour_on():
    parts = [pause("19/11/2026 09:00", "19/11/2026 13:00"), pause("19/11/2026 13:00", "20/11/2026 09:00")]
    assert at("18/11/2026 09:10", FIVE, CULTURE_DAY_ONLY, parts) == "30/11/2026 17:00"
    assert at("18/11/2026 09:10", FIVE, CULTURE_DAY_ONLY, parts[1:]) == "27/11/2026 17:00"


def test_the_exact_clock_gives_back_every_working_minute_of_a_pause():
    found = due(RECEIVED, FIVE, CULTURE_DAY_ONLY, [pause("19/11/2026 10:00", "19/11/2026 11:15")])
    assert found.at == moment("26/11/2026 17:00")
    assert found.exact_at == moment("27/11/2026 08:15")


def test_hours_lose_exactly_the_minutes_of_a_pause():
    assert at("18/11/2026 09:10", Limit(4, Unit.HOUR), pauses=[pause("18/11/2026 11:00", "18/11/2026 14:00")]) == (
        "18/11/2026 16:10"
    )


def test_a_paused_clock_has_no_due_moment_but_shows_what_is_left():
    found = due(RECEIVED, FIVE, CULTURE_DAY_ONLY, [pause("20/11/2026 14:00", None)])
    assert (found.at, found.exact_at, found.is_paused) == (None, None, True)
    assert found.remaining == (Phase(Count.WORKING_DAYS, 3),)
    assert found.exact_remaining == 3 * 480 + 180
    assert standing(moment("01/01/2027 09:00"), found) is Standing.PAUSED


def test_an_expired_clock_cannot_be_paused():
    assert at("18/11/2026 09:10", FIVE, CULTURE_DAY_ONLY, [pause("27/11/2026 08:00", None)]) == "26/11/2026 17:00"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("18/11/2026 10:00", "18/11/2026 14:00", "18/11/2026 17:00"),
        ("18/11/2026 10:00", "18/11/2026 16:00", "19/11/2026 17:00"),
        ("18/11/2026 16:00", "19/11/2026 10:00", "19/11/2026 17:00"),
        ("18/11/2026 10:00", "20/11/2026 15:10", "23/11/2026 17:00"),
    ],
)
def test_a_same_day_promise_starts_anew_after_a_pause(start, end, expected):
    assert at("18/11/2026 09:10", Limit.same_day(), pauses=[pause(start, end)]) == expected


@pytest.mark.parametrize(
    ("limit", "extension", "expected"),
    [
        (FIVE, Extension(2, Unit.WORKING_DAY), "30/11/2026 17:00"),
        (FIVE, Extension(10, Unit.DAY), "07/12/2026 17:00"),
        (TWENTY_DAYS, Extension(10, Unit.DAY), "18/12/2026 17:00"),
        (Limit.same_day(), Extension(1, Unit.WORKING_DAY), "19/11/2026 17:00"),
        (FIVE, Extension(4, Unit.HOUR), "27/11/2026 11:00"),
    ],
)
def test_an_extension_adds_to_its_own_unit_and_follows_another(limit, extension, expected):
    assert at("18/11/2026 09:10", limit, extensions=[extension]) == expected


def test_an_unknown_limit_gives_no_date():
    found = due(RECEIVED, Limit.unknown(), seeded())
    assert (found.at, found.exact_at, found.is_known, found.is_paused, found.remaining) == (
        None,
        None,
        False,
        False,
        (),
    )
    assert standing(RECEIVED, found) is Standing.UNKNOWN
    assert verdict(RECEIVED, found) is None


def test_moments_of_other_zones_are_read_in_vietnamese_time():
    late_evening = moment("18/11/2026 00:30").astimezone(UTC)
    assert late_evening.date() == date(2026, 11, 17)
    assert due(late_evening, FIVE, CULTURE_DAY_ONLY).at == moment("26/11/2026 17:00")
    with pytest.raises(ValueError, match="time zone"):
        due(RECEIVED.replace(tzinfo=None), FIVE, CULTURE_DAY_ONLY)


def test_saturday_mornings_count_where_they_are_worked():
    police = Calendar("police", POLICE_WEEK)
    assert at("19/11/2026 09:00", Limit(2, Unit.WORKING_DAY), police) == "21/11/2026 11:30"


def test_other_hours_hold_from_their_day_on():
    winter = parse_week(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("07:30", "12:00"), ("13:00", "16:30"))))
    calendar = Calendar("seasons", changes=((day("01/12/2026"), winter),))
    assert at("29/11/2026 09:00", Limit(1, Unit.WORKING_DAY), calendar) == "30/11/2026 17:00"
    assert at("30/11/2026 09:00", Limit(1, Unit.WORKING_DAY), calendar) == "01/12/2026 16:30"


@pytest.mark.parametrize(
    ("finished", "expected"),
    [
        ("25/11/2026 23:59", Verdict.EARLY),
        ("26/11/2026 00:00", Verdict.ON_TIME),
        ("26/11/2026 17:00", Verdict.ON_TIME),
        ("26/11/2026 17:01", Verdict.LATE),
        ("27/11/2026 07:00", Verdict.LATE),
    ],
)
def test_early_on_time_late(finished, expected):
    found = due(RECEIVED, FIVE, CULTURE_DAY_ONLY)
    assert verdict(moment(finished), found) is expected
    assert verdict(moment(finished), found.at) is expected


def test_a_dossier_that_ends_while_paused_is_judged_as_if_resumed_then():
    found = due(RECEIVED, FIVE, CULTURE_DAY_ONLY, [pause("20/11/2026 09:00", None)])
    assert verdict(moment("15/12/2026 09:00"), found) is Verdict.EARLY


def test_time_left_counts_working_minutes_and_turns_negative():
    found = due(RECEIVED, FIVE, CULTURE_DAY_ONLY)
    assert time_left(moment("26/11/2026 14:00"), found, CULTURE_DAY_ONLY) == 180
    assert time_left(moment("23/11/2026 16:00"), found.at, CULTURE_DAY_ONLY) == 60 + 960
    assert time_left(moment("27/11/2026 11:30"), found, CULTURE_DAY_ONLY) == -270
    assert time_left(RECEIVED, None, CULTURE_DAY_ONLY) is None
    assert standing(moment("26/11/2026 17:00"), found) is Standing.IN_TIME
    assert standing(moment("26/11/2026 17:01"), found) is Standing.OVERDUE


@pytest.mark.parametrize(
    ("minutes", "vietnamese", "english"),
    [
        (180, "Còn 3 giờ làm việc", "3 working hours left"),
        (960, "Còn 2 ngày làm việc", "2 working days left"),
        (479, "Còn 7 giờ làm việc", "7 working hours left"),
        (25, "Còn 25 phút làm việc", "25 working minutes left"),
        (0, "Đã đến hạn", "Due now"),
        (-300, "Quá hạn 5 giờ làm việc", "5 working hours overdue"),
        (-480, "Quá hạn 1 ngày làm việc", "1 working day overdue"),
        (None, "Chưa có hạn", "No due date"),
    ],
)
def test_time_left_in_words(minutes, vietnamese, english):
    assert (worded_left(minutes), worded_left(minutes, "en")) == (vietnamese, english)


def test_worked_minutes_between_two_moments():
    assert worked_minutes(moment("18/11/2026 09:10"), moment("19/11/2026 08:00"), CULTURE_DAY_ONLY) == 140 + 210 + 60
    assert worked_minutes(moment("19/11/2026 08:00"), moment("18/11/2026 09:10"), CULTURE_DAY_ONLY) == -410


def test_the_tables_grow_when_a_date_lies_far_ahead():
    assert at("18/11/2060 09:10", FIVE, Calendar("x")) == "25/11/2060 17:00"


TWO_HOURS = Limit(2, Unit.CLOCK_HOUR)


@pytest.mark.parametrize(
    ("start", "pauses", "expected"),
    [
        ("20/11/2026 23:30", (), "21/11/2026 01:30"),  # by night, into a Saturday
        ("20/11/2026 09:10", (), "20/11/2026 11:10"),
        ("20/11/2026 16:00", (("20/11/2026 17:00", "22/11/2026 08:00"),), "22/11/2026 09:00"),
        ("20/11/2026 16:00", (("20/11/2026 17:00", None),), None),
    ],
)
def test_hours_of_the_clock_run_by_night_and_on_days_off(start, pauses, expected):
    assert at(start, TWO_HOURS, pauses=[pause(*one) for one in pauses]) == expected


def test_hours_of_the_clock_explain_themselves():
    found = due(moment("20/11/2026 23:30"), TWO_HOURS, seeded())
    assert explain(found) == [
        "Nhận hồ sơ lúc 23:30 thứ Sáu 20/11/2026; thời hạn 2 giờ.",
        "Tính 2 giờ, từ 23:30 thứ Sáu 20/11/2026 đến 01:30 thứ Bảy 21/11/2026.",
        "Hạn trả kết quả: 01:30 thứ Bảy 21/11/2026.",
    ]


def test_hours_of_the_clock_that_stand_still_keep_what_is_left():
    held = due(moment("20/11/2026 16:00"), TWO_HOURS, seeded(), [pause("20/11/2026 17:00", None)])
    assert time_left(moment("22/11/2026 08:00"), held, seeded()) == 60
