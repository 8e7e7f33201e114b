"""Communes found by what people type, in Tây Ninh."""

from datetime import date

import pytest

from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.places.queries import find_communes
from tinhso.kernel.units import actions, queries

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _tay_ninh(db):
    queries.forget()
    actions.found_province("H53", by=SYSTEM)
    yield
    queries.forget()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Phường Tân Ninh", "Phường Tân Ninh"),
        ("tan ninh", "Phường Tân Ninh"),
        ("xã Hảo Đước", "Xã Hảo Đước"),
        ("xa Hao Duoc", "Xã Hảo Đước"),
        ("hao duoc", "Xã Hảo Đước"),
        ("hảo đướt", "Xã Hảo Đước"),
        ("long hoa", "Phường Long Hoa"),
        ("x. hảo đ", "Xã Hảo Đước"),
        ("phuong 1 tay ninh", "Phường Tân Ninh"),
        ("p1 tp tay ninh", "Phường Tân Ninh"),
        ("Phường 1, thành phố Tân An, Long An", "Phường Long An"),
        ("phuong 1 tan an", "Phường Long An"),
        ("thi tran tan bien", "Xã Tân Biên"),
    ],
)
def test_people_find_their_commune(text, name):
    assert find_communes(text, TODAY)[0].name == name


def test_what_was_found_by_its_old_name_says_so():
    first = find_communes("phuong 1 tay ninh", TODAY)[0]
    assert first.label == "Phường Tân Ninh, tỉnh Tây Ninh"
    assert first.note.startswith("trước 01/7/2025 là Phường 1, thành phố Tây Ninh")
    assert (first.code, first.latitude is not None) == ("xa-25459", True)


def test_an_old_name_ends_with_the_province_of_its_day():
    first = find_communes("phuong 1 tan an", TODAY)[0]
    assert first.note == "trước 01/7/2025 là Phường 1, thành phố Tân An, tỉnh Long An"


def test_a_name_that_goes_on_has_no_note():
    assert find_communes("hao duoc", TODAY)[0].note.count("01/7/2025") <= 1
    assert find_communes("phường ninh thạnh", TODAY)[0].name == "Phường Ninh Thạnh"


def test_before_july_2025_the_old_communes_are_found():
    names = [one.label for one in find_communes("phuong 1 tay ninh", date(2025, 6, 30))]
    assert names[0] == "Phường 1, tỉnh Tây Ninh"


def test_nothing_is_found_for_nothing():
    assert find_communes("", TODAY) == []
    assert find_communes("qqqqqq zzzzzz", TODAY) == []


def test_a_limit_holds():
    assert len(find_communes("xa", TODAY, limit=3)) <= 3


def test_every_commune_of_today_is_found_by_its_own_name_without_marks():
    from tinhso.kernel.search.rules import fold
    from tinhso.kernel.units.models import Unit

    for commune in Unit.objects.living(TODAY).communes():
        assert commune.pk in [one.id for one in find_communes(fold(commune.name), TODAY, limit=3)], commune.name


def test_the_suggestions_are_public_json(client):
    answer = client.get("/dia-chi/goi-y", {"q": "hao duoc"})
    assert answer.status_code == 200
    first = answer.json()["communes"][0]
    assert (first["name"], first["label"]) == ("Xã Hảo Đước", "Xã Hảo Đước, tỉnh Tây Ninh")
    assert answer["Cache-Control"] == "public, max-age=300"


def test_the_suggestions_are_list_items_for_a_page(client):
    page = client.get("/dia-chi/goi-y", {"q": "phuong 1 tay ninh", "dang": "html"}).content.decode()
    assert page.startswith('<li role="option" data-id="')
    assert "<strong>Phường Tân Ninh</strong> <small>trước 01/7/2025 là Phường 1, thành phố Tây Ninh" in page


def test_a_text_that_finds_nothing_says_what_to_do(client):
    page = client.get("/dia-chi/goi-y", {"q": "<qqqqqq>"}, headers={"HX-Request": "true"}).content.decode()
    assert "Chưa tìm thấy “&lt;qqqqqq&gt;”. Thử chỉ gõ tên xã, phường." in page


def test_only_reading_is_possible(client):
    assert client.post("/dia-chi/goi-y", {"q": "x"}).status_code == 405
