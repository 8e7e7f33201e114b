from __future__ import annotations

import pytest
from django.db import OperationalError

from tinhso.kernel.manifest import Family, Module, Search, registry
from tinhso.kernel.people.tests import factories as people
from tinhso.kernel.search.rules import Hit
from tinhso.shell.tests.factories import counting, official, parcel, province, unit

pytestmark = pytest.mark.django_db


def _declare(find):
    registry.add(Module("letters", "Thư", Family.SERVICES, search=(Search("letters", "Thư tín", find, order=1),)))


def test_what_a_module_finds_is_shown_under_its_title(client):
    _declare(lambda text, actor, limit: [Hit("Thư khen", "/thu/1/", "Ngày 2/9", note="Thường gọi: bằng khen")])
    page = client.get("/tim-kiem/?q=khen").content.decode()
    assert "Thư tín" in page
    assert 'href="/thu/1/"' in page
    assert "Thường gọi: bằng khen" in page


def test_one_letter_asks_nobody(client):
    asked = []
    _declare(lambda text, actor, limit: asked.append(text) or [])
    assert "ít nhất hai chữ" in client.get("/tim-kiem/?q=k").content.decode()
    assert asked == []


def test_nothing_found_says_what_to_try(client):
    page = client.get("/tim-kiem/?q=zzzzqqqq").content.decode()
    assert "Không tìm thấy “zzzzqqqq”" in page
    assert "1022" in page


def test_a_source_that_breaks_leaves_the_others_standing(client):
    def broken(text, actor, limit):
        raise OperationalError("away")

    _declare(broken)
    registry.add(
        Module("notes", "Tin", Family.SERVICES, search=(Search("notes", "Tin bài", lambda *_: [Hit("Tin A", "/a/")]),))
    )
    page = client.get("/tim-kiem/?q=tin").content.decode()
    assert "chưa tìm được lúc này" in page
    assert "Tin A" in page
    assert "Không tìm thấy" not in page


def test_cases_are_found_by_their_owner_and_officials_of_the_unit_and_by_nobody_else(client):
    top = province()
    ward, other, lan = unit("XA1", top), unit("XA2", top), people.citizen("lan")
    parcel(7, ward, owner=lan)
    seen = {}
    for name, who in (
        ("nobody", None),
        ("owner", lan),
        ("citizen", people.citizen("hoa")),
        ("official", official("hanh", ward, "parcels.reader")),
        ("outsider", official("tuan", other, "parcels.reader")),
    ):
        client.logout()
        if who:
            client.force_login(who)
        page = client.get("/tim-kiem/?q=T01-000007").content.decode()
        seen[name] = 'href="/lam-viec/viec/T01-000007/xem/"' in page
    assert seen == {"nobody": False, "owner": True, "citizen": False, "official": True, "outsider": False}


def test_twice_the_hits_cost_the_same_number_of_statements(client):
    ward = unit()
    hanh = official("hanh", ward, "parcels.reader")
    client.force_login(hanh)
    parcel(1, ward)
    client.get("/tim-kiem/?q=buu kien")
    with counting() as few:
        client.get("/tim-kiem/?q=buu kien")
    for number in range(2, 9):
        parcel(number, ward)
    with counting() as many:
        client.get("/tim-kiem/?q=buu kien")
    assert len(many) == len(few)


def test_an_official_searches_inside_the_desk(client):
    client.force_login(official("hanh", unit(), "parcels.reader"))
    assert 'class="desk ' in client.get("/tim-kiem/?q=buu kien").content.decode()
