"""Initiatives for programs: recognised ones for everybody, others for who may see them."""

from __future__ import annotations

import pytest

from tinhso.modules.initiatives.tests.factories import before_council, proposed, recognised

pytestmark = pytest.mark.django_db
PATH = "/api/v1/initiatives/"


def test_everybody_reads_what_is_recognised_with_its_authors(stage, client):
    found = recognised(stage, others={"dong.nghiep": 30})
    (line,) = client.get(PATH).json()["items"]
    assert (line["number"], line["decision"], line["state"]) == (found.case.number, "21/QĐ-UBND", "recognised")
    assert sorted(one.rpartition(" ")[2] for one in line["authors"]) == ["(30%)", "(70%)"]
    full = client.get(f"{PATH}{found.case.number}").json()
    assert full["solution"] == found.solution
    assert "total" not in full


def test_others_are_found_by_who_may_see_them(stage, client):
    waiting = before_council(stage)
    number = waiting.case.number
    assert client.get(PATH).json()["items"] == client.get(f"{PATH}?list=seen").json()["items"] == []
    assert client.get(f"{PATH}{number}").status_code == 404
    for account, status, count in ((stage.author, 200, 1), (stage.members[0], 200, 1), (stage.stranger, 404, 0)):
        client.force_login(account)
        assert client.get(f"{PATH}{number}").status_code == status
        assert len(client.get(f"{PATH}?list=seen").json()["items"]) == count
        assert client.get(PATH).json()["items"] == []


def test_they_come_in_pages_by_key(stage, client):
    numbers = [proposed(stage, title=f"Cách làm số {n} khác hẳn", solution=f"{n} " * 30).case.number for n in range(3)]
    client.force_login(stage.author)
    first = client.get(f"{PATH}?list=seen&size=2").json()
    rest = client.get(f"{PATH}?list=seen&size=2&after={first['next']}").json()
    assert [one["number"] for one in (*first["items"], *rest["items"])] == numbers[::-1]
