"""Signs of figures made to fit, gathered for a round's reviewers: five statements whatever its size."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from tinhso.kernel.units.queries import tree
from tinhso.modules.scorecards.models import Card, Cell, Evidence, Round
from tinhso.modules.scorecards.queries import editions
from tinhso.modules.scorecards.queries.cards import decimals_of
from tinhso.modules.scorecards.rules import signs
from tinhso.modules.scorecards.rules.editions import Kind
from tinhso.modules.scorecards.rules.signs import Sign

_EDGE_CLOSED = """
select unit_id, count(*) filter (where settled_at between due_at - interval '30 minutes' and due_at), count(*)
from cases_case where kind = 'dossier' and settled_at >= %s and settled_at < %s and due_at is not null group by unit_id
"""
_EDGE_PAUSED = """
select e.unit_id, count(*) filter (
    where e.at between (e.data->'was'->>'due')::timestamptz - interval '30 minutes'
    and (e.data->'was'->>'due')::timestamptz), count(*)
from journal_entry e where e.verb = 'dossier.ask_supplement' and e.at >= %s and e.at < %s
and e.data->'was'->>'due' is not null group by e.unit_id
"""


def of_round(round_: Round) -> dict[int, list[Sign]]:
    """Unit → what a reviewer should look at."""
    edition = editions.of(round_.edition)
    targets = {
        one.code: Decimal(one.rule.target.numerator) / one.rule.target.denominator
        for one in edition.criteria
        if one.rule.kind is Kind.THRESHOLD
    }
    typed: dict[int, dict[str, dict[str, Decimal | None]]] = defaultdict(dict)
    moments: dict[int, list[datetime]] = defaultdict(list)
    rows = Cell.objects.filter(card__round=round_, is_system=False, filled_at__isnull=False)
    for unit, code, inputs, at in rows.values_list("card__unit_id", "criterion", "inputs", "filled_at").iterator(2000):
        typed[unit][code] = decimals_of(inputs)
        if at is not None:
            moments[unit].append(at)
    found: dict[int, list[Sign]] = defaultdict(list)
    for unit, cells in typed.items():
        numbers = [value for values in cells.values() for value in values.values() if value is not None]
        pairs = {
            code: (top, bottom)
            for code, values in cells.items()
            if code in targets and (top := values.get("a")) is not None and (bottom := values.get("b")) is not None
        }
        made = (
            signs.heaping(numbers), signs.on_bound(pairs, targets), signs.last_minute(moments[unit], round_.due_at)
        )  # fmt: skip
        found[unit] += [one for one in made if one is not None]
    for unit, own in _reused(round_).items():
        found[unit] += own
    for unit, own in _edges(round_).items():
        found[unit] += own
    return {unit: own for unit, own in found.items() if own}


def _reused(round_: Round) -> dict[int, list[Sign]]:
    rows = Evidence.objects.filter(cell__card__round=round_, kind="file").values_list(
        "attachment__blob__sha256", "cell__card__unit_id", "cell__criterion"
    )
    found = signs.reused((sha256, str(unit), code) for sha256, unit, code in rows)
    return {int(unit): own for unit, own in found.items()}


def _edges(round_: Round) -> dict[int, list[Sign]]:
    units = set(Card.objects.filter(round=round_).values_list("unit_id", flat=True))
    known = tree()
    found: dict[int, list[Sign]] = {}
    for kind, sql in ((signs.Kind.CLOSED_AT_EDGE, _EDGE_CLOSED), (signs.Kind.PAUSED_AT_EDGE, _EDGE_PAUSED)):
        counted: dict[int, list[int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(sql, _span(round_))
            for unit, edge, all_ in cursor.fetchall():
                if unit in known.nodes:
                    sums = counted.setdefault(known.body_of(unit).id, [0, 0])
                    sums[0] += edge
                    sums[1] += all_
        for unit, (edge, all_) in counted.items():
            sign = signs.at_edge(kind, edge, all_) if unit in units else None
            if sign is not None:
                found.setdefault(unit, []).append(sign)
    return found


def _span(round_: Round) -> list[datetime]:
    """From the first moment of the round's period to the first one after it, as days go here."""
    days = (round_.since, round_.until + timedelta(days=1))
    return [timezone.make_aware(datetime.combine(day, time.min)) for day in days]
