"""Talking to an identity provider: where to send somebody, and what may be believed of the answer.

The library checks state, PKCE, signature, nonce and times; here the issuer is compared with the settings, the audience
is asked for by name (the library takes another audience as long as ``azp`` fits), and only asymmetric signatures count.
The library and all that it brings are loaded by the first who signs in so: many processes never need them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotFound, Refusal, Unavailable
from tinhso.kernel.identity.rules import SIGNED_BY, Audience, Provider

if TYPE_CHECKING:
    from authlib.integrations.django_client import DjangoOAuth2App
    from joserfc.jwt import ClaimsOption

log = logging.getLogger(__name__)
TIMEOUT = 5  # seconds
LEEWAY = 60  # seconds by which clocks may differ
KEPT = 3600  # seconds for which a provider's description of itself is believed
_clients: dict[str, DjangoOAuth2App] = {}


@dataclass(frozen=True)
class Answer:
    """A sign-in that was proven: the claims, the ID token as it came, and what we wanted when we sent them there."""

    claims: Mapping[str, Any]
    id_token: str
    flow: Mapping[str, Any] = field(default_factory=dict)


def all_providers(audience: Audience | None = None) -> list[Provider]:
    return [one for one in settings.IDENTITY_PROVIDERS if audience in (None, one.audience)]


def provider_of(code: str) -> Provider:
    """Raises NotFound when the deployment has no such provider."""
    found = next((one for one in settings.IDENTITY_PROVIDERS if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def forget() -> None:
    """Drop what is remembered of all providers."""
    _clients.clear()


def client_of(provider: Provider) -> DjangoOAuth2App:
    """The library's client, with the provider's description of itself. Raises Unavailable when it does not answer."""
    known = _clients.get(provider.code)
    if known is not None and time.time() - known.server_metadata["_loaded_at"] < KEPT:
        return known
    from authlib.integrations.django_client import OAuth

    client = OAuth().register(
        provider.code,
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        server_metadata_url=provider.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": provider.scope, "code_challenge_method": "S256", "default_timeout": TIMEOUT},
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
    )
    with _answering(provider):
        metadata = client.load_server_metadata()
    if metadata.get("issuer") != provider.issuer:
        log.error("identity provider %s calls itself by another issuer", provider.code)
        raise _down(provider)
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNED_BY]
    _clients[provider.code] = client
    return client


class _answering:
    """A network that fails becomes the refusal that says what else one can do."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        from requests import RequestException

        if isinstance(problem, RequestException | KeyError | RuntimeError):
            log.warning("identity provider %s does not answer: %s", self.provider.code, type(problem).__name__)
            raise _down(self.provider) from problem


def _down(provider: Provider) -> Unavailable:
    words = _("{name} đang không trả lời. Thử lại sau ít phút.").format(name=provider.name)
    return Unavailable("identity.down", words)


def not_proven(provider: Provider) -> Refusal:
    words = _("Chưa xác nhận được câu trả lời của {name}. Chưa có gì thay đổi; đăng nhập lại từ đầu.")
    return Refusal("identity.not_proven", words.format(name=provider.name))


def address(page: str, *args: object) -> str:
    return settings.BASE_URL + reverse(page, args=args)


def send(request: HttpRequest, provider: Provider, *, flow: Mapping[str, Any], **asked: Any) -> HttpResponseRedirect:
    """Off to the provider; ``flow`` comes back with the answer. State, nonce and PKCE secret stay in the session."""
    client = client_of(provider)
    back = address("identity:back", provider.code)
    with _answering(provider):
        made = client.create_authorization_url(back, **{name: value for name, value in asked.items() if value != ""})
    client.save_authorize_data(request, redirect_uri=back, flow=dict(flow), **made)
    return HttpResponseRedirect(made["url"])


def answer(request: HttpRequest, provider: Provider) -> Answer:
    """What came back, proven; an answer counts once. Raises Refusal ``identity.stopped`` or ``identity.not_proven``."""
    from authlib.integrations.base_client import OAuthError
    from joserfc.errors import JoseError

    client = client_of(provider)
    state = request.GET.get("state", "")[:200]
    kept = client.framework.get_state_data(request.session, state)
    if kept is None or request.GET.get("iss", provider.issuer) != provider.issuer:
        raise not_proven(provider)
    if request.GET.get("error"):
        client.framework.clear_state_data(request.session, state)
        raise Refusal("identity.stopped", _("Bạn chưa đăng nhập xong ở {name}.").format(name=provider.name))
    expected = {"iss": only(provider.issuer), "aud": only(provider.client_id)}
    try:
        with _answering(provider):
            token = client.authorize_access_token(request, claims_options=expected, leeway=LEEWAY)
            claims = _claims(client, provider, token)
    except (OAuthError, JoseError, ValueError) as problem:
        log.warning("identity provider %s: answer refused: %s", provider.code, type(problem).__name__)
        raise not_proven(provider) from problem
    return Answer(claims, token["id_token"], kept.get("flow", {}))


def only(value: str) -> ClaimsOption:
    """A claim that must be there and be this."""
    return {"essential": True, "value": value}


def _claims(client: DjangoOAuth2App, provider: Provider, token: Mapping[str, Any]) -> dict[str, Any]:
    """The ID token's claims, and around them what the provider's own page tells about the same person."""
    proven = token.get("userinfo")
    if not proven:
        raise ValueError("no ID token")
    if not provider.userinfo:
        return dict(proven)
    told = client.userinfo(token=token)
    if told.get("sub") != proven["sub"]:
        raise ValueError("told of somebody else")
    return {**told, **proven}


def way_out(provider: Provider, id_token: str) -> str:
    """Where one signs out at the provider too; empty when it has no such page or does not answer."""
    try:
        client = client_of(provider)
        made = client.create_logout_url(address("home"), id_token_hint=id_token, client_id=provider.client_id)
    except (Unavailable, RuntimeError):
        return ""
    return str(made["url"])
