"""How far a rank can be trusted: what it becomes under other weights and bounds, what decides it, what moved a unit.

Weights are perturbed by up to a quarter each, all at once, 500 times with a fixed seed, so that the same round gives
the same interval; with them the bounds of the rules (thresholds, steps, the value that gives everything) are moved by
up to a tenth, from the numbers that were given. An interval is where 90 % of draws fall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from tinhso.modules.scorecards.rules.editions import Composition, Criterion, Edition, Kind
from tinhso.modules.scorecards.rules.numbers import EMPTY, LEFT_OUT, UNIT

DRAWS = 500
SPREAD = 0.25
RULE_SPREAD = 0.10
INSIDE = (5, 95)
SEED = 20260101

Numbers = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
_STRAIGHT = (Kind.THRESHOLD, Kind.SURVEY, Kind.LINEAR, Kind.INVERSE, Kind.INDICATOR)


@dataclass(frozen=True, slots=True)
class Interval:
    """Ranks that 90 % of the draws give, and the published one."""

    rank: int
    low: int
    high: int


def shares(edition: Edition, points: Sequence[Sequence[int]]) -> Numbers:
    """Each unit's share (0–1) of each criterion's points; unfilled and left out count as nothing."""
    most = np.array([max(1, int(one.points * 10**edition.decimals)) for one in edition.criteria], dtype=float)
    return np.maximum(np.array(points, dtype=float).reshape(len(points), len(most)), 0) / most


def weights_of(edition: Edition) -> Numbers:
    """What each criterion's full points add to the total: themselves, or their part of the pillars that are weighed."""
    if edition.composition is not Composition.PILLARS:
        return np.array([float(one.points) for one in edition.criteria])
    of_index = {
        index.code: sum(float(one.weight) / float(one.points) for one in edition.pillars if index.code in one.indices)
        for index in edition.indices
    }
    return np.array([float(one.points) * of_index[edition.index_of[one.code].code] for one in edition.criteria])


@dataclass(frozen=True, slots=True)
class Given:
    """One unit's frozen numbers: inputs as whole numbers in the edition's order, points by criterion, and the
    criteria whose points the council set."""

    row: Sequence[int]
    points: Sequence[int]
    decided: Mapping[str, int]


_Column = tuple[int, Criterion, Numbers, Truth]  # place, rule, what it compares with its bounds, where that is known


class _Curves:
    """Shares as they follow the bounds of the rules: of some criteria they move with the bound, of all others, of empty
    cells and of points that the council set they stand."""

    def __init__(self, edition: Edition, units: Sequence[Given]) -> None:
        self.standing = shares(edition, [one.points for one in units])
        column = {pair: place for place, pair in enumerate(edition.columns)}
        rows = np.array([one.row for one in units], dtype=np.int64).reshape(len(units), len(column))
        straight: list[_Column] = []
        stepped: list[_Column] = []
        for place, one in enumerate(edition.criteria):
            if one.rule.kind in _STRAIGHT or (one.rule.kind is Kind.STEPS and one.rule.steps):
                value, known = _values(one, rows, [column[one.code, wanted.code] for wanted in one.inputs])
                known &= np.array([one.code not in unit.decided for unit in units])
                (stepped if one.rule.kind is Kind.STEPS else straight).append((place, one, value, known))
        self.places = np.array([place for place, *_ in straight], dtype=np.int64)
        self.raw = _side_by_side([_raw(one, value) for _, one, value, _ in straight], len(units))
        self.known = _side_by_side([known for *_, known in straight], len(units)).astype(bool)
        self.kept = self.standing[:, self.places]
        self.steps = [(place, _Steps(one), value, known) for place, one, value, known in stepped]
        moving = [*self.places.tolist(), *(place for place, *_ in self.steps)]
        self.rest = self.standing.copy()
        self.rest[:, moving] = 0

    def moving(self, moved: Numbers, weights: Numbers) -> Numbers:
        """What the criteria whose share follows a bound add to each unit's total, with the bounds ``moved`` times."""
        found = np.where(self.known, np.clip(self.raw / moved[self.places], 0, 1), self.kept) @ weights[self.places]
        for place, steps, value, known in self.steps:
            found += weights[place] * np.where(known, steps.shares(value / moved[place]), self.standing[:, place])
        return np.asarray(found)


def _values(one: Criterion, rows: npt.NDArray[np.int64], places: Sequence[int]) -> tuple[Numbers, Truth]:
    """What a rule compares with its bounds, and for which units it is known: a number, a quotient or a percentage."""
    own = rows[:, places]
    known = (own != EMPTY).all(axis=1)
    if len(places) == 1:
        return np.where(known, own[:, 0], 0) / UNIT, known
    known &= own[:, 1] != 0
    if one.rule.kind is Kind.SURVEY:
        known &= own[:, 1] >= one.rule.least * UNIT
    times = 1 if one.rule.kind in (Kind.THRESHOLD, Kind.SURVEY) else 100
    return np.where(known, times * own[:, 0] / np.where(known, own[:, 1], 1), 0), known


def _raw(one: Criterion, value: Numbers) -> Numbers:
    """The share before it is cut at 1."""
    if one.rule.kind in (Kind.THRESHOLD, Kind.SURVEY):
        return value / float(one.rule.target)
    nothing, full = float(one.rule.nothing_at), float(one.rule.full_at)
    return (value - nothing) / (full - nothing)


def _side_by_side(columns: Sequence[npt.NDArray[np.generic]], units: int) -> Numbers:
    return np.stack(columns, axis=1).astype(float) if columns else np.zeros((units, 0))


class _Steps:
    """A rule of steps as a table: values between two bounds give the share of the higher step reached."""

    def __init__(self, one: Criterion) -> None:
        self.sign = -1.0 if one.rule.goes_down else 1.0
        steps = sorted((self.sign * float(step.bound), float(step.share)) for step in one.rule.steps)
        self.bounds = np.array([bound for bound, _ in steps])
        self.table = np.maximum.accumulate(np.array([0.0, *(share for _, share in steps)]))

    def shares(self, values: Numbers) -> Numbers:
        found: Numbers = self.table[np.searchsorted(self.bounds, self.sign * values, side="right")]
        return found


def intervals(edition: Edition, units: Sequence[Given], ranks: Sequence[int]) -> list[Interval]:
    """For the units of one group, in their order."""
    if not units:
        return []
    rng = np.random.default_rng(SEED)
    base = weights_of(edition)
    weights = base * rng.uniform(1 - SPREAD, 1 + SPREAD, (DRAWS, len(base)))
    moved = rng.uniform(1 - RULE_SPREAD, 1 + RULE_SPREAD, (DRAWS, len(base)))
    curves = _Curves(edition, units)
    standing = curves.rest @ weights.T
    whole = _as_if_all_applied(edition, units, weights)
    drawn = np.empty((DRAWS, len(units)), dtype=np.int64)
    for n in range(DRAWS):
        totals = standing[:, n] + curves.moving(moved[n], weights[n])
        drawn[n] = _ranked(np.round(totals if whole is None else totals * whole[:, n], 9))
    low, high = np.percentile(drawn, INSIDE, axis=0, method="nearest")
    return [Interval(rank, min(rank, int(a)), max(rank, int(b))) for rank, a, b in zip(ranks, low, high, strict=True)]


def _as_if_all_applied(edition: Edition, units: Sequence[Given], weights: Numbers) -> Numbers | None:
    """By unit and draw: what a total is multiplied by where criteria were left out; None where none were."""
    out = np.array([one.points for one in units]) == LEFT_OUT
    if edition.composition is Composition.PILLARS or not out.any():
        return None
    all_ = weights.sum(axis=1)
    applied = (~out).astype(float) @ weights.T
    return np.asarray(all_ / np.where(applied > 0, applied, all_))


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
    weights = weights_of(edition)
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
