"""What the counter asks: dossiers by number, the register of a span of days, procedures and papers to receive."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries.case_page import CHANNEL_WORDS
from tinhso.modules.dossiers.queries.printing import RESULT_CHANNEL_WORDS
from tinhso.modules.dossiers.rules import Channel, Permission, ResultChannel

MOST_ROWS = 5000


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    begin = timezone.make_aware(datetime.combine(first, time()))
    return begin, timezone.make_aware(datetime.combine(last, time())) + timedelta(days=1)


def register(actor: Actor, first: date, last: date) -> dict[str, Any]:
    """Form 07: what the actor's counters received from ``first`` to ``last``, both included; at most 5,000 rows."""
    scope = actor.scope(Permission.RECEIVE)
    rows = Dossier.objects.visible_to(actor).filter(case__opened_at__range=_bounds(first, last))
    if not scope.everywhere:
        rows = rows.filter(case__received_unit_id__in=sorted(scope.units))
    rows = rows.select_related("case").order_by("case__opened_at")[:MOST_ROWS]
    known = tree()
    here = known.nodes.get(actor.unit_id or 0) or known.nodes[known.root_ids[0]]
    body = known.body_of(here.id)
    parent = known.nodes.get(body.parent_id or 0)
    now = timezone.localtime()
    return {
        "parent_agency": parent.name if parent else "",
        "agency": body.name,
        "oss": here.name,
        "place": body.short_name,
        "period": f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}",
        "rows": [_row(one) for one in rows],
        "printed_at": f"{now:%H:%M %d/%m/%Y}",
    }


def _row(one: Dossier) -> dict[str, Any]:
    case, known = one.case, tree()
    returned = case.settled_at if case.state in ("finished", "returned") else None
    return {
        "code": case.number,
        "procedure": one.procedure_name,
        "sets": one.sets,
        "applicant": one.applicant_name,
        "address": ", ".join(part for part in (one.address, one.phone) if part),
        "agency": known.nodes[case.unit_id].short_name if case.unit_id in known.nodes else "",
        "received_on": _day(case.opened_at),
        "due_on": _day(case.due_at),
        "returned_on": _day(returned),
        "channel": f"{CHANNEL_WORDS[Channel(one.channel)]}; {RESULT_CHANNEL_WORDS[ResultChannel(one.result_channel)]}",
        "receipt": "",
    }


def _day(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}" if moment else ""
