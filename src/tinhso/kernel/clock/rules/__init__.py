"""The statutory clock: pure, exact, explained. ``many`` (arrays) is imported by name by those who need numpy."""

from enum import StrEnum

from tinhso.kernel.clock.rules.calendars import (
    OFFICE_WEEK,
    VIETNAM,
    WEEKDAYS,
    Calendar,
    Week,
    parse_week,
    week_json,
)
from tinhso.kernel.clock.rules.dues import (
    Due,
    Standing,
    Verdict,
    due,
    standing,
    time_left,
    verdict,
    worded_left,
    worked_minutes,
)
from tinhso.kernel.clock.rules.holidays import is_decided, national_days_off, statutory_holidays
from tinhso.kernel.clock.rules.limits import Count, Extension, Limit, Pause, PauseKind, Phase, Unit
from tinhso.kernel.clock.rules.lunar import hung_kings, lunar_date, tet
from tinhso.kernel.clock.rules.steps import Code, Step
from tinhso.kernel.clock.rules.tables import Window
from tinhso.kernel.clock.rules.words import day_words, explain, limit_words, moment_words


class Permission(StrEnum):
    """Rights about calendars."""

    MANAGE = "clock.manage"


__all__ = [
    "OFFICE_WEEK",
    "VIETNAM",
    "WEEKDAYS",
    "Calendar",
    "Code",
    "Count",
    "Due",
    "Extension",
    "Limit",
    "Pause",
    "PauseKind",
    "Permission",
    "Phase",
    "Standing",
    "Step",
    "Unit",
    "Verdict",
    "Week",
    "Window",
    "day_words",
    "due",
    "explain",
    "hung_kings",
    "is_decided",
    "limit_words",
    "lunar_date",
    "moment_words",
    "national_days_off",
    "parse_week",
    "standing",
    "statutory_holidays",
    "tet",
    "time_left",
    "verdict",
    "week_json",
    "worded_left",
    "worked_minutes",
]
