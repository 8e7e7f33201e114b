"""Whether the history is whole, and whether background work keeps up."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.cases.queries import verify as verify_cases
from tinhso.kernel.core import Permission
from tinhso.kernel.journal.models import Anchor, Entry
from tinhso.kernel.journal.queries import End, verify
from tinhso.kernel.notices.models import Delivery
from tinhso.kernel.notices.rules import Sending
from tinhso.shell.workshop.access import only_with

ANCHORS = 14
MOST_DAMAGES = 50

_JOBS = """
select status::text, count(*), min(scheduled_at) from procrastinate_jobs
where status in ('todo', 'doing', 'failed') group by status
"""


@only_with(Permission.AUDIT)
@require_GET
def show_journal(request: HttpRequest) -> HttpResponse:
    """The newest anchors, and how many jobs and messages wait or failed."""
    return _page(request)


def _page(request: HttpRequest, **found: Any) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(_JOBS)
        jobs = {status: number for status, number, _ in cursor.fetchall()}
    context = {
        "anchors": [(one, bytes(one.hash).hex()) for one in Anchor.objects.order_by("-on")[:ANCHORS]],
        "newest": Entry.objects.aggregate(last=Max("id"))["last"] or 0,
        "jobs": jobs,
        "deliveries": Delivery.objects.aggregate(
            waiting=Count("id", filter=Q(state__in=[Sending.WAITING, Sending.FAILED])),
            failed=Count("id", filter=Q(state=Sending.GIVEN_UP)),
        ),
        **found,
    }
    return render(request, "workshop/journal.html", context)


@only_with(Permission.AUDIT)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Walk the whole history and compare each case row with the end of its chain."""
    ends: dict[str, End] = {}
    damages = list(islice(verify(ends), MOST_DAMAGES))
    if not damages:
        damages = list(islice(verify_cases(ends), MOST_DAMAGES))
    return _page(request, is_checked=True, damages=damages, chains=len(ends))
