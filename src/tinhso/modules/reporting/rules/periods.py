"""Reporting periods: which one a day belongs to, its days and its name.

A period may end before the calendar's: where numbers close on the 14th, the month runs from the 15th of the month
before to the 14th (the usual practice under NĐ 09/2019/NĐ-CP Đ.12, from memory, not confirmed; each assignment says).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Frequency(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    ONCE = "once"


FREQUENCY_NAMES = {
    Frequency.WEEK: "Hằng tuần", Frequency.MONTH: "Hằng tháng", Frequency.QUARTER: "Hằng quý",
    Frequency.HALF: "6 tháng", Frequency.YEAR: "Hằng năm", Frequency.ONCE: "Một lần",
}  # fmt: skip
_MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF: 6, Frequency.YEAR: 12}
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Span:
    """A period's code (unique within its frequency), its name, first and last day."""

    code: str
    name: str
    since: date
    until: date


def span_of(frequency: Frequency, day: date, *, closing_day: int = 0, once: tuple[date, date] | None = None) -> Span:
    """The period that a day belongs to. ``closing_day`` 1–27, 0 for whole calendar months; weeks run Monday–Sunday."""
    if frequency is Frequency.ONCE:
        since, until = once or (day, day)
        return Span(f"once-{since:%Y%m%d}", f"{since:%d/%m/%Y} – {until:%d/%m/%Y}", since, until)
    if frequency is Frequency.WEEK:
        year, week, _ = day.isocalendar()
        monday = date.fromisocalendar(year, week, 1)
        name = f"Tuần {week} ({monday:%d/%m} – {monday + timedelta(6):%d/%m/%Y})"
        return Span(f"{year}-W{week:02}", name, monday, monday + timedelta(6))
    return _months(frequency, day, closing_day)


def _months(frequency: Frequency, day: date, closing_day: int) -> Span:
    months = _MONTHS[frequency]
    meant = day.year * 12 + day.month - 1 + (1 if closing_day and day.day > closing_day else 0)
    first = meant - meant % months
    since, until = _first(first), _first(first + months) - timedelta(1)
    if closing_day:
        since = _first(first - 1) + timedelta(closing_day)
        until = _first(first + months - 1) + timedelta(closing_day - 1)
    year, place = first // 12, first % 12 // months + 1
    code, name = _named(frequency, year, place)
    return Span(code, name, since, until)


def _named(frequency: Frequency, year: int, place: int) -> tuple[str, str]:
    if frequency is Frequency.MONTH:
        return f"{year}-{place:02}", f"Tháng {place}/{year}"
    if frequency is Frequency.QUARTER:
        return f"{year}-Q{place}", f"Quý {_ROMAN[place - 1]}/{year}"
    if frequency is Frequency.HALF:
        return f"{year}-H{place}", f"6 tháng {'đầu' if place == 1 else 'cuối'} năm {year}"
    return f"{year}", f"Năm {year}"


def _first(month: int) -> date:
    """The first day of a month counted from year 0."""
    return date(month // 12, month % 12 + 1, 1)


REMINDERS = ("before", "due", "late")  # the working day before the due day; on it; the working day after it
