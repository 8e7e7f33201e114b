"""A closed round as it was frozen: computed again, packed into a bundle, and compared with what is known today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection
from django.db.models import F, Max
from django.utils import timezone

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.units.queries import main_successor_on, tree
from tinhso.modules.scorecards.models import Card, Cell, Evidence, Round
from tinhso.modules.scorecards.queries import editions, measures
from tinhso.modules.scorecards.rules import bundles
from tinhso.modules.scorecards.rules.bundles import Frozen
from tinhso.modules.scorecards.rules.editions import Edition
from tinhso.modules.scorecards.rules.numbers import plain, scaled, unscaled

_ROWS = """
select u.code, u.name, c."group", c."row"::text, c.decided::text, c.points::text, c.final_total, c.rank, c.grade
from scorecards_card c join units_unit u on u.id = c.unit_id
where c.round_id = %s and c."row" is not null order by c.id
"""


def units_of(round_: Round) -> list[Frozen]:
    """All units that were scored, as frozen; one statement and no model objects, for thousands of units."""
    places = editions.of(round_.edition).total_places
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [round_.pk])
        rows = cursor.fetchall()
    numbers = msgspec.json.Decoder(tuple[int, ...])
    decided = msgspec.json.Decoder(dict[str, int])
    return [
        Frozen(
            code, name, group, numbers.decode(row), decided.decode(set_), numbers.decode(points),
            scaled(total, places), rank, grade,
        )
        for code, name, group, row, set_, points, total, rank, grade in rows
    ]  # fmt: skip


def closed(code: str) -> Round:
    """Raises NotFound for an unknown round, Refusal ``scorecards.not_closed`` for one that is still open."""
    found = Round.objects.select_related("edition").filter(code=code).first()
    if found is None:
        raise NotFound("scorecards.no_round", f"Không có kỳ đánh giá mang mã {code}.")
    if not found.is_frozen:
        raise Refusal("scorecards.not_closed", f"Kỳ đánh giá {code} chưa chốt nên chưa có gì để tính lại.")
    return found


def recompute(round_: Round) -> bundles.Comparison:
    """Score the round again from what was frozen and compare with what was published."""
    return bundles.compare(editions.of(round_.edition), units_of(round_))


def bundle(round_: Round) -> dict[str, Any]:
    """The round as one file for everybody: no names of people, files by their fingerprints only."""
    about = {
        "round": round_.code,
        "name": round_.name,
        "since": round_.since.isoformat(),
        "until": round_.until.isoformat(),
        "closed_at": round_.closed_at.isoformat() if round_.closed_at else "",
        "decision": round_.decision_number,
        "decided_on": round_.decided_on.isoformat() if round_.decided_on else "",
        "edition_sha256": round_.edition.content_hash,
        "is_demonstration": round_.is_demonstration,
    }
    return bundles.pack(
        about=about,
        edition=round_.edition.content,
        units=units_of(round_),
        evidence=_evidence(round_),
        reasons=_reasons(round_),
    )


def _evidence(round_: Round) -> list[dict[str, Any]]:
    rows = Evidence.objects.filter(cell__card__round=round_, cell__card__row__isnull=False).order_by("pk")
    values = rows.values_list(
        "cell__card__unit__code", "cell__criterion", "kind", "attachment__blob__sha256", "number", "dated_on",
        "frozen_at",
    )  # fmt: skip
    return [
        {
            "unit": unit, "criterion": code, "kind": kind, "sha256": sha256 or "", "number": number,
            "dated_on": day.isoformat() if day else "", "frozen_at": at.isoformat() if at else "",
        }
        for unit, code, kind, sha256, number, day, at in values.iterator(2000)
    ]  # fmt: skip


def _reasons(round_: Round) -> list[dict[str, Any]]:
    rows = Cell.objects.filter(card__round=round_).exclude(review_reason="", final_reason="").order_by("pk")
    return [
        {"unit": unit, "criterion": code, "own": plain(own), "council": plain(points), "reason": final or reason}
        for unit, code, own, points, reason, final in rows.values_list(
            "card__unit__code", "criterion", "self_points", "review_points", "review_reason", "final_reason"
        )
    ]


@dataclass(frozen=True)
class Change:
    """A unit whose system figures are different today: what its total would be now, and the inputs that changed."""

    unit: str
    frozen: Decimal
    today: Decimal
    inputs: list[tuple[str, str, Decimal | None, Decimal]]

    @property
    def difference(self) -> Decimal:
        return self.today - self.frozen


def changes_since(round_: Round) -> list[Change]:
    """What late corrections would have changed. The frozen score stays; this only shows the difference."""
    from tinhso.modules.scorecards.rules.plans import Plan, rows_of

    edition = editions.of(round_.edition)
    cards = list(
        Card.objects.filter(round=round_, row__isnull=False).annotate(unit_name=F("unit__name")).order_by("pk")
    )
    if not cards:
        return []
    plan = Plan(edition)
    rows, changed = _corrected(round_, edition, cards)
    decided = [
        (n, plan.place[code], points) for n, card in enumerate(cards) for code, points in (card.decided or {}).items()
    ]
    totals = plan.evaluate(rows_of(rows), decided).totals
    return [
        Change(
            card.unit_name,
            card.final_total or Decimal(0),
            unscaled(int(totals[n]), edition.total_places) or Decimal(0),
            changed[n],
        )
        for n, card in enumerate(cards)
        if changed[n]
    ]


def _corrected(round_: Round, edition: Edition, cards: Sequence[Card]) -> tuple[list[list[Any]], list[list[Any]]]:
    """The frozen inputs with what the platform knows today in its own cells, and what differs, card by card."""
    cells = Cell.objects.filter(card__round=round_, is_system=True, final_inputs__isnull=True)
    system = set(cells.values_list("card_id", "criterion"))
    now = _known_today(round_, edition, cards)
    rows, changed = [], []
    for card in cards:
        row, differing = list(card.row or ()), []
        for place, (code, name) in enumerate(edition.columns):
            found = now[card.unit_id].get((code, name))
            if found is not None and (card.pk, code) in system and scaled(found.value) != row[place]:
                differing.append((code, name, unscaled(row[place]), found.value))
                row[place] = scaled(found.value)
        rows.append(row)
        changed.append(differing)
    return rows, changed


def _known_today(round_: Round, edition: Edition, cards: Sequence[Card]) -> measures.Found:
    """What the sources say now about the days that were counted when each card was frozen."""
    rows = Evidence.objects.filter(cell__card__round=round_, frozen_at__isnull=False)
    moments = dict(rows.values_list("cell__card_id").annotate(Max("frozen_at")))
    by_day: dict[date, list[int]] = {}
    for card in cards:
        if card.pk in moments:
            day = min(timezone.localdate(moments[card.pk]), round_.until)
            by_day.setdefault(day, []).append(card.unit_id)
    found: measures.Found = {card.unit_id: {} for card in cards}
    for day, units in by_day.items():
        found |= measures.all_of(edition, units, round_.since, day)
    return found


@dataclass(frozen=True)
class Today:
    """A unit of today with what its parts got: the mean of their totals, its rank by that, and which parts."""

    name: str
    total: Decimal
    rank: int
    parts: tuple[str, ...]


def under_todays_map(round_: Round, group: str = "") -> list[Today]:
    """The ranking (of one group, or of all units) as it would stand under today's map; empty while no unit of it has
    been merged since.

    The method is stated on the page: the arithmetic mean of the totals of the units merged (as the ministry did for
    DTI 2024 and the 34 provinces). Equal means share a rank.
    """
    today = timezone.localdate()
    rows = Card.objects.filter(round=round_, final_total__isnull=False, **({"group": group} if group else {}))
    parts: dict[int, list[tuple[str, Decimal]]] = {}
    merged = False
    for unit, name, total in rows.order_by("pk").values_list("unit_id", "unit__name", "final_total"):
        now = main_successor_on(unit, today) or unit
        merged = merged or now != unit
        parts.setdefault(now, []).append((name, total or Decimal(0)))
    if not merged:
        return []
    known = tree().nodes
    means = {unit: sum((total for _, total in own), Decimal(0)) / len(own) for unit, own in parts.items()}
    made = [
        Today(known[unit].name, means[unit], 1 + sum(other > means[unit] for other in means.values()),
              tuple(name for name, _ in own))
        for unit, own in parts.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.rank, one.name))
