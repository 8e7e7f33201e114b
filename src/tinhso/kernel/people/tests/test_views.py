import pytest
from django.test import Client

from tinhso.kernel.people.models import Person
from tinhso.kernel.people.tests.factories import CARD, account, citizen

pytestmark = pytest.mark.django_db
MINE = "/tai-khoan/cua-toi/"


def client_of(who):
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_person_sees_their_own_data_with_the_number_masked():
    lan = citizen("lan", declared_number="001190012345", address="Số 1")
    citizen("hoa", identity_number="001190099999", address="Nhà của Hoa")
    response = client_of(lan).get(MINE)
    page = response.content.decode()
    assert response.status_code == 200
    assert response.context["person"].pk == lan.person_id
    assert "Nguyễn Thị Lan" in page
    assert "001190012345" not in page
    assert "tự khai, chưa đối chiếu" in page
    assert "Nhà của Hoa" not in page
    assert "001190012345" not in client_of(lan).get("/tai-khoan/").content.decode()


def test_the_accounts_home_leads_to_all_that_is_there():
    page = client_of(citizen("lan")).get("/tai-khoan/").content.decode()
    for address in (MINE, "/viec-cua-toi/", "/ho-so/", "/kho-giay-to/", "/phan-anh/cua-toi/", "/tai-khoan/ai-da-xem/"):
        assert f'href="{address}"' in page
    assert Client().get("/tai-khoan/").headers["Location"] == "/tai-khoan/login/?next=/tai-khoan/"


def test_an_official_without_a_person_sees_the_page_too():
    assert client_of(account("hanh", is_official=True)).get(MINE).status_code == 200


def test_nobody_is_asked_to_sign_in(client):
    assert client.get(MINE).headers["Location"] == f"/tai-khoan/login/?next={MINE}"


def test_one_changes_ones_own_phone_and_address_only():
    lan, hoa = citizen("lan"), citizen("hoa", address="Nhà của Hoa")
    response = client_of(lan).post(
        MINE, {"phone": "0912.345.678", "address": "Số 2", "person": hoa.person_id, "identity_number": "001190012345"}
    )
    assert (response.status_code, response.headers["Location"]) == (302, MINE)
    mine, other = Person.objects.get(pk=lan.person_id), Person.objects.get(pk=hoa.person_id)
    assert (mine.phone, mine.address, mine.identity_number) == ("+84912345678", "Số 2", None)
    assert (other.phone, other.address) == ("", "Nhà của Hoa")


def test_a_wrong_phone_changes_nothing():
    lan = citizen("lan", address="Số 1")
    response = client_of(lan).post(MINE, {"phone": "1", "address": "Số 2"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["phone"]
    assert Person.objects.get().address == "Số 1"


def test_a_scanned_card_is_read_without_looking_anybody_up(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.post("/tai-khoan/doc-the/", {"text": CARD})
    assert response.json() == {
        "identity_number": "001190012345",
        "old_number": "012345678",
        "full_name": "Nguyễn Thị Lan",
        "born_on": "1990-03-15",
        "is_female": True,
        "address": "Số 1, đường Thử, phường Thử",
        "issued_on": "2022-01-01",
        "warnings": [],
    }


def test_a_card_that_does_not_fit_its_number_only_warns(client):
    other = CARD.replace("15031990", "15031980").replace("Nữ", "Nam")
    assert client.post("/tai-khoan/doc-the/", {"text": other}).json()["warnings"] == [
        "birth_year_differs",
        "sex_differs",
    ]


@pytest.mark.parametrize("text", ["", "abc", "1|2|3|4|5|6|7"])
def test_what_is_no_card_is_said_to_be_none(client, text):
    response = client.post("/tai-khoan/doc-the/", {"text": text})
    assert (response.status_code, response.json()["code"]) == (422, "people.card")


def test_a_card_is_never_read_from_an_address(client):
    assert client.get("/tai-khoan/doc-the/", {"text": CARD}).status_code == 405


def test_a_chosen_language_is_kept_for_other_devices(client):
    lan = citizen("lan")
    client.force_login(lan)
    client.post("/setlang/", {"language": "en"})
    lan.refresh_from_db()
    assert lan.language == "en"
    other = Client()
    other.force_login(lan)
    assert other.get("/tai-khoan/cua-toi/").headers["Content-Language"] == "en"
    client.post("/setlang/", {"language": "xx"})
    lan.refresh_from_db()
    assert lan.language == "en"


def test_what_a_person_was_shown_does_not_stay_in_the_browser():
    somebody, nobody = client_of(citizen("lan")), Client()
    for path in ("/", MINE, "/thu-tuc/"):
        assert "no-store" in somebody.get(path)["Cache-Control"]
    assert "no-store" not in nobody.get("/thu-tuc/").headers.get("Cache-Control", "")
    assert somebody.get("/ban-do/ranh-gioi.json")["Cache-Control"].startswith("public")  # everybody's
