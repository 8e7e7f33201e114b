"""Open data that programs read again and again: so many questions of a network, and no answer sent twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tinhso.kernel.api.limits import allow, client_network

FRESH_SECONDS = 600
TIMES, SECONDS = 120, 60


def limited(request: HttpRequest, bucket: str) -> None:
    """120 questions of a network in a minute. Raises Refusal for more."""
    allow(bucket, client_network(request), times=TIMES, seconds=SECONDS)


def tagged(request: HttpRequest, stamp: object, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer that ``make`` gives, with a tag; 304 without making it for whoever has it already.

    ``stamp`` changes whenever the figures do. A tag holds for a day at most: names beside figures change without them.
    """
    told = f"{request.get_full_path()}|{stamp}|{timezone.localdate()}"
    tag = f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'
    answer = HttpResponse(status=304) if tag in request.headers.get("If-None-Match", "") else make()
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return answer
