import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tinhso.kernel.people.second_factor import second_factor_middleware
from tinhso.kernel.people.tests.factories import PASSWORD, account

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/login/"


def sign_in(client, username="lan", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": username, "password": password, **more})


def code(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def test_one_can_type_at_once_until_something_has_to_be_read_first():
    assert "autofocus" in Client().get(LOGIN).content.decode()
    assert "autofocus" not in sign_in(Client(), "nobody-of-this-name").content.decode()


def test_citizens_go_to_the_portal_and_officials_to_their_desk():
    account("lan")
    account("hanh", is_official=True)
    assert sign_in(Client()).headers["Location"] == "/"
    assert sign_in(Client(), "hanh").headers["Location"] == "/lam-viec/"


def test_one_comes_back_to_where_one_was_but_never_to_another_site():
    account("hanh", is_official=True)
    assert sign_in(Client(), "hanh", next="/thong-bao/").headers["Location"] == "/thong-bao/"
    assert sign_in(Client(), "hanh", next="https://evil.test/").headers["Location"] == "/lam-viec/"


def test_a_wrong_password_and_an_unknown_name_look_the_same():
    account("lan")
    wrong, unknown = sign_in(Client(), password="wrong"), sign_in(Client(), "nobody")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert "_auth_user_id" not in wrong.wsgi_request.session


def test_after_five_wrong_passwords_the_right_one_waits_too():
    account("lan")
    for _ in range(5):
        sign_in(Client(), password="wrong")
    _crowd_of_others()
    client = Client()
    sign_in(client)
    assert "_auth_user_id" not in client.session


def _crowd_of_others() -> None:
    """More failed sign-ins, of names that nobody has, than a cache of Django keeps when it is not told how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into api_cache select 'other-' || n, '', now() + interval '1 hour' from generate_series(1, 400) n"
        )


def test_failed_sign_ins_are_counted_where_all_processes_see_them():
    cache.set("seen", 1)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from api_cache")
        assert cursor.fetchone() == (1,)


@pytest.fixture
def with_codes():
    """An account that has set up one-time codes through the pages, and its secret."""
    lan = account("lan")
    client = Client()
    sign_in(client)
    assert client.get("/tai-khoan/2fa/totp/activate/").headers["Location"].startswith("/tai-khoan/reauthenticate/")
    client.post("/tai-khoan/reauthenticate/", {"password": PASSWORD})
    page = client.get("/tai-khoan/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    done = client.post("/tai-khoan/2fa/totp/activate/", {"code": code(secret)})
    assert done.status_code == 302
    assert Authenticator.objects.filter(user=lan, type="totp").count() == 1
    return lan, secret


def test_with_one_time_codes_the_password_alone_does_not_sign_in(with_codes):
    lan, secret = with_codes
    client = Client()
    assert sign_in(client).headers["Location"] == "/tai-khoan/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/tai-khoan/cua-toi/").status_code == 302
    assert client.post("/tai-khoan/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    response = client.post("/tai-khoan/2fa/authenticate/", {"code": code(secret, 1)})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(lan.pk)


def test_a_code_signs_in_once(with_codes):
    _, secret = with_codes
    once = code(secret, 1)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
        client.post("/tai-khoan/2fa/authenticate/", {"code": once})
    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


def test_where_it_is_demanded_an_official_first_sets_up_codes(settings, rf):
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpResponse

    settings.OFFICIALS_NEED_SECOND_FACTOR = True
    through = second_factor_middleware(lambda _request: HttpResponse("ok"))
    hanh = account("hanh", is_official=True)

    def ask(path, user):
        request = rf.get(path)
        request.user, request.session = user, SessionStore()
        return through(request)

    assert ask("/lam-viec/", hanh).headers["Location"] == "/tai-khoan/2fa/"
    assert ask("/api/v1/dossiers/", hanh).status_code == 403
    assert ask("/tai-khoan/2fa/", hanh).content == b"ok"
    assert ask("/lam-viec/", account("lan")).content == b"ok"
    Authenticator.objects.create(user=hanh, type="totp", data={"secret": "A"})
    assert ask("/lam-viec/", hanh).content == b"ok"


def test_behind_our_proxy_wrong_passwords_are_counted_for_each_caller(settings):
    """Otherwise ten wrong passwords of one caller would shut out everybody behind the same proxy."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    account("lan")
    for number in range(10):
        sign_in(Client(headers={"X-Forwarded-For": "203.0.113.9"}), f"nobody{number}")
    shut_out, other = (Client(headers={"X-Forwarded-For": f"6.6.6.6, {ip}"}) for ip in ("203.0.113.9", "198.51.100.7"))
    sign_in(shut_out)
    sign_in(other)
    assert "_auth_user_id" not in shut_out.session
    assert "_auth_user_id" in other.session
