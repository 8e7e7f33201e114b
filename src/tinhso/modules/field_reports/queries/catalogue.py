"""The list of kinds in force on a day, and a report's own kind under the edition it came in by."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tinhso.kernel.errors import Unavailable
from tinhso.kernel.statements import Kept, Slot
from tinhso.modules.field_reports.models import CategoryEdition, Report
from tinhso.modules.field_reports.rules.catalogue import Catalogue, Category, catalogue_from

_IN_FORCE = Kept(
    lambda: (
        CategoryEdition.objects.binding()
        .filter(valid_from__lte=Slot("day"))
        .order_by("-valid_from", "-number")
        .values_list("pk")[:1]
    )
)


def edition_on(day: date) -> int | None:
    """The id of the edition in force on a day; None before the first one is published."""
    found = _IN_FORCE(day=day)
    return found[0][0] if found else None


def catalogue_on(day: date) -> tuple[int, Catalogue]:
    """The edition in force and what it says. Raises Unavailable when a province has published none yet."""
    edition_id = edition_on(day)
    if edition_id is None:
        raise Unavailable("field_reports.no_catalogue", "Chưa có danh mục phản ánh. Gọi 1022 để phản ánh.")
    return edition_id, catalogue(edition_id)


@lru_cache(maxsize=32)
def catalogue(edition_id: int) -> Catalogue:
    """What an edition says; an edition never changes once published."""
    return catalogue_from(CategoryEdition.objects.values_list("content", flat=True).get(pk=edition_id))


def category_of(report: Report) -> Category:
    """The report's kind as the edition it came in by says."""
    return catalogue(report.edition_id).category(report.category)
