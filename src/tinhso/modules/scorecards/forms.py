"""What comes in from pages: until when on a day."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

EVENING = time(17, 0)


def evening_of(day: date) -> datetime:
    """17:00 of a day, when a due day ends for offices."""
    return timezone.make_aware(datetime.combine(day, EVENING))
