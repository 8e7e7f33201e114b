from __future__ import annotations

import csv
import io
import json

import pytest

from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.statistics import actions
from tinhso.modules.statistics.tests.conftest import TODAY
from tinhso.modules.statistics.tests.factories import CIVIL, LAND, at

pytestmark = pytest.mark.django_db
ABOUT, JSON, CSV = (f"/api/v1/statistics/{name}" for name in ("", "dossiers.json", "dossiers.csv"))


def asked(client, words):
    answer = client.get(f"{JSON}?{words}")
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_programs_read_units_of_a_period(client, told):
    found = asked(client, "period=2026-11")
    assert (found["since"], found["until"], found["by"], found["is_closed"]) == (
        "2026-11-01", "2026-11-30", "unit", False,
    )  # fmt: skip
    assert [(one["key"], one["received"], one["late"]) for one in found["items"]] == [
        (told.commune.code, 8, 2), (told.other.code, 3, 0),
    ]  # fmt: skip
    assert (found["total"]["received"], found["total"]["open"]) == (11, 5)


def test_by_month_and_by_field(client, told):
    months = asked(client, "period=2026&by=month")["items"]
    assert [(one["key"], one["received"]) for one in months] == [("2026-10", 1), ("2026-11", 11)]
    fields = asked(client, "period=2026-11&by=field")["items"]
    assert [(one["key"], one["merged"], one["received"]) for one in fields] == [("", 2, 11)]


def test_programs_choose_the_map_of_that_time_or_todays(client, merged):
    then, now = (asked(client, f"period=2026-11&map={one}") for one in ("then", "today"))
    assert [(one["key"], one["received"]) for one in then["items"]] == [
        (merged.commune.code, 8), (merged.other.code, 3),
    ]  # fmt: skip
    assert (now["map"], [(one["key"], one["received"]) for one in now["items"]]) == (
        "today", [(merged.commune.code, 11)],
    )  # fmt: skip
    assert then["total"] == now["total"]
    mine = asked(client, f"period=2026&by=month&unit={merged.commune.code}&map=today")
    assert [(one["key"], one["received"]) for one in mine["items"]] == [("2026-10", 1), ("2026-11", 11)]
    table = client.get(f"{CSV}?period=2026-11&map=today")
    assert table["Content-Disposition"] == 'attachment; filename="ho-so-2026-11-unit-today.csv"'
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["key"], row["received"]) for row in rows] == [(merged.commune.code, "11")]


def test_what_could_point_to_a_person_is_withheld(client, told):
    found = asked(client, f"period=2026-11&by=unit&field={CIVIL}")
    assert found["items"] == []
    assert found["total"]["received"] is None
    months = asked(client, f"period=2026&by=month&field={LAND}")["items"]
    assert [(one["key"], one["received"]) for one in months] == [("2026-10", None), ("2026-11", 10)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("by=person", "statistics.unknown_split"), ("period=2026-13", "statistics.unknown_period"),
        ("period=2199", "statistics.unknown_period"), ("unit=none", "statistics.unknown_unit"),
        ("level=huyet", "statistics.unknown_level"), ("map=old", "statistics.unknown_map"),
        (f"map=today&field={LAND}", "statistics.map_of_all"), ("map=today&level=xa&by=field", "statistics.map_of_all"),
    ],
)  # fmt: skip
def test_words_that_mean_nothing_are_refused(client, told, words, code):
    answer = client.get(f"{JSON}?{words}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_table_as_csv(client, told):
    answer = client.get(f"{CSV}?period=2026-11")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["period"], row["key"], row["received"]) for row in rows] == [
        ("2026-11", told.commune.code, "8"), ("2026-11", told.other.code, "3"),
    ]  # fmt: skip


def test_who_has_the_newest_is_told_so_until_it_is_counted_again(client, told):
    for address in (JSON, CSV, ABOUT):
        first = client.get(address)
        assert first["Cache-Control"] == "public, max-age=600"
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    tag = client.get(JSON)["ETag"]
    actions.refresh(by=SYSTEM, at=at(TODAY, hour=10))
    assert client.get(JSON, headers={"If-None-Match": tag}).status_code == 200


def test_the_dataset_is_described_with_its_columns_and_addresses(client, told):
    found = json.loads(client.get(ABOUT).content)
    assert found["@type"] == "dcat:Dataset"
    addresses = [one["dcat:accessURL"] for one in found["dcat:distribution"]]
    assert [address.removeprefix("http://testserver") for address in addresses] == [JSON, CSV]
    columns = next(iter(csv.reader(io.StringIO(client.get(CSV).content.decode("utf-8-sig")))))
    assert columns == ["period", *found["columns"]]


def test_too_many_questions_are_refused(client, told):
    answers = {client.get(ABOUT).status_code for _ in range(130)}
    assert answers == {200, 429}
