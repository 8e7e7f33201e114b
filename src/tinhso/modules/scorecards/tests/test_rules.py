"""Numbers, rules, checks, totals, ranks: tables of examples, and the fast way against the slow one."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.errors import Refusal
from tinhso.modules.scorecards.rules import bundles, checks, plans, scoring, signs, totals
from tinhso.modules.scorecards.rules.editions import edition_from
from tinhso.modules.scorecards.rules.numbers import EMPTY, UNIT, read, rounded, shown
from tinhso.modules.scorecards.tests import sheets

D = Decimal


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234,5", "1234.5"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1 234,5", "1234.5"), ("1.234", "1234"),
        ("12.5", "12.5"), ("0.125", "0.125"), ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("95%", "95"),
        ("0", "0"), ("", None), ("  ", None), ("99999999999999", "99999999999999"),
    ],
)  # fmt: skip
def test_commas_and_points_are_read_as_written_here(typed, number):
    assert read(typed) == (None if number is None else D(number))


@pytest.mark.parametrize("typed", ["abc", "1e5", "1/2", "--1", "1.2.3", "١٢", "0x10", "inf", "1,2,3", "10" * 30])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Refusal) as refused:
        read(typed)
    assert refused.value.code == "scorecards.number"


def scored(code, **values):
    edition = edition_from(sheets.content())
    given_values = {name: read(value) for name, value in values.items()}
    return scoring.score(edition.by_code[code], given_values, edition.decimals)


@pytest.mark.parametrize(
    ("code", "values", "points"),
    [
        ("1.1", {"a": "9", "b": "10"}, 180),
        ("1.1", {"a": "12", "b": "10"}, 200),
        ("1.1", {"a": "1", "b": "3"}, 67),
        ("1.1", {"a": "1", "b": "0"}, 0),
        ("1.1", {"a": "", "b": "10"}, None),
        ("1.2", {"a": "60", "b": "100"}, 113),
        ("1.2", {"a": "80", "b": "100"}, 150),
        ("1.3", {"a": "0"}, 0),
        ("1.4", {"points": "0,25"}, 25),
        ("2.1", {"a": "3"}, 50),
        ("2.1", {"a": "1"}, 0),
        ("2.2", {"a": "0"}, 100),
        ("2.2", {"a": "7"}, 0),
        ("2.3", {"a": "0", "b": "1"}, 75),
        ("2.4", {"days": "17,5"}, 50),
        ("2.4", {"days": "40"}, 0),
        ("2.4", {"days": "1"}, 100),
        ("2.5", {"a": "3", "b": "4", "c": "1"}, 75),
        ("2.5", {"a": "3", "b": "0", "c": "1"}, 0),
        ("2.5", {"a": "1", "b": "4", "c": "1"}, 0),
    ],
)
def test_each_kind_of_rule(code, values, points):
    assert scored(code, **values).points == points


def test_a_zero_denominator_can_leave_a_criterion_out_and_rescale():
    edition = edition_from(sheets.content())
    values = {code: {name: read(text) for name, text in own.items()} for code, own in sheets.FULL.items()}
    values["1.2"] = {"a": D(0), "b": D(0)}
    summary = totals.compose(edition, scoring.score_all(edition, values))
    assert (summary.points, summary.left_out, summary.total) == (680, 150, 800)


def test_the_2020_composition_gives_hau_giang_what_was_published():
    edition = edition_from(sheets.seed("dti-2020"))
    assert totals.weighed(edition, (3731, 2985, 2756)) == 3215
    assert rounded(Fraction("0.32147"), 4) == D("0.3215")
    rows = csv.DictReader(sheets.SEEDS.joinpath("dti-results.csv").read_text(encoding="utf-8").splitlines())
    published = {row["dimension"]: row for row in rows if (row["year"], row["province"]) == ("2020", "Hậu Giang")}
    assert [published[one]["value"] for one in ("digital_government", "digital_economy", "digital_society")] == [
        "0.3731", "0.2985", "0.2756",
    ]  # fmt: skip
    assert (published["total"]["value"], published["total"]["rank"], published["total"]["ranked_units"]) == (
        "0.3215", "28", "63",
    )  # fmt: skip


def test_three_independent_pillars_are_weighed_from_their_criteria():
    edition = edition_from(sheets.seed("dti-2020"))
    values = {one.code: {"points": one.points / 2} for one in edition.criteria}
    summary = totals.compose(edition, scoring.score_all(edition, values))
    assert (summary.total, summary.pillars) == (5000, (5000, 5000, 5000))


def test_a_shared_foundation_is_in_every_pillar_but_once_in_the_total():
    edition = edition_from(sheets.seed("dti-2022"))
    points = {one.code: scoring.Scored(int(one.points * 10**4)) for one in edition.criteria}
    for index in edition.indices[5:]:
        points |= {one.code: scoring.Scored(0) for one in index.criteria}
    summary = totals.compose(edition, points)
    assert (summary.points, summary.total) == (5_000_000, 5_000_000)
    assert summary.pillars == (7143, 7692, 7692)


def test_published_rows_of_2022_come_out_of_their_main_indices():
    edition = edition_from(sheets.seed("dti-2022"))
    rows = list(csv.DictReader(sheets.SEEDS.joinpath("dti-results.csv").read_text(encoding="utf-8").splitlines()))
    names = (
        "digital_awareness",
        "digital_institutions",
        "digital_infrastructure",
        "digital_workforce",
        "network_security",
        "",
        "digital_government_activity",
        "digital_economy_activity",
        "digital_society_activity",
    )
    found = {}
    for place in ("Đà Nẵng", "Quảng Ninh", "Cần Thơ"):
        known = (row for row in rows if (row["year"], row["province"]) == ("2022", place) and row["value"])
        own = {row["dimension"]: D(row["value"]) for row in known}
        total = sum(
            own[name] * index.points for name, index in zip(names, edition.indices, strict=True) if name
        )  # fmt: skip
        found[place] = (round(total / 1000, 4), own["total"])
    assert all(abs(made - published) <= D("0.0001") for made, published in found.values()), found


@pytest.mark.parametrize(
    ("name", "criteria", "points"),
    [("dti-2020", 21, 1000), ("dti-2022", 98, 1000), ("dti-2025", 47, 1000), ("commune-79", 79, 100),
     ("commune-62", 62, 960), ("department-24", 24, 245)],
)  # fmt: skip
def test_seeded_editions_can_be_published(name, criteria, points):
    edition = checks.check(sheets.seed(name))
    assert (len(edition.criteria), edition.points) == (criteria, points)


def test_half_of_the_commune_set_is_computed():
    edition = edition_from(sheets.seed("commune-79"))
    assert sum(one.is_computed for one in edition.criteria) == 40


def test_a_block_of_nineteen_gives_twelve_six_and_one():
    """From the scores of every criterion, through rules, totals and bounds, to what was published."""
    edition = edition_from(sheets.seed("department-24"))
    plan = plans.Plan(edition)
    shares = ["0.97", "0.96", "0.95", "0.94", "0.93", "0.925", "0.92", "0.915", "0.91", "0.905", "0.9", "0.9"]
    shares += ["0.89", "0.87", "0.86", "0.84", "0.82", "0.8", "0.7"]
    rows = [
        plan.inputs({one.code: {one.inputs[0].code: one.points * D(share)} for one in edition.criteria})
        for share in shares
    ]
    found = bundles.compute(edition, ["so"] * 19, [tuple(row) for row in rows], [{} for _ in rows])
    assert found.grades == ["xuat_sac"] * 12 + ["tot"] * 6 + ["kha"]
    assert found.ranks == [*range(1, 12), 11, *range(13, 20)]
    assert [totals.grade_code(edition, points) for points in (22000, 21999, 19600, 17100, 12199)] == [
        "xuat_sac", "tot", "tot", "kha", "yeu",
    ]  # fmt: skip


def wrong(change):
    content = sheets.content()
    change(content)
    return list(checks.problems(edition_from(content)))


def _set(content, index, row, **more):
    content["indices"][index]["criteria"][row].update(more)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.update(points="11"), "Các chỉ số cộng lại 10 điểm, nhưng cả bộ ghi 11."),
        (lambda c: _set(c, 0, 0, points="3"), "1: các tiêu chí cộng lại 6 điểm, nhưng chỉ số ghi 5."),
        (lambda c: _set(c, 0, 0, code="1.2"), "Mã tiêu chí 1.2 dùng 2 lần."),
        (lambda c: _set(c, 0, 0, inputs=[]), "Tiêu chí 1.1: cách chấm này cần 2 số liệu, đang có 0."),
        (lambda c: _set(c, 0, 1, rule={"kind": "threshold", "target": "0"}), "Tiêu chí 1.2: ngưỡng phải lớn hơn 0."),
        (
            lambda c: _set(c, 1, 4, rule={"kind": "expression", "formula": "a / z"}),
            "công thức dùng số liệu không có: z.",
        ),
        (
            lambda c: _set(c, 1, 4, rule={"kind": "expression", "formula": "open('x')"}),
            "chỉ dùng được các hàm abs, max, min.",
        ),
        (
            lambda c: _set(c, 1, 4, rule={"kind": "expression", "formula": "a + b + c + d_2_5"}),
            "Công thức đi vòng tròn: 2.5 → 2.5.",
        ),
        (
            lambda c: _set(c, 1, 3, rule={"kind": "inverse", "nothing_at": "5", "full_at": "5"}),
            "mức không điểm và mức đủ điểm phải khác nhau.",
        ),
        (
            lambda c: _set(c, 1, 2, inputs=[{"code": "a", "name": "x", "share": "0.3"}]),
            "các phần cộng lại phải đúng bằng cả điểm (1).",
        ),
        (
            lambda c: _set(c, 0, 3, rule={"kind": "indicator", "full_at": "9"}),
            "chỉ tiêu hệ thống phải ghi nguồn số liệu.",
        ),
        (lambda c: c["pillars"].pop(), "Chỉ số 2 không thuộc trụ cột nào."),
        (lambda c: c["pillars"][0].update(indices=["9"]), "Trụ cột I nhắc đến chỉ số không có: 9."),
        (lambda c: c.update(composition="pillars"), "Trọng số các trụ cột cộng lại 2, phải bằng 1."),
        (lambda c: c["grades"].pop(), "Các mức xếp loại phải khác nhau, thấp nhất từ 0"),
        (lambda c: c.update(ties={"by": ["Z"]}), "Quy tắc khi bằng điểm nhắc đến Z không có."),
        (lambda c: _set(c, 0, 0, points="-2"), "điểm tối đa phải từ 0"),
        (lambda c: _set(c, 0, 0, points="1e20"), "điểm tối đa phải từ 0 và không quá lớn."),
    ],
)
def test_what_is_wrong_with_an_edition_is_said_in_words(change, said):
    assert any(said in problem for problem in wrong(change)), wrong(change)


def test_two_formulas_that_need_each_other_go_in_a_circle():
    content = sheets.content()
    _set(content, 1, 3, rule={"kind": "expression", "formula": "days + d_2_5"})
    _set(content, 1, 4, rule={"kind": "expression", "formula": "a + b + c + d_2_4"})
    assert any("2.4 → 2.5 → 2.4" in one for one in checks.problems(edition_from(content)))


@pytest.mark.parametrize("content", [{}, {"code": "x"}, {"indices": 3}, {**sheets.content(), "points": "NaN"},
                                     {**sheets.content(), "indices": [{"code": "1"}]}])  # fmt: skip
def test_what_cannot_be_read_is_refused(content):
    with pytest.raises(Refusal) as refused:
        edition_from(content)
    assert refused.value.code == "scorecards.unreadable"


def test_ties_share_a_rank_and_the_next_is_skipped():
    assert totals.ranks([(5,), (7,), (7,), (3,), (5,)]) == [3, 1, 1, 5, 3]


def test_an_edition_can_name_what_breaks_a_tie():
    edition = edition_from(sheets.content(ties={"by": ["II"]}))
    first, second = (totals.Summary(700, 700, (300, 400), pillars, 0, 0) for pillars in ((6000, 8000), (8000, 6000)))
    assert totals.rank_in_groups(edition, {1: ("xa", second), 2: ("xa", first)}) == {1: 2, 2: 1}


cell = st.one_of(
    st.just(EMPTY),
    st.integers(0, 40).map(lambda n: n * UNIT),
    st.integers(0, 10**6),
    st.integers(0, 10**18 - 1),
    st.sampled_from([0, UNIT, 10**18 - 1, 3, 10**17]),
)
EDITION = edition_from(
    sheets.content(
        composition="shared",
        pillars=[
            {"code": "I", "name": "Một", "points": "10", "indices": ["1", "2"]},
            {"code": "II", "name": "Hai", "points": "5", "indices": ["2"]},
        ],
    )
)
PLAN = plans.Plan(EDITION)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(cell, min_size=len(EDITION.columns), max_size=len(EDITION.columns)), min_size=1, max_size=6))
def test_the_whole_round_at_once_agrees_with_the_reference(rows):
    result = PLAN.evaluate(plans.rows_of(rows))
    for n, row in enumerate(rows):
        assert result.summary(n) == totals.compose(EDITION, scoring.score_all(EDITION, PLAN.values(row)))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_they_agree_on_every_seeded_edition_and_with_points_that_were_set(data):
    edition = edition_from(sheets.seed(data.draw(st.sampled_from(["dti-2020", "dti-2025", "commune-79"]))))
    plan = plans.Plan(edition)
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    rows = rng.integers(0, 60, (4, len(edition.columns))) * UNIT
    rows[rng.random(rows.shape) < 0.1] = EMPTY
    code = data.draw(st.sampled_from([one.code for one in edition.criteria]))
    result = plan.evaluate(rows, [(2, plan.place[code], 1)])
    for n in range(4):
        decided = {code: 1} if n == 2 else {}
        reference = totals.compose(edition, scoring.score_all(edition, plan.values(rows[n].tolist()), decided))
        assert result.summary(n) == reference


def test_formulas_see_the_points_that_the_council_set():
    content = sheets.content()
    _set(content, 1, 4, rule={"kind": "expression", "formula": "min(a + b + c, d_1_3)"})
    edition = edition_from(content)
    plan = plans.Plan(edition)
    row = plan.inputs({code: {n: read(v) for n, v in own.items()} for code, own in sheets.FULL.items()})
    result = plan.evaluate(plans.rows_of([row, row]), [(0, plan.place["1.3"], 40)])
    assert result.points[:, plan.place["2.5"]].tolist() == [40, 100]


def test_round_numbers_and_exact_bounds_are_signs():
    assert signs.heaping([D(n) for n in (10, 20, 35, 50, 60, 75, 80, 95, 100, 15, 30, 45, 61, 72, 83)]) is not None
    assert signs.heaping([D(n) for n in (11, 27, 38, 54, 62, 71, 86, 93, 107, 18, 30, 45, 61, 72, 83)]) is None
    pairs = {f"c{n}": (D(80), D(100)) for n in range(6)}
    assert signs.on_bound(pairs, dict.fromkeys(pairs, D("0.8"))).criteria == tuple(pairs)
    assert signs.on_bound(pairs, dict.fromkeys(pairs, D("0.5"))) is None


def test_one_file_in_several_places_is_a_sign():
    found = signs.reused(
        [("f1", "a", "1.1"), ("f1", "b", "1.1"), ("f2", "a", "1.2"), ("f2", "a", "1.3"), ("f3", "c", "1.1")]
    )
    assert {unit: [one.words for one in own] for unit, own in found.items()} == {
        "a": ["Cùng một tệp còn là minh chứng của 1 đơn vị khác.", "Cùng một tệp dùng cho 2 tiêu chí."],
        "b": ["Cùng một tệp còn là minh chứng của 1 đơn vị khác."],
    }


def test_numbers_are_shown_as_written_here():
    assert [shown(D(text)) for text in ("1234.50", "0", "1E+3")] == ["1234,5", "0", "1000"]
