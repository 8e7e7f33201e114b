"""Words that administrative papers use for dates, numbers and people, and the cleaning of text before print."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

LONGEST_RUN = 60
_LONG_RUN = re.compile(rf"(\S{{{LONGEST_RUN}}})(?=\S)")
_KEPT = {"\n", "\t", "\u200b", "\u200c", "\u200d"}


def date_words(day: date) -> str:
    """“ngày 05 tháng 02 năm 2026”: days under 10 and months 1, 2 take a zero. Decree 30/2020/NĐ-CP, Annex I, 4b."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def moment_words(moment: datetime) -> str:
    """“15 giờ 30 phút, ngày 05 tháng 3 năm 2026”; give it in the time of Vietnam."""
    return f"{moment.hour:02d} giờ {moment.minute:02d} phút, {date_words(moment.date())}"


def iso_moment(moment: datetime) -> str:
    """“2026-02-05T09:30:15+07:00”, the form in which signing times are printed (Decree 30/2020/NĐ-CP, Annex I)."""
    return moment.isoformat(timespec="seconds")


def document_number(number: int, symbol: str) -> str:
    """“05/QĐ-UBND”: two digits at least."""
    return f"{number:02d}/{symbol}"


def masked_identity(number: str) -> str:
    """All but the last three characters hidden, for papers that others may see."""
    return "•" * max(0, len(number) - 3) + number[-3:]


def printable(value: Any) -> Any:
    """The same data with every text fit for paper.

    NFC; no control characters, no marks that turn the reading direction (a printed name must read as it is stored);
    a run of more than ``LONGEST_RUN`` letters may be broken, so that it cannot leave the page.
    """
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
        kept = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
        return _LONG_RUN.sub("\\1\u200b", kept)
    if isinstance(value, dict):
        return {str(key): printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return date_words(value)
    return value
