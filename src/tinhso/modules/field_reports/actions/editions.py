"""Publishing the list of kinds, and importing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions import seeding
from tinhso.modules.field_reports.models import CategoryEdition, CategoryList
from tinhso.modules.field_reports.rules.catalogue import catalogue_from, in_order
from tinhso.modules.field_reports.rules.states import Permission


@transaction.atomic
def publish_edition(content: Mapping[str, Any], *, valid_from: date, by: Actor, at: datetime) -> CategoryEdition:
    """Publish a list from a day on. Raises NotAllowed, Refusal when it cannot be used or the day is taken."""
    if not by.may(Permission.MANAGE):
        raise NotAllowed
    found = catalogue_from(content)
    kept, _made = CategoryList.objects.get_or_create(code=content["code"], defaults={"name": found.name})
    draft = versions.draft(
        CategoryEdition,
        parent_id=kept.pk,
        content=in_order(content),
        by=by,
        at=at,
        legal_source=content.get("legal_source", ""),
    )
    published = versions.publish(draft, valid_from=valid_from, by=by, at=at)[0]
    said = {"number": published.number, "from": valid_from.isoformat(), "kinds": len(found.categories)}
    note(subject=f"field_reports/{kept.code}", verb="field_report.publish_list", by=by, at=at, data=said)
    return published


def run_import(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import report-categories`` calls: each row is an edition with its first day; a line for each."""

    def publish(content: Mapping[str, Any], first: date) -> None:
        publish_edition(content, valid_from=first, by=by, at=at)

    return seeding.run_import(rows, read=_words, publish=publish, dry_run=dry_run)


def _words(content: Mapping[str, Any]) -> str:
    found = catalogue_from(content)
    return f"{found.name}: {len(found.categories)} loại"


def load_seeds(*, at: datetime) -> None:
    """Publish the starter list where there is none yet."""

    def publish(content: Mapping[str, Any], first: date) -> None:
        publish_edition(content, valid_from=first, by=SYSTEM, at=at)

    seeding.seed(CategoryEdition, "tinhso.modules.field_reports", "categories.yaml", publish)
