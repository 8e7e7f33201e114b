"""The layer of public reports: what lies where, and what a part of the map shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tinhso.kernel.places import onmap
from tinhso.kernel.places.points import Place
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries.open311 import shown
from tinhso.modules.field_reports.queries.public import PublicReport
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import ANSWERED_STATES

LAYER = "field_reports"
MOST_NEAR = 20
_FIELDS = (
    "pk", "public_latitude", "public_longitude", "category", "commune_id", "received_at", "case__state",
    "case__settled_at",
)  # fmt: skip


def _public() -> Any:
    return Report.objects.public().filter(public_latitude__isnull=False)


def place_of(report_id: int) -> Place | None:
    """Where the map shows a report; None when it does not."""
    row = _public().filter(pk=report_id).values_list(*_FIELDS).first()
    return _place(row)[1] if row else None


def all_places() -> Iterator[tuple[int, Place]]:
    """Every report that the map shows, with its number."""
    for row in _public().values_list(*_FIELDS).iterator(chunk_size=5_000):
        yield _place(row)


def _place(row: tuple[Any, ...]) -> tuple[int, Place]:
    pk, latitude, longitude, category, commune_id, received_at, state, settled_at = row
    done_at = settled_at if state in ANSWERED_STATES else None
    return pk, Place(longitude, latitude, category, commune_id, received_at, done_at)


def nearest(where: Point, *, kind: str = "") -> list[tuple[PublicReport, int]]:
    """The twenty public reports nearest to a place with their distance in metres: four statements."""
    found = onmap.nearest(LAYER, where.longitude, where.latitude, limit=MOST_NEAR, kind=kind)
    rows = Report.objects.public().select_related("case").filter(pk__in=[one.key for one in found])
    by_id = {one.id: one for one in shown(list(rows))}
    return [(by_id[one.key], one.metres) for one in found if one.key in by_id]


def named(report_id: int) -> tuple[str, str] | None:
    """Code and title of a public report, None for any other: one statement."""
    rows = Report.objects.public().filter(pk=report_id)
    return rows.values_list("case__number", "masked_title").first()
