"""What a shared link opens: nothing before the code, then one paper, for a quarter of an hour in this browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.errors import NotFound, TooMany
from tinhso.kernel.files.serving import response as file_response
from tinhso.modules.vault import actions, forms
from tinhso.modules.vault.models import Share
from tinhso.modules.vault.queries import items as queries

OPEN_SECONDS = 15 * 60
FROM_ONE_PLACE = (30, 300)
_KEY = "vault.opened"


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """The question for the code, the same for every link there is or is not; with the right code the paper."""
    opened = _opened(request, secret)
    if request.method == "GET" and opened is not None:
        row = queries.row_of(opened.item, timezone.localdate())
        return _private(render(request, "vault/portal/linked.html", {"share": opened, "row": row, "secret": secret}))
    if request.method == "GET":
        return _ask(request)
    try:
        allow("vault.link", client_network(request), times=FROM_ONE_PLACE[0], seconds=FROM_ONE_PLACE[1])
    except TooMany as refused:
        answer = _ask(request, refused=refused.message, status=429)
        answer["Retry-After"] = str(refused.retry_after)
        return answer
    share = actions.open_share(token=secret, code=forms.digits(request.POST.get("code", "")), at=timezone.now())
    if share is None:
        return _ask(request, is_wrong=True, status=422)
    known = request.session.get(_KEY, {})
    request.session[_KEY] = {**dict(list(known.items())[-9:]), share.token: timezone.now().timestamp() + OPEN_SECONDS}
    return _private(redirect("vault:link", secret))


def _opened(request: HttpRequest, secret: str) -> Share | None:
    """The share that this browser has opened with its code, while it still holds."""
    until = request.session.get(_KEY, {}).get(secret)
    if until is None or until < timezone.now().timestamp():
        return None
    rows = Share.objects.live().select_related("item__attachment__blob", "item__person", "item__business")
    return rows.filter(token=secret).first()


@never_cache
@require_GET
def file(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The file of the paper that this browser has opened."""
    opened = _opened(request, secret)
    if opened is None:
        raise NotFound
    return file_response(opened.item.attachment, inline="tai" not in request.GET)


def _ask(request: HttpRequest, *, is_wrong: bool = False, refused: str = "", status: int = 200) -> HttpResponse:
    context = {"is_wrong": is_wrong, "refused": refused, "has_errors": is_wrong or bool(refused)}
    return _private(render(request, "vault/portal/link.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
