"""Due dates after a calendar changed: counted anew for every case whose clock runs, with an entry and a new promise."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.cases import actions
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for, forget
from tinhso.kernel.journal.jobs import AGAIN
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM

RECOUNTED = "case.recount"


def recount_after(entry: Entry) -> None:
    """Follower of entries about calendars: one recount however many days were changed at once."""
    recount.configure(queueing_lock="cases.recount").defer(reason=str(entry.data.get("name", "")))


@app.task(name="cases.recount", queue="journal", lock="cases.recount", retry=AGAIN)
def recount(reason: str) -> None:
    """Count the due date of all running cases again. Repeatable: a date that is right already is left alone."""
    forget()
    ids = Case.objects.filter(phase=Phase.OPEN, due_at__isnull=False).order_by("id").values_list("id", flat=True)
    for case_id in list(ids):
        recount_one(case_id, reason)


@transaction.atomic
def recount_one(case_id: int, reason: str) -> bool:
    """Count one case's due date anew; True when it moved. The applicant sees the old date, the new one and why."""
    case = Case.objects.locked(case_id)
    found = Term.from_json(case.clock).due(calendar_for(case.unit_id))
    if case.phase != Phase.OPEN or found is None or found.at is None or found.at == case.due_at:
        return False
    before, now = case.due_at, timezone.now()
    data = {
        "before": f"{timezone.localtime(before):%d/%m/%Y}" if before else "",
        "after": f"{timezone.localtime(found.at):%d/%m/%Y}",
        "reason": reason,
    }
    actions.record(case, RECOUNTED, by=SYSTEM, at=now, data=data, change={"due_at": found.at})
    actions.promise(case, due_at=found.at, at=now, reason="recount", note=f"Lịch làm việc thay đổi: {reason}")
    return True
