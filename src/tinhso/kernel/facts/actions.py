"""Building the figures anew from the journal."""

from __future__ import annotations

from django.db import connection, transaction

from tinhso.kernel.facts.jobs import project
from tinhso.kernel.journal.models import Entry


@transaction.atomic
def rebuild() -> int:
    """Throw all figures away and count the whole journal again; returns the number of entries counted."""
    with connection.cursor() as cursor:
        cursor.execute("delete from facts_fact; delete from facts_dayfigure; delete from facts_standing;"
                       " delete from facts_projected")  # fmt: skip
    counted = 0
    for entry in Entry.objects.filter(case__isnull=False).select_related("case").order_by("pk").iterator(2000):
        project(entry)
        counted += 1
    return counted
