"""Pages that open without network: the browser keeps a copy of them that names nobody."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

HEADER = "Offline-Copy"


def kept_offline(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of a page that must open without network.

    The service worker asks for it once more without cookies and keeps that answer, so what is kept belongs to nobody:
    the page must be served to people who are not signed in, and must not need what it knows of an account.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:
            response[HEADER] = "1"
        return response

    return wrapper
