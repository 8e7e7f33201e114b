"""A browser in which somebody is signed in, just now or long ago; and what a page costs in it."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.people.models import Account

AN_HOUR = 3600


def signed_in(account: Account, *, is_fresh: bool = True) -> Client:
    """``is_fresh``: with the password, just now, so that sensitive acts ask for nothing more."""
    client = Client()
    client.force_login(account)
    prove(client, account, at=time.time() - (0 if is_fresh else AN_HOUR))
    return client


def prove(client: Client, account: Account, *, at: float | None = None) -> None:
    """As after typing the password in this browser."""
    session: Any = client.session
    session["account_authentication_methods_user"] = str(account.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() if at is None else at, "username": account.username}
    ]
    session.save()


def statements(client: Client, path: str) -> int:
    """How many statements a page costs once what processes keep has been read.

    The least of two looks: now and then one of them also asks whether the tree of units has changed."""
    client.get(path)
    counts = []
    for _look in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        counts.append(len(seen))
    return min(counts)
