"""How the account pages behave here: names, and where one goes after signing in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from tinhso.kernel.people.models import Account

DESK = "/lam-viec/"
PORTAL = "/"


class AccountAdapter(DefaultAccountAdapter):
    """Officials go to their desk, citizens to the portal; a ``next`` in the address goes before both."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        account = request.user
        return DESK if isinstance(account, Account) and account.is_official else PORTAL

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return PORTAL

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        user.display_name = form.cleaned_data.get("full_name", "")
        return super().save_user(request, user, form, commit)
