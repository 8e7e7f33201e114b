"""Points by the published calculation note, editions that cannot be computed, ranks, and what holds for any numbers."""

from __future__ import annotations

import copy
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.errors import Refusal
from tinhso.modules.service_quality.rules import editions
from tinhso.modules.service_quality.rules.inputs import COLUMNS, FLOWS, STOCK, TITLES, Service, Tally, inputs_of
from tinhso.modules.service_quality.rules.scoring import How, as_decimal, points_for, ranks, score
from tinhso.modules.service_quality.rules.words import PROCEDURE, level_of

SEEDS = yaml.safe_load(files("tinhso.modules.service_quality").joinpath("seeds/q766.yaml").read_text("utf-8"))


def content(number: int = 0) -> dict:
    row = copy.deepcopy(SEEDS[number])
    row.pop("valid_from")
    return row


EDITION = editions.read(content())
SECOND = editions.read(content(1))


def component(code: str) -> editions.Component:
    found = EDITION.component(code)
    assert found is not None
    return found


def multiplied(times: str = "1.4", code: str = "3.3") -> dict:
    """The seeded edition, one component's ratio multiplied by that of another."""
    row = content()
    one = next(one for group in row["groups"] for one in group["components"] if one["code"] == code)
    one["times"] = times
    return row


def test_a_ratio_may_be_multiplied_by_that_of_another_component():
    edition = editions.read(multiplied())
    inputs = {"received": 100, "online": 42, "synced": 50}

    def points(**more):
        return next(one for one in score(edition, inputs | more, "xa").points if one.code == "3.3")

    assert (points().points, points(synced=100).points) == (Fraction("2.52"), Fraction("5.04"))  # 6 × 0.42 × … / 0.5
    assert points(synced=120).points == Fraction("5.04")
    assert points(received=0, online=0, synced=0).how is How.EMPTY
    del inputs["synced"]
    assert points().how is How.MISSING


@pytest.mark.parametrize(("times", "code"), [("9.9", "3.3"), ("3.3", "3.3")])
def test_what_it_is_multiplied_by_must_be_another_component(times, code):
    with pytest.raises(Refusal, match="chỉ nhân được với một thành phần khác"):
        editions.read(multiplied(times, code))


def test_the_six_groups_add_up_to_a_hundred_points():
    assert [(one.code, int(one.most)) for one in EDITION.groups] == [
        ("CKMB", 18), ("TDGQ", 20), ("CLGQ", 12), ("TTTT", 10), ("MDSH", 22), ("MDHL", 18),
    ]  # fmt: skip
    assert EDITION.most == SECOND.most == 100


# Check vectors of the calculation note: component, numerator, denominator, points shown with two decimals.
@pytest.mark.parametrize(
    ("code", "top", "bottom", "shown"),
    [
        ("1.1", 40, 45, "5.33"),
        ("1.4", 9_800, 10_000, "5.88"),
        ("2.1", 9_450, 10_000, "18.90"),
        ("3.1", 60, 100, "1.50"),
        ("3.1", 85, 100, "2.00"),
        ("3.3", 42, 100, "5.04"),
        ("3.3", 77, 100, "6.00"),
        ("3.4", 48, 100, "1.20"),
        ("3.6", 300, 400, "4.50"),
        ("4.3", 40, 100, "1.00"),
        ("5.2", 0, 0, "6.00"),
        ("5.3", 0, 0, "6.00"),
        ("5.4", 97, 100, "6.00"),
        ("5.4", 85, 100, "5.67"),
        ("5.4", 0, 0, "0.00"),
        ("1.4", 11, 10, "6.00"),  # more synchronised than reported gives no more than all
        ("4.2", 80, 100, "3.20"),  # published scores are linear to 100 %
    ],
)
def test_points_are_those_of_the_calculation_note(code, top, bottom, shown):
    assert f"{as_decimal(points_for(component(code), top, bottom)):.2f}" == shown


def test_a_single_procedure_can_have_eighty_points_at_most():
    asked = [one.most for one in EDITION.components if PROCEDURE not in one.skip]
    assert sum(asked) == 80


def test_what_the_sources_do_not_confirm_is_marked_and_explained():
    doubtful = {one.code: one.note for one in EDITION.components if not one.confirmed}
    assert set(doubtful) == {"1.1", "1.2", "1.3", "3.3", "4.2", "4.4", "4.6"}
    assert all(doubtful.values())
    assert all(one.source for one in EDITION.components)
    assert not EDITION.grades_confirmed


@pytest.mark.parametrize(
    ("share", "grade"),
    [
        (100, "Xuất sắc"),
        (90, "Xuất sắc"),
        ("89.999999", "Tốt"),
        (80, "Tốt"),
        (70, "Khá"),
        (50, "Trung bình"),
        (0, "Yếu"),
    ],
)
def test_grades_begin_at_their_bound(share, grade):
    assert EDITION.grade_of(Decimal(share)) == grade


def _inputs(number: int = 10) -> dict[str, int]:
    return dict.fromkeys(TITLES, number)


def test_what_a_level_inherits_comes_from_the_province_and_what_it_skips_does_not_count():
    above = _inputs() | {"published": 4, "published_on_time": 1}
    points = {one.code: one for one in score(EDITION, _inputs(), "so", above).points}
    assert (points["1.1"].how, points["1.1"].points) == (How.INHERITED, Fraction(3, 2))
    assert (points["4.6"].how, points["4.6"].points) == (How.SKIPPED, None)
    assert score(EDITION, _inputs(), "so", above).most == 98
    assert score(EDITION, _inputs(), "xa", above).most == 100


def test_missing_numbers_have_neither_points_nor_a_maximum():
    inputs = {name: 1 for name in TITLES if not name.startswith("published")}
    result = score(EDITION, inputs, "tinh")
    assert result.points[0].how is How.MISSING
    assert (result.most, result.total, result.share) == (94, 94, 100)


def test_equal_shares_have_the_same_rank_and_the_next_counts_all_before_it():
    third = Fraction(200, 3)
    shares = {"a": third, "b": Fraction(90), "c": third, "d": Fraction(6666, 100), "e": Fraction(0)}
    assert ranks(shares) == {"b": 1, "a": 2, "c": 2, "d": 4, "e": 5}
    assert ranks({}) == {}


def _wrong(change) -> str:
    row = content()
    change(row)
    with pytest.raises(Refusal) as refused:
        editions.read(row)
    assert refused.value.code == "service_quality.edition"
    return refused.value.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row["groups"][0].update(most=19), "nhóm CKMB ghi 19 điểm nhưng các thành phần cộng lại 18"),
        (lambda row: row["groups"][1]["components"][0].update(code="1.1"), "mã 1.1 dùng hai lần"),
        (lambda row: row["groups"][1]["components"][0].update(top="os.system"), "không có số liệu “os.system”"),
        (lambda row: row["groups"][1]["components"][0].update(full_at=0), "ngưỡng đạt điểm tối đa"),
        (lambda row: row["groups"][1]["components"][0].update(full_at="1e20"), "ngưỡng đạt điểm tối đa"),
        (lambda row: row["groups"][1]["components"][0].update(most=-20), "điểm tối đa phải lớn hơn 0"),
        (lambda row: row["groups"][1]["components"][0].update(formula="1+1"), "Không đọc được cách tính"),
        (lambda row: row.update(groups=[]), "chưa có thành phần nào"),
        (lambda row: row.update(closes_after_days=40), "số ngày chờ trước khi chốt"),
        (lambda row: row.pop("decision"), "Không đọc được cách tính"),
    ],
)
def test_an_edition_that_cannot_be_computed_is_refused_in_words(change, said):
    assert said in _wrong(change)


def test_a_successor_with_other_weights_is_data_only():
    row = content()
    row["groups"][1]["components"][0].update(most=30, full_at="0.98")
    row["groups"][1]["most"] = 30
    row["decision"] = "Quyết định thay thế"
    successor = editions.read(row)
    assert (successor.most, points_for(successor.component("2.1"), 49, 100)) == (110, Fraction(15))


NUMBERS = st.integers(0, 10**7)


@given(NUMBERS, NUMBERS, st.sampled_from(EDITION.components))
def test_points_lie_between_nothing_and_the_maximum(top, bottom, one):
    assert 0 <= points_for(one, top, bottom) <= one.most


@given(NUMBERS, st.integers(1, 10**7), st.integers(0, 10**6), st.sampled_from(EDITION.components))
def test_one_more_dossier_that_counts_never_costs_points(top, bottom, more, one):
    assert points_for(one, top + more, bottom) >= points_for(one, top, bottom)


@given(
    st.lists(NUMBERS, min_size=len(COLUMNS), max_size=len(COLUMNS)), st.sampled_from(["tinh", "so", "xa", PROCEDURE])
)
def test_a_total_lies_within_its_maximum_for_any_counts(numbers, level):
    tally = Tally()
    tally.add("1.000001", dict(zip(COLUMNS, numbers, strict=True)))
    service = Service("1.000001", ("xa",), "full", True, True, True)
    result = score(EDITION, inputs_of(tally, [service], obliged=1, certifying=1), level, {})
    assert 0 <= result.total <= result.most
    assert 0 <= result.share <= 100


@given(st.dictionaries(st.integers(), st.fractions(0, 100), min_size=1, max_size=8))
def test_ranks_order_as_shares_do(shares):
    found = ranks(shares)
    assert min(found.values()) == 1
    assert all((shares[a] > shares[b]) == (found[a] < found[b]) for a in shares for b in shares)


def test_distinct_procedures_are_counted_once_however_often_they_were_used():
    tally = Tally()
    for month in (3, 4):
        tally.add("1.1", {"received": month, "online": month, "paid_online": 1})
    tally.add("1.2", {"received": 5})
    services = [
        Service("1.1", ("xa",), "full", True, True, True),
        Service("1.2", ("xa",), "partial", True, False, False),
        Service("1.3", ("xa",), "none", False, True, True),
    ]
    found = inputs_of(tally, services)
    assert {name: found[name] for name in ("procedures", "services", "services_used", "complete_procedures")} == {
        "procedures": 3, "services": 2, "services_used": 1, "complete_procedures": 2,
    }  # fmt: skip
    assert (found["payable_procedures"], found["paid_procedures"], found["fee_procedures"]) == (2, 1, 2)
    assert (found["full_received"], found["full_online"]) == (7, 7)


def test_the_second_variant_has_one_component_for_online_dossiers():
    assert [one.code for one in SECOND.groups[2].components] == ["3.0"]
    assert points_for(SECOND.groups[2].components[0], 3, 4) == 9


def test_what_stands_at_a_months_end_is_told_apart_from_what_happens_in_it():
    assert set(FLOWS).isdisjoint(STOCK)
    assert (level_of("commune"), level_of("vertical"), level_of("province")) == ("xa", "so", "tinh")
