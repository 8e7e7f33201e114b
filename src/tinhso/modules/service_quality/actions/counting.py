"""Counting months, scoring the periods they are part of, and closing what has ended.

Set-based and repeatable: the same work gives the same tallies and scores. A month is closed some days after its end (as
the edition says) and is left alone from then on, and so is every quarter and year whose last month is closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min, Sum
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import LENGTHS, Period, around, month_after
from tinhso.kernel.facts.models import DayFigure
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import within_sentence
from tinhso.modules.satisfaction import door as satisfaction
from tinhso.modules.service_quality.actions import editions as publishing
from tinhso.modules.service_quality.actions.reading import LOCK, read
from tinhso.modules.service_quality.actions.scoring import score_period
from tinhso.modules.service_quality.models import CountedPeriod, IndexEdition, MonthTally, Score, Work
from tinhso.modules.service_quality.queries import editions
from tinhso.modules.service_quality.queries.behind import cut
from tinhso.modules.service_quality.queries.statements import (
    COUNT_DOSSIERS,
    COUNT_PETITIONS,
    DOSSIER_COLUMNS,
    PETITION_COLUMNS,
)
from tinhso.modules.service_quality.rules import words
from tinhso.modules.service_quality.rules.editions import Edition as Rules
from tinhso.modules.service_quality.rules.inputs import COLUMNS

COPIES = "vault.copies_certified"
Counts = dict[tuple[int, str], dict[str, int]]


def refresh(*, at: datetime, by: Actor = SYSTEM) -> list[Period]:
    """Read what is new, count every open month and score its periods, the oldest first. Returns what was closed.

    Each month is a transaction: breaking off loses nothing. Somebody who is counting already is waited for.
    """
    publishing.load_seeds(at=at)
    read()
    today = timezone.localdate(at)
    month, closed = _first_open(), []
    while month is not None and month <= today:
        row = editions.in_force(Period(month, 1).until) or editions.in_force(today)
        if row is not None:
            with transaction.atomic():
                closed += _month(month, row, today, at, by)
        month = month_after(month, 1)
    return closed


def _first_open() -> date | None:
    """The month after the last closed one; at first that of the oldest reception; None while nothing was received."""
    last = CountedPeriod.objects.filter(months=1, closed_at__isnull=False).order_by("-since").first()
    if last is not None:
        return month_after(last.since, 1)
    oldest: date | None = Work.objects.aggregate(oldest=Min("received_on"))["oldest"]
    return oldest and oldest.replace(day=1)


def _month(month: date, row: IndexEdition, today: date, at: datetime, by: Actor) -> list[Period]:
    """Count one month and score it with its quarter and year; close those that are over long enough."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    if CountedPeriod.objects.filter(since=month, months=1, closed_at__isnull=False).exists():
        return []
    edition = editions.of(row)
    count_month(month, edition, today)
    is_over = month_after(month, 1) + timedelta(days=edition.closes_after_days) <= today
    is_running = month_after(month, 1) > today
    closed = []
    for period in (around(month, months) for months in LENGTHS):
        if period.last_month != month and not is_running:
            continue  # a later month scores it
        counted = _counted(period, row, at)
        score_period(counted, editions.of(counted.edition), today)
        if is_over and period.last_month == month:
            _close(counted, by, at)
            closed.append(period)
    return closed


def _counted(period: Period, row: IndexEdition, at: datetime) -> CountedPeriod:
    """The period's row. A period keeps the edition in force on its last day, or the newest one that is in force."""
    edition = editions.in_force(period.until) or row
    counted, _made = CountedPeriod.objects.update_or_create(
        since=period.since, months=period.months, defaults={"edition": edition, "counted_at": at}
    )
    return counted


def count_month(month: date, edition: Rules, today: date) -> None:
    """Write a month's tallies anew: two statements over its work, one for copies, one for ratings, one to write."""
    found: Counts = defaultdict(dict)
    last = month_after(month, 1) - timedelta(days=1)
    said = {
        "first": month,
        "last": min(last, today),
        "cut": cut(min(last, today), today),
        "supplements": edition.supplements_allowed,
        "categories": list(edition.petition_categories),
    }
    _gather(found, COUNT_DOSSIERS, DOSSIER_COLUMNS, {**said, "kind": words.KIND})
    _gather(found, COUNT_PETITIONS, PETITION_COLUMNS, {**said, "kind": words.PETITION})
    known = tree()
    copies = DayFigure.objects.filter(name=COPIES, on__gte=month, on__lte=last)
    for unit_id, number in copies.values_list("unit_id").annotate(Sum("number")):
        _add(found, known.body_of(unit_id).id, "", "copies", number)
    for (unit_id, procedure), number in satisfaction.dissatisfied(month).items():
        _add(found, known.body_of(unit_id).id, procedure, "disliked", number)
    _write(month, found)


def _write(month: date, found: Counts) -> None:
    """Only what is another than before is written."""
    names = ("pk", "unit_id", "procedure", *COLUMNS)
    kept = {(unit, what): (pk, own) for pk, unit, what, *own in
            MonthTally.objects.filter(month=month).values_list(*names)}  # fmt: skip
    fresh = []
    for (unit, what), own in found.items():
        before = kept.get((unit, what))
        if before is not None and before[1] == [own.get(name, 0) for name in COLUMNS]:
            del kept[unit, what]
        else:
            fresh.append(MonthTally(month=month, unit_id=unit, procedure=what, **own))
    MonthTally.objects.filter(pk__in=[pk for pk, _own in kept.values()]).delete()
    MonthTally.objects.bulk_create(fresh, batch_size=2_000)


def _gather(found: Counts, statement: str, columns: Iterable[str], said: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        for unit_id, procedure, *numbers in cursor.fetchall():
            own = {name: number for name, number in zip(columns, numbers, strict=True) if number}
            if own:
                found[unit_id, procedure].update(own)


def _add(found: Counts, unit_id: int, procedure: str, column: str, number: int) -> None:
    own = found[unit_id, procedure]
    own[column] = own.get(column, 0) + number


def _close(counted: CountedPeriod, by: Actor, at: datetime) -> None:
    counted.closed_at = at
    counted.save(update_fields=["closed_at"])
    rows = Score.objects.filter(since=counted.since, months=counted.months, procedure="")
    whole = rows.filter(unit=None, level="").values_list("total", flat=True).first()
    note(
        subject=f"service_quality/{counted.period.code}",
        verb="service_quality.close",
        by=by,
        at=at,
        data={
            "month": within_sentence(counted.period.name),
            "units": rows.filter(unit__isnull=False).count(),
            "total": f"{whole or 0:.2f}".replace(".", ","),
        },
    )
