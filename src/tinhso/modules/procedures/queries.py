"""The catalogue as it is in force: read once per process, read anew when the counter grew or the day changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tinhso.kernel.errors import NotFound
from tinhso.modules.procedures.models import Catalogue, Procedure, ProcedureVersion
from tinhso.modules.procedures.rules.content import content_from, sections_from
from tinhso.modules.procedures.rules.imports import Known
from tinhso.modules.procedures.rules.rows import Background
from tinhso.modules.procedures.rules.sheets import ProcedureSheet

_COLUMNS = ("id", "procedure_id", "procedure__code", "number", "valid_from", "valid_to", "content")


def _sheet(row: tuple) -> ProcedureSheet:  # type: ignore[type-arg]
    *head, content = row
    return ProcedureSheet(*head, content_from(content))


@lru_cache(maxsize=2048)
def sheet(version_id: int) -> ProcedureSheet:
    """A version by its id, also a replaced one; kept in the process, since published versions never change.

    The last day may be set later; ask ``published`` for what is in force. Raises NotFound for drafts and unknown ids.
    """
    row = ProcedureVersion.objects.binding().filter(pk=version_id).values_list(*_COLUMNS).first()
    if row is None:
        raise NotFound("procedures.no_version", "Không tìm thấy bản thủ tục này.")
    return _sheet(row)


def published(code: str, on: date) -> ProcedureSheet | None:
    """The sheet in force on a day; None when there is none."""
    found = ProcedureVersion.objects.in_force_on(on).filter(procedure__code=code).values_list("pk", flat=True).first()
    return sheet(found) if found is not None else None


class _Kept:
    number: int = -1
    day: date | None = None
    sheets: Mapping[str, ProcedureSheet] = {}
    lock = threading.Lock()


def catalogue_number() -> int:
    return Catalogue.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def in_force(on: date) -> Mapping[str, ProcedureSheet]:
    """All sheets in force on a day by code, in order of code. Costs one statement unless something changed."""
    number = catalogue_number()
    if _Kept.number != number or _Kept.day != on:
        with _Kept.lock:
            rows = ProcedureVersion.objects.in_force_on(on).order_by("procedure__code").values_list(*_COLUMNS)
            found = [_sheet(row) for row in rows.iterator(chunk_size=500)]
            _Kept.sheets = {one.code: one for one in found}
            _Kept.number, _Kept.day = number, on
    return _Kept.sheets


def forget() -> None:
    """Read everything anew: between tests."""
    sheet.cache_clear()
    _Kept.number = -1


def online_count(on: date) -> int:
    """How many procedures in force can be filed on the province's portal."""
    return sum(one.is_online for one in in_force(on).values())


def versions_of(procedure: Procedure) -> list[ProcedureVersion]:
    """All versions, newest first, with the names of those who drafted and published."""
    return list(procedure.versions.select_related("drafted_by", "published_by").defer("content").order_by("-number"))


SEEDS = Path(__file__).parent / "seeds"


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@lru_cache(maxsize=1)
def background() -> Background:
    """What completes a row of the catalogue: plain names, forms and process templates from ``seeds/``."""
    extras = _yaml(SEEDS / "extras.yaml")
    return Background(
        extras=extras["procedures"],
        groups=extras["groups"],
        templates=_yaml(SEEDS / "processes.yaml"),
        forms={path.stem: sections_from(_yaml(path)) for path in sorted((SEEDS / "forms").glob("*.yaml"))},
    )


def seed_rows() -> list[dict[str, Any]]:
    """The rows of the sample catalogue."""
    rows: list[dict[str, Any]] = _yaml(SEEDS / "procedures.yaml")
    return rows


def newest_versions() -> dict[str, Known]:
    """Hash and first day of each procedure's newest version, by code."""
    rows = (
        ProcedureVersion.objects.order_by("procedure_id", "-number")
        .distinct("procedure_id")
        .values_list("procedure__code", "content_hash", "valid_from")
    )
    return {code: Known(hash, first_day) for code, hash, first_day in rows}
