"""All of one's cases on one list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.people.tests import factories as people
from tinhso.shell.home.queries import MINE
from tinhso.shell.tests.factories import AT, counting, parcel, pause, unit

pytestmark = pytest.mark.django_db
PAGE = "/viec-cua-toi/"


def test_cases_are_listed_newest_first_page_by_page(client):
    lan, ward = people.citizen("lan"), unit()
    for number in range(1, MINE + 6):
        parcel(number, ward, owner=lan)
    client.force_login(lan)
    first = client.get(PAGE)
    assert first.content.decode().count("Bưu kiện số") == MINE
    second = client.get(PAGE, {"truoc": first.context["more"]})
    seen = {one.number for page in (first, second) for one in page.context["mine"]}
    assert (len(seen), second.context["more"]) == (MINE + 5, "")
    for odd in ("x", "~", "2026-11-16~1", "2026-11-16T00:00:00+07:00~x"):
        assert client.get(PAGE, {"truoc": odd}).context["mine"] == first.context["mine"]


def test_what_waits_for_me_is_found_however_much_was_sent_since(client):
    lan, ward = people.citizen("lan"), unit()
    pause(parcel(1, ward, owner=lan))
    for number in range(2, MINE + 3):
        parcel(number, ward, owner=lan, at=AT + timedelta(hours=number))
    client.force_login(lan)
    assert client.get("/").context["mine"].todo.number == "T01-000001"
    page = client.get(PAGE, {"cho": "1"})
    assert ([one.number for one in page.context["mine"]], page.context["more"]) == (["T01-000001"], "")


def test_others_cases_are_not_there_and_nobodys_without_signing_in(client):
    parcel(1, unit(), owner=people.citizen("lan"))
    assert client.get(PAGE).status_code == 302
    client.force_login(people.citizen("hoa"))
    page = client.get(PAGE).content.decode()
    assert "Bưu kiện số 1" not in page
    assert "Bạn chưa gửi gì." in page


def test_many_cases_cost_the_same_statements(client):
    lan, ward = people.citizen("lan"), unit()
    client.force_login(lan)
    parcel(1, ward, owner=lan)
    client.get(PAGE)
    with counting() as few:
        client.get(PAGE)
    for number in range(2, 12):
        parcel(number, ward, owner=lan)
    with counting() as many:
        client.get(PAGE)
    assert len(few) == len(many)
