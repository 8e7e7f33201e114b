"""Calendars and moments for tests."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from tinhso.kernel.clock.rules import OFFICE_WEEK, VIETNAM, Calendar, Pause, Week, national_days_off, parse_week
from tinhso.kernel.seeds import seed

CULTURE_DAY_ONLY = Calendar("culture-day", off={date(2026, 11, 24): "Ngày Văn hóa Việt Nam"})
POLICE_WEEK = parse_week(
    {day: [["07:30", "11:30"], ["13:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    | {"sat": [["07:30", "11:30"]]}
)


def moment(text: str) -> datetime:
    """A moment in Vietnam: "18/11/2026 09:10"."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)


def pause(start: str, end: str | None, reason: str = "") -> Pause:
    """Waiting for papers, for such words; without an end it lasts."""
    return Pause("supplement", moment(start), end and moment(end), reason)


def day(text: str) -> date:
    """A date: "18/11/2026"."""
    return datetime.strptime(text, "%d/%m/%Y").date()


@cache
def seed_rows() -> list[dict[str, Any]]:
    """The rows of the list the program brings along."""
    return seed("tinhso.kernel.clock", "holidays.yaml")["days"]


@cache
def seeded(*, also_unconfirmed: bool = False, week: Week = OFFICE_WEEK) -> Calendar:
    """The calendar of the seed list, without a database."""
    rows = [row for row in seed_rows() if row.get("confirmed", True) or also_unconfirmed]
    entered = {date.fromisoformat(row["date"]): row["name"] for row in rows if row["kind"] == "off"}
    off, provisional = national_days_off(range(2013, 2041), entered)
    worked = {date.fromisoformat(row["date"]): week[row["works_like"]] for row in rows if row["kind"] == "worked"}
    off = {date_: name for date_, name in off.items() if date_ not in worked}
    return Calendar("seeded", week, off, worked, provisional_years=provisional)
