"""Regulations, points, quorum and likeness, as tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.modules.initiatives.rules import judging
from tinhso.modules.initiatives.rules.likeness import likeness

CONTENT = {
    "name": "Quy chế", "pass_points": 70, "quorum": "2/3", "term_days": 90,
    "criteria": [{"code": "a", "name": "Tính mới", "points": 40}, {"code": "b", "name": "Lợi ích", "points": 60}],
}  # fmt: skip
REGULATION = judging.regulation_from(CONTENT)


@pytest.mark.parametrize(
    "change",
    [
        {"criteria": []}, {"criteria": [{"code": "a", "name": "x", "points": -1}]}, {"pass_points": 101},
        {"pass_points": "nhiều"}, {"quorum": "3/2"}, {"quorum": "2/0"}, {"term_days": 0}, {"criteria": None},
        {"criteria": [CONTENT["criteria"][0]] * 2},
    ],
)  # fmt: skip
def test_a_regulation_that_cannot_hold_is_refused(change):
    with pytest.raises(Refusal) as no:
        judging.regulation_from({**CONTENT, **change})
    assert no.value.code == "initiatives.regulation"


def test_a_regulation_says_what_it_asks():
    assert (REGULATION.most, REGULATION.pass_points, REGULATION.is_confirmed) == (100, 70, False)


@pytest.mark.parametrize(
    "given", [{"a": "40"}, {"a": "40.5", "b": "1"}, {"a": "-1", "b": "1"}, {"a": "1.3", "b": "1"}, {}]
)
def test_points_are_whole_in_halves_and_within_bounds(given):
    with pytest.raises(Refusal) as no:
        judging.points_from({code: Decimal(value) for code, value in given.items()}, REGULATION)
    assert no.value.code == "initiatives.points"


def test_points_add_up():
    points = judging.points_from({"a": Decimal("39.5"), "b": Decimal("60.0")}, REGULATION)
    assert (points, judging.total(points)) == ({"a": "39.5", "b": "60"}, Decimal("99.5"))


@pytest.mark.parametrize(
    ("totals", "may_judge", "needed", "mean", "enough"),
    [
        (["80", "70"], 3, 2, "75.00", True),
        (["80"], 3, 2, "80.00", False),
        (["80", "80", "81"], 4, 3, "80.33", True),  # cut down
        ([], 5, 4, None, False),
        ([], 0, 0, None, False),  # all members are authors: nobody can recognise it
    ],
)
def test_a_council_needs_its_quorum_of_those_who_may_judge(totals, may_judge, needed, mean, enough):
    found = judging.judged([Decimal(one) for one in totals], may_judge, REGULATION)
    assert (found.needed, found.mean, found.is_enough) == (needed, None if mean is None else Decimal(mean), enough)


@pytest.mark.parametrize(
    ("totals", "code"), [(["90"], "initiatives.quorum"), (["60", "79.98"], "initiatives.too_few_points")]
)
def test_what_is_not_ripe_is_not_recognised(totals, code):
    with pytest.raises(Refusal) as no:
        judging.refuse_unripe(judging.judged([Decimal(one) for one in totals], 3, REGULATION), REGULATION)
    assert no.value.code == code
    judging.refuse_unripe(judging.judged([Decimal(70), Decimal(70)], 3, REGULATION), REGULATION)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("Mã QR trên giấy hẹn cho dân", "MA QR tren giay hen cho dan", 100),  # marks and case do not matter
        ("Tưới nước theo trạm mưa tự động", "Mã QR trên giấy hẹn trả kết quả", 0),
        (
            "Giải pháp nâng cao hiệu quả công tác",
            "Giải pháp nâng cao hiệu quả công tác",
            0,
        ),  # words of every initiative
        ("", "Mã QR trên giấy hẹn", 0),
    ],
)
def test_likeness_counts_telling_pairs_of_folded_words(one, other, share):
    assert likeness(one, other) == likeness(other, one) == share


def test_likeness_is_a_share_of_the_shorter():
    short = "Mã QR trên giấy hẹn trả kết quả"
    assert likeness(short, f"{short} và gửi tin nhắn cho người dân biết trước ngày hẹn") == 100
    assert 0 < likeness(short, "Mã QR trên bảng tên cán bộ một cửa") < 50
