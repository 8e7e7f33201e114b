"""The look-up that anybody may make with a dossier's code and key: where it stands, nothing about a person."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import msgspec
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.manifest import Readers, registry
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.rules import DOSSIER

MOST_ENTRIES = 100
_NUMBER, _KEY = "<number>", "<key>"
_APPLICANT = "Người nộp"


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """Composed once; its parameters hold ``_NUMBER`` and ``_KEY`` where the question goes."""
    public = [verb for verb, entry in registry.entries.items() if entry.readers is Readers.PUBLIC]
    entries = Entry.objects.filter(case_id=OuterRef("pk"), verb__in=public).order_by("seq")
    rows = Case.objects.filter(number=_NUMBER, lookup_key=_KEY, kind=DOSSIER.code).values_list(
        "number", "title", "state", "unit_id", "step", "opened_at", "due_at", "settled_at",
        ArraySubquery(entries.values(one=JSONObject(verb="verb", at="at", data="data"))[:MOST_ENTRIES]),
    )  # fmt: skip
    return rows.query.sql_with_params()


def look_up(number: str, key: str) -> dict[str, Any]:
    """The public story of a dossier. Raises NotFound unless code and key belong together. One statement."""
    sql, values = _statement()
    put = {_NUMBER: tidy_code(number), _KEY: key}
    with connection.cursor() as cursor:
        cursor.execute(sql, [put.get(value, value) if isinstance(value, str) else value for value in values])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("dossiers.not_found", "Không tìm thấy hồ sơ. Kiểm tra mã hồ sơ và mã tra cứu in trên giấy hẹn.")
    code, title, state, unit_id, step, opened_at, due_at, settled_at, entries = row
    unit = tree().nodes[unit_id]
    return {
        "number": code,
        "procedure": title,
        "state": state,
        "state_name": DOSSIER.lifecycle.state(state).name,
        "unit": {"code": unit.code, "name": unit.name},
        "step": step,
        "opened_at": opened_at,
        "due_at": due_at,
        "settled_at": settled_at,
        "entries": [_told(msgspec.json.decode(one) if isinstance(one, str) else one) for one in entries],
    }


def _told(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry in words; who acted is not named."""
    nameless = SimpleNamespace(verb=entry["verb"], data=entry["data"], actor_name=_APPLICANT)
    return {"at": entry["at"], "sentence": sentence(nameless)}  # type: ignore[arg-type]
