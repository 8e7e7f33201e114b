"""The provider tells us that somebody signed out there (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from tinhso.kernel.errors import Unavailable
from tinhso.kernel.identity import providers, sessions
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.identity.rules import SIGNED_BY, Provider

log = logging.getLogger(__name__)
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST_LIFE = 600  # seconds


@csrf_exempt
@never_cache
@require_POST
def signed_out(request: HttpRequest, code: str) -> HttpResponse:
    """End the sessions the token names. 400 for a token that proves nothing; each token counts once."""
    provider = providers.provider_of(code)
    try:
        claims = _proven(provider, request.POST.get("logout_token", "")[:8000])
    except (JoseError, ValueError, KeyError, TypeError) as problem:
        log.warning("identity provider %s: logout token refused: %s", code, type(problem).__name__)
        return HttpResponse("invalid_request", status=400)
    except Unavailable:
        return HttpResponse(status=503)
    subject, sid = str(claims.get("sub", "")), str(claims.get("sid", ""))
    identities = Identity.objects.filter(issuer=provider.issuer)
    accounts = identities.filter(subject=subject) if subject else identities
    sessions.end_by_source(account_ids=accounts.values_list("account_id", flat=True), issuer=provider.issuer, sid=sid)
    return HttpResponse(status=200)


def _proven(provider: Provider, token: str) -> Mapping[str, Any]:
    """The claims of a logout token. Raises JoseError, or ValueError for one that is not what it must be."""
    client = providers.client_of(provider)
    allowed = sorted(SIGNED_BY)
    try:
        read = jwt.decode(token, KeySet.import_key_set(client.fetch_jwk_set()), algorithms=allowed)
    except InvalidKeyIdError:
        read = jwt.decode(token, KeySet.import_key_set(client.fetch_jwk_set(force=True)), algorithms=allowed)
    there: jwt.ClaimsOption = {"essential": True}
    jwt.JWTClaimsRegistry(
        leeway=providers.LEEWAY, iss=providers.only(provider.issuer), aud=providers.only(provider.client_id),
        iat=there, jti=there, events=there,
    ).validate(read.claims)  # fmt: skip
    claims = read.claims
    if EVENT not in claims["events"] or "nonce" in claims or not (claims.get("sub") or claims.get("sid")):
        raise ValueError("not a logout token")
    if time.time() - int(claims["iat"]) > LONGEST_LIFE + providers.LEEWAY:
        raise ValueError("too old")
    if not cache.add(f"logout:{provider.code}:{str(claims['jti'])[:100]}", 1, LONGEST_LIFE * 2):
        raise ValueError("seen before")
    return claims
