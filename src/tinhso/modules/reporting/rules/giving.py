"""Who is asked to report, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tinhso.modules.reporting.rules.periods import Frequency

UNIT_KINDS = {
    "commune": "Tất cả xã, phường, đặc khu", "phuong": "Các phường", "xa": "Các xã", "dac_khu": "Đặc khu",
    "department": "Các sở, ban, ngành", "vertical": "Cơ quan ngành dọc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """Who reports and when. ``kinds`` from ``UNIT_KINDS``; ``units`` named one by one by their ids."""

    template_id: int
    frequency: Frequency
    begins_on: date
    due_days: int = 2
    closing_day: int = 0
    kinds: Sequence[str] = ()
    units: Sequence[int] = field(default=())
