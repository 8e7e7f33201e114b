"""Shapes of what is asked of these pages: a period, and a rating as a form sends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from tinhso.modules.satisfaction.rules import Questionnaire

OLDEST_YEAR = 2018
COUNTER = "quay"  # ?kenh=quay: answered on the device at the counter


def quarter_of(text: str, today: date) -> tuple[int, int]:
    """``2026-4`` → year and quarter; anything else is the present one."""
    year, _dash, quarter = text.partition("-")
    if year.isascii() and year.isdigit() and quarter in ("1", "2", "3", "4") and OLDEST_YEAR <= int(year) <= today.year:
        return int(year), int(quarter)
    return today.year, (today.month + 2) // 3


def days_of(year: int, quarter: int) -> tuple[date, date]:
    """First day of a quarter, and the first day of its last month (sums are kept by month)."""
    return date(year, 3 * quarter - 2, 1), date(year, 3 * quarter, 1)


def quarters_until(today: date, number: int = 8) -> list[tuple[str, str]]:
    """The last quarters as choices, the newest first: ``("2026-4", "Quý IV/2026")``."""
    year, quarter = quarter_of("", today)
    found = []
    for _one in range(number):
        found.append((f"{year}-{quarter}", quarter_name(year, quarter)))
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    return found


def quarter_name(year: int, quarter: int) -> str:
    return f"Quý {('I', 'II', 'III', 'IV')[quarter - 1]}/{year}"


def rating(said: QueryDict, asked: Questionnaire) -> Mapping[str, Any]:
    """The parts of a rating as ``actions.rate`` takes them."""
    return {
        "level": said.get("level", ""),
        "points": {one.code: said.get(f"c-{one.code}", "") for one in asked.criteria},
        "reasons": said.getlist("reasons"),
        "comment": said.get("comment", "").replace("\x00", ""),
    }
