from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from tinhso.kernel.testing import people
from tinhso.modules.statistics.rules import problems
from tinhso.modules.statistics.tests.factories import CIVIL, move

pytestmark = pytest.mark.django_db
PAGE, LIST, FORM = "/lam-viec/thong-ke/", "/lam-viec/thong-ke/danh-sach/", "/lam-viec/thong-ke/bieu-mau/"


@pytest.fixture
def overseer(told):
    return people.official("theodoi", told.root, "dossiers.overseer")


@pytest.fixture
def leader(told):
    return people.official("lanhdao", told.commune, "dossiers.leader")


def cells(page):
    return dict(zip([name for name, _words in page.context["columns"]], page.context["line"], strict=True))


def test_who_sees_the_province_opens_every_number_onto_its_dossiers(client, told, overseer):
    client.force_login(overseer)
    page = client.get(PAGE)
    found = cells(page)
    assert found["received"] == (11, "")
    for name, (value, url) in found.items():
        if url:
            behind = client.get(url)
            assert len(behind.context["lines"]) == behind.context["total"] == value, name
    assert [row["name"] for row in page.context["tables"][0]["rows"]] == [told.commune.name, told.other.name]


def test_numbers_of_each_line_open_too(client, told, overseer):
    client.force_login(overseer)
    for table in client.get(PAGE).context["tables"]:
        for row in table["rows"]:
            for value, url in row["cells"]:
                assert not url or len(client.get(url).context["lines"]) == value, (table["title"], row["name"], url)


def test_a_leader_sees_the_own_unit_with_small_numbers(client, told, leader):
    client.force_login(leader)
    page = client.get(PAGE)
    assert cells(page)["received"] == (8, "")
    assert [row["name"] for row in page.context["tables"][0]["rows"]] == ["Đất đai", CIVIL]


def test_units_out_of_sight_are_not_found(client, told, leader):
    client.force_login(leader)
    for address in (PAGE, LIST, FORM):
        assert client.get(f"{address}?don-vi={told.other.code}").status_code == 404
    listed = client.get(f"{LIST}?cap=xa&cot=fresh")
    assert {one["unit"] for one in listed.context["lines"]} == {told.commune.short_name}


def test_nobody_citizens_and_officials_without_sight_are_refused(client, told):
    assert client.get(PAGE).status_code == 302
    for who in (people.citizen("lan"), people.official("tuan", told.commune)):
        client.force_login(who)
        for address in (PAGE, LIST, FORM):
            assert client.get(address).status_code == 403


def test_an_unknown_column_is_not_found_and_a_wrong_page_key_begins_anew(client, told, leader):
    client.force_login(leader)
    assert client.get(f"{LIST}?cot=none").status_code == 404
    assert client.get(f"{LIST}?cot=fresh&sau=xyz").status_code == 200


def test_a_page_takes_eight_statements(client, told, overseer, django_assert_num_queries):
    client.force_login(overseer)
    client.get(PAGE)
    with django_assert_num_queries(8):
        client.get(PAGE)


def test_officials_read_a_unit_by_todays_map_and_open_every_number(client, merged, overseer):
    client.force_login(overseer)
    mine = f"{PAGE}?ky=2026-11&don-vi={merged.commune.code}"
    assert cells(client.get(mine))["received"][0] == 8
    now = client.get(f"{mine}&ban-do=nay")
    assert cells(now)["received"][0] == 11
    shown = [cells(now).values(), *(row["cells"] for table in now.context["tables"] for row in table["rows"])]
    for value, url in (cell for cells_ in shown for cell in cells_):
        assert not url or len(client.get(url).context["lines"]) == value, url
    assert [row["name"] for row in now.context["tables"][0]["rows"]] == ["Đất đai", CIVIL]
    assert "Đơn vị hiện nay" in client.get(PAGE).content.decode()


def test_the_form_by_todays_units_says_so_and_its_identities_hold(client, merged, overseer):
    client.force_login(overseer)
    sheet = sheets(client, "ky=2026-11&theo=don-vi&ban-do=nay")["II.06"]
    assert sheet["A5"].value.startswith("Đơn vị hiện nay")
    lines = [(row[1], row[2:13]) for row in sheet.iter_rows(min_row=9, values_only=True)]
    assert lines == [
        (merged.commune.name, (11, 6, 4, 1, 6, 4, 0, 2, 5, 4, 1)),
        ("Tổng cộng", (11, 6, 4, 1, 6, 4, 0, 2, 5, 4, 1)),
    ]
    assert [problems(numbers) for _name, numbers in lines] == [[], []]


def sheets(client, words):
    answer = client.get(f"{FORM}?{words}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="II06-2026-11.xlsx"'
    return load_workbook(io.BytesIO(answer.content))


def body(sheet):
    """Names and columns 3 to 13 of the form's lines, the total last."""
    rows = list(sheet.iter_rows(min_row=8, values_only=True))
    return [(row[1], row[2:13]) for row in rows]


def test_the_form_has_its_columns_and_its_identities_hold(client, told, overseer):
    client.force_login(overseer)
    book = sheets(client, "ky=2026-11&theo=don-vi")
    sheet = book["II.06"]
    assert sheet["A1"].value.startswith("Biểu số II.06/VPCP/KSTT")
    assert [cell.value for cell in sheet[7]][:5] == ["(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)"]
    lines = body(sheet)
    assert lines == [
        (told.commune.name, (8, 6, 1, 1, 6, 4, 0, 2, 2, 1, 1)),
        (told.other.name, (3, 0, 3, 0, 0, 0, 0, 0, 3, 3, 0)),
        ("Tổng cộng", (11, 6, 4, 1, 6, 4, 0, 2, 5, 4, 1)),
    ]
    assert [problems(numbers) for _name, numbers in lines] == [[], [], []]
    checks = [row[2] for row in book["Kiểm tra"].iter_rows(min_row=2, values_only=True)]
    assert checks == ["Khớp", "Khớp", "Khớp", "Khớp"]


def test_the_form_by_field(client, told, leader):
    client.force_login(leader)
    assert [(name, numbers[0]) for name, numbers in body(sheets(client, "ky=2026-11")["II.06"])] == [
        ("Đất đai", 7), (CIVIL, 1), ("Tổng cộng", 8),
    ]  # fmt: skip


def test_a_moved_dossier_is_told_beside_its_line(client, told, overseer):
    from tinhso.kernel.cases.models import Case
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.statistics import actions
    from tinhso.modules.statistics.tests.conftest import TODAY
    from tinhso.modules.statistics.tests.factories import at

    case = Case.objects.filter(unit=told.commune, phase=1).earliest("opened_at")
    move(case, told.other)
    actions.refresh(by=SYSTEM, at=at(TODAY))
    client.force_login(overseer)
    book = sheets(client, "ky=2026-11&theo=don-vi")
    remarks = [row[13] for row in book["II.06"].iter_rows(min_row=8, values_only=True)]
    assert remarks == ["Điều chỉnh -1", "Điều chỉnh +1", None]
    checks = [row[2] for row in book["Kiểm tra"].iter_rows(min_row=2, values_only=True)]
    assert set(checks) == {"Khớp"}
