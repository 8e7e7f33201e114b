"""Plans and tasks for programs: what an account may see on the pages, in pages by key."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tinhso.kernel.testing import people
from tinhso.modules.plans.rules import Target
from tinhso.modules.plans.tests.factories import demanded, drafted, duty_of, given, issued, published

pytestmark = pytest.mark.django_db
PATH = "/api/v1/plans/"


def test_a_plan_tells_its_targets_who_issued_theirs_and_its_tasks(stage, client):
    plan = published(stage, targets=(Target("t1", "Hồ sơ trực tuyến", Decimal(80), "%"),))
    issued(duty_of(demanded(stage, plan), stage.here.commune), stage.officer)
    task = given(stage, plan)
    client.force_login(stage.officer)
    (line,) = client.get(PATH).json()["items"]
    assert (line["code"], line["have_issued"], line["must_issue"], line["tasks"]) == ("nq-17", 1, 2, 1)
    full = client.get(f"{PATH}nq-17").json()
    assert (full["targets"][0]["goal"], full["targets"][0]["value"]) == ("80", None)
    assert full["demands"][0]["missing"] == [stage.here.other.name]
    (one,) = client.get(f"{PATH}tasks/?plan=nq-17").json()["items"]
    assert (one["id"], one["state"], one["percent"]) == (task.pk, "waiting", 0)


def test_drafts_are_for_who_writes_them_and_others_find_nothing(stage, client):
    drafted(stage)
    given(stage, published(stage, "nq-18"))
    assert client.get(PATH).status_code == 401
    expected = {stage.manager: (["nq-18", "nq-17"], 200, 1), stage.stranger: (["nq-18"], 404, 0)}
    expected[people.official("moi", stage.here.commune)] = ([], 404, 0)
    for account, (codes, status, tasks) in expected.items():
        client.force_login(account)
        assert [one["code"] for one in client.get(PATH).json()["items"]] == codes
        assert client.get(f"{PATH}nq-17").status_code == status
        assert len(client.get(f"{PATH}tasks/").json()["items"]) == tasks


def test_plans_come_in_pages_by_key(stage, client):
    for number in range(3):
        published(stage, f"nq-{number}")
    client.force_login(stage.officer)
    first = client.get(f"{PATH}?size=2").json()
    rest = client.get(f"{PATH}?size=2&after={first['next']}").json()
    assert [one["code"] for one in (*first["items"], *rest["items"])] == ["nq-2", "nq-1", "nq-0"]
    assert rest["next"] is None
    assert client.get(f"{PATH}?after=x").status_code == 422
