"""Campaigns for programs: decided ones for everybody, running ones for officials who may see them."""

from __future__ import annotations

import pytest

from tinhso.modules.campaigns.tests.factories import begun, decided

pytestmark = pytest.mark.django_db
PATH = "/api/v1/campaigns/"


def test_everybody_reads_a_decided_campaign_with_places_and_prizes(stage, figures, client):
    decided(stage, figures)
    (line,) = client.get(PATH).json()["items"]
    assert (line["code"], line["state"], line["decision"]) == ("thi-dua", "decided", "45/QĐ-UBND")
    assert client.get(f"{PATH}thi-dua").json()["groups"] == ["Cấp xã", "Sở, ngành"]
    places = client.get(f"{PATH}thi-dua/places/?group=Cấp xã").json()["items"]
    assert [(one["unit"], one["place"], one["prize"]) for one in places] == [
        (stage.here.commune.code, 1, "Giải Nhất"), (stage.here.other.code, 2, "Giải Nhì"),
    ]  # fmt: skip
    first = client.get(f"{PATH}thi-dua/places/?size=2").json()
    rest = client.get(f"{PATH}thi-dua/places/?size=2&after={first['next']}").json()
    assert [one["unit"] for one in rest["items"]] == [stage.here.department.code]


def test_a_running_campaign_is_for_officials_who_may_see_it(stage, figures, client):
    begun(stage)
    assert client.get(PATH).json()["items"] == []
    assert client.get(f"{PATH}thi-dua").status_code == client.get(f"{PATH}thi-dua/places/").status_code == 404
    client.force_login(stage.viewer)
    assert client.get(f"{PATH}thi-dua").json()["state"] == "running"
