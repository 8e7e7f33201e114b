"""Signing in and out also concerns the identity provider and the list of sessions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tinhso.kernel.identity import sessions
from tinhso.kernel.identity.assurance import SESSION, proven_by_provider
from tinhso.kernel.identity.rules import first_of_network
from tinhso.kernel.identity.views import LEFT
from tinhso.kernel.people.adapter import AccountAdapter
from tinhso.kernel.people.second_factor import SEEN


class IdentityAdapter(AccountAdapter):
    """Keeps what the provider needs for signing out there, and which of its sessions ours came from."""

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        response = super().post_login(request, user, **more)
        sessions.name_source(request)
        request.session[SEEN] = bool(proven_by_provider(request).get("second_factor"))
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        """As limits count callers: of IPv6 the network, since whoever has one of its addresses has them all."""
        return first_of_network(super().get_client_ip(request))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        if request.session.get(SESSION, {}).get("id_token"):
            return reverse("identity:left")
        return super().get_logout_redirect_url(request)

    def logout(self, request: HttpRequest) -> None:
        kept = request.session.get(SESSION, {})
        sessions.forget_current(request)
        super().logout(request)
        if kept.get("id_token"):
            request.session[LEFT] = {"provider": kept["provider"], "id_token": kept["id_token"]}
