"""Editions drafted, checked and published; the seeded ones, and the tables that others published."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.seeds import seed, seed_text
from tinhso.kernel.units.queries import tree
from tinhso.kernel.versions import actions as versions
from tinhso.modules.scorecards.models import CriteriaEdition, CriteriaSet, PublishedResult, SuppliedFigure
from tinhso.modules.scorecards.rules import checks
from tinhso.modules.scorecards.rules.numbers import read
from tinhso.modules.scorecards.rules.words import Permission

PACKAGE = "tinhso.modules.scorecards"
SEEDS = ("dti-2020", "dti-2022", "dti-2025", "commune-79", "commune-62", "department-24")
DTI = "dti-province"
_LOCK = 7606


def _ask(by: Actor) -> None:
    if not by.may(Permission.MANAGE):
        raise NotAllowed


@transaction.atomic
def draft(content: Mapping[str, Any], *, by: Actor, at: datetime) -> CriteriaEdition:
    """Keep an edition as a draft, however wrong it still is, as long as it can be read at all."""
    _ask(by)
    code, name = str(content.get("code", "")).strip(), str(content.get("name", "")).strip()
    if not code or not name:
        raise Refusal("scorecards.unreadable", "Bộ tiêu chí cần mã (code) và tên (name).")
    kept, _made = CriteriaSet.objects.get_or_create(code=code[:40], defaults={"name": name[:200]})
    body = {key: value for key, value in content.items() if key != "valid_from"}
    source = str(content.get("decision", ""))
    return versions.draft(CriteriaEdition, parent_id=kept.pk, content=body, by=by, at=at, legal_source=source)


@transaction.atomic
def publish(edition_id: int, *, valid_from: date, by: Actor, at: datetime) -> CriteriaEdition:
    """Publish a draft from a day on. Raises Refusal ``scorecards.edition`` with what is wrong, in words."""
    _ask(by)
    version = CriteriaEdition.objects.get(pk=edition_id)
    checked = checks.check(version.content)
    published, _replaced = versions.publish(version, valid_from=valid_from, by=by, at=at)
    data = {"name": checked.name, "edition": edition_id, "hash": published.content_hash}
    note(subject=f"scorecards/set/{published.parent_id}", verb="scorecards.publish_edition", by=by, at=at, data=data)
    return published


@transaction.atomic
def load_seeds(*, at: datetime) -> None:
    """Publish the seeded editions and tables where there are none yet; two at once publish them once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    known = set(CriteriaSet.objects.values_list("code", flat=True))
    for name in SEEDS:
        content = seed(PACKAGE, f"{name}.yaml")
        if content["code"] in known:
            continue
        first = content.pop("valid_from")
        version = draft(content, by=SYSTEM, at=at)
        publish(version.pk, valid_from=date.fromisoformat(str(first)), by=SYSTEM, at=at)
    if not PublishedResult.objects.filter(set_code=DTI).exists():
        rows = csv.DictReader(seed_text(PACKAGE, "dti-results.csv").splitlines())
        PublishedResult.objects.bulk_create((_result(row) for row in rows), ignore_conflicts=True)


def _result(row: Mapping[str, str]) -> PublishedResult:
    return PublishedResult(
        set_code=DTI,
        year=int(row["year"]),
        place=row["province"],
        dimension=row["dimension"],
        value=Decimal(row["value"]) if row["value"] else None,
        rank=int(row["rank"]) if row["rank"] else None,
        ranked_units=int(row["ranked_units"]),
        source=row["source"],
        note=row["note"],
    )


def import_editions(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import criteria`` calls: each row is an edition, published from its ``valid_from``."""
    for number, row in enumerate(rows, 1):
        try:
            with transaction.atomic():
                version = draft(row, by=by, at=at)
                publish(version.pk, valid_from=date.fromisoformat(str(row.get("valid_from", ""))), by=by, at=at)
        except ValueError:
            yield f"Dòng {number}\tLỗi\tCột valid_from phải là ngày, như 2026-01-01."
        except Refusal as refusal:
            yield f"Dòng {number}\tLỗi\t{refusal.message}"
        else:
            yield f"Dòng {number}\t{'Sẽ công bố' if dry_run else 'Công bố'}\t{version.content['name']}"


def import_figures(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import figures`` calls: code, unit (code), year, value, supplier, as_of; the newest word counts."""
    by_code = tree().by_code
    for number, row in enumerate(rows, 1):
        try:
            unit = by_code.get(str(row.get("unit", "")))
            if unit is None:
                raise Refusal("scorecards.unit", "Không có đơn vị mang mã ở cột unit.")
            value = read(str(row.get("value", "")), name="value")
            if value is None:
                raise Refusal("scorecards.number", "Cột value trống.")
            SuppliedFigure.objects.update_or_create(
                code=str(row["code"])[:60], unit_id=unit.id, year=int(row["year"]),
                defaults={
                    "value": value, "supplier": str(row.get("supplier", ""))[:200],
                    "as_of": date.fromisoformat(str(row["as_of"])[:10]),
                },
            )  # fmt: skip
        except Refusal as refusal:
            yield f"Dòng {number}\tLỗi\t{refusal.message}"
        except (KeyError, ValueError, InvalidOperation) as wrong:
            yield f"Dòng {number}\tLỗi\tThiếu hoặc sai cột {wrong}."
        else:
            yield f"Dòng {number}\t{'Sẽ ghi' if dry_run else 'Ghi'}\t{row['code']} {unit.short_name}"
