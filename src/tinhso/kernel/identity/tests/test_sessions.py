"""Where somebody is signed in, and ending it there."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from tinhso.kernel.identity import sessions
from tinhso.kernel.people.tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/tai-khoan/dang-nhap/"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(username: str = "lan", agent: str = PHONE) -> Client:
    browser = Client(headers={"User-Agent": agent})
    browser.post("/tai-khoan/login/", {"login": username, "password": factories.PASSWORD})
    assert is_in(browser)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/tai-khoan/cua-toi/").status_code == 200


@pytest.mark.parametrize(("agent", "words"), [
    (PHONE, "Chrome, Android"), (DESK, "Firefox, Windows"), ("curl/8.1", "curl"), ("", "Thiết bị không rõ"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
])  # fmt: skip
def test_a_device_is_named_by_browser_and_system(agent: str, words: str) -> None:
    assert sessions.device(agent) == words


def test_one_sees_ones_own_sessions_the_current_first() -> None:
    factories.citizen("lan")
    factories.citizen("minh")
    phone, desk = signed_in(agent=PHONE), signed_in(agent=DESK)
    signed_in("minh")
    listed = desk.get(PAGE).context["sessions"]
    assert [(one.device, one.is_current) for one in listed] == [("Firefox, Windows", True), ("Chrome, Android", False)]
    assert [one.is_current for one in phone.get(PAGE).context["sessions"]] == [True, False]


def test_one_session_is_ended_and_the_others_go_on() -> None:
    factories.citizen("lan")
    phone, desk = signed_in(agent=PHONE), signed_in(agent=DESK)
    lost = next(one for one in desk.get(PAGE).context["sessions"] if not one.is_current)
    assert desk.post(f"/tai-khoan/phien/{lost.id}/ket-thuc/").status_code == 302
    assert (is_in(phone), is_in(desk)) == (False, True)


def test_nobody_ends_anothers_session() -> None:
    factories.citizen("lan")
    factories.citizen("minh")
    phone = signed_in()
    of_lan = UserSession.objects.get()
    assert signed_in("minh").post(f"/tai-khoan/phien/{of_lan.pk}/ket-thuc/").status_code == 404
    assert is_in(phone)


def test_all_others_end_those_no_list_knows_of_included() -> None:
    lan = factories.citizen("lan")
    phone, desk, unlisted = signed_in(agent=PHONE), signed_in(agent=DESK), Client()
    unlisted.force_login(lan, backend="django.contrib.auth.backends.ModelBackend")
    assert is_in(unlisted)
    assert desk.post("/tai-khoan/phien/khac/").status_code == 302
    assert (is_in(phone), is_in(unlisted), is_in(desk)) == (False, False, True)
    assert [one.is_current for one in desk.get(PAGE).context["sessions"]] == [True]


def test_all_sessions_of_an_account_end() -> None:
    lan = factories.citizen("lan")
    browsers = [signed_in(), signed_in(agent=DESK)]
    sessions.end_all(lan.pk)
    assert [is_in(one) for one in browsers] == [False, False]
    assert UserSession.objects.count() == 0


def test_signing_out_takes_the_session_from_the_list() -> None:
    factories.citizen("lan")
    browser = signed_in()
    browser.post("/tai-khoan/logout/")
    assert UserSession.objects.count() == 0
    assert Session.objects.exclude(session_key=browser.session.session_key).count() == 0
