"""The slow, exact reference: one criterion of one unit from its inputs. ``plans`` must agree with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tinhso.kernel import formulas
from tinhso.modules.scorecards.rules.editions import Criterion, Edition, Kind, Rule, Zero
from tinhso.modules.scorecards.rules.numbers import half_up

Values = Mapping[str, Decimal | None]
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Scored:
    """What a criterion gives: whole numbers of the edition's last place; None while an input is empty.

    ``left_out``: the criterion does not apply to this unit and the total is rescaled.
    """

    points: int | None
    left_out: bool = False


class LeftOut(Exception):
    """The criterion does not apply."""


def score(criterion: Criterion, values: Values, decimals: int, others: Mapping[str, Fraction] | None = None) -> Scored:
    """Points of one criterion. ``others``: points of the criteria that its formula names."""
    given = [values.get(one.code) for one in criterion.inputs]
    if any(value is None for value in given):
        return Scored(None)
    inputs = [Fraction(value) for value in given if value is not None]
    points = Fraction(criterion.points)
    try:
        if criterion.rule.kind is Kind.EXPRESSION:
            named = {one.code: value for one, value in zip(criterion.inputs, inputs, strict=True)} | dict(others or {})
            found = formulas.compute(criterion.rule.formula, named) or Fraction(0)
        elif criterion.rule.kind is Kind.JUDGED:
            found = inputs[0]
        else:
            found = points * _SHARES[criterion.rule.kind](criterion, inputs)
    except LeftOut:
        return Scored(0, left_out=True)
    return Scored(half_up(min(max(found, Fraction(0)), points), decimals))


def _over(rule: Rule, top: Fraction, bottom: Fraction, *, times: int = 1) -> Fraction:
    """A quotient, or what the rule says of a zero denominator."""
    if bottom != 0:
        return times * top / bottom
    return rule.target * _of_nothing(rule)


def _of_nothing(rule: Rule) -> Fraction:
    """What a zero denominator is worth: all, nothing, or the criterion is left out."""
    if rule.zero is Zero.LEAVE_OUT:
        raise LeftOut
    return Fraction(1) if rule.zero is Zero.FULL else Fraction(0)


def _is_of_nothing(inputs: list[Fraction]) -> bool:
    return len(inputs) == 2 and inputs[1] == 0


def _value(inputs: list[Fraction]) -> Fraction:
    """The one input, or the percentage that two make."""
    return PERCENT * inputs[0] / inputs[1] if len(inputs) == 2 else inputs[0]


def _within(share: Fraction) -> Fraction:
    return min(max(share, Fraction(0)), Fraction(1))


def _ratio(criterion: Criterion, inputs: list[Fraction]) -> Fraction:
    rule = criterion.rule
    return _within(_over(rule, inputs[0], inputs[1]) / rule.target)


def _survey(criterion: Criterion, inputs: list[Fraction]) -> Fraction:
    return Fraction(0) if inputs[1] < criterion.rule.least else _ratio(criterion, inputs)


def _steps(criterion: Criterion, inputs: list[Fraction]) -> Fraction:
    """Of one value, or of a percentage made of two."""
    rule = criterion.rule
    if _is_of_nothing(inputs):
        return _of_nothing(rule)
    value = _value(inputs)
    reached = [one.share for one in rule.steps if (value <= one.bound if rule.goes_down else value >= one.bound)]
    return max(reached, default=Fraction(0))


def _yes_no(criterion: Criterion, inputs: list[Fraction]) -> Fraction:
    return _within(inputs[0])


def _options(criterion: Criterion, inputs: list[Fraction]) -> Fraction:
    """The input is the number of the choice, from 0; anything else is none of them."""
    choices, chosen = criterion.rule.choices, inputs[0]
    return choices[int(chosen)][1] if chosen.denominator == 1 and 0 <= chosen < len(choices) else Fraction(0)


def _parts(criterion: Criterion, inputs: list[Fraction]) -> Fraction:
    met = zip(criterion.inputs, inputs, strict=True)
    return sum((one.share * _within(value) for one, value in met), Fraction(0))


def _linear(criterion: Criterion, inputs: list[Fraction]) -> Fraction:
    rule = criterion.rule
    if _is_of_nothing(inputs):
        return _of_nothing(rule)
    value = _value(inputs)
    return _within((value - rule.nothing_at) / (rule.full_at - rule.nothing_at))


_SHARES: Mapping[Kind, Callable[[Criterion, list[Fraction]], Fraction]] = {
    Kind.RATIO: _ratio, Kind.THRESHOLD: _ratio, Kind.SURVEY: _survey, Kind.STEPS: _steps, Kind.YES_NO: _yes_no,
    Kind.OPTIONS: _options, Kind.PARTS: _parts, Kind.LINEAR: _linear, Kind.INVERSE: _linear, Kind.INDICATOR: _linear,
}  # fmt: skip


def order_of(edition: Edition) -> tuple[Criterion, ...]:
    """Criteria so that each comes after those whose points its formula names. Raises ValueError on a circle."""
    by_variable = {one.variable: one for one in edition.criteria}
    needs = {
        one.code: [by_variable[name].code for name in formulas.names_in(one.rule.formula) if name in by_variable]
        if one.rule.kind is Kind.EXPRESSION
        else []
        for one in edition.criteria
    }
    done: dict[str, Criterion] = {}

    def place(code: str, path: tuple[str, ...]) -> None:
        if code in done:
            return
        if code in path:
            raise ValueError(" → ".join((*path[path.index(code) :], code)))
        for other in needs[code]:
            place(other, (*path, code))
        done[code] = edition.by_code[code]

    for one in edition.criteria:
        place(one.code, ())
    return tuple(done.values())


def score_all(
    edition: Edition, values: Mapping[str, Values], decided: Mapping[str, int] | None = None
) -> dict[str, Scored]:
    """All criteria of one unit. ``decided``: points (whole numbers of the last place) that the council set instead."""
    found: dict[str, Scored] = {}
    for one in order_of(edition):
        if decided and one.code in decided:
            found[one.code] = Scored(decided[one.code])
            continue
        others: dict[str, Fraction] = {}
        if one.rule.kind is Kind.EXPRESSION:
            others = {
                edition.by_code[code].variable: Fraction(done.points or 0, 10**edition.decimals)
                for code, done in found.items()
            }
        found[one.code] = score(one, values.get(one.code, {}), edition.decimals, others)
    return {one.code: found[one.code] for one in edition.criteria}
