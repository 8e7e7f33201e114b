"""How firm a rank is, what decides it, and what moved a unit: by examples."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tinhso.modules.scorecards.rules import plans, robustness
from tinhso.modules.scorecards.rules.editions import edition_from
from tinhso.modules.scorecards.rules.numbers import EMPTY, UNIT, read
from tinhso.modules.scorecards.tests import sheets

D = Decimal


def given_of(edition, plan, rows, decided=()):
    """Units as they are frozen, from rows of inputs."""
    result = plan.evaluate(plans.rows_of(rows), decided)
    set_ = [{edition.criteria[place].code: points for row, place, points in decided if row == n}
            for n in range(len(rows))]  # fmt: skip
    points = result.points.tolist()
    return [robustness.Given(row, points[n], set_[n]) for n, row in enumerate(rows)]


def test_rank_intervals_are_firm_for_units_far_apart_and_wide_for_close_ones():
    edition = edition_from(sheets.judged("50", "50"))
    rows = [[500_000, 500_000], [260_000, 240_000], [240_000, 260_000], [10_000, 10_000]]
    units = given_of(edition, plans.Plan(edition), rows)
    found = robustness.intervals(edition, units, [1, 2, 2, 4])
    assert [(one.low, one.high) for one in found] == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert found == robustness.intervals(edition, units, [1, 2, 2, 4])


def bounded(rule, *inputs):
    """One criterion of 90 points by the rule, one of 10 that is judged."""
    content = sheets.judged("90", "10")
    content["indices"][0]["criteria"][0] |= {"rule": rule, "inputs": [{"code": c, "name": c} for c in inputs]}
    return edition_from(content)


def test_a_bound_moved_up_costs_only_those_who_just_met_it():
    edition = bounded({"kind": "threshold", "target": "0.5"}, "a", "b")
    rows = [[50 * UNIT, 100 * UNIT, 0], [90 * UNIT, 100 * UNIT, 0], [45 * UNIT, 100 * UNIT, 5 * UNIT]]
    units = given_of(edition, plans.Plan(edition), rows)
    found = robustness.intervals(edition, units, [1, 1, 3])
    assert [(one.low, one.high) for one in found] == [(1, 2), (1, 2), (1, 3)]
    curves = robustness._Curves(edition, units)
    weights = robustness.weights_of(edition)
    assert curves.moving(np.array([1.0, 1.0]), weights).tolist() == pytest.approx([90, 90, 81])
    assert curves.moving(np.array([1.1, 1.0]), weights).tolist() == pytest.approx([90 / 1.1, 90, 81 / 1.1])


def test_steps_move_with_their_bounds_and_points_that_were_set_stand():
    steps = [{"bound": "10", "share": "1"}, {"bound": "4", "share": "0.5"}]
    edition = bounded({"kind": "steps", "steps": steps}, "a")
    rows = [[10 * UNIT, 0], [10 * UNIT, 0], [EMPTY, 0], [3 * UNIT, 0]]
    curves = robustness._Curves(edition, given_of(edition, plans.Plan(edition), rows, [(1, 0, 9000)]))
    weights = robustness.weights_of(edition)
    assert curves.moving(np.array([1.0, 1.0]), weights).tolist() == [90, 90, 0, 0]
    assert curves.moving(np.array([1.05, 1.0]), weights).tolist() == [45, 90, 0, 0]


def test_weights_of_pillars_that_are_weighed_are_their_parts_of_the_total():
    edition = edition_from(sheets.seed("dti-2020"))
    assert robustness.weights_of(edition).sum() == pytest.approx(1)
    government = {code for one in edition.pillars[:1] for code in one.indices}
    own = [weight for one, weight in zip(edition.criteria, robustness.weights_of(edition), strict=True)
           if edition.index_of[one.code].code in government]  # fmt: skip
    assert sum(own) == pytest.approx(0.4)


def test_a_criterion_left_out_costs_no_rank():
    edition = edition_from(sheets.content())
    plan = plans.Plan(edition)
    full = plan.inputs({code: {n: read(v) for n, v in own.items()} for code, own in sheets.FULL.items()})
    without = list(full)
    without[plan.column["1.2", "a"]] = without[plan.column["1.2", "b"]] = 0
    poor = [0 if value else value for value in full]
    found = robustness.intervals(edition, given_of(edition, plan, [full, without, poor]), [1, 2, 3])
    assert [(one.low, one.high) for one in found][2] == (3, 3)
    assert found[1].low == 1 or found[1].high == 2


def test_what_decides_a_rank_and_what_moved_a_unit():
    edition = edition_from(sheets.judged("50", "50"))
    points = [[5000, 0], [2000, 2000], [1000, 2500]]
    assert [(one.code, one.moves) for one in robustness.deciding(edition, points, 0)] == [("1.1", 2)]
    parts = robustness.contributions(edition, [1000, 2500], edition, [2000, 2000])
    assert [(one.code, one.points_changed) for one in parts] == [("1.1", D(10)), ("1.2", D(-5))]
