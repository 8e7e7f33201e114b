"""What counters asked of people whose papers were not complete: for the next visit, and counted by unit and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from tinhso.modules.dossiers.models import Dossier, Guidance
from tinhso.modules.dossiers.queries.counter import bounds
from tinhso.modules.dossiers.rules import GUIDANCE_COUNTS

MOST_SHOWN = 5


def open_for(identity_number: str, at: datetime) -> list[Guidance]:
    """What was asked of this applicant in the last half year and has led to no dossier yet, the newest first."""
    if not identity_number:
        return []
    rows = Guidance.objects.filter(identity_number=identity_number, given_at__gt=at - GUIDANCE_COUNTS, dossier=None)
    return list(rows.select_related("unit", "given_by").order_by("-given_at")[:MOST_SHOWN])


def given(units: Iterable[int] | None, first: date, last: date) -> QuerySet[Guidance]:
    """The guidances that these units (None: all) gave from ``first`` to ``last``, both included.

    Its count is the figure, its rows are the list behind it."""
    rows = Guidance.objects.filter(given_at__range=bounds(first, last))
    return rows if units is None else rows.filter(unit_id__in=sorted(units))


def today(unit_id: int, at: datetime) -> dict[str, int]:
    """How many dossiers this counter received today and how many people it guided instead. Two statements."""
    day = timezone.localtime(at).date()
    received = Dossier.objects.filter(
        case__received_unit_id=unit_id, case__opened_at__range=bounds(day, day), received_by__isnull=False
    )
    return {"received": received.count(), "guided": given([unit_id], day, day).count()}
