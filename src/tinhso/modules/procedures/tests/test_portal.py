from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tinhso.modules.procedures import actions, queries
from tinhso.modules.procedures.tests.factories import AT, CONTROLLER, drafted, publish

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def seeded():
    actions.load_seeds(by=CONTROLLER, at=AT)


def test_a_procedure_page_tells_time_fee_place_and_where_to_begin(client, seeded):
    html = client.get("/thu-tuc/1.013225/?truong-hop=nha_o_rieng_le").content.decode()
    assert "<h1>Cấp giấy phép xây dựng · Nhà ở riêng lẻ</h1>" in html
    assert "<dd>15 ngày</dd>" in html
    assert "<dd>Theo nghị quyết của tỉnh</dd>" in html
    assert 'href="/ho-so/nop/1.013225/?truong-hop=nha_o_rieng_le"' in html
    assert "Lấy từ Cơ sở dữ liệu đất đai, không cần nộp" in html


def test_the_button_to_begin_stays_within_reach_only_where_one_can_begin(client, seeded):
    html = client.get("/thu-tuc/1.013225/?truong-hop=nha_o_rieng_le").content.decode()
    assert html.index('class="start-bar') < html.index("<h1>")
    code = next(one.code for one in queries.in_force(TODAY).values() if not one.is_online)
    assert "start-bar" not in client.get(f"/thu-tuc/{code}/").content.decode()


def test_a_procedure_page_without_a_case_offers_the_cases(client, seeded):
    html = client.get("/thu-tuc/1.013225/").content.decode()
    assert 'href="?truong-hop=nha_o_rieng_le"' in html
    assert "Bạn xây nhà ở cho gia đình?" in html
    assert "<dd>20 ngày</dd>" in html


def test_a_procedure_page_costs_few_statements(client, seeded, django_assert_max_num_queries):
    client.get("/thu-tuc/1.013225/")
    with django_assert_max_num_queries(6):
        client.get("/thu-tuc/1.013225/")


@pytest.mark.parametrize("address", ["/thu-tuc/", "/thu-tuc/?q=khai+sinh"])
def test_the_catalogue_costs_few_statements(client, seeded, django_assert_max_num_queries, address):
    client.get(address)
    with django_assert_max_num_queries(6):
        client.get(address)


def test_a_draft_is_not_there_for_the_public(client):
    drafted()
    assert client.get("/thu-tuc/1.004873/").status_code == 404


def test_a_procedure_that_begins_tomorrow_is_not_there_yet(client):
    publish(valid_from=date(2999, 1, 1))
    assert client.get("/thu-tuc/1.004873/").status_code == 404


def test_filters_narrow_the_list(client, seeded):
    everything = client.get("/thu-tuc/").context["total"]
    online = client.get("/thu-tuc/?truc-tuyen=1").context["total"]
    business = client.get("/thu-tuc/?doi-tuong=doanh-nghiep&linh-vuc=Đất+đai").context["total"]
    assert (everything, online, business) == (109, 100, 12)
    assert client.get("/thu-tuc/?cap=xa&trang=2").context["page"] == 2


@pytest.mark.parametrize(
    "address", ["?trang=abc", "?trang=-1", "?trang=²", "?q=%00", "?cap=%27&linh-vuc=x", "?q=" + "a" * 5000]
)
def test_strange_addresses_do_not_break_the_list(client, seeded, address):
    assert client.get("/thu-tuc/" + address).status_code == 200


def test_nothing_found_says_what_to_do(client, seeded):
    html = client.get("/thu-tuc/", {"q": "qqqq wwww"}).content.decode()
    assert "Chưa tìm thấy “qqqq wwww”." in html
    assert "gọi 1022" in html


def test_what_was_typed_is_escaped(client, seeded):
    html = client.get("/thu-tuc/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in html


def test_a_strange_case_shows_the_whole_procedure(client, seeded):
    assert client.get("/thu-tuc/1.013225/", {"truong-hop": "'--"}).context["branch"] is None


QUESTIONS = {
    "xin phep xay nha": "1.013225",
    "xin phép xây nhà": "1.013225",
    "sang ten so do": "1.013831",
    "lam giay khai sinh": "1.001193",
    "giấy khai sinh": "1.001193",
    "chung thuc ban sao": "2.000815",
    "sao y": "2.000815",
    "dang ky ket hon": "1.000894",
    "so do": "1.013978",
    "khia sinh": "1.001193",
    "khai sihn": "1.001193",
    "doc than": "1.004873",
    "mở cửa hàng": "1.001612",
    "mat bang lai": "3.000348",
    "lam ho chieu": "1.001456",
    "1.004222": "1.004222",
    "nhap ho khau": "1.004222",
    "thuế chấp sổ đỏ": "1.011441",
    "tien nguoi gia": "1.014027",
}


@pytest.mark.parametrize(("question", "code"), QUESTIONS.items())
def test_everyday_questions_find_their_procedure_first(seeded, question, code):
    assert queries.find(question, TODAY)[0].sheet.code == code


def test_a_question_about_a_house_finds_the_case_of_houses(seeded):
    hit = queries.hit_of(queries.find("xin phep xay nha", TODAY)[0], TODAY)
    assert hit.title == "Cấp giấy phép xây dựng · Nhà ở riêng lẻ"
    assert hit.url == reverse("procedures:page", args=["1.013225"]) + "?truong-hop=nha_o_rieng_le"
    assert hit.facts == ("15 ngày", "Theo nghị quyết của tỉnh", "Nộp trực tuyến")
    assert hit.note == "Thường gọi: xin phép xây nhà"


WORDS = "cấp giấy phép đăng ký xác nhận chứng thực đất đai xây dựng hộ kinh doanh khai sinh kết hôn thường trú"


@pytest.mark.slow
def test_a_search_among_three_thousand_still_finds_what_people_mean():
    from tinhso.modules.procedures.tests.test_actions import ROW

    words = WORDS.split()
    rows = [
        {**ROW, "code": f"9.{n:06d}", "name": " ".join(words[(n * k + k) % len(words)] for k in range(2, 9)) + f" {n}"}
        for n in range(2900)
    ]
    actions.import_rows(rows, dry_run=False, by=CONTROLLER, at=AT, publish_on=date(2026, 1, 1))
    actions.load_seeds(by=CONTROLLER, at=AT)
    assert queries.find("xin phep xay nha", TODAY)[0].sheet.code == "1.013225"
    assert all(queries.find(question, TODAY) for question in QUESTIONS)
