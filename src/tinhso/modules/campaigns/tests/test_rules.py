"""Placing units, ties, prizes, rules that cannot be computed, bundles that were changed."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.modules.campaigns.rules import bundles, places
from tinhso.modules.campaigns.rules.places import Better, Prize, Rules, Standing, Ties

SHARED = Rules("m", prizes=(Prize("g1", "Nhất", 1), Prize("g2", "Nhì", 2)))
SECOND = replace(SHARED, ties=Ties.SECOND, second="n")


def rows(*values, seconds=(), group="A"):
    given = [*seconds, *([None] * len(values))]
    return [
        Standing(n, group, None if value is None else Decimal(value), None if two is None else Decimal(two))
        for n, (value, two) in enumerate(zip(values, given, strict=False), start=1)
    ]


@pytest.mark.parametrize(
    ("values", "placed"),
    [
        (("90", "80", "70"), {1: 1, 2: 2, 3: 3}),
        (("80", "90", "90", "70"), {1: 3, 2: 1, 3: 1, 4: 4}),  # 1, 1, 3, 4
        (("90.04", "90.01", "89.95"), {1: 1, 2: 1, 3: 1}),  # equal to one place
        (("90.05", "90.04"), {1: 1, 2: 2}),  # half is rounded up
        (("90", None), {1: 1}),
        ((), {}),
    ],
)
def test_places_come_from_rounded_values_and_are_shared(values, placed):
    assert places.place(rows(*values), SHARED) == placed


def test_lower_can_be_better_and_groups_are_placed_apart():
    low = replace(SHARED, better=Better.LOW)
    assert places.place(rows("5", "3"), low) == {1: 2, 2: 1}
    two = [*rows("90"), Standing(9, "B", Decimal(10))]
    assert places.place(two, SHARED) == {1: 1, 9: 1}


@pytest.mark.parametrize(
    ("seconds", "placed"),
    [(("1", "2"), {1: 2, 2: 1}), (("2", "2"), {1: 1, 2: 1}), ((None, "0"), {1: 2, 2: 1}), (("1", None), {1: 1, 2: 2})],
)
def test_a_second_measure_decides_ties_only_where_it_differs(seconds, placed):
    assert places.place(rows("90", "90", seconds=seconds), SECOND) == placed
    assert places.place(rows("91", "90", seconds=("0", "99")), SECOND) == {1: 1, 2: 2}


def test_order_of_units_never_matters():
    chance = random.Random(7)
    given = [Standing(n, "AB"[n % 2], Decimal(chance.randrange(20)), Decimal(chance.randrange(3))) for n in range(60)]
    for rules in (SHARED, SECOND):
        expected = places.place(given, rules)
        for _again in range(5):
            chance.shuffle(given)
            assert places.place(given, rules) == expected


@pytest.mark.parametrize(
    ("values", "prizes"),
    [
        (("90", "80", "70", "60"), [(1, "g1"), (2, "g2"), (3, "g2")]),
        (("90", "90", "70"), [(1, "g1"), (2, "g1"), (3, "g2")]),  # a shared first place is not divided
        (("90", "80", "80", "80"), [(1, "g1"), (2, "g2"), (3, "g2"), (4, "g2")]),
        ((None, "50"), [(2, "g1")]),
    ],
)
def test_prizes_go_to_the_first_places_and_shared_ones_are_not_divided(values, prizes):
    given = rows(*values)
    assert places.winners(given, places.place(given, SHARED), SHARED) == prizes


def test_who_is_below_the_least_value_gets_no_prize():
    bound = replace(SHARED, prizes=(Prize("g1", "Nhất", 1, Decimal(85)), Prize("g2", "Nhì", 2, Decimal(80))))
    given = rows("84.9", "80", "79")
    assert places.winners(given, places.place(given, bound), bound) == [(2, "g2")]
    low = replace(bound, better=Better.LOW, prizes=(Prize("g1", "Nhất", 3, Decimal(10)),))
    given = rows("5", "11")
    assert places.winners(given, places.place(given, low), low) == [(1, "g1")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"measure": "none"}, "measure"),
        ({"places": 5}, "places"),
        ({"places": -1}, "places"),
        ({"prizes": ()}, "prizes"),
        ({"prizes": (Prize("g1", "x", 0),)}, "prizes"),
        ({"prizes": (Prize("g1", "x", 1), Prize("g1", "y", 1))}, "prizes"),
        ({"ties": Ties.SECOND, "second": ""}, "second"),
        ({"ties": Ties.SECOND, "second": "m"}, "second"),
    ],
)
def test_rules_that_cannot_be_computed_are_refused_at_their_field(wrong, field):
    with pytest.raises(Refusal) as no:
        places.check(replace(SHARED, **wrong), {"m": 1, "n": 2})
    assert (no.value.code, no.value.field) == ("campaigns.rules", field)
    places.check(SHARED, {"m": 1})


def test_rules_survive_their_json():
    rules = replace(SECOND, prizes=(Prize("g1", "Nhất", 1, Decimal("80.5")),))
    assert Rules.from_json(rules.to_json()) == rules


def bundle():
    given = rows("90.000000", "88", None)
    inputs = [bundles.Input(one, f"xa-{one.unit}", f"Xã {one.unit}", "") for one in given]
    return bundles.pack(
        code="c", name="n", since="2026-01-01", until="2026-06-30", frozen_at="x", rules=SHARED, rules_hash="h",
        inputs=inputs,
    )  # fmt: skip


def test_a_bundle_computes_to_the_same_places_and_shows_what_was_changed():
    whole = bundle()
    assert whole == bundle()
    assert [one["value"] for one in whole["units"]] == ["90", "88", None]
    assert bundles.differences(whole) == []
    place_changed = copy.deepcopy(whole)
    place_changed["units"][1]["place"] = 1
    assert bundles.differences(place_changed) == ["sha256", "xa-2: 1 → 2"]
    value_changed = copy.deepcopy(whole)
    value_changed["units"][1]["value"] = "95"
    assert bundles.differences(value_changed) == ["sha256", "xa-1: 1 → 2", "xa-2: 2 → 1"]


@pytest.mark.parametrize("wrong", [None, [], {}, {"format": "x"}, {**bundle(), "units": [{"id": "x"}]},
                                   {**bundle(), "units": [{**bundle()["units"][0], "value": "NaN"}]}])  # fmt: skip
def test_what_is_no_bundle_is_refused_in_words(wrong):
    with pytest.raises(Refusal) as no:
        bundles.differences(wrong)
    assert no.value.code == "campaigns.bundle"
