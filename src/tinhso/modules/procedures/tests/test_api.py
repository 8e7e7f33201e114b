from __future__ import annotations

import pytest

from tinhso.modules.procedures import actions
from tinhso.modules.procedures.tests.factories import AT, CONTROLLER, drafted

pytestmark = pytest.mark.django_db
HERE = "/api/v1/procedures/"


def test_anybody_reads_the_catalogue_page_by_page(client):
    actions.load_seeds(by=CONTROLLER, at=AT)
    codes, after = [], ""
    while after is not None:
        got = client.get(HERE, {"size": 50, "after": after}).json()
        codes += [one["code"] for one in got["items"]]
        after = got["next"]
    assert len(codes) == len(set(codes)) == 109
    assert codes == sorted(codes)


def test_anybody_searches_and_reads_one(client):
    actions.load_seeds(by=CONTROLLER, at=AT)
    assert client.get(HERE, {"q": "xin phep xay nha"}).json()["items"][0]["code"] == "1.013225"
    one = client.get(HERE + "1.013225").json()
    assert (one["name"], one["limit"], one["content"]["branches"][0]["code"]) == (
        "Cấp giấy phép xây dựng", "20 ngày", "nha_o_rieng_le",
    )  # fmt: skip


def test_a_draft_is_not_found(client):
    drafted()
    assert client.get(HERE + "1.004873").status_code == 404
    assert client.get(HERE).json()["items"] == []


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 101}, {"after": "123456789"}, {"q": "a" * 201}])
def test_values_out_of_range_are_refused(client, wrong):
    assert client.get(HERE, wrong).status_code == 422
