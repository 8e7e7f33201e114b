"""Officials from a directory: their groups decide posts and roles, as far as the settings name them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.identity.conftest import Visit
from tests.identity.test_signing_in import rows
from tests.provider import Provider

from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.people.tests import factories
from tinhso.kernel.units import queries as units

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HANH = {"name": "Trần Thị Hạnh", "preferred_username": "hanh.tt", "groups": ["mot-cua", "bong-da"]}


@pytest.fixture(autouse=True)
def _commune(vneid: Provider) -> Iterator[None]:
    vneid.control(people={"hanh": HANH})
    factories.unit("XA")
    units.forget()
    yield
    units.forget()


def sign_in(vneid: Provider, **changed: Any) -> Visit:
    vneid.control(people={"hanh": HANH | changed})
    visit = Visit(vneid)
    visit.arrived = visit.sign_in("hanh", code="congvu")
    return visit


def held() -> set[str]:
    return set(Grant.objects.filter(ends_on__isnull=True).values_list("role", flat=True))


def test_a_first_sign_in_gives_post_and_role_by_group(vneid: Provider) -> None:
    visit = sign_in(vneid)
    assert visit.arrived["Location"] == "/lam-viec/"
    account = Account.objects.get(username="hanh.tt")
    assert (visit.account_id, account.is_official, account.display_name) == (account.pk, True, "Trần Thị Hạnh")
    assert [(post.unit.code, post.title) for post in account.positions.all()] == [("XA", "Công chức một cửa")]
    assert held() == {"dossiers.clerk"}
    assert actor_of(account).may("dossiers.receive")


def test_groups_that_changed_change_roles_and_what_was_given_by_hand_stays(vneid: Provider) -> None:
    sign_in(vneid)
    account = Account.objects.get(username="hanh.tt")
    unit_id = account.positions.get().unit_id
    people.give_role(account=account, role="dossiers.head", unit_id=unit_id, begins_on=date(2026, 1, 1), by=SYSTEM)
    sign_in(vneid, groups=["lanh-dao"])
    assert held() == {"dossiers.leader", "dossiers.head"}
    before = rows()
    sign_in(vneid, groups=["lanh-dao"])
    assert rows() == before


def test_without_any_group_nobody_gets_in_and_what_was_held_is_ended(vneid: Provider) -> None:
    before = rows()
    visit = sign_in(vneid, groups=[])
    assert (visit.arrived.status_code, visit.account_id, rows()) == (403, None, before)
    sign_in(vneid)
    visit = sign_in(vneid, groups=["bong-da"])
    assert (visit.arrived.status_code, visit.account_id) == (403, None)
    assert held() == set()


def test_a_local_official_of_that_name_is_not_taken_over(vneid: Provider) -> None:
    factories.account("hanh.tt", is_official=True)
    before = rows()
    visit = sign_in(vneid)
    assert (visit.arrived.status_code, visit.account_id, rows()) == (422, None, before)
    assert "Đăng nhập tài khoản cũ để liên kết" in visit.arrived.content.decode()
    visit.here.post("/tai-khoan/login/", {"login": "hanh.tt", "password": factories.PASSWORD})
    assert visit.here.post("/tai-khoan/dinh-danh/lien-ket/").status_code == 302
    assert sign_in(vneid).account_id == Account.objects.get().pk
    assert held() == {"dossiers.clerk"}
    assert Position.objects.count() == 1


def test_a_citizens_account_gets_no_official_rights_from_the_same_provider(vneid: Provider) -> None:
    vneid.control(people={"hanh": HANH | {"account_type": "citizen", "account_level": "2", "level": 2}})
    citizen = Visit(vneid)
    citizen.sign_in("hanh")
    account = Account.objects.get(pk=citizen.account_id)
    before = rows()
    official = Visit(vneid)
    page = official.sign_in("hanh", code="congvu")
    assert (page.status_code, official.account_id, rows()) == (409, None, before)
    account.refresh_from_db()
    assert (account.is_official, held()) == (False, set())


def test_a_directory_that_asks_for_a_second_factor_spares_ours_and_a_password_does_not(vneid: Provider) -> None:
    assert sign_in(vneid).here.session["second_factor_seen"] is True
    factories.account("binh", is_official=True)
    browser = Visit(vneid).here
    browser.post("/tai-khoan/login/", {"login": "binh", "password": factories.PASSWORD})
    assert browser.session["second_factor_seen"] is False
