"""A flood of reports from programs is turned away at the door, before a body is read or a session looked for."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tinhso.modules.field_reports.rules import open311
from tinhso.modules.field_reports.rules.crowd import Crowd

LATEST_SECONDS = 5  # when a program that came in a crowd is asked back
CROWD = Crowd()
_FILING = re.compile(r"/open311/v2/requests(?:\.(\w+))?/?")
_BUSY = open311.Wrong(
    429, "Many programs write now. Send it again after Retry-After seconds with the same Idempotency-Key."
)


def crowd_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """While programs write without a pause, those beside the first come back later, each at another moment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        filing = _FILING.fullmatch(request.path_info) if request.method == "POST" else None
        if filing is None:
            return get_response(request)
        if not CROWD.enter(time.monotonic()):
            return _come_back(filing[1])
        try:
            return get_response(request)
        finally:
            CROWD.leave()

    return middleware


def _come_back(ending: str | None) -> HttpResponse:
    form = open311.JSON if (ending or "").lower() == open311.JSON else open311.XML
    said = open311.written("errors", open311.errors([_BUSY]), form)
    response = HttpResponse(said, status=_BUSY.status, content_type=f"{open311.TYPES[form]}; charset=utf-8")
    response["Retry-After"] = str(1 + secrets.randbelow(LATEST_SECONDS))
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Retry-After"
    response["X-Content-Type-Options"] = "nosniff"
    return response
