"""The lunar calendar and the holidays of the law, against published dates and an independent list."""

from datetime import date

import holidays
import pytest

from tinhso.kernel.clock.rules import hung_kings, is_decided, lunar_date, national_days_off, statutory_holidays, tet
from tinhso.kernel.clock.tests.factories import day, seed_rows, seeded

YEARS = range(2015, 2041)
INDEPENDENT = holidays.country_holidays("VN", years=YEARS, language="en_US")


@pytest.mark.parametrize(
    ("year", "new_year", "kings"),
    [
        (2024, "10/02/2024", "18/04/2024"),
        (2025, "29/01/2025", "07/04/2025"),
        (2026, "17/02/2026", "26/04/2026"),
        (2027, "06/02/2027", "16/04/2027"),
        (2028, "26/01/2028", "04/04/2028"),
        (2029, "13/02/2029", "23/04/2029"),
        (2030, "02/02/2030", "12/04/2030"),  # Chinese calendars say 3 February
        (2031, "23/01/2031", "01/04/2031"),
        (2032, "11/02/2032", "19/04/2032"),
        (2007, "17/02/2007", "26/04/2007"),  # another year in which China was a day later
        (2034, "19/02/2034", "28/04/2034"),  # after the leap month 11 of 2033
    ],
)
def test_lunar_dates_at_hanoi(year, new_year, kings):
    assert (tet(year), hung_kings(year)) == (day(new_year), day(kings))


def test_other_lunar_days_are_found_too():
    assert lunar_date(2026, 8, 15) == day("25/09/2026")
    with pytest.raises(ValueError, match="1 to 10"):
        lunar_date(2026, 11, 1)


@pytest.mark.parametrize("year", YEARS)
def test_an_independent_list_agrees_on_tet_and_hung_kings(year):
    named = {found: name for found, name in INDEPENDENT.items() if found.year == year}
    assert "Lunar New Year" in named[tet(year)]
    assert "Hung Kings" in named[hung_kings(year)]


@pytest.mark.parametrize("year", YEARS)
def test_the_law_alone_gives_the_days_of_an_independent_list(year):
    """Left aside: swapped days, the list's own idea of a make-up for 24 November (the law gives none), Tết choices."""
    block = {date.fromordinal(tet(year).toordinal() + offset) for offset in range(-8, 9)}
    ours = {found for found in statutory_holidays(year) if found.weekday() < 5} - block
    theirs = {
        found
        for found, name in INDEPENDENT.items()
        if found.year == year and found.weekday() < 5 and "substituted from" not in name and "Cultur" not in name
    } - block
    culture = {date(year, 11, 24)} if year >= 2026 else set()
    second = {date(year, 9, 1), date(year, 9, 3)}
    assert ours - culture - second == theirs - second
    assert len((ours & second) ^ (theirs & second)) <= 2


def test_the_culture_day_begins_in_2026_and_is_not_made_up():
    assert date(2025, 11, 24) not in statutory_holidays(2025)
    assert statutory_holidays(2026)[date(2026, 11, 24)] == "Ngày Văn hóa Việt Nam"
    assert date(2029, 11, 26) not in statutory_holidays(2029)  # 24/11/2029 is a Saturday


@pytest.mark.parametrize(
    ("year", "second"),
    [
        (2024, "03/09"),
        (2025, "01/09"),
        (2026, "01/09"),
        (2027, "03/09"),
        (2022, "01/09"),
        (2023, "01/09"),
        (2029, "03/09"),
    ],
)
def test_the_second_national_day_makes_the_longer_rest(year, second):
    assert statutory_holidays(year)[day(f"{second}/{year}")] == "Quốc khánh 2/9"


def test_holidays_on_weekends_are_made_up_one_after_the_other():
    found = statutory_holidays(2023)
    assert [str(d) for d in found if d.month in (4, 5)] == [
        "2023-04-29", "2023-04-30", "2023-05-01", "2023-05-02", "2023-05-03",
    ]  # fmt: skip
    assert found[date(2023, 5, 2)] == "Nghỉ bù Giỗ Tổ Hùng Vương"


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_usual_tet_block_is_what_was_decided(year):
    near = [found for found in statutory_holidays(year) if abs((found - tet(year)).days) <= 8 and found.weekday() < 5]
    listed = [
        date.fromisoformat(row["date"])
        for row in seed_rows()
        if row["name"].endswith("Tết Nguyên đán") and row["date"].startswith(str(year)) and row["kind"] == "off"
    ]
    assert near == listed


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_seed_list_agrees_with_an_independent_list(year):
    calendar = seeded()
    ours = {found for found in calendar.off if found.year == year and found.weekday() < 5}
    theirs = {found for found in INDEPENDENT if found.year == year and found.weekday() < 5}
    unknown_to_the_list = {date(2026, 1, 2)} if year == 2026 else set()  # swapped for Saturday 10/1/2026
    assert ours ^ theirs == unknown_to_the_list


def test_a_decided_year_is_taken_from_its_list_and_another_from_the_law():
    entered = {date(2026, 2, offset): "Tết Nguyên đán" for offset in range(16, 21)}
    found, provisional = national_days_off(range(2026, 2028), entered)
    assert provisional == frozenset({2027})
    assert is_decided(2026, entered)
    assert not is_decided(2026, list(entered)[:2])
    assert date(2026, 9, 1) not in found
    assert date(2026, 2, 16) in found
    assert date(2026, 4, 26) in found
    assert date(2027, 9, 1) in found or date(2027, 9, 3) in found


def test_every_line_of_the_seed_list_names_its_source():
    assert all(row["source"] and row["name"] for row in seed_rows())
    assert [row["date"] for row in seed_rows()] == sorted({row["date"] for row in seed_rows()})
    open_ones = {row["date"] for row in seed_rows() if not row.get("confirmed", True)}
    assert {"2026-11-23", "2026-11-28"} < open_ones
