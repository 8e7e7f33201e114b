"""What other modules may ask about ratings: sums only, for a rating names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Sum

from tinhso.modules.satisfaction.models import Tally

__all__ = ["dissatisfied"]


def dissatisfied(month: date) -> Mapping[tuple[int, str], int]:
    """How many were not satisfied with results handed over in a month (its first day), by unit and procedure."""
    rows = Tally.objects.filter(month=month, criterion="", dissatisfied__gt=0)
    found = rows.values_list("unit_id", "procedure").annotate(Sum("dissatisfied"))
    return {(unit_id, procedure): number for unit_id, procedure, number in found}
