"""Forms of plain pages that the browser's outbox (frontend/src/outbox.ts) sends, perhaps twice: each happens once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from tinhso.kernel.api import idempotency
from tinhso.kernel.errors import Refusal, Stale, TooMany
from tinhso.kernel.people.marks import mark_of
from tinhso.kernel.people.middleware import acting

ACCOUNT = "Outbox-Account"


class OtherAccount(Stale):
    """Written under one account, sent under another: it waits for its own."""


def form_key(request: HttpRequest) -> str | None:
    """How a filled-in form names itself, so that sent twice it happens once: up to 64 letters; None when it does not.

    It is never a name that a channel, a program or another desk gave: those can be guessed, and whoever sent one would
    be led to what it stands for."""
    given = request.headers.get(idempotency.HEADER, "") or request.POST.get("request_key", "")
    return f"page:{given[:59]}" if given else None


def sent_once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator, outermost, of a page that takes a form: sent by the outbox it happens once, whatever the network did.

    The outbox names each filled-in form with an ``Idempotency-Key``; effect and answer are written in one transaction
    and the unique key in the database decides between two that come at once (see ``idempotency.idempotent``). A
    redirect is told as ``{"url": …}``, a refusal as ``{"code", "message", "field"}``; a page answered with 4xx is
    passed on, and like a refusal leaves nothing behind, so that it may be mended and sent again under the same key. A
    form without a key, from a browser without script, goes straight to the view.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or idempotency.HEADER not in request.headers:
            return view(request, *args, **kwargs)
        try:
            return _once(request, lambda: view(request, *args, **kwargs))
        except Refusal as no:
            return _refused(no)

    return wrapper


def counted(
    count: Callable[[HttpRequest], None],
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator, outside ``sent_once``: ``count`` (which calls ``limits.allow``) is asked of each form before its
    transaction begins. Inside, a refusal would take the count back: refused forms with large photos would be free."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                if request.method == "POST":
                    count(request)
            except TooMany as many:
                if idempotency.HEADER in request.headers:
                    return _refused(many)
                raise
            return view(request, *args, **kwargs)

        return wrapper

    return wrap


def _once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    account_id = acting(request).account_id
    if request.headers.get(ACCOUNT, "") != mark_of(account_id):
        raise OtherAccount("outbox.other_account", _("Nội dung này viết bằng tài khoản khác. Đăng nhập lại để gửi."))
    key, hashed = idempotency.key_of(request), idempotency.request_hash(request)
    with transaction.atomic():
        taken = idempotency.take(account_id, key, request, hashed)
        if taken is None:
            return idempotency.answer_again(account_id, key, hashed)
        response = act()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        told = JsonResponse({"url": response.headers.get("Location", "")})
        told.cookies = response.cookies
        idempotency.keep(taken, told)
        return told


def _refused(no: Refusal) -> HttpResponse:
    said = {"code": no.code, "message": no.message, "field": no.field}
    response = JsonResponse(said, status=no.status)
    if isinstance(no, TooMany):
        response["Retry-After"] = str(no.retry_after)
    return response
