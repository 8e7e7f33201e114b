from __future__ import annotations

import pytest

from tinhso.modules.statistics.tests.factories import CIVIL, LAND

pytestmark = pytest.mark.django_db
PAGE = "/thong-ke/"


def numbers(page):
    return {one["title"]: one["value"] for one in page.context["numbers"]}


def table(page, title):
    return next(one["rows"] for one in page.context["tables"] if one["title"] == title)


def test_everybody_reads_the_newest_month_without_an_account(client, told):
    page = client.get(PAGE)
    assert page.status_code == 200
    found = numbers(page)
    assert (found["Tiếp nhận trong kỳ"], found["Đã giải quyết"], found["Đang giải quyết"]) == ("10", "6", "5")
    assert (found["Giải quyết đúng và trước hạn"], found["Nộp trực tuyến"]) == ("66,7%", "60,0%")
    assert found["Đang quá hạn"] == "1"
    assert "Tháng 11/2026" in page.content.decode()


def test_the_period_before_stands_beside_each_number(client, told):
    page = client.get(f"{PAGE}?ky=2026-11")
    assert {one["title"]: one["before"] for one in page.context["numbers"]}["Tiếp nhận trong kỳ"] == "1"


def test_units_are_told_as_they_are_and_lead_to_their_own_figures(client, told):
    rows = table(client.get(PAGE), "Theo đơn vị")
    assert [(row["name"], row["cells"][0]) for row in rows] == [(told.commune.name, "7"), (told.other.name, "3")]
    page = client.get(f"{PAGE}{rows[0]['url']}")
    assert numbers(page)["Tiếp nhận trong kỳ"] == "7"
    assert told.commune.name in page.content.decode()


def test_lines_of_few_dossiers_are_merged_without_their_names(client, told):
    page = client.get(f"{PAGE}?don-vi={told.commune.code}")
    assert [row["name"] for row in table(page, "Theo lĩnh vực")] == ["Còn lại (2 dòng, mỗi dòng ít hồ sơ)"]
    assert "1.000002" not in page.content.decode()


@pytest.mark.parametrize("subject", [f"linh-vuc={CIVIL}", "thu-tuc=1.000002", f"linh-vuc={LAND}&don-vi=xa-25480"])
def test_figures_of_fewer_than_five_are_not_told_at_all(client, told, subject):
    page = client.get(f"{PAGE}?{subject}")
    assert page.context["is_hidden"]
    assert "Số hồ sơ quá ít để công bố" in page.content.decode()
    assert (page.context["numbers"], page.context["tables"], page.context["charts"]) == ([], [], {})


def test_the_period_before_is_not_told_when_it_is_too_small(client, told):
    page = client.get(f"{PAGE}?linh-vuc={LAND}")
    assert {one["before"] for one in page.context["numbers"]} == {"–"}


def test_a_single_month_of_a_field_is_not_drawn_when_it_is_too_small(client, told):
    page = client.get(f"{PAGE}?linh-vuc={LAND}")
    assert not page.context["is_hidden"]
    assert page.context["charts"] == {}
    assert client.get(PAGE).context["charts"]["came"] is not None


def test_the_filters_keep_what_was_chosen(client, told):
    page = client.get(f"{PAGE}?ky=2026-q4&cap=xa").content.decode()
    assert '<option value="2026-q4" selected>Quý IV/2026</option>' in page
    assert '<option value="xa" selected>Xã, phường, đặc khu</option>' in page


def test_nonsense_in_the_address_breaks_nothing(client, told):
    for words in ("ky=2026-99&cap=abc", "don-vi=none", "linh-vuc=%00", "thu-tuc=xyz", "ky=2199", "hien=1"):
        assert client.get(f"{PAGE}?{words}").status_code == 200


@pytest.mark.usefixtures("here", "_today")
def test_without_figures_the_page_says_so(client):
    assert "Chưa có số liệu" in client.get(PAGE).content.decode()


def test_it_says_whether_a_month_is_closed(client, told):
    assert "Chưa chốt" in client.get(PAGE).content.decode()
    assert "Đã chốt" in client.get(f"{PAGE}?ky=2026-10").content.decode()


def test_a_page_takes_five_statements(client, told, django_assert_num_queries):
    client.get(PAGE)
    with django_assert_num_queries(5):
        client.get(PAGE)


def units(page):
    return {one["name"]: one["cells"][0] for one in table(page, "Theo đơn vị")}


def test_figures_stand_under_the_units_of_their_time_or_of_today(client, merged):
    then = client.get(f"{PAGE}?ky=2026-11")
    now = client.get(f"{PAGE}?ky=2026-11&ban-do=nay")
    commune, other = merged.commune.name, merged.other.name
    assert units(then) == {commune: "7", other: "3"}
    assert units(now) == {commune: "10"}
    assert numbers(then) == numbers(now)
    assert "Đơn vị hiện nay" in now.content.decode()
    assert now.context["data"].endswith("?period=2026-11&by=unit&map=today")


def test_a_unit_has_what_it_inherited_only_under_todays_map(client, merged):
    mine = f"{PAGE}?ky=2026-11&don-vi={merged.commune.code}"
    then, now = client.get(mine), client.get(f"{mine}&ban-do=nay")
    asked = "Tiếp nhận trong kỳ"
    assert (numbers(then)[asked], numbers(now)[asked]) == ("7", "10")
    level = client.get(f"{PAGE}?ky=2026-11&cap=commune&ban-do=nay")
    assert (numbers(level)[asked], units(level)) == ("10", {merged.commune.name: "10"})


def test_the_difference_of_both_maps_tells_nothing_too_small(client, merged):
    now = client.get(f"{PAGE}?ky=2026-11&don-vi={merged.commune.code}&ban-do=nay")
    assert [one["title"] for one in now.context["tables"]] == []
    field = client.get(f"{PAGE}?ky=2026-11&linh-vuc={LAND}&ban-do=nay")
    assert not field.context["wanted"].by_today


def test_what_else_the_province_publishes_is_named_beside_it(client, told):
    page = client.get(PAGE).content.decode()
    assert '<a class="row-link" href="/chi-tieu/">Chỉ tiêu của tỉnh</a>' in page
    assert f'<a class="row-link" href="{PAGE}">' not in page
