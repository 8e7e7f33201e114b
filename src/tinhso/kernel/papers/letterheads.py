"""What stands at the head and at the foot of papers that the province's own committee signs."""

from __future__ import annotations

from datetime import date
from typing import Any

from tinhso.kernel.papers.rules import date_words
from tinhso.kernel.units.queries import province
from tinhso.kernel.units.rules import people_committee


def provincial(day: date, *, number: str, demonstration: bool = False) -> dict[str, Any]:
    """Agency, place, date, number and signer; the signer's name is written by hand or by the signature."""
    root = province()
    name = root.name if root else ""
    return {
        "agency": people_committee(name) if name else "Ủy ban nhân dân",
        "place": name.removeprefix("Tỉnh ").removeprefix("Thành phố "),
        "date": date_words(day),
        "number": number,
        "demonstration": demonstration,
        "signer": {"capacity": "TM. Ủy ban nhân dân", "title": "Chủ tịch", "name": ""},
    }
