"""Where the deployment demands it, officials set up one-time codes or a passkey before they do anything else."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.urls import reverse

OPEN_PATHS = ("/tai-khoan/", "/static/", "/khoe/", "/healthz", "/readyz")
SEEN = "second_factor_seen"


def second_factor_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Sends an official without a second factor to the page that sets one up; costs nothing where it is not demanded.

    Signing in asks for it once it is set up, so that having it set up is enough here. Programs sign in with keys.
    """
    if not settings.OFFICIALS_NEED_SECOND_FACTOR:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS) or not _lacks_it(request):
            return get_response(request)
        if request.path.startswith("/api/"):
            return HttpResponseForbidden("second factor")
        return HttpResponseRedirect(reverse("mfa_index"))

    return middleware


def _lacks_it(request: HttpRequest) -> bool:
    if not (request.user.is_authenticated and request.user.is_official):
        return False
    if request.session.get(SEEN):
        return False
    if is_mfa_enabled(request.user):
        request.session[SEEN] = True
        return False
    return True
