"""A whole round at once: the same points as ``scoring``, for thousands of units, with NumPy and without rounding error.

Every rule that is a quotient becomes ``(p·a + q·b) / (r·b)`` over whole numbers; points are that quotient times the
maximum, rounded half up in 64-bit integers. Numbers so large that a product might not fit are left to the exact
reference, cell by cell; so are formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np
import numpy.typing as npt

from tinhso.modules.scorecards.rules import scoring
from tinhso.modules.scorecards.rules.editions import Composition, Criterion, Edition, Kind, Zero
from tinhso.modules.scorecards.rules.numbers import EMPTY, LEFT_OUT, UNFILLED, UNIT, scaled, unscaled
from tinhso.modules.scorecards.rules.totals import VALUE_PLACES, Summary

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]
SAFE = 2**61  # twice a product and a sum of two still fit 64 bits
BLOCK = 8  # criteria scored side by side


@dataclass(frozen=True, slots=True)
class _Quotient:
    """A criterion whose share is (p·a + q·b) / (r·b); ``b`` None stands for one."""

    place: int
    a: int
    b: int | None
    p: int
    q: int
    r: int
    points: int
    zero: Zero
    least: int


@dataclass(frozen=True)
class Result:
    """Scores of a round: ``points`` by unit and criterion in the last place (UNFILLED, LEFT_OUT), totals and parts."""

    points: Whole
    totals: Whole
    sums: Whole
    indices: Whole
    pillars: Whole
    left_out: Whole

    def summary(self, row: int) -> Summary:
        return Summary(
            int(self.totals[row]), int(self.sums[row]), tuple(self.indices[row].tolist()),
            tuple(self.pillars[row].tolist()), int((self.points[row] == UNFILLED).sum()), int(self.left_out[row]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Block:
    """Some quotients side by side: a row each; ``b`` of those without stands one past the last column."""

    place: Whole
    a: Whole
    b: Whole
    p: Whole
    q: Whole
    r: Whole
    points: Whole
    limit_a: Whole
    limit_b: Whole
    least: Whole
    at_zero: Whole
    has_q: bool
    has_least: bool

    @classmethod
    def of(cls, made: Sequence[_Quotient], columns: int) -> _Block:
        def flat(values: Iterable[int]) -> Whole:
            return np.array(list(values), dtype=np.int64)

        def tall(values: Iterable[int]) -> Whole:
            return flat(values)[:, None]

        at_zero = {Zero.NOTHING: 0, Zero.LEAVE_OUT: LEFT_OUT}
        return cls(
            place=flat(one.place for one in made),
            a=flat(one.a for one in made),
            b=flat(columns if one.b is None else one.b for one in made),
            p=tall(one.p for one in made),
            q=tall(one.q for one in made),
            r=tall(one.r for one in made),
            points=tall(one.points for one in made),
            limit_a=tall(SAFE // (4 * max(one.points, 1) * max(1, abs(one.p))) for one in made),
            limit_b=tall(SAFE // (4 * max(one.points, 1) * max(1, abs(one.q), one.r)) for one in made),
            least=tall(one.least * UNIT for one in made),
            at_zero=tall(at_zero.get(one.zero, one.points) for one in made),
            has_q=any(one.q for one in made),
            has_least=any(one.least for one in made),
        )


def _shares(block: _Block, a: Whole, b: Whole) -> Whole:
    """Points of (p·a + q·b) / (r·b) times the maximum, rounded half up; ``a`` is used up."""
    top = a
    top *= block.p
    if block.has_q:
        top += b * block.q
    bottom = b * block.r
    no_bottom = bottom == 0
    has_zeros = bool(no_bottom.any())
    if has_zeros:
        np.copyto(bottom, 1, where=no_bottom)
    np.maximum(top, 0, out=top)
    np.minimum(top, bottom, out=top)
    top *= 2 * block.points
    top += bottom
    bottom *= 2
    # Neither is negative: as unsigned numbers they are divided faster.
    found: Whole = (top.view(np.uint64) // bottom.view(np.uint64)).view(np.int64)
    if has_zeros:
        np.copyto(found, block.at_zero, where=no_bottom)
    if block.has_least:
        np.copyto(found, 0, where=b < block.least)
    return found


class Plan:
    """An edition made ready for whole rounds. Inputs come as whole numbers in the order of ``edition.columns``."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.scale = 10**edition.decimals
        self.column = {pair: place for place, pair in enumerate(edition.columns)}
        self.place = {one.code: place for place, one in enumerate(edition.criteria)}
        self.most = np.array([int(one.points * self.scale) for one in edition.criteria], dtype=np.int64)
        self.quotients = [made for one in edition.criteria if (made := self._quotient(one)) is not None]
        by_quotient = {made.place for made in self.quotients}
        self.others = [
            one for one in edition.criteria
            if self.place[one.code] not in by_quotient and one.rule.kind is not Kind.EXPRESSION
        ]  # fmt: skip
        self.formulas = [one for one in scoring.order_of(edition) if one.rule.kind is Kind.EXPRESSION]

    def inputs(self, values: Mapping[str, Mapping[str, Decimal | None]]) -> list[int]:
        """One unit's row of whole numbers."""
        return [scaled(values.get(code, {}).get(name)) for code, name in self.edition.columns]

    def values(self, row: Sequence[int]) -> dict[str, dict[str, Decimal | None]]:
        """The row as decimals again, by criterion and input."""
        found: dict[str, dict[str, Decimal | None]] = {}
        for (code, name), number in zip(self.edition.columns, row, strict=True):
            found.setdefault(code, {})[name] = unscaled(int(number))
        return found

    def evaluate(self, inputs: Whole, decided: Sequence[tuple[int, int, int]] = ()) -> Result:
        """Score all rows. ``decided``: (row, criterion's place, points) that the council set instead."""
        columns = np.ascontiguousarray(inputs.T)
        points = np.empty((len(self.edition.criteria), len(inputs)), dtype=np.int64)
        self._quotients(columns, points)
        for one in self.others:
            self._other(one, columns, points)
        for one in self.formulas:
            points[self.place[one.code]] = self._by_hand(one, inputs, range(len(inputs)), points)
        for row, place, given in decided:
            points[place, row] = given
        if decided and self.formulas:
            self._formulas_again(inputs, points, decided)
        return self._compose(points)

    # Quotients

    def _quotient(self, one: Criterion) -> _Quotient | None:
        rule, places = one.rule, [self.column[one.code, wanted.code] for wanted in one.inputs]
        second = places[1] if len(places) == 2 else None
        if rule.kind in (Kind.RATIO, Kind.THRESHOLD, Kind.SURVEY):
            p, q, r = rule.target.denominator, 0, rule.target.numerator
        elif rule.kind is Kind.YES_NO:
            p, q, r = 1, 0, 1
        elif rule.kind is Kind.JUDGED:
            most = Fraction(one.points) or Fraction(1)
            p, q, r = most.denominator, 0, most.numerator
        elif rule.kind in (Kind.LINEAR, Kind.INVERSE, Kind.INDICATOR):
            # (times·a/b − n) / (f − n) = (k·times·a − k·n·b) / (k·(f − n)·b)
            times = scoring.PERCENT if second is not None else 1
            k = lcm(rule.nothing_at.denominator, rule.full_at.denominator)
            sign = 1 if rule.full_at > rule.nothing_at else -1
            p, q = sign * k * times, sign * int(-k * rule.nothing_at)
            r = abs(int(k * (rule.full_at - rule.nothing_at)))
        else:
            return None
        place = self.place[one.code]
        return _Quotient(
            place, places[0], second, p, q, r, int(self.most[place]), rule.zero,
            rule.least if rule.kind is Kind.SURVEY else 0,
        )  # fmt: skip

    @cached_property
    def _blocks(self) -> list[_Block]:
        """The quotients, a few at a time: their numbers stay in the processor's cache."""
        made = self.quotients
        return [_Block.of(made[n : n + BLOCK], len(self.column)) for n in range(0, len(made), BLOCK)]

    def _quotients(self, columns: Whole, points: Whole) -> None:
        wide = np.concatenate([columns, np.full((1, columns.shape[1]), UNIT, dtype=np.int64)])
        for block in self._blocks:
            a, b = wide[block.a], wide[block.b]
            empty = (a == EMPTY) | (b == EMPTY)
            large = (a > block.limit_a) | (b > block.limit_b) | ((a < -block.limit_a) & ~empty)
            unsafe = empty | large
            if unsafe.any():
                np.copyto(a, 0, where=unsafe)
                np.copyto(b, UNIT, where=unsafe)
            found = _shares(block, a, b)
            np.copyto(found, UNFILLED, where=empty)
            points[block.place] = found
            if large.any():
                self._large(block, large, columns, points)

    def _large(self, block: _Block, large: Truth, columns: Whole, points: Whole) -> None:
        """Numbers whose product may not fit 64 bits are left to the reference."""
        for n in np.nonzero(large.any(axis=1))[0]:
            place, rows = int(block.place[n]), np.nonzero(large[n])[0]
            points[place, rows] = self._by_hand(self.edition.criteria[place], columns.T, rows.tolist(), points)

    # Other kinds

    def _other(self, one: Criterion, columns: Whole, points: Whole) -> None:
        own = columns[[self.column[one.code, wanted.code] for wanted in one.inputs]]
        empty = (own == EMPTY).any(axis=0)
        given = np.where(empty, 0, own)
        place = self.place[one.code]
        made = {Kind.STEPS: self._steps, Kind.OPTIONS: self._options, Kind.PARTS: self._parts}[one.rule.kind](
            one, given, int(self.most[place])
        )
        made[empty] = UNFILLED
        points[place] = made

    def _points_of(self, share: Fraction, one: Criterion) -> int:
        """Points of a fixed share, rounded as the reference rounds them."""
        return scoring.half_up(Fraction(one.points) * share, self.edition.decimals)

    def _steps(self, one: Criterion, given: Whole, most: int) -> Whole:
        rule = one.rule
        made = np.zeros(given.shape[1], dtype=np.int64)
        top, bottom = given[0], given[1] if len(given) == 2 else None
        for step in rule.steps:
            if bottom is None:
                bound = step.bound * UNIT
                low, high = bound.numerator // bound.denominator, -(-bound.numerator // bound.denominator)
                reached = top <= low if rule.goes_down else top >= high
            else:
                p, r = scoring.PERCENT * step.bound.denominator, step.bound.numerator
                reached = _at_most(top, p, bottom, r) if rule.goes_down else _at_least(top, p, bottom, r)
            made[reached] = np.maximum(made[reached], self._points_of(step.share, one))
        if bottom is not None:
            made[bottom == 0] = {Zero.NOTHING: 0, Zero.FULL: most, Zero.LEAVE_OUT: LEFT_OUT}[rule.zero]
        return made

    def _options(self, one: Criterion, given: Whole, most: int) -> Whole:
        table = np.array([*(self._points_of(share, one) for _, share in one.rule.choices), 0], dtype=np.int64)
        number, rest = np.divmod(given[0], UNIT)
        known = (rest == 0) & (number >= 0) & (number < len(one.rule.choices))
        chosen: Whole = table[np.where(known, number, len(one.rule.choices))]
        return chosen

    def _parts(self, one: Criterion, given: Whole, most: int) -> Whole:
        """Shares of one common denominator, so that the sum is rounded once."""
        common = lcm(*(wanted.share.denominator for wanted in one.inputs))
        total = np.zeros(given.shape[1], dtype=np.int64)
        for wanted, row in zip(one.inputs, given, strict=True):
            total += np.clip(row, 0, UNIT) * int(wanted.share * common)
        bottom = common * UNIT
        made: Whole = (2 * most * np.clip(total, 0, bottom) + bottom) // (2 * bottom)
        return made

    def _by_hand(self, one: Criterion, inputs: Whole, rows: Sequence[int], points: Whole) -> list[int]:
        """The reference, for rows that need it."""
        places = [(wanted.code, self.column[one.code, wanted.code]) for wanted in one.inputs]
        others = [] if one.rule.kind is not Kind.EXPRESSION else list(self._named(one))
        made = []
        for row in rows:
            values = {name: unscaled(int(inputs[row, place])) for name, place in places}
            named = {name: Fraction(max(0, int(points[place, row])), self.scale) for name, place in others}
            scored = scoring.score(one, values, self.edition.decimals, named)
            made.append(LEFT_OUT if scored.left_out else UNFILLED if scored.points is None else scored.points)
        return made

    def _named(self, one: Criterion) -> Iterator[tuple[str, int]]:
        names = scoring.formulas.names_in(one.rule.formula)
        return ((other.variable, self.place[other.code]) for other in self.edition.criteria if other.variable in names)

    def _formulas_again(self, inputs: Whole, points: Whole, decided: Sequence[tuple[int, int, int]]) -> None:
        """Formulas that name a criterion whose points were set see the points that were set."""
        fixed = {(row, place) for row, place, _ in decided}
        rows = sorted({row for row, _ in fixed})
        for one in self.formulas:
            place = self.place[one.code]
            own = [row for row in rows if (row, place) not in fixed]
            points[place, own] = self._by_hand(one, inputs, own, points)

    # Totals

    @cached_property
    def _starts(self) -> list[int]:
        starts, place = [], 0
        for index in self.edition.indices:
            starts.append(place)
            place += len(index.criteria)
        return starts

    def _compose(self, points: Whole) -> Result:
        edition = self.edition
        counted = np.maximum(points, 0)
        if all(index.criteria for index in edition.indices):
            indices = np.add.reduceat(counted, self._starts, axis=0)
        else:
            ends = [*self._starts[1:], len(points)]
            indices = np.stack([counted[a:b].sum(axis=0) for a, b in zip(self._starts, ends, strict=True)])
        sums = indices.sum(axis=0)
        out = points == LEFT_OUT
        left_out = (out * self.most[:, None]).sum(axis=0) if out.any() else np.zeros_like(sums)
        pillars = self._pillars(indices)
        if edition.composition is Composition.PILLARS:
            totals = self._weighed(pillars)
        else:
            totals = sums
            if left_out.any():
                most = int(edition.points * self.scale)
                base = np.where((left_out == 0) | (left_out >= most), most, most - left_out)
                totals = (2 * sums * most + base) // (2 * base)
        return Result(points.T, totals, sums, indices.T, pillars.T, left_out)

    def _pillars(self, indices: Whole) -> Whole:
        place = {index.code: n for n, index in enumerate(self.edition.indices)}
        made = np.zeros((len(self.edition.pillars), indices.shape[1]), dtype=np.int64)
        for n, pillar in enumerate(self.edition.pillars):
            most = int(pillar.points * self.scale)
            own = indices[[place[code] for code in pillar.indices]].sum(axis=0)
            made[n] = (2 * own * 10**VALUE_PLACES + most) // (2 * most)
        return made

    def _weighed(self, pillars: Whole) -> Whole:
        common = lcm(*(one.weight.denominator for one in self.edition.pillars))
        parts = np.array([int(one.weight * common) for one in self.edition.pillars], dtype=np.int64)
        made: Whole = (2 * (parts[:, None] * pillars).sum(axis=0) + common) // (2 * common)
        return made


def _at_least(top: Whole, p: int, bottom: Whole, r: int) -> Truth:
    """top·p ≥ bottom·r without overflow."""
    if int(np.abs(top).max(initial=0)) * abs(p) < SAFE and int(np.abs(bottom).max(initial=0)) * abs(r) < SAFE:
        return np.asarray(top * p >= bottom * r)
    return np.array([int(a) * p >= int(b) * r for a, b in zip(top, bottom, strict=True)], dtype=np.bool_)


def _at_most(top: Whole, p: int, bottom: Whole, r: int) -> Truth:
    return ~_at_least(top, p, bottom, r) | _equal(top, p, bottom, r)


def _equal(top: Whole, p: int, bottom: Whole, r: int) -> Truth:
    return _at_least(top, p, bottom, r) & _at_least(-top, p, -bottom, r)


def rows_of(lists: Sequence[Sequence[int]]) -> Whole:
    return np.array(lists, dtype=np.int64)
