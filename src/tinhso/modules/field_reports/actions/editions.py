"""Publishing the list of kinds, and importing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import yaml
from django.db import connection, transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.versions import actions as versions
from tinhso.modules.field_reports.models import CategoryEdition, CategoryList
from tinhso.modules.field_reports.rules.catalogue import catalogue_from
from tinhso.modules.field_reports.rules.states import Permission

SEEDED = "seeds/categories.yaml"


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
        content=dict(content),
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
    for number, row in enumerate(rows, 1):
        content = {name: value for name, value in row.items() if name != "valid_from"}
        try:
            found = catalogue_from(content)
            first = date.fromisoformat(str(row.get("valid_from", "")))
            publish_edition(content, valid_from=first, by=by, at=at)
        except ValueError:
            yield f"Dòng {number}\tLỗi\tCột valid_from phải là ngày, như 2026-01-01."
        except Refusal as refusal:
            yield f"Dòng {number}\tLỗi\t{refusal.message}"
        else:
            said = "Sẽ công bố" if dry_run else "Công bố"
            yield f"Dòng {number}\t{said}\t{found.name}: {len(found.categories)} loại, từ {first:%d/%m/%Y}"


@transaction.atomic
def load_seeds(*, at: datetime) -> None:
    """Publish the starter list where there is none yet; two at once publish it once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7611)")
    if CategoryEdition.objects.exists():
        return
    for row in yaml.safe_load(files("tinhso.modules.field_reports").joinpath(SEEDED).read_text(encoding="utf-8")):
        first = row.pop("valid_from")
        publish_edition(row, valid_from=first, by=SYSTEM, at=at)
