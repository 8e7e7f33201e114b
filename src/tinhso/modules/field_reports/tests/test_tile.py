"""What the public's home page shows of reports: those of where one lives, and only what everybody may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.people.models import Person
from tinhso.kernel.people.rules import NOBODY
from tinhso.modules.field_reports.queries import tile as queries
from tinhso.modules.field_reports.tests import factories as make

pytestmark = pytest.mark.django_db
AT = make.MONDAY


@pytest.fixture(autouse=True)
def _read_anew():
    queries.forget()
    yield
    queries.forget()


def shown(actor):
    data = queries.tile(actor, AT)
    return data["commune"], [row["one"].code for row in data["reports"]]


def test_who_lives_in_a_commune_sees_its_newest_three_and_nothing_that_is_not_public(world):
    made = [make.accepted(world, AT + timedelta(minutes=n)) for n in range(4)]
    make.filed(world, AT + timedelta(hours=1))
    Person.objects.filter(account=world.lan).update(commune=world.here.commune)
    newest = [one.case.number for one in reversed(made)][:3]
    assert shown(make.act(world.lan)) == (world.here.commune.name, newest)


def test_elsewhere_and_without_an_account_it_is_the_whole_province(world):
    number = make.accepted(world).case.number
    assert shown(NOBODY) == ("", [number])
    Person.objects.filter(account=world.lan).update(commune=world.here.other)
    queries.forget()
    assert shown(make.act(world.lan)) == ("", [number])


def test_the_home_page_names_it_and_reads_it_once_a_minute(world, client):
    assert "phan-anh-gan" not in client.get("/").content.decode()
    report = make.accepted(world)
    queries.forget()
    page = client.get("/").content.decode()
    assert "Phản ánh mới trong tỉnh" in page
    assert f"/phan-anh/{report.case.number}/" in page
    assert "Nguyễn Thị Lan" not in page
    with CaptureQueriesContext(connection) as seen:
        client.get("/")
    assert not [one for one in seen if "field_reports_report" in one["sql"]]
