"""What pages show around figures: places, fields and procedures to choose from, names, charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from tinhso.kernel.manifest import registry
from tinhso.kernel.search.rules import fold
from tinhso.kernel.ui import charts
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Node
from tinhso.modules.procedures import door as procedures
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.queries.wanted import PARTS, Wanted
from tinhso.modules.statistics.rules import Row


def declared(part: str) -> bool:
    """Whether this deployment counts anything for a column beside the form."""
    return any(name in registry.facts for name in rules.BESIDE[part])


class _Kept:
    """What the filters offer: made again when the tree, the catalogue or the day is another."""

    bodies: tuple[Any, list[Node]] = (None, [])
    fields: tuple[Any, list[str]] = (None, [])


def bodies(on: date) -> list[Node]:
    """Units that may be asked for: all with legal standing that live on a day, by level and name."""
    known = tree()
    key = (id(known), on)
    if _Kept.bodies[0] != key:
        alive = [node for node in known.nodes.values() if node.kind not in PARTS and node.lives_on(on)]
        order = list(rules.LEVELS)
        alive.sort(key=lambda node: (order.index(rules.level_of(node.kind)), fold(node.short_name)))
        _Kept.bodies = (key, alive)
    return _Kept.bodies[1]


Catalogue = Mapping[str, procedures.ProcedureSheet]


def catalogue(on: date) -> Catalogue:
    """Procedures in force, by code: names and fields. One statement, asked once a page."""
    return procedures.all_published(on)


def fields(known: Catalogue) -> list[str]:
    """The fields of the catalogue, by name."""
    if _Kept.fields[0] is not known:
        _Kept.fields = (known, sorted({sheet.field for sheet in known.values()}, key=fold))
    return _Kept.fields[1]


def names(codes: Iterable[str], known: Catalogue) -> dict[str, str]:
    """Procedures by code, as they are called today; of abolished ones the code."""
    return {code: known[code].name if code in known else code for code in codes}


def title_of(wanted: Wanted, known: Catalogue | None = None) -> str:
    """What the figures are about, in words: ``Phường Tân Ninh – Đất đai``."""
    unit = tree().nodes.get(wanted.unit_id or 0)
    place = unit.name if unit else rules.LEVELS.get(wanted.level, "")
    subject = wanted.field
    if wanted.procedure:
        subject = names([wanted.procedure], catalogue(timezone.localdate()) if known is None else known)[
            wanted.procedure
        ]
    return " – ".join(words for words in (place, subject) if words)


def charts_of(months: list[Row], open_month: str) -> dict[str, charts.Chart | None]:
    """What came in by month, and the share resolved by the due date; the running month is drawn as unfinished."""
    came = [charts.Point(_short(row.key), row.line.fresh, is_open=row.key == open_month) for row in months]
    kept = [
        charts.Point(_short(row.key), row.line.kept_share, is_open=row.key == open_month)
        for row in months
        if row.line.kept_share is not None
    ]
    low = max(0, int(min((point.value for point in kept), default=0) // 10) * 10 - 10)
    return {
        "came": charts.bars(came) if any(point.value for point in came) else None,
        "kept": charts.line(kept, low=low, unit="%") if kept else None,
    }


def _short(code: str) -> str:
    """``11/26``: short enough for twelve under a chart."""
    return f"{int(code[5:])}/{code[2:4]}" if code.endswith("-01") else str(int(code[5:]))
