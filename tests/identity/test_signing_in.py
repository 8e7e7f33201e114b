"""Signing in with a strict, independent provider: what is proven counts, what is not changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from tests.identity.conftest import LAN, Visit
from tests.provider import Provider, path_of

from tinhso.kernel.identity.models import Identity
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
COUNTED = ("people.Account", "people.Person", "identity.Identity", "journal.Entry", "people.Grant", "people.Position")


def rows() -> dict[str, int]:
    return {name: apps.get_model(name).objects.count() for name in COUNTED}


def test_a_first_sign_in_makes_an_account_with_what_was_proven(visit: Visit) -> None:
    arrived = visit.sign_in()
    assert (arrived.status_code, arrived["Location"]) == (302, "/")
    account = Account.objects.get(pk=visit.account_id)
    person = account.person
    assert person is not None
    assert (person.identity_number, person.full_name, person.phone) == ("079190012346", LAN["name"], "+84912345678")
    assert str(person.born_on) == "1990-03-15"
    assert (account.email, account.has_usable_password(), account.is_official) == ("", False, False)
    identity = Identity.objects.get()
    assert (identity.account_id, identity.subject, identity.kind, identity.level) == (account.pk, "lan", "citizen", 1)
    assert Entry.objects.filter(subject=f"account/{account.pk}", verb="identity.create").count() == 1


def test_the_next_sign_in_finds_the_same_account(visit: Visit, vneid: Provider) -> None:
    visit.sign_in()
    before = rows()
    again = Visit(vneid)
    again.sign_in()
    assert again.account_id == visit.account_id
    assert rows() == before


def test_the_browser_is_sent_with_state_nonce_and_a_pkce_challenge(visit: Visit) -> None:
    asked = parse_qs(urlsplit(visit.here.get("/tai-khoan/dinh-danh/vneid/")["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))


def test_after_signing_in_one_is_where_one_wanted_to_go_but_never_elsewhere(visit: Visit, vneid: Provider) -> None:
    assert visit.sign_in(query="?next=/thong-bao/")["Location"] == "/thong-bao/"
    assert Visit(vneid).sign_in(query="?next=https://elsewhere.invalid/")["Location"] == "/"


WRONGS = ("nonce", "no_nonce", "audience", "audience_party", "expiry", "issuer", "signature", "unsigned", "missing",
          "userinfo")  # fmt: skip


@pytest.mark.parametrize("wrong", WRONGS)
def test_an_answer_that_is_not_proven_is_refused_and_nothing_is_made(wrong: str, visit: Visit, vneid: Provider) -> None:
    before = rows()
    vneid.control(wrong=wrong)
    page = visit.sign_in()
    assert page.status_code == 422
    assert "identity.not_proven" in page.content.decode()
    assert visit.account_id is None
    assert rows() == before


def test_an_answer_counts_once(visit: Visit) -> None:
    answer = visit.answer()
    assert visit.here.get(answer).status_code == 302
    visit.here.post("/tai-khoan/logout/")
    before = rows()
    assert visit.here.get(answer).status_code == 422
    assert visit.account_id is None
    assert rows() == before


def test_a_code_used_before_is_worth_nothing_under_a_new_state(visit: Visit, vneid: Provider) -> None:
    used = parse_qs(urlsplit(visit.answer()).query)
    fresh = parse_qs(urlsplit(visit.answer()).query)
    visit.here.get(f"/tai-khoan/dinh-danh/vneid/ve/?code={used['code'][0]}&state={used['state'][0]}")
    other, before = Visit(vneid), rows()
    other_answer = parse_qs(urlsplit(other.answer()).query)
    for code in (used["code"][0], fresh["code"][0]):
        page = other.here.get(f"/tai-khoan/dinh-danh/vneid/ve/?code={code}&state={other_answer['state'][0]}")
        assert page.status_code == 422
    assert other.account_id is None
    assert rows() == before


@pytest.mark.parametrize("spoil", [
    lambda answer: answer.replace("state=", "state=x"),
    lambda answer: answer.replace("code=", "code=x"),
    lambda answer: answer.replace("iss=http", "iss=https"),
    lambda _answer: "/tai-khoan/dinh-danh/vneid/ve/",
    lambda _answer: "/tai-khoan/dinh-danh/vneid/ve/?error=access_denied&state=none",
], ids=["state", "code", "issuer", "empty", "error"])  # fmt: skip
def test_an_answer_nobody_waits_for_is_refused(spoil: Callable[[str], str], visit: Visit) -> None:
    before = rows()
    assert visit.here.get(spoil(visit.answer())).status_code == 422
    assert visit.account_id is None
    assert rows() == before


def test_somebody_elses_answer_does_not_sign_in_another_browser(visit: Visit, vneid: Provider) -> None:
    victim = Visit(vneid)
    victim.answer()
    assert victim.here.get(visit.answer()).status_code == 422
    assert victim.account_id is None


def test_who_stops_at_the_provider_comes_back_to_a_page_that_says_what_else_one_can_do(visit: Visit) -> None:
    state = parse_qs(urlsplit(visit.here.get("/tai-khoan/dinh-danh/vneid/")["Location"]).query)["state"][0]
    page = visit.here.get(f"/tai-khoan/dinh-danh/vneid/ve/?error=access_denied&state={state}")
    assert page.status_code == 422
    assert "identity.stopped" in page.content.decode()
    assert "/tai-khoan/login/" in page.content.decode()


def test_a_provider_that_does_not_answer_leaves_local_sign_in(visit: Visit, settings: Any) -> None:
    import msgspec

    down = msgspec.structs.replace(settings.IDENTITY_PROVIDERS[0], issuer="http://127.0.0.1:9")
    settings.IDENTITY_PROVIDERS = (down,)
    page = visit.here.get("/tai-khoan/dinh-danh/vneid/")
    assert page.status_code == 503
    assert "identity.down" in page.content.decode()
    factories.citizen("minh")
    visit.here.post("/tai-khoan/login/", {"login": "minh", "password": factories.PASSWORD})
    assert visit.account_id is not None


def test_a_provider_that_calls_itself_otherwise_is_not_believed(visit: Visit, settings: Any, strict: Provider) -> None:
    import msgspec

    other = msgspec.structs.replace(settings.IDENTITY_PROVIDERS[0], issuer=strict.issuer + "/")
    settings.IDENTITY_PROVIDERS = (other,)
    assert visit.here.get("/tai-khoan/dinh-danh/vneid/").status_code == 503


def test_the_login_page_offers_what_is_set_up_and_nothing_else(visit: Visit, settings: Any) -> None:
    assert "Đăng nhập bằng VNeID" in visit.here.get("/tai-khoan/login/").content.decode()
    settings.IDENTITY_PROVIDERS = ()
    assert "VNeID" not in visit.here.get("/tai-khoan/login/").content.decode()


def test_the_counters_record_becomes_the_accounts_person(visit: Visit) -> None:
    known = Person.objects.create(full_name="Nguyễn Thị Lan", identity_number="079190012346", address="Số 1")
    visit.sign_in()
    assert Account.objects.get(pk=visit.account_id).person_id == known.pk
    assert Person.objects.count() == 1


@pytest.mark.parametrize("what", ["linked", "birth"])
def test_a_number_that_does_not_fit_signs_nobody_in_and_changes_nothing(what: str, visit: Visit) -> None:
    if what == "linked":
        factories.citizen("lan", identity_number="079190012346")
    else:
        Person.objects.create(full_name="Người khác", identity_number="079190012346", born_on="1988-01-01")
    before = rows()
    page = visit.sign_in()
    assert page.status_code == 409
    words = {"linked": "identity.number_has_account", "birth": "identity.person_differs"}[what]
    assert words in page.content.decode()
    assert visit.account_id is None
    assert rows() == before


def test_a_number_proven_otherwise_later_is_a_conflict(visit: Visit, vneid: Provider) -> None:
    visit.sign_in()
    visit.here.post("/tai-khoan/logout/")
    vneid.control(people={"lan": LAN | {"personal_number": "079190099999"}})
    before = rows()
    assert visit.sign_in().status_code == 409
    assert visit.account_id is None
    assert rows() == before


def test_foreigners_and_organisations_have_accounts_without_levels(visit: Visit, vneid: Provider) -> None:
    vneid.control(people={
        "john": {"name": "John", "account_type": "foreigner", "level": 2, "account_level": "2"},
        "corp": {"name": "HTX Thử", "account_type": "organisation", "tax_code": "0100109106"},
    })  # fmt: skip
    visit.sign_in("john")
    john = Identity.objects.get(subject="john")
    assert (john.kind, john.level, john.account.person.full_name) == ("foreigner", 0, "John")
    Visit(vneid).sign_in("corp")
    corp = Identity.objects.get(subject="corp")
    assert (corp.kind, corp.level, corp.account.person_id, corp.account.display_name) == (
        "organisation", 0, None, "HTX Thử"
    )  # fmt: skip


def test_a_closed_account_stays_closed(visit: Visit) -> None:
    visit.sign_in()
    Account.objects.update(is_active=False)
    visit.here.logout()
    assert visit.sign_in().status_code == 409
    assert visit.account_id is None


def test_leaving_here_offers_the_way_out_there(visit: Visit, vneid: Provider) -> None:
    visit.sign_in()
    gone = visit.here.post("/tai-khoan/logout/")
    assert gone["Location"] == "/tai-khoan/da-ra/"
    page = visit.here.get("/tai-khoan/da-ra/")
    way_out = page.context["way_out"]
    assert way_out.startswith(vneid.issuer + "/session/end")
    assert path_of(vneid.leave(way_out, visit.there)).startswith("/?state=")
    assert visit.account_id is None
