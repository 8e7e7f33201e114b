"""How the link fares, in figures: for its pages and for ``tinhso doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from tinhso.modules.national_portal.models import (
    CatalogueNotice,
    Comparison,
    Incoming,
    IncomingFile,
    Link,
    Outgoing,
)
from tinhso.modules.national_portal.queries.deployment import deployment

BANDS = (("hour", timedelta(hours=1)), ("day", timedelta(days=1)), ("week", timedelta(days=7)))


@dataclass(frozen=True, slots=True)
class Overview:
    """``oldest_at`` is since when the dossier waits that waits longest."""

    is_on: bool
    address: str
    link: Link
    rests: bool
    waiting: int
    oldest_at: datetime | None
    dead: int
    sent: int
    arriving: int
    arrived: int
    wrong: int
    files_waiting: int
    files_wrong: int
    never: dict[str, int]
    notices: int
    comparison: Comparison | None


def overview(at: datetime) -> Overview:
    """Everything on the first page of the link: seven statements."""
    known, link = deployment(), Link.objects.filter(pk=1).first() or Link()
    out = Outgoing.objects.aggregate(
        waiting=Count("pk", filter=Q(state="waiting")),
        dead=Count("pk", filter=Q(state="dead")),
        sent=Count("pk", filter=Q(state="sent")),
        oldest=Min("marked_at", filter=Q(state="waiting")),
    )
    came = Incoming.objects.aggregate(
        arriving=Count("pk", filter=Q(state="waiting")),
        arrived=Count("pk", filter=Q(state="done")),
        wrong=Count("pk", filter=Q(state="failed")),
    )
    files = IncomingFile.objects.aggregate(
        waiting=Count("pk", filter=Q(state="waiting")), wrong=Count("pk", filter=Q(state="failed"))
    )
    return Overview(
        is_on=known.is_on,
        address=known.shown,
        link=link,
        rests=not link.circuit.may_try(at),
        waiting=out["waiting"],
        oldest_at=out["oldest"],
        dead=out["dead"],
        sent=out["sent"],
        **came,
        files_waiting=files["waiting"],
        files_wrong=files["wrong"],
        never=never_by_age(at),
        notices=CatalogueNotice.objects.filter(state="open").count(),
        comparison=Comparison.objects.first(),
    )


def never_by_age(at: datetime) -> dict[str, int]:
    """Dossiers that the portal never acknowledged, by how long they have waited; see ``rules.patience.age_band``."""
    counted, newer = {}, Q()
    for band, age in BANDS:
        within = Q(first_marked_at__gte=at - age)
        counted[band] = Count("pk", filter=within & ~newer if newer else within)
        newer = within
    counted["older"] = Count("pk", filter=~newer)
    found: dict[str, int] = Outgoing.objects.never_acknowledged().aggregate(**counted)
    return found
