"""Published scores as measures: what campaigns, indicators and reports take from here without knowing this module."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from tinhso.kernel.manifest import Measured, MeasureSource
from tinhso.kernel.units.queries import main_successor_on
from tinhso.modules.scorecards.models import Card
from tinhso.modules.scorecards.queries import editions
from tinhso.modules.scorecards.rules.numbers import shown
from tinhso.modules.scorecards.rules.words import RoundState

PLACES = Decimal("0.0001")
SETS = {"commune-dt": "bộ tiêu chí cấp xã", "department-dt": "bộ tiêu chí sở, ngành"}


@dataclass(frozen=True, slots=True)
class Result:
    """One unit's published result. ``most``: the highest total of its edition."""

    unit: int
    total: Decimal
    most: Decimal
    rank: int
    words: str
    link: str


def results(unit_ids: Collection[int], since: date, until: date, set_code: str = "") -> Mapping[int, list[Result]]:
    """Unit → its results in the newest published round whose period ended within these days: one statement.

    A unit that took over others is given theirs, as long as it was not assessed itself."""
    rows = Card.objects.filter(
        round__state=RoundState.PUBLISHED, round__until__gte=since, round__until__lte=until, rank__isnull=False
    )
    if set_code:
        rows = rows.filter(round__edition__criteria_set__code=set_code)
    cards = (
        rows.select_related("round__edition", "unit")
        .only("unit__code", "round__code", "round__name", "round__until", "round__edition__content_hash",
              "final_total", "rank")
        .order_by("-round__until", "-round__published_at", "-pk")
    )  # fmt: skip
    own: dict[int, list[Result]] = {}
    taken_over: dict[int, list[Result]] = {}
    newest: dict[int, int] = {}
    for card in cards:
        if newest.setdefault(card.unit_id, card.round_id) != card.round_id:
            continue
        if card.unit_id in unit_ids:
            own.setdefault(card.unit_id, []).append(_result(card))
        elif (now := main_successor_on(card.unit_id, until)) in unit_ids and now is not None:
            taken_over.setdefault(now, []).append(_result(card))
    return taken_over | own


def _result(card: Card) -> Result:
    edition = editions.of(card.round.edition)
    total = card.final_total or Decimal(0)
    words = f"{card.round.name}: {shown(total)}/{shown(edition.most)} điểm, hạng {card.rank}"
    link = reverse("scorecards:unit", args=[card.round.code, card.unit.code])
    return Result(card.unit_id, total, edition.most, card.rank or 0, words, link)


def _mean(own: list[Result], value: Callable[[Result], Decimal]) -> Measured:
    """One result as it is; of units that were merged, the arithmetic mean (as the ministry did for DTI 2024)."""
    mean = (sum((value(one) for one in own), Decimal(0)) / len(own)).quantize(PLACES)
    if len(own) == 1:
        return Measured(mean, own[0].words, own[0].link)
    return Measured(mean, f"trung bình cộng {len(own)} đơn vị hợp thành: " + "; ".join(one.words for one in own))


def _total(one: Result) -> Decimal:
    return one.total


def _share(one: Result) -> Decimal:
    return 100 * one.total / one.most if one.most else Decimal(0)


def _rank(one: Result) -> Decimal:
    return Decimal(one.rank)


def _values(value: Callable[[Result], Decimal], set_code: str = "") -> Callable[..., Mapping[int, Measured]]:
    def values(unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
        found = results(unit_ids, since, until, set_code)
        return {unit: _mean(own, value) for unit, own in found.items()}

    return values


MEASURES = (
    MeasureSource("scorecards.total", "Điểm đánh giá đã công bố", "điểm", _values(_total)),
    MeasureSource("scorecards.share", "Điểm đánh giá so với điểm tối đa", "%", _values(_share)),
    MeasureSource("scorecards.rank", "Hạng đã công bố trong nhóm", "hạng", _values(_rank)),
    *(
        MeasureSource(f"scorecards.total.{code}", f"Điểm đã công bố theo {name}", "điểm", _values(_total, code))
        for code, name in SETS.items()
    ),
)
