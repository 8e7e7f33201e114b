"""Reports near the reader, for the public's home page: of the commune where they live, or of the whole province."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries.pages import COLOURS
from tinhso.modules.field_reports.queries.public import PublicReport, view

T = TypeVar("T")

SHOWN = 3
KEEP_SECONDS = 60.0
MOST_KEPT = 4096  # people and communes

_home: Kept[Any] = Kept(lambda: Account.objects.filter(pk=Slot("account")).values_list("person__commune_id"))
_newest: Kept[Any] = Kept(lambda: Report.objects.public().select_related("case").newest_first()[:SHOWN])
_newest_here: Kept[Any] = Kept(
    lambda: Report.objects.public().select_related("case").filter(commune_id=Slot("commune")).newest_first()[:SHOWN]
)
_kept: dict[tuple[str, int], tuple[float, Any]] = {}


def tile(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """The newest public reports of one's commune, of the province where it has none: at most a minute old, mostly
    without a statement."""
    commune_id = _commune_of(actor.account_id) if actor.account_id is not None else 0
    found = _reports(commune_id) if commune_id else []
    commune = tree().nodes.get(commune_id) if found else None
    return {
        "reports": [{"one": one, "colour": COLOURS[one.state]} for one in found or _reports(0)],
        "commune": commune.name if commune else "",
    }


def _commune_of(account_id: int) -> int:
    """Where the person lives; 0 when they did not say."""

    def read() -> int:
        rows = _home(account=account_id)
        return (rows[0][0] if rows else None) or 0

    return _remembered(("account", account_id), read)


def _reports(commune_id: int) -> list[PublicReport]:
    """Those of a commune, or (0) of the province."""
    return _remembered(
        ("commune", commune_id),
        lambda: [view(one) for one in (_newest_here(commune=commune_id) if commune_id else _newest())],
    )


def _remembered(key: tuple[str, int], read: Callable[[], T]) -> T:
    now = time.monotonic()
    kept = _kept.get(key)
    if kept is None or now - kept[0] > KEEP_SECONDS:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[key] = (now, read())
    found: T = kept[1]
    return found


def forget() -> None:
    """Read anew at the next question: between tests."""
    _kept.clear()
