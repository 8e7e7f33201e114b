"""Counting in the background, the command line, and the numbers offered to others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.clock.rules.periods import LENGTHS, Period, around, period_of, spanning
from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Measured, MeasureSource
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.seeds import seed
from tinhso.kernel.units.queries import tree
from tinhso.modules.service_quality import actions
from tinhso.modules.service_quality.actions.scoring import as_kept
from tinhso.modules.service_quality.models import Score
from tinhso.modules.service_quality.queries import scores
from tinhso.modules.service_quality.rules import editions
from tinhso.modules.service_quality.rules.scoring import as_decimal, score
from tinhso.modules.service_quality.rules.words import PROCEDURE, level_of

SHOWN = 20


@app.periodic(cron="5-59/10 * * * *", periodic_id="service_quality.refresh")
@app.task(name="service_quality.refresh", queue="journal", queueing_lock="service_quality.refresh")
def refresh(timestamp: int) -> None:
    """Count the open months and score their periods; closes what is over long enough."""
    actions.refresh(at=timezone.now(), by=SYSTEM)


# --- Numbers for others ----------------------------------------------------------------------------------------------


def values(code: str, unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """A component's points (or, without a code, the points of 100) of units over a month, quarter or year.

    A period that is still running is told as it stands, when asked for up to today."""
    period = spanning(since, until) or _running(since, until)
    if period is None:
        return {}
    found = {}
    for row in scores.measured(unit_ids, period):
        kept = row.points_of(code) if code else None
        value = row.share if not code else Decimal(kept[2]) if kept and kept[2] is not None else None
        unit = tree().nodes.get(tree().root_ids[0] if row.unit_id is None else row.unit_id)
        if value is None or unit is None:
            continue
        words = f"{kept[0]}/{kept[1]}, {period.name}" if kept else f"{period.name}: {row.total:.2f}/{row.most:.0f} điểm"
        link = reverse("service_quality:unit", args=[unit.code]) + f"?ky={period.code}"
        found[unit.id] = Measured(value, words, link)
    return found


def _running(since: date, until: date) -> Period | None:
    """The shortest period that began on a day and is still running, when asked for up to today."""
    if until != scores.today():
        return None
    begun = (one for one in (around(since, months) for months in sorted(LENGTHS)) if one.since == since)
    return next((one for one in begun if until <= one.until), None)


def _seeded() -> list[Any]:
    row = seed("tinhso.modules.service_quality", "q766.yaml")[0]
    row.pop("valid_from")
    return list(editions.read(row).components)


MEASURES = (
    MeasureSource("service_quality.total", "Chỉ số phục vụ (QĐ 766), quy đổi 100", "điểm", partial(values, "")),
    *(
        MeasureSource(f"service_quality.{one.code}", f"Chỉ số phục vụ {one.code} {one.name}", "điểm",
                      partial(values, one.code))
        for one in _seeded()
    ),
)  # fmt: skip


# --- Commands --------------------------------------------------------------------------------------------------------


def count(arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso service-index count``: count and score what is open now."""
    closed = actions.refresh(at=timezone.now(), by=SYSTEM)
    for row in scores.counted().rows:
        state = "closed" if row.closed_at else "open"
        yield f"{row.period.code}\t{state}\t{timezone.localtime(row.counted_at):%d/%m/%Y %H:%M}"
    yield f"{len(closed)} periods closed"


def recompute(arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso service-index recompute 2026-10``: compute a period again from its kept inputs and compare."""
    period = period_of(arguments[0]) if len(arguments) == 1 else None
    counted = scores.counted().get(period)
    if counted is None or period is None:
        raise Refusal("service_quality.usage", "Cách dùng: tinhso service-index recompute KỲ, như 2026-10 hoặc 2026-q3")
    edition = scores.edition_of(counted)
    rows = list(Score.objects.filter(since=period.since, months=period.months).order_by("pk"))
    above: Mapping[str, int] = next((row.inputs for row in rows if not (row.unit_id or row.level or row.procedure)), {})
    different = []
    for row in rows:
        level = PROCEDURE if row.procedure else _level(row)
        again = score(edition, row.inputs, level, above)
        if as_kept(again) != row.points or as_decimal(again.total) != row.total:
            different.append(f"  {row}: {row.total} now {as_decimal(again.total)}")
    yield f"{period.code}: {len(rows)} scores computed again by edition {counted.edition.number}"
    yield from different[:SHOWN]
    if different:
        raise Refusal("service_quality.differs", f"different in {len(different)} places")
    yield "identical"


def _level(row: Score) -> str:
    return level_of(tree().nodes[row.unit_id].kind) if row.unit_id is not None else row.level or "tinh"
