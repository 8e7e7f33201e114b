"""How often somebody may do something: one statement, shared by all processes, without keeping who they are.

The row holds the moment at which everything used up will be forgiven. Each use moves it on by ``seconds / times``; a
use that would move it further than ``seconds`` ahead is refused and moves nothing. So at once ``times`` are possible,
and then one more each ``seconds / times``: no burst at the edge of a window. The table is unlogged: after a crash of
the database server all counts begin anew.
"""

from __future__ import annotations

import math
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tinhso.kernel.api import rules
from tinhso.kernel.errors import TooMany

_USE = """
insert into api_limit as l (key, forgiven_at) values (%(key)s, %(at)s::timestamptz + %(pace)s * interval '1 second')
on conflict (key) do update set forgiven_at = greatest(l.forgiven_at, %(at)s) + %(pace)s * interval '1 second'
where greatest(l.forgiven_at, %(at)s) + %(pace)s * interval '1 second'
      <= %(at)s::timestamptz + %(seconds)s * interval '1 second'
returning 1
"""


def allow(bucket: str, key: str, *, times: int, seconds: int, at: datetime | None = None) -> None:
    """Count one use of ``bucket`` by ``key``; at most ``times`` in ``seconds``. Raises TooMany beyond.

    Call it outside the action's transaction: what a refusal rolls back is not counted. ``key`` may be an address or an
    account number; only a keyed hash of it is kept.
    """
    pace = rules.pace(times, seconds)
    hashed = salted_hmac(f"api.limit/{bucket}", key, algorithm="sha256").digest()
    with connection.cursor() as cursor:
        cursor.execute(
            _USE, {"key": hashed, "at": at or timezone.now(), "pace": pace.total_seconds(), "seconds": seconds}
        )
        if cursor.fetchone() is None:
            raise TooMany(retry_after=max(1, math.ceil(pace.total_seconds())))


def client_ip(request: HttpRequest) -> str:
    """The caller's address, seen through as many proxies as ``TRUSTED_PROXIES`` says, or ``unknown``."""
    meta = request.META
    return rules.address_of_caller(
        meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES
    )


def client_network(request: HttpRequest) -> str:
    """What counts as one caller for limits: an IPv4 address or an IPv6 /64."""
    return rules.network_of(client_ip(request))
