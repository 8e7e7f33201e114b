"""Templates, formulas, checks, periods, sums, and what is no good in a template: tables of examples, and chance."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel import formulas
from tinhso.kernel.errors import Refusal
from tinhso.kernel.numerals import plain, read, shown
from tinhso.modules.reporting.demo import CONTENT
from tinhso.modules.reporting.rules import checks, words
from tinhso.modules.reporting.rules.adding import add_up
from tinhso.modules.reporting.rules.computing import broken, compute, rounded
from tinhso.modules.reporting.rules.periods import Frequency, span_of
from tinhso.modules.reporting.rules.sheets import template_from
from tinhso.modules.reporting.rules.words import MOVES, PeriodState, SheetState
from tinhso.modules.reporting.tests.factories import content

D = Decimal


def template(**more):
    return template_from(content(**more))


def numbers(**more):
    return {own.replace("_of_", "__"): D(value) for own, value in more.items()}


def test_a_cells_own_formula_wins_over_its_columns_and_that_over_its_rows():
    read_ = template(cells=[{"row": "hai", "column": "ty_le", "formula": "mot__tong + 1"}])
    found = compute(read_, numbers(mot_of_tong="8", mot_of_dat="2", hai_of_tong="0", hai_of_dat="0")).values
    assert (found["mot__ty_le"], found["hai__ty_le"], found["cong__tong"]) == (D("25.0"), D("9.0"), D(8))
    assert found["cong__ty_le"] == D("25.0")  # the column's: 2 of 8; not the row's sum of shares


def test_empty_beside_others_is_nought_and_nothing_at_all_is_empty():
    found = compute(template(), numbers(mot_of_tong="8"))
    assert (found.values["cong__tong"], found.values.get("cong__dat"), found.values["mot__ty_le"]) == (8, None, 0)
    assert compute(template(), {}).values == {}


def test_a_division_by_zero_gives_no_number_but_a_reason_and_passes_it_on():
    more = {"code": "lech", "name": "Lệch", "formula": "ty_le - 50", "negative": True}
    read_ = template_from({**content(), "columns": [*content()["columns"], more]})
    found = compute(read_, numbers(mot_of_tong="0", mot_of_dat="0"))
    assert found.troubles["mot__ty_le"] == found.troubles["mot__lech"] == "mẫu số bằng 0"
    assert "mot__ty_le" not in found.values


def test_a_result_beyond_all_sense_is_said_and_not_kept():
    read_ = template(cells=[{"row": "cong", "column": "tong", "formula": "mot__tong * hai__tong"}])
    found = compute(read_, numbers(mot_of_tong="99999999999999", hai_of_tong="99999999999999"))
    assert (found.troubles["cong__tong"], "cong__tong" in found.values) == ("kết quả quá lớn", False)


@pytest.mark.parametrize(
    ("check", "given_", "where"),
    [
        ("dat <= tong", {"mot_of_tong": "1", "mot_of_dat": "2"}, ["Việc một", "Cộng"]),
        ("cong >= mot", {"mot_of_tong": "1", "mot_of_dat": "2"}, []),
        ("mot == 2 * hai", {"mot_of_tong": "4", "hai_of_tong": "1"}, ["Tổng số"]),
        ("mot__tong > hai__dat", {"mot_of_tong": "1", "hai_of_dat": "1"}, [""]),
        ("mot__tong > hai__dat", {"mot_of_tong": "1"}, []),  # an empty cell is not judged
    ],
)
def test_checks_look_at_every_row_or_column_or_once(check, given_, where):
    read_ = template(checks=[{"formula": check, "words": "phải đúng"}])
    assert [one.where for one in broken(read_, compute(read_, numbers(**given_)))] == where


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"columns": []}, "chưa có cột"), ({"rows": []}, "chưa có dòng"),
        ({"rows": [{"code": "Mot", "name": "M"}]}, "chữ thường không dấu"),
        ({"rows": [{"code": "a__b", "name": "M"}]}, "chữ thường không dấu"),
        ({"rows": [{"code": "max", "name": "M"}]}, "chữ thường không dấu"),
        ({"rows": [{"code": "tong", "name": "M"}]}, "Mã tong dùng 2 lần"),
        ({"rows": [{"code": "mot", "name": " "}]}, "chưa có tên"),
        ({"rows": [{"code": "mot", "name": "M", "formula": "mot + 1"}]}, "đi vòng tròn"),
        ({"rows": [{"code": "mot", "name": "M", "formula": "x"}]}, "số liệu không có: x"),
        ({"rows": [{"code": "mot", "name": "M", "formula": "ghi_chu + 1"}]}, "số liệu không có: ghi_chu"),
        ({"rows": [{"code": f"n{n}", "name": "M"} for n in range(401)]}, "nhiều nhất 400"),
        ({"cells": [{"row": "mot", "column": "khong"}]}, "không có dòng hoặc cột này"),
        ({"cells": [{"row": "mot", "column": "tong", "formula": "1", "source": "facts:a"}]}, "không cả hai"),
        ({"checks": [{"formula": "dat <=", "words": "x"}]}, "Phép kiểm tra 1"),
        ({"checks": [{"formula": "dat <= mot", "words": "x"}]}, "dùng lẫn"),
        ({"checks": [{"formula": "dat <= tong"}]}, "bằng lời"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_template_is_said_in_a_sentence(more, said):
    read_ = template(**{"checks": [], **more})
    assert said in " ".join(checks.problems(read_))
    with pytest.raises(Refusal) as refused:
        checks.check(read_)
    assert refused.value.code == "reporting.template"


@pytest.mark.parametrize(
    "formula",
    ["__import__('os').system('id')", "().__class__", "tong.__class__", "[1][0]", "9**9**9", "lambda: 1", "'a'*9",
     "open('x')", "tong if", "1 << 99", "cmd|'/c calc'!A0", "=tong+1", "-" * 40 + "1", "1+" * 300 + "1"],
)  # fmt: skip
def test_formulas_that_try_to_run_code_are_refused(formula):
    rows = [{"code": "mot", "name": "M"}, {"code": "hai", "name": "H", "formula": formula}]
    assert any(one.startswith("Ô hai__") for one in checks.problems(template(rows=rows, cells=[], checks=[])))
    with pytest.raises(formulas.FormulaError):
        formulas.compute(formula, {"tong": Fraction(1)})


@pytest.mark.parametrize("wrong", [{}, {"code": 1}, {"code": "a", "name": "b", "columns": [{"code": "c"}]},
                                   {"code": "a", "name": "b", "columns": [{"code": "c", "name": "d", "kind": "x"}]},
                                   {"code": "a", "name": "b", "rows": ["x"]}])  # fmt: skip
def test_what_cannot_be_read_is_refused(wrong):
    with pytest.raises(Refusal) as refused:
        template_from(wrong)
    assert refused.value.code == "reporting.unreadable"


def test_the_demonstrations_template_has_no_fault():
    assert list(checks.problems(template_from(CONTENT))) == []


@pytest.mark.parametrize(
    ("frequency", "day", "closing", "code", "since", "until"),
    [
        ("week", date(2027, 1, 2), 0, "2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("month", date(2026, 2, 28), 0, "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("month", date(2026, 12, 20), 14, "2027-01", date(2026, 12, 15), date(2027, 1, 14)),
        ("month", date(2026, 12, 14), 14, "2026-12", date(2026, 11, 15), date(2026, 12, 14)),
        ("quarter", date(2026, 3, 20), 14, "2026-Q2", date(2026, 3, 15), date(2026, 6, 14)),
        ("quarter", date(2026, 12, 31), 0, "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("half", date(2026, 7, 1), 0, "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("year", date(2026, 12, 15), 14, "2027", date(2026, 12, 15), date(2027, 12, 14)),
    ],
)  # fmt: skip
def test_a_day_belongs_to_its_period(frequency, day, closing, code, since, until):
    found = span_of(Frequency(frequency), day, closing_day=closing)
    assert (found.code, found.since, found.until) == (code, since, until)


@given(
    st.sampled_from([one for one in Frequency if one is not Frequency.ONCE]),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 27),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_periods_cover_every_day_once_and_without_a_gap(frequency, day, closing):
    closing = 0 if frequency is Frequency.WEEK else closing
    found = span_of(frequency, day, closing_day=closing)
    assert found.since <= day <= found.until
    after = span_of(frequency, found.until + timedelta(1), closing_day=closing)
    assert (after.since, after.code != found.code) == (found.until + timedelta(1), True)


AMOUNT = st.decimals(0, 10**9, places=0)
SHEETS = st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=12)


@given(SHEETS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_sum_does_not_depend_on_the_order_and_its_share_is_that_of_the_sums(many, chance):
    read_ = template(checks=[])
    sheets = [{"mot__tong": whole, "mot__dat": part} for whole, part in many]
    found = add_up(read_, sheets)
    chance.shuffle(sheets)
    assert add_up(read_, sheets) == found
    whole, part = sum(one[0] for one in many), sum(one[1] for one in many)
    assert (found.values["mot__tong"], found.values["mot__dat"]) == (whole, part)
    wanted = rounded(Fraction(part) / Fraction(whole) * 100, 1) if whole else None
    assert found.values.get("mot__ty_le") == wanted


@pytest.mark.parametrize(("rule", "total"), [("sum", 9), ("avg", D("4.5")), ("min", 2), ("max", 7), ("none", None)])
def test_each_column_is_added_up_by_its_rule(rule, total):
    columns = [{"code": "a", "name": "A", "total": rule, "places": 1}]
    read_ = template(columns=columns, checks=[], cells=[], rows=[{"code": "mot", "name": "M"}])
    assert add_up(read_, [{"mot__a": D(2)}, {"mot__a": D(7)}, {}]).values.get("mot__a") == total


@given(st.decimals(-(10**13), 10**13, places=4, allow_nan=False))
@settings(max_examples=100, deadline=None)
def test_a_number_is_read_as_it_was_shown(value):
    assert read(shown(value), code="x", may_be_negative=True) == value.normalize() + 0
    assert D(plain(value)) == value


@pytest.mark.parametrize("move", sorted(MOVES))
def test_nothing_moves_in_a_closed_period(move):
    assert not any(words.may(move, state, PeriodState.CLOSED) for state in SheetState)
    assert {state for state in SheetState if words.may(move, state, PeriodState.OPEN)} == MOVES[move]
