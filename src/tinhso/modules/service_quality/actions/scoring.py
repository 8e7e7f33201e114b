"""Scoring a period: of every unit with dossiers, every level, the province, and every procedure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.service_quality.models import CountedPeriod, Score, Supplied
from tinhso.modules.service_quality.queries import catalogue, scores
from tinhso.modules.service_quality.rules import words
from tinhso.modules.service_quality.rules.editions import Edition
from tinhso.modules.service_quality.rules.inputs import Service, Tally, inputs_of
from tinhso.modules.service_quality.rules.scoring import Result, as_decimal, ranks, score


@dataclass(frozen=True, slots=True)
class Place:
    """What a score is of; ``level`` says by which rules it is scored."""

    unit_id: int | None = None
    level: str = ""
    procedure: str = ""

    @property
    def rules(self) -> str:
        return words.PROCEDURE if self.procedure else self.level or "tinh"


def score_period(counted: CountedPeriod, edition: Edition, today: date) -> None:
    """Write all scores of a period anew: a few reads and writes, however many dossiers. Not for a closed one."""
    period = counted.period
    services = catalogue.services(min(period.until, today))
    found = dict(inputs_by_place(period, services))
    above = found.get(Place(), {})
    results = {place: score(edition, inputs, place.rules, above) for place, inputs in found.items()}
    ranked = _ranks(results)
    rows = [_row(period, place, results[place], found[place], ranked.get(place)) for place in found]
    _write(period, rows)


def _write(period: Period, rows: list[Score]) -> None:
    """Only what is another than before is written: most scores stay the same from one counting to the next."""
    kept = {
        (one.unit_id, one.level, one.procedure): one
        for one in Score.objects.filter(since=period.since, months=period.months)
    }
    fresh = []
    for row in rows:
        key = (row.unit_id, row.level, row.procedure)
        if key in kept and _said(kept[key]) == _said(row):
            del kept[key]
        else:
            fresh.append(row)
    Score.objects.filter(pk__in=[one.pk for one in kept.values()]).delete()
    Score.objects.bulk_create(fresh, batch_size=1_000)


def _said(row: Score) -> tuple[Any, ...]:
    return row.inputs, row.points, row.total, row.most, row.rank, row.ranked


def inputs_by_place(period: Period, services: Mapping[str, Service]) -> Iterator[tuple[Place, dict[str, int]]]:
    """All inputs of the province, its levels, units with dossiers and procedures with dossiers. Two statements."""
    tallies: dict[Place, Tally] = defaultdict(Tally)
    certifying: set[int] = set()
    known = tree()
    for unit_id, procedure, counts in scores.summed(period):
        level = words.level_of(known.nodes[unit_id].kind)
        certifying |= {unit_id} if counts["copies"] and level == "xa" else set()
        for place in (Place(), Place(None, level), Place(unit_id, level)):
            tallies[place].add(procedure, counts)
        if procedure:
            tallies[Place(procedure=procedure)].add(procedure, counts)
    supplied = supplied_in(period)
    communes = [node for node in known.nodes.values() if node.kind == Kind.COMMUNE and node.lives_on(period.until)]
    for place, tally in tallies.items():
        if not tally.handled:
            continue
        if place.procedure:
            own = [services[place.procedure]] if place.procedure in services else []
        else:
            unit = known.nodes[place.unit_id] if place.unit_id is not None else None
            own = catalogue.competence(services, place.level, unit, tally.by_procedure)
        obliged, certified = (len(communes), len(certifying)) if place.unit_id is None else (1, 0)
        yield (
            place,
            inputs_of(
                tally,
                own,
                obliged=obliged if place.level != "so" else 0,
                certifying=certified if place.unit_id is None else int(place.unit_id in certifying),
                supplied=supplied if place == Place() else None,
            ),
        )


def supplied_in(period: Period) -> dict[str, int]:
    """The numbers that others supplied for the months of a period, added up."""
    rows = Supplied.objects.filter(month__gte=period.since, month__lte=period.last_month)
    return dict(rows.values_list("name").annotate(Sum("number")))


def _ranks(results: Mapping[Place, Result]) -> dict[Place, tuple[int, int]]:
    """The rank of each unit within its level, and how many are ranked there."""
    found = {}
    for level in words.LEVELS:
        shares = {place: one.share for place, one in results.items() if place.unit_id and place.level == level}
        found.update({place: (rank, len(shares)) for place, rank in ranks(shares).items()})
    return found


def _row(
    period: Period, place: Place, result: Result, inputs: Mapping[str, Any], ranked: tuple[int, int] | None
) -> Score:
    return Score(
        since=period.since,
        months=period.months,
        unit_id=place.unit_id,
        level=place.level if place.unit_id is None else "",
        procedure=place.procedure,
        inputs=dict(inputs),
        points=as_kept(result),
        total=as_decimal(result.total),
        most=result.most,
        share=as_decimal(result.share),
        rank=ranked[0] if ranked else None,
        ranked=ranked[1] if ranked else None,
        handled=inputs["handled"],
    )


def as_kept(result: Result) -> dict[str, Any]:
    """Component → ``[top, bottom, points, how]`` as it is stored."""
    return {
        one.code: [one.top, one.bottom, None if one.points is None else str(as_decimal(one.points)), one.how.value]
        for one in result.points
    }
