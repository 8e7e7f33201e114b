"""Linking an account that exists, and proving oneself anew for a sensitive act."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from django.test import Client
from tests.identity.conftest import LAN, Visit
from tests.identity.test_signing_in import rows
from tests.provider import Provider

from tinhso.kernel.identity.assurance import SESSION
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def log_in(browser: Client, username: str) -> None:
    browser.post("/tai-khoan/login/", {"login": username, "password": factories.PASSWORD})


def test_an_account_is_linked_when_both_are_proven(visit: Visit) -> None:
    lan = factories.citizen("lan")
    log_in(visit.here, "lan")
    assert visit.sign_in(query="?muc-dich=lien-ket")["Location"] == "/tai-khoan/dang-nhap/"
    identity = Identity.objects.get()
    assert identity.account_id == lan.pk
    assert Account.objects.get(pk=lan.pk).person.identity_number == "079190012346"
    assert Account.objects.count() == 1


def test_linking_asks_for_the_password_again_when_it_is_long_ago(visit: Visit) -> None:
    factories.citizen("lan")
    visit.here.force_login(Account.objects.get())
    sent = visit.here.get("/tai-khoan/dinh-danh/vneid/?muc-dich=lien-ket")
    assert sent["Location"].startswith("/tai-khoan/reauthenticate/")
    assert Client().get("/tai-khoan/dinh-danh/vneid/?muc-dich=lien-ket")["Location"].startswith("/tai-khoan/login/")


def test_a_proof_from_long_ago_links_nothing(visit: Visit, vneid: Provider) -> None:
    factories.citizen("lan")
    log_in(visit.here, "lan")
    vneid.control(wrong="auth_time")
    before = rows()
    page = visit.sign_in(query="?muc-dich=lien-ket")
    assert (page.status_code, rows()) == (422, before)
    assert "identity.not_fresh" in page.content.decode()


def test_an_identity_of_another_account_is_not_linked_twice(visit: Visit, vneid: Provider) -> None:
    visit.sign_in()
    other = Visit(vneid)
    factories.citizen("minh")
    log_in(other.here, "minh")
    before = rows()
    page = other.sign_in(query="?muc-dich=lien-ket")
    assert (page.status_code, rows()) == (409, before)
    assert "identity.taken" in page.content.decode()


def test_an_official_does_not_link_a_citizens_identity(visit: Visit) -> None:
    factories.account("hanh", is_official=True)
    log_in(visit.here, "hanh")
    before = rows()
    page = visit.sign_in(query="?muc-dich=lien-ket")
    assert (page.status_code, rows()) == (409, before)
    assert "identity.not_for_this_account" in page.content.decode()


def test_who_has_an_account_with_the_number_signs_in_there_and_links_on_their_word(visit: Visit) -> None:
    lan = factories.citizen("lan", identity_number="079190012346")
    assert visit.sign_in().status_code == 409
    log_in(visit.here, "lan")
    page = visit.here.get("/tai-khoan/dinh-danh/lien-ket/")
    assert "079190012346" not in page.content.decode()
    assert Identity.objects.count() == 0
    assert visit.here.post("/tai-khoan/dinh-danh/lien-ket/")["Location"] == "/tai-khoan/dang-nhap/"
    assert Identity.objects.get().account_id == lan.pk
    assert visit.here.post("/tai-khoan/dinh-danh/lien-ket/").status_code == 302
    assert Identity.objects.count() == 1


def test_somebody_elses_account_does_not_get_the_number_by_linking(visit: Visit) -> None:
    factories.citizen("lan", identity_number="079190012346")
    minh = factories.citizen("minh")
    assert visit.sign_in().status_code == 409
    log_in(visit.here, "minh")
    before = rows()
    page = visit.here.post("/tai-khoan/dinh-danh/lien-ket/")
    assert (page.status_code, rows()) == (409, before)
    assert Person.objects.get(account=minh).identity_number is None


def test_the_only_way_in_cannot_be_removed(visit: Visit) -> None:
    visit.sign_in()
    identity = Identity.objects.get()
    path = f"/tai-khoan/dinh-danh/{identity.pk}/go-lien-ket/"
    assert visit.here.post(path).status_code == 422
    assert Identity.objects.filter(pk=identity.pk).exists()
    stranger = Client()
    factories.citizen("minh")
    log_in(stranger, "minh")
    assert stranger.post(path).status_code == 404


@pytest.fixture
def guarded(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.identity.pages"


def long_ago(visit: Visit, hours: int = 2) -> None:
    """As if the person had signed in hours ago."""
    session = visit.here.session
    session[SESSION] = session[SESSION] | {"at": time.time() - hours * 3600}
    session.save()


@pytest.mark.usefixtures("guarded")
def test_an_act_waits_for_a_stronger_proof_and_goes_on_with_what_was_typed(visit: Visit) -> None:
    visit.sign_in()
    assert visit.here.get("/thu/").status_code == 200
    waits = visit.here.post("/thu/?x=1", {"reason": "Vì “đã” bán nhà", "many": ["a", "b"]})
    task = waits["Location"].strip("/").rpartition("/")[2]
    page = visit.here.get(waits["Location"]).content.decode()
    assert "Xác nhận bằng VNeID" in page
    assert "reauthenticate" not in page
    proven = visit.sign_in(query=f"?viec={task}")
    assert proven["Location"] == f"/tai-khoan/tiep-tuc/{task}/"
    resumed = visit.here.get(proven["Location"])
    assert resumed.context["act"]["path"] == "/thu/?x=1"
    assert "Vì “đã” bán nhà" in resumed.content.decode()
    said = {"reason": "Vì “đã” bán nhà", "many": ["a", "b"]}
    assert visit.here.post("/thu/?x=1", said).content.decode() == "POST Vì “đã” bán nhà ['a', 'b']"
    assert visit.here.get(proven["Location"]).status_code == 404


@pytest.mark.usefixtures("guarded")
def test_a_proof_grows_old(visit: Visit, vneid: Provider) -> None:
    visit.sign_in()
    task = visit.here.post("/thu/", {"reason": "a"})["Location"].strip("/").rpartition("/")[2]
    visit.sign_in(query=f"?viec={task}")
    assert visit.here.post("/thu/", {"reason": "a"}).status_code == 200
    long_ago(visit)
    again = visit.here.post("/thu/", {"reason": "a"})
    assert again.status_code == 302
    task = again["Location"].strip("/").rpartition("/")[2]
    vneid.control(wrong="auth_time")
    page = visit.sign_in(query=f"?viec={task}")
    assert page.status_code == 422
    assert "identity.not_fresh" in page.content.decode()
    assert visit.here.post("/thu/", {"reason": "a"}).status_code == 302


@pytest.mark.usefixtures("guarded")
def test_level_one_does_not_do_for_level_two(visit: Visit, vneid: Provider) -> None:
    vneid.control(people={"lan": LAN | {"level": 1}})
    visit.sign_in()
    task = visit.here.post("/thu/", {"reason": "a"})["Location"].strip("/").rpartition("/")[2]
    page = visit.sign_in(query=f"?viec={task}")
    assert page.status_code == 422
    assert "identity.level" in page.content.decode()
    assert visit.here.get(f"/tai-khoan/tiep-tuc/{task}/")["Location"] == f"/tai-khoan/xac-nhan/{task}/"


@pytest.mark.usefixtures("guarded")
def test_somebody_elses_proof_proves_nothing(visit: Visit, vneid: Provider) -> None:
    vneid.control(people={"lan": LAN, "minh": LAN | {"name": "Minh", "personal_number": "079190012353"}})
    visit.sign_in()
    task = visit.here.post("/thu/", {"reason": "a"})["Location"].strip("/").rpartition("/")[2]
    visit.there = requests.Session()
    page = visit.sign_in("minh", query=f"?viec={task}")
    assert page.status_code == 409
    assert "identity.somebody_else" in page.content.decode()
    assert visit.here.post("/thu/", {"reason": "a"}).status_code == 302


@pytest.mark.usefixtures("guarded")
def test_an_official_proves_with_the_second_factor_and_who_can_have_no_level_by_signing_in_anew(
    visit: Visit, vneid: Provider
) -> None:
    vneid.control(people={"john": {"name": "John", "account_type": "foreigner"}})
    visit.sign_in("john")
    assert visit.here.post("/thu/", {"reason": "a"}).status_code == 200
    factories.account("hanh", is_official=True)
    browser = Client()
    log_in(browser, "hanh")
    assert browser.post("/thu/", {"reason": "a"}).status_code == 302


@pytest.mark.usefixtures("guarded")
def test_a_proof_of_who_began_to_sign_in_before_is_not_the_proof_of_who_did(visit: Visit) -> None:
    visit.sign_in()
    kept = visit.here.session[SESSION]
    visit.here.logout()
    session = visit.here.session
    session[SESSION] = kept | {"level": 2}
    session.save()
    visit.here.cookies["sessionid"] = session.session_key
    factories.citizen("minh")
    log_in(visit.here, "minh")
    assert visit.here.session[SESSION]["level"] == 2
    assert visit.here.post("/thu/", {"reason": "a"}).status_code == 302


def test_signing_out_at_the_provider_ends_that_session_here_and_no_other(visit: Visit, vneid: Provider) -> None:
    visit.sign_in()
    stayed = Visit(vneid)
    stayed.sign_in()
    vneid.leave(providers_way_out(visit), visit.there)
    (token,) = vneid.told_of_leaving
    heard = "/tai-khoan/dinh-danh/vneid/dang-xuat/"
    assert Client().post(heard, {"logout_token": token}).status_code == 200
    assert visit.here.get("/tai-khoan/cua-toi/").status_code == 302
    assert stayed.here.get("/tai-khoan/cua-toi/").status_code == 200
    assert Client().post(heard, {"logout_token": token}).status_code == 400


def providers_way_out(visit: Visit) -> str:
    from django.conf import settings

    from tinhso.kernel.identity.providers import way_out

    return way_out(settings.IDENTITY_PROVIDERS[0], visit.here.session[SESSION]["id_token"])


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_token_that_proves_nothing_ends_nothing(token: str, visit: Visit) -> None:
    visit.sign_in()
    heard = "/tai-khoan/dinh-danh/vneid/dang-xuat/"
    assert Client().post(heard, {"logout_token": token}).status_code == 400
    id_token = visit.here.session[SESSION]["id_token"]
    assert Client().post(heard, {"logout_token": id_token}).status_code == 400
    assert visit.account_id is not None
