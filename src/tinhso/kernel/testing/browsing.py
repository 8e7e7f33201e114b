"""A browser in which somebody is signed in, and has shown who they are just now or long ago."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client

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
