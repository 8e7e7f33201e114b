"""How far a rank can be trusted: what it becomes under other weights, which criteria decide it, what moved a unit.

Weights are perturbed by up to a quarter each, all at once, 500 times with a fixed seed, so that the same round gives
the same interval; thresholds of the rules are moved by up to a tenth as well. An interval is where 90 % of draws fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from tinhso.modules.scorecards.rules.editions import Edition

DRAWS = 500
SPREAD = 0.25
RULE_SPREAD = 0.10
INSIDE = (5, 95)
SEED = 20260101

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Ranks that 90 % of the draws give, and the share of draws that give the published one."""

    rank: int
    low: int
    high: int

    @property
    def is_firm(self) -> bool:
        return self.low == self.high


def shares(edition: Edition, points: Sequence[Sequence[int]]) -> Numbers:
    """Each unit's share (0–1) of each criterion's points; unfilled and left out count as nothing."""
    most = np.array([max(1, int(one.points * 10**edition.decimals)) for one in edition.criteria], dtype=float)
    return np.maximum(np.array(points, dtype=float).reshape(len(points), len(most)), 0) / most


def intervals(edition: Edition, points: Sequence[Sequence[int]], ranks: Sequence[int]) -> list[Interval]:
    """For the units of one group, in their order."""
    if not points:
        return []
    rng = np.random.default_rng(SEED)
    own = shares(edition, points)
    base = np.array([float(one.points) for one in edition.criteria])
    weights = base * rng.uniform(1 - SPREAD, 1 + SPREAD, (DRAWS, len(base)))
    moved = rng.uniform(1 - RULE_SPREAD, 1 + RULE_SPREAD, (DRAWS, len(base)))
    drawn = np.empty((DRAWS, len(points)), dtype=np.int64)
    for n in range(DRAWS):
        totals = np.minimum(own * moved[n], 1) @ weights[n]
        drawn[n] = _ranked(np.round(totals, 9))
    low, high = np.percentile(drawn, INSIDE, axis=0, method="nearest")
    return [Interval(rank, min(rank, int(a)), max(rank, int(b))) for rank, a, b in zip(ranks, low, high, strict=True)]


def _ranked(totals: Numbers) -> npt.NDArray[np.int64]:
    """1 for the highest; equals share."""
    order = np.sort(totals)
    return np.asarray(len(totals) - np.searchsorted(order, totals, side="right") + 1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Deciding:
    """A criterion without which the unit would stand elsewhere: positive ``moves`` are places it owes to it."""

    code: str
    name: str
    moves: int


def deciding(edition: Edition, points: Sequence[Sequence[int]], unit: int, limit: int = 5) -> list[Deciding]:
    """The criteria whose leaving out would move the unit most, the largest move first."""
    own = shares(edition, points)
    weights = np.array([float(one.points) for one in edition.criteria])
    totals = own @ weights
    rank = int(_ranked(np.round(totals, 9))[unit])
    found = []
    for place, one in enumerate(edition.criteria):
        without = int(_ranked(np.round(totals - own[:, place] * weights[place], 9))[unit])
        if without != rank:
            found.append(Deciding(one.code, one.name, without - rank))
    return sorted(found, key=lambda one: (-abs(one.moves), one.code))[:limit]


@dataclass(frozen=True, slots=True)
class Part:
    """What a criterion added to a move between two rounds, in points (last place); None: it was not there."""

    code: str
    name: str
    before: int | None
    now: int | None
    decimals: int = 0

    @property
    def change(self) -> int:
        return max(self.now or 0, 0) - max(self.before or 0, 0)

    @property
    def points_changed(self) -> Decimal:
        return Decimal(self.change).scaleb(-self.decimals)


def contributions(before: Edition, points_before: Sequence[int], now: Edition, points_now: Sequence[int]) -> list[Part]:
    """Each criterion's part in the change of points, the largest first; they add up to the whole change.

    Criteria are matched by code; both editions must round to the same places.
    """
    old = {one.code: value for one, value in zip(before.criteria, points_before, strict=True)}
    new = {one.code: value for one, value in zip(now.criteria, points_now, strict=True)}
    names = {one.code: one.name for one in (*before.criteria, *now.criteria)}
    parts = [Part(code, names[code], old.get(code), new.get(code), now.decimals) for code in names]
    return sorted((one for one in parts if one.change), key=lambda one: (-abs(one.change), one.code))
