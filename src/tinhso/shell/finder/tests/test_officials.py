"""Choosing officials by name: who fits, who is chosen, and for whom the door stays closed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.people.models import Account
from tinhso.kernel.testing import people, province

pytestmark = pytest.mark.django_db
PATH = "/lam-viec/can-bo/tim/"


@pytest.fixture
def here():
    return province.found()


@pytest.fixture
def staff(here):
    """Two in the commune, one in another; the first one asks."""
    told = (("mai", "Nguyễn Thị Mai", here.commune), ("dung", "Đặng Mai Dung", here.commune),
            ("binh", "Lê Mai Bình", here.other))  # fmt: skip
    made = {}
    for username, name, unit in told:
        made[username] = people.official(username, unit)
        Account.objects.filter(pk=made[username].pk).update(display_name=name)
    return made


def ask(client, **said):
    return client.get(PATH, {"o": "owner", "cach": "one", **said})


def names(answer) -> list[str]:
    return [line.split(">")[1].split("<")[0] for line in answer.content.decode().split("<button")[1:]]


def test_names_are_found_without_marks_ones_own_unit_first(client, staff):
    client.force_login(staff["mai"])
    assert names(ask(client, q="mai")) == ["Đặng Mai Dung", "Nguyễn Thị Mai", "Lê Mai Bình"]
    assert names(ask(client, q="dang du")) == ["Đặng Mai Dung"]
    assert names(ask(client, q="ang")) == []
    assert "Không tìm thấy" in ask(client, q="ang").content.decode()
    assert ask(client, q="m").content.decode().strip() == ""


def test_a_form_may_ask_for_one_unit_and_leave_out_who_is_chosen(client, staff, here):
    client.force_login(staff["mai"])
    assert names(ask(client, q="mai", unit=here.other.pk)) == ["Lê Mai Bình"]
    assert names(ask(client, q="mai", unit=here.commune.code)) == ["Đặng Mai Dung", "Nguyễn Thị Mai"]
    said = {"o": "members", "cach": "several", "members": [staff["mai"].pk, staff["binh"].pk]}
    assert names(client.get(PATH, {**said, "q": "mai"})) == ["Đặng Mai Dung"]


def test_who_is_chosen_comes_as_a_field_of_the_form(client, staff):
    client.force_login(staff["mai"])
    page = ask(client, chon=staff["binh"].pk, cach="shares").content.decode()
    assert f'name="owner" value="{staff["binh"].pk}" checked' in page
    assert f'name="ty-le-{staff["binh"].pk}"' in page
    twice = client.get(PATH, {"o": "members", "cach": "several", "members": staff["mai"].pk, "chon": staff["mai"].pk})
    assert twice.status_code == 204


@pytest.mark.parametrize("said", [{"o": "<b>"}, {"cach": "x"}, {"o": ""}])
def test_strange_words_find_nothing(client, staff, said):
    client.force_login(staff["mai"])
    assert ask(client, q="mai", **said).status_code == 404
    assert ask(client, chon="9" * 18).status_code == 204


def test_only_officials_look_and_only_at_officials(client, staff):
    citizen = people.citizen("lan")
    assert ask(client, q="mai").status_code == 302
    client.force_login(citizen)
    assert ask(client, q="mai").status_code == 403
    client.force_login(staff["mai"])
    assert ask(client, chon=citizen.pk).status_code == 204


def test_looking_costs_one_statement_besides_the_account(client, staff):
    client.force_login(staff["mai"])
    ask(client, q="mai")
    with CaptureQueriesContext(connection) as seen:
        ask(client, q="mai")
    assert sum("people_position" in one["sql"] for one in seen) == 1
