"""The bench's own arithmetic: what stands beside the platform must give the same figures."""

from __future__ import annotations

import pytest
from bench.ground import missed, number
from bench.scorecards import differing, edition, inputs_of

from tinhso.modules.scorecards.rules.plans import Plan


@pytest.mark.parametrize(("name", "units"), [("commune-79", 3_321), ("dti-2022", 34), ("dti-2025", 34)])
def test_exact_scores_add_up_to_what_bare_floats_give(name: str, units: int):
    read = edition(name)
    assert differing(read, Plan(read), inputs_of(read, units)) == 0


def test_sizes_are_written_short():
    assert [number(text) for text in ("10k", "1M", "1.5k", "3321")] == [10_000, 1_000_000, 1_500, 3_321]


def test_what_is_not_as_wanted_is_named():
    found = {"seconds": 6.0, "a second": 480, "statements": 8}
    assert missed(found, {"seconds": 5, "statements": 8}, {"a second": 490}) == ["seconds 6 > 5", "a second 480 < 490"]
    assert missed(found, {"seconds": 6}) == []
