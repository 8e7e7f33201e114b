from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.facts.jobs import project
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.tests import factories as people
from tinhso.shell.home import queries
from tinhso.shell.tests.factories import AT, counting, finish, parcel, pause, unit

pytestmark = pytest.mark.django_db


def test_a_visitor_is_offered_the_look_up_and_sees_nobodys_cases(client):
    parcel(1, unit(), owner=people.citizen("lan"))
    page = client.get("/").content.decode()
    assert 'name="ma"' in page
    assert "Bạn cần làm gì hôm nay?" in page
    assert "Bưu kiện số 1" not in page


def test_the_owner_sees_what_waits_with_the_number_of_others(client):
    lan, ward = people.citizen("lan"), unit()
    for number in (1, 2, 3):
        pause(parcel(number, ward, owner=lan))
    client.force_login(lan)
    page = client.get("/").content.decode()
    assert "Cần bổ sung" in page
    assert "và 2 việc khác" in page
    assert "T01-000003" in page


def test_another_citizen_sees_none_of_it(client):
    pause(parcel(1, unit(), owner=people.citizen("lan")))
    client.force_login(people.citizen("hoa"))
    page = client.get("/").content.decode()
    assert "Bưu kiện số 1" not in page
    assert "Bạn chưa nộp hồ sơ nào" in page


def test_the_public_figures_count_what_was_received_and_resolved_in_time():
    ward = unit()
    for number, verdict in ((1, "early"), (2, "on_time"), (3, "late"), (4, "on_time")):
        finish(parcel(number, ward), verdict)
    parcel(5, ward)
    for entry in Entry.objects.select_related("case").order_by("pk"):
        project(entry)
    figures = queries.public_figures(AT + timedelta(days=2))
    assert (figures.received, figures.resolved, figures.on_time) == (5, 4, 75.0)


def test_many_cases_cost_as_many_statements_as_one(client):
    lan, ward = people.citizen("lan"), unit()
    client.force_login(lan)
    parcel(1, ward, owner=lan)
    client.get("/")
    with counting() as few:
        client.get("/")
    for number in range(2, 20):
        parcel(number, ward, owner=lan)
    with counting() as many:
        client.get("/")
    assert len(many) == len(few) <= 6
