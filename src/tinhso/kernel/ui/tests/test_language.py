"""Vietnamese first, whatever the browser says; another language only by choice."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from tinhso.kernel.ui.language import language_middleware


class Somebody:
    language = "en"


class Watched:
    """Says whether anybody asked who is signed in."""

    asked = False

    def __getattr__(self, name: str) -> str:
        Watched.asked = True
        return ""


def spoken(*, accept: str = "", user: object = None, **cookies: str) -> tuple[str, HttpResponse]:
    request = RequestFactory().get("/", HTTP_ACCEPT_LANGUAGE=accept)
    request.COOKIES.update(cookies)
    request.user = user
    heard = []

    def page(_request: object) -> HttpResponse:
        heard.append(translation.get_language())
        return HttpResponse()

    response = language_middleware(page)(request)
    return heard[0], response


def test_an_english_browser_gets_vietnamese():
    assert spoken(accept="en-US,en;q=0.9")[0] == "vi"


@pytest.mark.parametrize("code", ["en", "vi"])
def test_the_language_chosen_on_the_page_holds(code):
    language, response = spoken(accept="fr", django_language=code)
    assert language == code
    assert response["Content-Language"] == code
    assert "Cookie" in response["Vary"]


def test_a_language_nobody_speaks_here_counts_as_none():
    assert spoken(django_language="xx")[0] == "vi"
    assert spoken(django_language="en-us")[0] == "vi"


def test_a_signed_in_account_brings_its_language():
    assert spoken(user=Somebody(), sessionid="any")[0] == "en"


def test_the_choice_on_the_page_goes_before_the_account():
    assert spoken(user=Somebody(), sessionid="any", django_language="vi")[0] == "vi"


def test_without_a_session_nobody_asks_who_it_is():
    Watched.asked = False
    assert spoken(user=Watched())[0] == "vi"
    assert Watched.asked is False


def test_the_next_request_begins_anew():
    with translation.override("vi"):
        spoken(django_language="en")
        assert translation.get_language() == "vi"


@pytest.mark.django_db
def test_the_button_in_the_foot_changes_the_language_for_good(client):
    page = reverse("ui_offline")
    assert '<html lang="vi"' in client.get(page, headers={"accept-language": "en"}).content.decode()
    assert client.post(reverse("set_language"), {"language": "en", "next": page}).status_code == 302
    assert '<html lang="en"' in client.get(page, headers={"accept-language": "vi"}).content.decode()


def test_a_state_is_said_in_the_language_of_the_page():
    tag = Template("{% load ui %}{% status 'processing' 'Đang xử lý' %}{% status 'nowhere' %}")
    with translation.override("en"):
        html = tag.render(Context())
    assert "In progress</span>" in html
    assert html.endswith("nowhere</span>")
