"""All that hangs on one dossier in one statement that is composed once: composing it costs more than running it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from tinhso.modules.dossiers.models import Dossier

_HERE = -1  # stands in the composed statement where the dossier's id goes
Parts = Mapping[str, Any]


def rows_of(model: Any, link: str, order: str, names: tuple[str, ...], most: int = 100, **more: str) -> Any:
    """The rows that ``link`` ties to the dossier as plain values; ``more`` names values of tables beside them."""
    wanted = {name: name for name in names} | more
    rows = model.objects.filter(**{link: OuterRef("pk")}).order_by(order)
    return ArraySubquery(rows.values(one=JSONObject(**wanted))[:most])


@cache
def _composed(parts: Callable[[], Parts]) -> tuple[tuple[str, ...], str, tuple[Any, ...]]:
    expressions = parts()
    rows = Dossier.objects.filter(pk=_HERE).values_list(*expressions.values())
    return tuple(expressions), *rows.query.sql_with_params()


def gather(parts: Callable[[], Parts], dossier_id: int) -> dict[str, Any]:
    """What ``parts`` describes, by name, for this dossier: one statement. ``parts`` gives the same each time."""
    names, sql, values = _composed(parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, [dossier_id if value == _HERE else value for value in values])
        row = cursor.fetchone()
    return {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [msgspec.json.decode(one) if isinstance(one, str) else one for one in value]
