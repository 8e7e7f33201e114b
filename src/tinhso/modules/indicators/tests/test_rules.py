"""Values, what may be published of them, targets' paths, verdicts, definitions: without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.errors import Refusal
from tinhso.modules.indicators.queries.seeds import published, seeded
from tinhso.modules.indicators.rules import judging
from tinhso.modules.indicators.rules.definitions import Definition, Part, Tolerance, definition_from, problems
from tinhso.modules.indicators.rules.gathering import Given, together
from tinhso.modules.indicators.rules.judging import Goal, verdict
from tinhso.modules.indicators.rules.periods import around, between
from tinhso.modules.indicators.rules.values import EMPTY, Point, added, claim, cut, over, shown, value_of
from tinhso.modules.indicators.rules.words import Direction, Rounding, Verdict


def share(**more):
    return Definition(
        "ty_le", "Tỷ lệ", "service", "percent", Part("tử", "series:ty_le"), Part("mẫu", "series:ty_le"), **more
    )


COUNT = Definition("so", "Số", "service", "count", Part("số", "series:so"), None)


@pytest.mark.parametrize(
    ("point", "value"),
    [
        (Point(D(38), D(38)), F(100)),
        (Point(D(21), D(38)), F(2100, 38)),
        (Point(D(0), D(38)), F(0)),
        (Point(D(5), D(0)), None),  # nothing to divide by
        (Point(D(0), D(0)), None),
        (Point(D(5), None), None),
        (Point(None, D(5)), None),
        (EMPTY, None),
        (Point(published=D("28.61")), F(2861, 100)),
        (Point(D(10) ** 13, D("0.0001")), F(10) ** 19),
    ],
)
def test_a_value_is_an_exact_fraction_or_nothing(point, value):
    assert value_of(share(), point) == value


def test_a_count_needs_no_denominator():
    assert value_of(COUNT, Point(D(493))) == 493


@pytest.mark.parametrize(
    ("top", "below", "said", "how"),
    [
        (264607, 329898, "80.21", "rounded_up"),  # Tây Ninh, 2022: 80.2087…
        (380, 493, "77", "rounded_down"),
        (275, 380, "72", "rounded_down"),
        (42608, 47259, "90", "rounded_down"),
        (103820, 155032, "66.9", "truncated"),  # Thanh Chương, 2024: 66.967…
        (38, 38, "100", "exact"),
        (103820, 155032, "67.1", "more"),
        (103820, 155032, "66.5", "less"),
        (1, 0, "100", "undefined"),
    ],
)
def test_published_numbers_say_how_they_were_cut(top, below, said, how):
    assert claim(D(said), D(top), D(below)) == how


def test_the_seeded_figures_claim_no_more_than_half_a_last_place():
    rows = [one for place in published() for one in place.get("figures", ()) if one.get("denominator") and one["value"]]
    claims = {one["id"]: claim(D(str(one["value"])), D(one["numerator"]), D(one["denominator"])) for one in rows}
    assert set(claims.values()) <= {"exact", "truncated", "rounded_up", "rounded_down"}
    assert claims["households_with_fibre"] == "rounded_up"


@pytest.mark.parametrize(
    ("value", "rounding", "direction", "said", "words"),
    [
        ("66.967", "truncated", "up", "66.96", "đã cắt bớt"),
        ("66.967", "rounded", "up", "66.97", "đã làm tròn"),
        ("99.999", "rounded", "up", "99.99", "đã cắt bớt"),  # never 100 that is not 100
        ("66.96", "rounded", "up", "66.96", "đúng số"),
        ("2.001", "truncated", "down", "2.01", "đã cắt bớt"),  # less would be the better claim
        ("1.996", "rounded", "down", "2.00", "đã làm tròn"),
    ],
)
def test_what_is_shown_is_cut_towards_the_worse_side(value, rounding, direction, said, words):
    found = shown(share(rounding=Rounding(rounding), direction=Direction(direction)), F(value))
    assert (str(found.value), found.words) == (said, words)


@given(
    st.fractions(min_value=0, max_value=200, max_denominator=10**6),
    st.fractions(min_value=0, max_value=200, max_denominator=1000),
    st.sampled_from(list(Direction)),
    st.sampled_from(list(Rounding)),
    st.integers(0, 4),
)
def test_what_is_shown_never_reaches_a_target_that_is_missed(value, target, direction, rounding, places):
    one = share(direction=direction, rounding=rounding, places=places)
    found = shown(one, value, target)
    assert abs(F(found.value) - value) < F(1, 10**places)
    assert found.is_exact == (F(found.value) == value)
    is_missed = value < target if direction is Direction.UP else value > target
    if is_missed and cut(target, places, "ROUND_FLOOR") == cut(target, places, "ROUND_CEILING"):
        reached = F(found.value) >= target if direction is Direction.UP else F(found.value) <= target
        assert not reached
    if value < 100 and direction is Direction.UP:
        assert found.value < 100
    if rounding is Rounding.TRUNCATED:
        assert F(found.value) <= value if direction is Direction.UP else F(found.value) >= value


@pytest.mark.parametrize(
    ("value", "target", "direction", "said"),
    [
        ("63", "60", "up", "exceeded"),  # Thanh Chương, 2024: “vượt”
        ("99", "90", "up", "exceeded"),
        ("60", "60", "up", "met"),
        ("100", "100", "up", "met"),
        ("59.999", "60", "up", "nearly"),
        ("54", "60", "up", "nearly"),  # 0.9 of it counts still
        ("53.999", "60", "up", "behind"),
        ("42", "60", "up", "behind"),
        ("41.999", "60", "up", "far_behind"),
        ("28.61", "80", "up", "far_behind"),  # Tây Ninh, 2022
        ("0", "0", "up", "met"),
        ("1", "2", "down", "exceeded"),
        ("2", "2", "down", "met"),
        ("2.2", "2", "down", "nearly"),
        ("2.5", "2", "down", "behind"),
        ("4", "2", "down", "far_behind"),
        ("0", "0", "down", "met"),
        ("1", "0", "down", "far_behind"),
        (None, "60", "up", "no_value"),
        ("60", None, "up", "no_target"),
        (None, None, "up", "no_target"),
    ],
)
def test_the_verdict_is_a_rule(value, target, direction, said):
    read = [None if one is None else F(one) for one in (value, target)]
    assert verdict(*read, Direction(direction)) == said


def test_the_tolerance_is_data():
    assert verdict(F(50), F(60), Direction.UP, Tolerance(D("0.8"), D("0.5"))) == Verdict.NEARLY
    assert verdict(F(48), F(60), Direction.UP, Tolerance(D(1), D(1))) == Verdict.FAR_BEHIND


@given(
    st.fractions(min_value=0, max_value=300, max_denominator=999),
    st.fractions(min_value=0, max_value=300, max_denominator=999),
    st.fractions(min_value=0, max_value=300, max_denominator=999),
    st.sampled_from(list(Direction)),
)
def test_a_better_value_never_gets_a_worse_verdict(one, other, target, direction):
    order = [Verdict.FAR_BEHIND, Verdict.BEHIND, Verdict.NEARLY, Verdict.MET, Verdict.EXCEEDED]
    worse, better = sorted((one, other), reverse=direction is Direction.DOWN)
    assert order.index(verdict(worse, target, direction)) <= order.index(verdict(better, target, direction))


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ([], {1: F(90), 12: F(90)}),
        ([[0, "60"]], {1: F("62.5"), 6: F(75), 12: F(90)}),
        ([[3, "60"], [6, "75"]], {1: F(60), 3: F(60), 4: F(65), 6: F(75), 9: F("82.5"), 12: F(90)}),
        ([[12, "90"]], {1: F(90), 12: F(90)}),
    ],
)
def test_a_path_runs_straight_between_its_points(path, by):
    goal = Goal.from_row(D(90), path)
    assert {month: goal.by(month) for month in by} == by


@pytest.mark.parametrize(
    "path", [[[13, "5"]], [[-1, "5"]], [[3, "5"], [3, "6"]], [[3, "-5"]], [[12, "80"]], [["x", "5"]], [[3, "nhiều"]]]
)
def test_a_path_that_cannot_be_is_said_so(path):
    assert list(judging.problems(path, D(90)))


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 100)), max_size=6, unique_by=lambda point: point[0]),
    st.integers(0, 100),
    st.integers(1, 12),
)
def test_a_path_stays_between_its_points_and_ends_at_the_target(points, value, month):
    goal = Goal.from_row(D(value), [[at, str(reached)] for at, reached in points])
    assert goal.by(12) == value
    known = [reached for _, reached in points] + [value]
    assert min(known) <= goal.by(month) <= max(known)


def test_each_frequency_has_its_periods():
    assert [one.code for one in between(date(2025, 12, 5), date(2026, 7, 1), "quarter")] == [
        "2025-q4", "2026-q1", "2026-q2", "2026-q3",
    ]  # fmt: skip
    named = [around(date(2026, 11, 22), often).name for often in ("realtime", "day", "month", "quarter", "year")]
    assert named == [*["Tháng 11/2026"] * 3, "Quý IV/2026", "Năm 2026"]


def test_a_year_adds_up_what_flows_and_takes_the_last_of_what_stands():
    months = [Point(D(1), D(2)), EMPTY, Point(D(5), D(8))]
    assert over(months, is_stock=False) == Point(D(6), D(10))
    assert over(months, is_stock=True) == Point(D(5), D(8))
    assert over([EMPTY], is_stock=False) == EMPTY
    assert over([Point(published=D(5)), Point(published=D(7))], is_stock=False) == Point(published=D(7))


def test_nobody_is_counted_twice():
    own, parts = Point(D(9), D(10)), [Point(D(1), D(4)), Point(D(2), D(4))]
    rows = [Given("commune", False, one) for one in parts]
    assert together(rows) == Point(D(3), D(8), units=2)
    assert together([*rows, Given("province", True, own)]) == own
    assert together([*rows, Given("province", False, own)]) == own
    assert together([*rows, Given("district", False, own), Given("department", False, own)]) == Point(
        D(18), D(20), units=2
    )
    assert together([]) == EMPTY


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=8))
def test_the_share_of_many_units_lies_between_theirs(rows):
    points = [Point(D(top), D(below)) for top, below in rows]
    shares = [value_of(share(), one) for one in points]
    whole = value_of(share(), added(points))
    assert min(shares) <= whole <= max(shares)


def test_every_seeded_definition_can_be_read():
    seeds = seeded()["indicators"]
    assert len(seeds) == 76
    assert len({one["code"] for one in seeds}) == 76
    assert [one["code"] for one in seeds if list(problems(one["code"], one))] == []


GOOD = {
    "name": "Tỷ lệ", "measure": "percent", "frequency": "month",
    "numerator": {"words": "a", "source": "facts:dossiers.issued[verdict=early]"},
    "denominator": {"words": "b", "source": "series:so_dan.numerator"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "Thiếu tên"),
        ({"measure": "lít"}, "Đơn vị tính"),
        ({"direction": "sideways"}, "Chiều"),
        ({"frequency": "hour"}, "Tần suất"),
        ({"rounding": "up"}, "Cách làm tròn"),
        ({"levels": []}, "Cấp áp dụng"),
        ({"levels": ["moon"]}, "Cấp áp dụng"),
        ({"numerator": None}, "Thiếu tử số"),
        ({"numerator": {"source": "facts:a;b"}}, "không đọc được nguồn"),
        ({"numerator": {"source": "__import__('os')"}}, "không đọc được nguồn"),
        ({"numerator": "facts:x"}, "gồm lời"),
        ({"denominator": {"source": "number:0"}}, "không được bằng 0"),
        ({"places": 9}, "chữ số thập phân"),
        ({"tolerance": {"nearly": "0.5", "behind": "0.9"}}, "Ngưỡng"),
        ({"tolerance": {"nearly": "nhiều"}}, "Ngưỡng"),
    ],
)
def test_a_wrong_definition_is_refused_in_words(change, words):
    with pytest.raises(Refusal) as refused:
        definition_from("ma", {**GOOD, **change})
    assert words in refused.value.message


def test_a_right_definition_is_read():
    one = definition_from("ma", GOOD)
    assert (one.factor, one.sign, one.is_counted, one.is_reported) == (100, "%", True, True)
    with pytest.raises(Refusal):
        definition_from("Mã có dấu", GOOD)
