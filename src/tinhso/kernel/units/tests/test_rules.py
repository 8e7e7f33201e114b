"""Lifetimes, the tree in memory, and names."""

from datetime import date

import pytest

from tinhso.kernel.units.rules import Kind, Node, Tree, people_committee, short_commune_name


def node(number: int, parent: int | None, kind: str = "department", ends_on: date | None = None) -> Node:
    return Node(number, f"u{number}", f"Đơn vị {number}", "", kind, "tinh", parent, "", date(2025, 7, 1), ends_on)


TREE = Tree({one.id: one for one in [node(1, None, "province"), node(2, 1), node(3, 2, Kind.DIVISION), node(4, 1)]})


def test_a_unit_lives_on_its_first_and_on_its_last_day():
    ended = node(9, None, ends_on=date(2025, 12, 31))
    days = [date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [ended.lives_on(day) for day in days] == [False, True, True, False]


def test_a_subtree_holds_the_unit_and_all_below_it():
    assert TREE.subtree(1) == {1, 2, 3, 4}
    assert TREE.subtree(2) == {2, 3}
    assert TREE.subtrees([3, 4]) == {3, 4}


def test_a_path_leads_up_to_the_root():
    assert [one.id for one in TREE.path(3)] == [3, 2, 1]


def test_the_body_of_a_division_is_the_unit_above_it():
    assert TREE.body_of(3).id == 2
    assert TREE.body_of(2).id == 2


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Phường Tân Ninh", "P. Tân Ninh"),
        ("Xã Hảo Đước", "X. Hảo Đước"),
        ("Thị trấn Hòa Thành", "TT. Hòa Thành"),
        ("Đặc khu Phú Quốc", "ĐK. Phú Quốc"),
        ("Sở Xây dựng", "Sở Xây dựng"),
    ],
)
def test_short_names_of_communes(name, short):
    assert short_commune_name(name) == short


def test_the_peoples_committee_of_an_area():
    assert people_committee("Tỉnh Tây Ninh") == "Ủy ban nhân dân tỉnh Tây Ninh"
    assert people_committee("Đặc khu Phú Quốc") == "Ủy ban nhân dân đặc khu Phú Quốc"
