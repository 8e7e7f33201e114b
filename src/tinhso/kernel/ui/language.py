"""The language of a page: the one the person chose, else Vietnamese. What the browser prefers is not asked."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


def language_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Speaks the language of the cookie, else of the signed-in account, else Vietnamese.

    An English browser is no choice: many phones in the province are set to English by whoever sold them. Stands
    behind Django's authentication, and costs no statement for who has neither cookie nor session.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        language = chosen(request)
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def chosen(request: HttpRequest) -> str:
    """The code of the language to speak; a code that the platform does not speak counts as none."""
    spoken = dict(settings.LANGUAGES)
    in_cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if in_cookie in spoken:
        return in_cookie
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        of_account = getattr(request.user, "language", "")
        if of_account in spoken:
            return str(of_account)
    return settings.LANGUAGE_CODE
