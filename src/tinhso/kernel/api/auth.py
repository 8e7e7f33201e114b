"""Who is asking: a program by its key, a person by the session of the browser, or nobody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer

from tinhso.kernel.api.rules import hash_of, may_use, narrowed
from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY, Actor

_ACCOUNT = ("id", "is_active", "is_official", "rights_version", "display_name", "person_id")
_FIND = f"""
with found as (
    select k.id as key_id, k.scopes, k.last_used_at, {", ".join(f"a.{name}" for name in _ACCOUNT)}
    from api_apikey k join people_account a on a.id = k.account_id
    where k.secret_hash = %s and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
      and a.is_active
), used as (
    update api_apikey set last_used_at = now() from found
    where api_apikey.id = found.key_id
      and (found.last_used_at is null or found.last_used_at < now() - interval '1 minute')
)
select scopes, {", ".join(_ACCOUNT)} from found
"""  # noqa: S608


def actor_of_key(text: str) -> tuple[Actor, list[str]] | None:
    """The actor a key stands for and its scopes; None for a key that is unknown, ended or expired. One statement.

    Notes when it was used, at most once a minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [hash_of(text)])
        row = cursor.fetchone()
    if row is None:
        return None
    scopes, *values = row
    account = Account(**dict(zip(_ACCOUNT, values, strict=True)))
    return narrowed(actor_of(account), scopes), scopes


class ByKey(HttpBearer):
    """``Authorization: Bearer ts_…``. A wrong key is refused, also when a browser's session would do."""

    openapi_description = "Khóa API, bắt đầu bằng ts_"

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        found = actor_of_key(token) if token.startswith("ts_") else None
        if found is None:
            raise AuthenticationError
        request.actor, scopes = found  # type: ignore[attr-defined]
        if not may_use(scopes, request.method or ""):
            raise NotAllowed("api.read_only_key", "Khóa này chỉ được đọc. Tạo khóa có quyền ghi để gửi dữ liệu.")
        return found[0]


class _Csrf(CsrfViewMiddleware):
    """Django's own check, without building the page that tells a person about it."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


def check_csrf(request: HttpRequest) -> None:
    """Raises NotAllowed ``api.csrf`` for a write that does not carry the token of the browser's session."""
    check = _Csrf(lambda _request: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    if check.process_view(request, HttpResponse, (), {}) is not None:
        raise NotAllowed("api.csrf", "Thiếu hoặc sai mã chống giả mạo. Tải lại trang rồi gửi lại.")


class BySession(APIKeyCookie):
    """The browser's session; a write must also carry the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        if key is None:
            return None
        check_csrf(request)
        actor: Any = request.actor  # type: ignore[attr-defined]
        return actor if actor.is_signed_in else None


class ByNobody(BySession):
    """Open to all: takes the session along when there is one (with its CSRF check), else acts as nobody."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        found = super().authenticate(request, key)
        if found is None:
            request.actor = found = NOBODY  # type: ignore[attr-defined]
        return found


SIGNED_IN = [ByKey(), BySession()]
ANYBODY = [ByKey(), ByNobody()]
