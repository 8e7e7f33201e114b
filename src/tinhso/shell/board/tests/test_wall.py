from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tinhso.kernel.facts.jobs import project
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.tests import factories as people
from tinhso.shell.tests.factories import counting, finish, official, parcel, province, unit

pytestmark = pytest.mark.django_db
WALL, BOARD = "/lam-viec/dieu-hanh/man-hinh/", "/lam-viec/dieu-hanh/"


@pytest.fixture
def ward():
    return unit("xa-25459", province())


def _fill(ward):
    """One late for weeks, one finished in time, one finished late."""
    now = timezone.now()
    parcel(1, ward, at=now - timedelta(days=40), days=3)
    finish(parcel(2, ward, at=now), "on_time", now)
    finish(parcel(3, ward, at=now), "late", now)
    for entry in Entry.objects.select_related("case").order_by("pk"):
        project(entry)


def test_the_wall_shows_the_boards_figures_for_no_more_statements(client, ward):
    _fill(ward)
    client.force_login(official("hanh", ward, "parcels.reader"))
    client.get(BOARD)
    with counting() as board:
        client.get(BOARD)
    with counting() as wall:
        shown = client.get(WALL).context
    # no bell; two ask for the year's targets and for warnings, of which there are none here
    assert (len(board), len(wall)) == (6, 7)
    assert (shown["standing"].late, shown["share"].resolved, shown["share"].percent) == (1, 2, 50.0)
    assert [(one["share"], one["kind"]) for one in shown["lowest"]] == [(50.0, "bad")]


def test_the_wall_presses_only_units_that_do_not_keep_their_dates(client, ward):
    now = timezone.now()
    finish(parcel(1, ward, at=now), "on_time", now)
    for entry in Entry.objects.select_related("case").order_by("pk"):
        project(entry)
    client.force_login(official("hanh", ward, "parcels.reader"))
    page = client.get(WALL)
    assert (page.context["share"].percent, page.context["lowest"]) == (100.0, [])
    assert "Đơn vị nào cũng từ 95% trở lên." in page.content.decode()


def test_a_commune_has_the_colour_of_its_class_and_its_name_when_it_is_low(client, ward):
    _fill(ward)
    client.force_login(official("hanh", ward, "parcels.reader"))
    drawn = client.get(WALL).context["map"]
    assert [step for step, _words, count in drawn["legend"] if count and step] == [1]
    assert [one["name"] for one in drawn["names"]] == [ward.short_name]


def test_the_wall_names_nobody_and_quotes_nobody(client, ward):
    _fill(ward)
    client.force_login(official("hanh", ward, "parcels.reader"))
    listed = client.get(BOARD).context["exceptions"][0]
    page = client.get(WALL)
    assert [set(one) for one in page.context["exceptions"]] == [{"kind", "icon", "unit", "step", "late"}]
    assert listed["title"] not in page.content.decode()
    assert listed["number"] not in page.content.decode()


def test_nobody_citizens_and_officials_without_sight_are_refused(client, ward):
    assert client.get(WALL).status_code == 302
    for who in (people.citizen("lan"), official("tuan", ward)):
        client.force_login(who)
        assert client.get(WALL).status_code == 403
