"""All writes to calendars: calendars and weeks, single days, and days from a list."""

from tinhso.kernel.clock.actions.calendars import add_calendar, assign, change_week
from tinhso.kernel.clock.actions.days import remove_day, set_day
from tinhso.kernel.clock.actions.importing import Line, import_holidays, seed_holidays

__all__ = [
    "Line",
    "add_calendar",
    "assign",
    "change_week",
    "import_holidays",
    "remove_day",
    "seed_holidays",
    "set_day",
]
