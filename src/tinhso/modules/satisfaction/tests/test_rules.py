"""Questionnaires and ratings, by the tables of the circular; no database."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.errors import Refusal
from tinhso.modules.satisfaction import rules
from tinhso.modules.satisfaction.rules import Answers, Level

SEED: dict[str, Any] = yaml.safe_load(
    files("tinhso.modules.satisfaction").joinpath("seeds/questionnaires.yaml").read_text()
)[0]
ASKED = rules.questionnaire_from(SEED)


def test_the_seeded_questionnaire_has_nine_criteria_and_eighteen_points() -> None:
    assert len(ASKED.criteria) == 9
    assert ASKED.most == 18
    assert [(one.least, one.name) for one in ASKED.grades] == [
        (15, "Xuất sắc"), (12, "Tốt"), (9, "Khá"), (6, "Trung bình"), (0, "Yếu")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "grade"),
    [(18, "Xuất sắc"), (15, "Xuất sắc"), (Fraction(149, 10), "Tốt"), (12, "Tốt"), (9, "Khá"), (6, "Trung bình"),
     (Fraction(59, 10), "Yếu"), (0, "Yếu")],
)  # fmt: skip
def test_a_grade_begins_at_its_limit(points: Fraction, grade: str) -> None:
    assert rules.grade_of(Fraction(points), ASKED.grades).name == grade


def test_an_average_over_some_criteria_is_brought_to_the_whole_scale() -> None:
    assert rules.scaled(14, 16, 18) == Fraction(63, 4)
    assert rules.scaled(0, 0, 18) == 0


def test_an_invitation_is_open_for_thirty_days_after_it() -> None:
    assert rules.open_until(date(2026, 11, 16), ASKED.days_open) == date(2026, 12, 16)


def _check(**said: Any) -> Answers:
    return rules.check_answers(ASKED, **({"level": "1", "points": {}, "reasons": [], "comment": ""} | said))


def test_a_level_alone_is_a_rating() -> None:
    assert _check(level="2") == Answers(Level.VERY_SATISFIED, {}, (), "")


@pytest.mark.parametrize("level", ["", "3", "-1", "x", "²", "1 "])
def test_no_known_level_is_refused(level: str) -> None:
    with pytest.raises(Refusal) as refused:
        _check(level=level)
    assert (refused.value.code, refused.value.field) == ("satisfaction.no_level", "level")


@pytest.mark.parametrize("value", ["3", "-1", "x", "02", "²"])
def test_other_points_than_zero_to_two_are_refused(value: str) -> None:
    with pytest.raises(Refusal) as refused:
        _check(points={"attitude": value})
    assert (refused.value.code, refused.value.field) == ("satisfaction.points", "attitude")


def test_strange_criteria_and_reasons_are_left_out_and_reasons_belong_to_the_dissatisfied() -> None:
    found = _check(level="0", points={"attitude": "0", "strange": "9"}, reasons=["late", "late", "strange"])
    assert found == Answers(Level.DISSATISFIED, {"attitude": 0}, ("late",), "")
    assert _check(level="1", reasons=["late"]).reasons == ()


@pytest.mark.parametrize(
    ("level", "points", "is_low"),
    [(0, {}, True), (1, {}, False), (1, {"a": 0, "b": 0}, False), (1, {"a": 0, "b": 0, "c": 1}, True),
     (1, {"a": 0, "b": 1, "c": 1}, False), (2, {"a": 1, "b": 1, "c": 0}, False)],
)  # fmt: skip
def test_which_ratings_go_to_the_head(level: int, points: dict[str, int], is_low: bool) -> None:
    assert Answers(Level(level), points, (), "").is_low is is_low


@pytest.mark.parametrize(
    "change",
    [{"criteria": []}, {"criteria": [{"code": "a", "name": "A", "answers": ["một", "hai"]}]}, {"days_open": 0},
     {"grades": []}, {"grades": [{"from": 3, "name": "x"}]},
     {"grades": [{"from": 99, "name": "x"}, {"from": 0, "name": "y"}]}, {"reasons": None}, {"publish_from": "nhiều"}],
)  # fmt: skip
def test_a_questionnaire_that_cannot_be_asked_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        rules.questionnaire_from({**SEED, **change})
    assert refused.value.code == "satisfaction.questionnaire"


@given(st.dictionaries(st.sampled_from([one.code for one in ASKED.criteria]), st.sampled_from(["0", "1", "2"])))
def test_the_average_stays_on_the_scale_and_has_a_grade(points: dict[str, str]) -> None:
    found = _check(points=points)
    average = rules.scaled(found.total, found.out_of, ASKED.most)
    assert 0 <= average <= ASKED.most
    assert rules.grade_of(average, ASKED.grades) in ASKED.grades


def test_codes_are_long_and_never_the_same() -> None:
    codes = {rules.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {16}
