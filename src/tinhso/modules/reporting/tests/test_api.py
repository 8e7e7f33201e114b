"""A program with the key of a unit's official fills and sends its report; others see what they see on the pages."""

from __future__ import annotations

import uuid

import pytest

from tinhso.kernel.api.actions import create_key
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.reporting.models import Sheet
from tinhso.modules.reporting.tests.factories import FULL, NOW, opened, sent, sheet

pytestmark = pytest.mark.django_db
PATH = "/api/v1/reporting/sheets/"


@pytest.fixture
def program(client):
    """Asks with a key of somebody: ``program(account)(path, body)``."""

    def of(account, *scopes):
        key = create_key(account_id=account.pk, name="thử", scopes=list(scopes or ("write",)), by=SYSTEM, at=NOW)[1]
        head = {"Authorization": f"Bearer {key}"}

        def ask(path, body=None):
            if body is None:
                return client.get(path, headers=head)
            named = {**head, "Idempotency-Key": uuid.uuid4().hex}
            return client.post(path, body, content_type="application/json", headers=named)

        return ask

    return of


def test_a_units_program_reads_fills_and_sends_its_sheet(stage, program):
    own = sheet(opened(stage), stage.here.commune)
    ask = program(stage.head)
    (line,) = ask(PATH).json()["items"]
    assert (line["id"], line["template"], line["unit"], line["state"]) == (own.pk, "tuan", own.unit.code, "filling")
    assert ask(f"{PATH}{own.pk}/submit", {}).status_code == 422
    for row, values in FULL.items():
        done = ask(f"{PATH}{own.pk}/rows/{row}", {"values": {key: float(one) for key, one in values.items()}})
        assert done.status_code == 200, done.content
    rows = {row["row"]: {one["column"]: one["value"] for one in row["cells"]} for row in done.json()["rows"]}
    assert (rows["cong"]["tong"], rows["cong"]["dat"], rows["cong"]["ty_le"]) == ("30", "10", "33.3")
    assert ask(f"{PATH}{own.pk}/submit", {}).json()["state"] == "submitted"
    assert Sheet.objects.get(pk=own.pk).values["cong__tong"] == "30"


def test_numbers_are_refused_in_words_and_another_hand_is_not_written_over(stage, program):
    own = sheet(opened(stage), stage.here.commune)
    ask, path = program(stage.head), f"{PATH}{own.pk}/rows/mot"
    wrong = ask(path, {"values": {"tong": "mười"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "reporting.number")
    assert ask(path, {"values": {"tong": "1.234"}, "revision": 0}).status_code == 200
    assert ask(path, {"values": {"tong": "9"}, "revision": 0}).status_code == 409
    assert ask(f"{PATH}{own.pk}/rows/khong-co", {"values": {}}).status_code == 404
    assert own.rows.get(row="mot").values == {"tong": "1234"}


def test_others_see_what_they_see_on_the_pages_and_write_nothing(stage, program, client):
    period = opened(stage)
    own = sheet(period, stage.here.commune)
    assert client.get(PATH).status_code == 401
    for account in (stage.stranger, stage.receiver):
        ask = program(account)
        assert ask(f"{PATH}{own.pk}").status_code == 404
        assert ask(f"{PATH}{own.pk}/rows/mot", {"values": {"tong": "1"}}).status_code == 404
    assert not own.rows.exclude(values={}).exists()
    sent(own, stage.head)
    ask = program(stage.receiver)
    assert [one["id"] for one in ask(PATH).json()["items"]] == [own.pk]
    assert ask(f"{PATH}{own.pk}/rows/mot", {"values": {"tong": "1"}}).status_code in (403, 404)
    assert program(stage.head, "read")(f"{PATH}{own.pk}/submit", {}).status_code == 403
    assert program(stage.stranger)(f"{PATH}{own.pk}").status_code == 404


def test_sheets_come_in_pages_by_key(stage, program):
    opened(stage)
    ask = program(stage.designer)
    for own in Sheet.objects.all():
        sent(own, stage.head if own.unit_id == stage.here.commune.pk else stage.stranger)
    first = ask(f"{PATH}?size=1&which=all").json()
    second = ask(f"{PATH}?size=1&which=all&after={first['next']}").json()
    found = [one["id"] for one in (*first["items"], *second["items"])]
    assert (found, second["next"]) == (list(Sheet.objects.order_by("-pk").values_list("pk", flat=True)), None)
