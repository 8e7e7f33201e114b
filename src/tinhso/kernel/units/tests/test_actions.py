"""Founding a province, single changes of the tree, and import from rows."""

import re
from datetime import date

import pytest

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.units import actions, queries
from tinhso.kernel.units.models import Succession, TreeVersion, Unit
from tinhso.kernel.units.rules import Kind, Level
from tinhso.kernel.units.tests.factories import BY, SOMEBODY_WITHOUT_RIGHTS, unit

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _fresh_tree(db):
    queries.forget()
    yield
    queries.forget()


def counts() -> dict[str, int]:
    living = Unit.objects.living(TODAY)
    return {kind.value: living.filter(kind=kind).count() for kind in Kind}


@pytest.fixture
def tay_ninh() -> Unit:
    return actions.found_province("H53", by=BY)


def test_tay_ninh_gets_its_96_communes_centres_and_departments(tay_ninh):
    assert tay_ninh.name == "Tỉnh Tây Ninh"
    assert counts() == {
        "province": 1,
        "department": 14,
        "vertical": 6,
        "district": 0,
        "commune": 96,
        "centre": 97,
        "division": 96 * 3 + 45,
    }
    assert Unit.objects.get(code="xa-25459-mc").name == "Trung tâm Phục vụ hành chính công phường Tân Ninh"
    assert Unit.objects.get(code="H53-sxd-qlxd").parent.name == "Sở Xây dựng"


def test_tay_ninh_remembers_the_280_communes_of_two_provinces(tay_ninh):
    day = date(2025, 6, 30)
    assert Unit.objects.living(day).communes().count() == Unit.objects.filter(code__startswith="xa-cu-").count() == 280
    assert Unit.objects.filter(kind=Kind.DISTRICT).count() == 24
    assert list(Unit.objects.filter(kind=Kind.PROVINCE, parent=tay_ninh).values_list("name", "ends_on")) == [
        ("Tỉnh Long An", day)
    ]
    assert queries.province() == tay_ninh


def test_founding_twice_adds_nothing(tay_ninh):
    before = Unit.objects.count(), Succession.objects.count()
    assert actions.found_province("80", by=BY) == tay_ninh
    assert (Unit.objects.count(), Succession.objects.count()) == before


def test_national_ids_have_the_form_of_a_dossier_code_and_are_marked_unconfirmed(tay_ninh):
    pattern = re.compile(r"[A-Z]\d{2}(\.\d{2,3}){0,4}")
    ids = list(Unit.objects.exclude(national_id="").values_list("national_id", flat=True))
    assert len(ids) == len(set(ids)) == 1 + 20 + 96 + 1
    assert all(pattern.fullmatch(one) for one in ids)
    assert not Unit.objects.filter(national_id_confirmed=True).exists()


def test_a_former_commune_leads_to_its_main_successor(tay_ninh):
    ward_1 = Unit.objects.get(code="xa-cu-25456")
    now = Unit.objects.get(pk=queries.main_successor_on(ward_1.pk, TODAY))
    assert (ward_1.name, ward_1.parent.name, now.name) == ("Phường 1", "Thành phố Tây Ninh", "Phường Tân Ninh")
    assert queries.main_successor_on(ward_1.pk, date(2025, 6, 30)) == ward_1.pk


def test_every_dissolved_commune_has_a_living_main_successor(tay_ninh):
    for former in Unit.objects.communes().filter(ends_on__isnull=False):
        assert queries.main_successor_on(former.pk, TODAY) is not None


def test_a_former_district_has_many_successors_and_none_is_main(tay_ninh):
    city = Unit.objects.get(code="huyen-cu-703")
    names = {queries.tree().nodes[pk].name for pk in queries.successors_on(city.pk, TODAY)}
    assert names == {"Phường Tân Ninh", "Phường Bình Minh", "Phường Ninh Thạnh"}
    assert queries.main_successor_on(city.pk, TODAY) is None


def test_the_district_of_an_island_is_succeeded_by_its_special_zone():
    actions.found_province("H17", by=BY)
    island = Unit.objects.get(name="Huyện Hoàng Sa")
    assert Unit.objects.get(pk=queries.main_successor_on(island.pk, TODAY)).name == "Đặc khu Hoàng Sa"


def test_an_unknown_province_is_refused():
    with pytest.raises(Refusal) as refused:
        actions.found_province("H99", by=BY)
    assert refused.value.code == "units.unknown_province"
    assert Unit.objects.count() == 0


def test_who_lacks_the_right_founds_nothing():
    with pytest.raises(NotAllowed):
        actions.found_province("H53", by=SOMEBODY_WITHOUT_RIGHTS)
    assert Unit.objects.count() == 0


def test_a_unit_is_added_and_the_tree_grows():
    root = unit("P", kind=Kind.PROVINCE)
    version = queries.tree().version
    made = actions.add(
        code="P-x",
        name="  Phòng   Kế hoạch ",
        kind=Kind.DIVISION,
        level=Level.PROVINCE,
        parent=root,
        begins_on=TODAY,
        by=BY,
    )
    assert (made.name, made.short_name) == ("Phòng Kế hoạch", "Phòng Kế hoạch")
    assert queries.tree().version == version + 1
    assert queries.tree().by_code["P-x"].parent_id == root.pk


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"code": "P"}, "units.code_taken"),
        ({"name": "  "}, "units.no_name"),
        ({"national_id": "H99"}, "units.national_id_taken"),
        ({"begins_on": date(2020, 1, 1)}, "units.parent_not_living"),
    ],
)
def test_a_unit_that_cannot_be_is_refused(changed, reason):
    root = unit("P", kind=Kind.PROVINCE, national_id="H99")
    given = {"code": "P-x", "name": "Phòng", "kind": "division", "level": "tinh", "parent": root, "begins_on": TODAY}
    with pytest.raises(Refusal) as refused:
        actions.add(**(given | changed), by=BY)
    assert refused.value.code == reason
    assert Unit.objects.count() == 1
    assert TreeVersion.objects.count() == 0


def test_a_renamed_unit_stays_the_same_unit():
    old = unit("P")
    assert actions.rename(unit_id=old.pk, name="Sở Mới", by=BY).pk == old.pk
    assert queries.tree().by_code["P"].name == "Sở Mới"


def test_a_unit_ends_and_its_successor_takes_over():
    old, new = unit("A"), unit("B")
    actions.end(unit_id=old.pk, ends_on=TODAY, by=BY)
    day_after = date(2026, 11, 24)
    actions.succeed(predecessor_id=old.pk, successor_id=new.pk, happened_on=day_after, by=BY)
    assert queries.main_successor_on(old.pk, TODAY) == old.pk
    assert queries.main_successor_on(old.pk, day_after) == new.pk


def test_a_unit_with_living_parts_cannot_end():
    top = unit("A")
    unit("A-1", parent=top)
    with pytest.raises(Refusal) as refused:
        actions.end(unit_id=top.pk, ends_on=TODAY, by=BY)
    assert refused.value.code == "units.has_living_parts"
    top.refresh_from_db()
    assert top.ends_on is None


def test_a_second_main_successor_is_refused():
    old, first, second = unit("A"), unit("B"), unit("C")
    actions.succeed(predecessor_id=old.pk, successor_id=first.pk, happened_on=TODAY, by=BY)
    with pytest.raises(Refusal) as refused:
        actions.succeed(predecessor_id=old.pk, successor_id=second.pk, happened_on=TODAY, by=BY)
    assert refused.value.code == "units.second_main_successor"
    assert Succession.objects.count() == 1


ROWS = [
    {"code": "P", "name": "Tỉnh Mẫu", "kind": "province", "level": "tinh", "begins_on": "2025-07-01"},
    {"code": "P-1", "name": "Sở Một", "kind": "department", "level": "tinh", "parent": "P", "begins_on": "2025-07-01"},
    {"code": "P-2", "name": "Sở Hai", "kind": "sở", "level": "tinh", "parent": "P", "begins_on": "2025-07-01"},
    {"code": "P-3", "name": "Sở Ba", "kind": "department", "level": "tinh", "parent": "Q", "begins_on": "2025-07-01"},
]


def test_a_rehearsed_import_reports_and_writes_nothing():
    report = actions.import_units(ROWS, dry_run=True, by=BY)
    assert [(line.number, line.outcome) for line in report] == [
        (1, "added"),
        (2, "added"),
        (3, "refused"),
        (4, "refused"),
    ]
    assert report[3].message == "Không có đơn vị cấp trên mang mã “Q”. Xếp dòng đó lên trước dòng này."
    assert Unit.objects.count() == 0


def test_an_import_repeated_changes_only_what_differs():
    actions.import_units(ROWS, dry_run=False, by=BY)
    again = [ROWS[0], ROWS[1] | {"name": "Sở Một đổi tên"}]
    assert [line.outcome for line in actions.import_units(again, dry_run=False, by=BY)] == ["unchanged", "renamed"]
    assert list(Unit.objects.values_list("name", flat=True)) == ["Tỉnh Mẫu", "Sở Một đổi tên"]
