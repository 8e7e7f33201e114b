"""Reading what happened since the last time: cases with new entries are looked at again, many in one statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.national_portal import door as national_portal
from tinhso.modules.service_quality.models import Reading
from tinhso.modules.service_quality.queries.statements import READ
from tinhso.modules.service_quality.rules import words
from tinhso.modules.vault import door as vault

AT_ONCE = 5_000
LOCK = 7_107_660  # one reads or counts at a time
# From which facts it is read when something came and how it ended. Practice: withdrawn and stopped is ended too.
NAMES: dict[str, dict[str, Any]] = {
    words.KIND: {
        "received": ["dossiers.received", "dossiers.received_at_counter"],
        "resolved": ["dossiers.issued", "dossiers.signed", "dossiers.refused"],
        "granted": ["dossiers.issued", "dossiers.signed"],
        "ended": ["dossiers.withdrawn", "dossiers.withdrawn_at_counter", "dossiers.stopped"],
        "subject": "procedure",
    },
    words.PETITION: {
        "received": ["field_reports.accepted"],
        "resolved": ["field_reports.processed", "field_reports.answered"],
        "granted": ["field_reports.processed", "field_reports.answered"],
        "ended": ["field_reports.rejected", "field_reports.merged"],
        "subject": "category",
    },
}


@transaction.atomic
def read() -> int:
    """Look at every case with entries since the last reading but one; returns how many cases. Repeatable.

    What was written during a reading and committed after it has a number below the mark; it is read the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("set local statement_timeout = '15min'")
    mark, _made = Reading.objects.get_or_create(pk=1)
    newest = Entry.objects.aggregate(newest=Max("pk"))["newest"] or 0
    done = 0
    for kind in NAMES:
        for case_ids in _changed(kind, mark.sure_entry_id, newest):
            look_at(kind, case_ids)
            done += len(case_ids)
    mark.sure_entry_id, mark.read_entry_id = mark.read_entry_id, newest
    mark.save(update_fields=["sure_entry_id", "read_entry_id"])
    return done


def _changed(kind: str, since: int, until: int) -> Iterator[list[int]]:
    """Ids of the cases of a kind with entries in between, in chunks; at first all cases."""
    rows = Case.objects.filter(kind=kind)
    if since:
        fresh = Entry.objects.filter(pk__gt=since, pk__lte=until, case__isnull=False).values("case_id")
        rows = rows.filter(pk__in=fresh)
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield chunk
        last = chunk[-1]


def look_at(kind: str, case_ids: list[int]) -> None:
    """Write these cases' rows as facts and dossiers tell of them now: one statement, and one at each door."""
    known = tree()
    bodies = {unit_id: known.body_of(unit_id).id for unit_id in known.nodes}
    is_dossier = kind == words.KIND
    marks = dossiers.marks(case_ids) if is_dossier else dossiers.Marks()
    said = {
        **NAMES[kind],
        "kind": kind,
        "cases": case_ids,
        "units": list(bodies),
        "bodies": list(bodies.values()),
        "zone": str(timezone.get_default_timezone()),
        "proven": list(marks.proven),
        "owing": list(marks.owing),
        "with_result": list(marks.with_result),
        "synced": list(national_portal.acknowledged(case_ids)) if is_dossier else [],
        "stored": list(vault.served(case_ids)) if is_dossier else [],
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, said)
