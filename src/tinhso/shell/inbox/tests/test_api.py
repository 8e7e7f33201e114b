from __future__ import annotations

import pytest

from tinhso.kernel.people.tests import factories as people
from tinhso.shell.tests.factories import counting, official, parcel, pause, province, unit

pytestmark = pytest.mark.django_db
URL = "/api/v1/cases/"


@pytest.fixture
def top():
    return province()


@pytest.fixture
def ward(top):
    return unit("XA1", top)


def _numbers(client, query=""):
    return [one["number"] for one in client.get(URL + query).json()["items"]]


def test_nobody_is_refused(client):
    assert client.get(URL).status_code == 401


def test_officials_see_their_units_and_citizens_their_own(client, ward, top):
    lan = people.citizen("lan")
    parcel(1, ward, owner=lan)
    parcel(2, ward)
    client.force_login(official("hanh", ward, "parcels.reader"))
    assert _numbers(client) == ["T01-000001", "T01-000002"]
    client.force_login(official("tuan", unit("XA2", top), "parcels.reader"))
    assert _numbers(client) == []
    client.force_login(lan)
    assert _numbers(client) == ["T01-000001"]


def test_filters_narrow(client, ward):
    hanh = official("hanh", ward, "parcels.reader")
    client.force_login(hanh)
    parcel(1, ward, assignee_id=hanh.pk)
    pause(parcel(2, ward))
    assert _numbers(client, "?list=mine") == ["T01-000001"]
    assert _numbers(client, "?urgency=paused") == ["T01-000002"]
    assert _numbers(client, "?state=open&q=tran van 1") == ["T01-000001"]
    assert _numbers(client, "?kind=other") == []


def test_pages_by_key_hold_every_case_once(client, ward):
    client.force_login(official("hanh", ward, "parcels.reader"))
    for number in range(1, 12):
        parcel(number, ward)
    seen, key = [], ""
    while key is not None:
        got = client.get(URL, {"size": 4, **({"after": key} if key else {})}).json()
        seen += [one["number"] for one in got["items"]]
        key = got["next"]
    assert seen == [f"T01-{number:06d}" for number in range(1, 12)]


def test_a_key_that_is_none_is_refused(client, ward):
    client.force_login(official("hanh", ward, "parcels.reader"))
    response = client.get(URL + "?after=xyz")
    assert (response.status_code, response.json()["code"]) == (422, "api.page_key")


def test_a_page_costs_three_statements(client, ward):
    client.force_login(official("hanh", ward, "parcels.reader"))
    for number in range(1, 22):
        parcel(number, ward)
    client.get(URL)
    with counting() as statements:
        client.get(URL)
    assert len(statements) == 3
