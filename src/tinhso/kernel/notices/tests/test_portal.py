import re
from datetime import date

import pytest
from django.core import mail
from django.test import Client

from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.notices import actions, queries
from tinhso.kernel.notices.carriers import stop_address
from tinhso.kernel.notices.jobs import deliver
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.notices.rules import group_of
from tinhso.kernel.notices.tests import factories
from tinhso.kernel.notices.tests.factories import AT
from tinhso.kernel.people.queries import actor_of

pytestmark = pytest.mark.django_db


def tell(account, number=1, url="/thong-bao/"):
    actions.tell(
        account_id=account.pk, kind="x", title=f"Tin {number}", body="", url=url, dedupe=f"entry/{number}", at=AT
    )
    return Notice.objects.get(account=account, dedupe=f"entry/{number}")


@pytest.fixture
def lan(client):
    account = factories.account()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return account


def state():
    return list(Notice.objects.order_by("pk").values_list("pk", "read_at")), list(
        Delivery.objects.order_by("pk").values_list("pk", "state", "attempts")
    )


def test_the_list_shows_ones_own_notices_newest_first_and_marks_nothing_read(client, lan):
    tell(lan, 1)
    tell(lan, 2)
    tell(factories.account("hoa", "h@example.test"), 3)
    before = state()
    response = client.get("/thong-bao/")
    assert response.status_code == 200
    assert [notice.title for notice in response.context["notices"]] == ["Tin 2", "Tin 1"]
    assert "Tin 3" not in response.content.decode()
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert state() == before


def test_twice_the_notices_cost_the_same_statements(client, lan, django_assert_num_queries):
    tell(lan, 1)
    client.get("/thong-bao/")
    with django_assert_num_queries(5):  # session, account, page, unread twice: heading and bell
        client.get("/thong-bao/")
    for number in range(2, 20):
        tell(lan, number)
    with django_assert_num_queries(5):
        client.get("/thong-bao/")


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 40, "٣", ""])
def test_a_key_that_is_none_shows_the_first_page(client, lan, key):
    tell(lan, 1)
    assert [n.title for n in client.get("/thong-bao/", {"sau": key}).context["notices"]] == ["Tin 1"]


def test_opening_by_post_marks_read_and_leads_there(client, lan):
    notice = tell(lan, 1, url="/tra-cuu/?ma=1")
    response = client.post(f"/thong-bao/{notice.pk}/mo/")
    assert (response.status_code, response.headers["Location"]) == (302, "/tra-cuu/?ma=1")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_get_never_opens_a_notice(client, lan):
    notice = tell(lan, 1)
    before = state()
    assert client.get(f"/thong-bao/{notice.pk}/mo/").status_code == 405
    assert client.get("/thong-bao/da-doc/").status_code == 405
    assert state() == before


@pytest.mark.parametrize("who", ["colleague", "official", "nobody"])
def test_others_find_no_such_notice_and_it_stays_unread(who):
    notice = tell(factories.account(), 1)
    client = Client()
    if who != "nobody":
        other = factories.account("hoa", "h@example.test", is_official=who == "official")
        client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    before = state()
    response = client.post(f"/thong-bao/{notice.pk}/mo/")
    if who == "nobody":
        assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/tai-khoan/login/")
    else:
        assert response.status_code == 404
    assert state() == before


def test_without_the_csrf_token_nothing_is_marked(lan):
    notice = tell(lan, 1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(lan, backend="django.contrib.auth.backends.ModelBackend")
    before = state()
    assert client.post(f"/thong-bao/{notice.pk}/mo/").status_code == 403
    assert client.post("/thong-bao/da-doc/").status_code == 403
    assert state() == before


@pytest.mark.parametrize("signed_in", [True, False])
def test_following_every_link_of_a_message_changes_nothing(lan, settings, signed_in):
    notice = tell(lan, 1)
    deliver(delivery_id=Delivery.objects.get().pk)
    (message,) = mail.outbox
    html = message.alternatives[0].content
    links = set(re.findall(r"https?://\S+", message.body)) | set(re.findall(r'href="([^"]+)"', html))
    stop = settings.BASE_URL + stop_address(lan.pk, group_of(notice.kind))
    assert links == {settings.BASE_URL + "/thong-bao/", settings.BASE_URL + "/thong-bao/cai-dat/", stop}
    client = Client()
    if signed_in:
        client.force_login(lan, backend="django.contrib.auth.backends.ModelBackend")
    before = state()
    for link in links:
        path = link.removeprefix(settings.BASE_URL)
        assert client.get(path).status_code == (200 if signed_in or link == stop else 302)
        assert client.head(path).status_code in (200, 302, 405)
    assert state() == before
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_owner_sees_who_viewed_their_files_and_nobody_else_does(client, lan):
    case = factories.case(lan)
    official = factories.account("hanh", "", is_official=True)
    viewed(case_id=case.pk, by=actor_of(official), at=AT, on=date(2026, 3, 2))
    viewed(case_id=case.pk, by=actor_of(official), at=AT, on=date(2026, 3, 2))
    response = client.get("/tai-khoan/ai-da-xem/")
    assert [(view.case.number, view.account.display_name, view.times) for view in response.context["views"]] == [
        ("H53.1-260302-0001", "Nguyễn Thị Hanh", 2)
    ]
    assert "Nguyễn Thị Hanh" in response.content.decode()
    other = Client()
    other.force_login(factories.account("hoa", "h@example.test"), backend="django.contrib.auth.backends.ModelBackend")
    assert list(other.get("/tai-khoan/ai-da-xem/").context["views"]) == []
    assert Client().get("/tai-khoan/ai-da-xem/").status_code == 302


def test_people_choose_only_about_what_tells_people_and_what_officials_chose_stays(client, lan):
    officials = {one.code for one in queries.choices(is_official=True)}
    shown = {one.code for one in queries.choices(is_official=False)}
    assert {"reporting", "scorecards"} <= officials - shown
    assert {"dossiers", "field_reports"} <= shown
    client.post("/thong-bao/cai-dat/", {"begins": "21:00", "ends": "07:00", "dossiers-email": "on"})
    off = queries.wishes(lan.pk).off
    assert ("dossier", "email") not in off
    assert ("field_report", "email") in off
    assert ("reporting", "email") not in off
