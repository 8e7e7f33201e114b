"""At the edge: NUL letters, which no database column can hold, never reach a page.

What people type or paste loses them silently, as they cannot be seen; a program that sends one is told.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from tinhso.config.refusals import refused_page
from tinhso.kernel.api import problems
from tinhso.kernel.errors import NotFound, Refusal

NUL = "\x00"
WRITTEN = b"\\u0000"  # how JSON writes it


def plain_text_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Forms and queries lose the letter, a path with one leads nowhere; a JSON body with one is refused (422), and
    nothing is kept of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in ("POST", "PUT", "PATCH") and request.content_type == "application/json":
            if WRITTEN in request.body or NUL.encode() in request.body:
                words = _("Có ký tự điều khiển lẫn trong nội dung. Xóa phần vừa dán rồi nhập lại.")
                return problems.refused(request, Refusal("not_plain_text", words))
        elif request.method == "POST" and _has_nul(request.POST):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]
        if NUL in request.path_info:  # no such thing can have been stored
            at_program = request.path_info.startswith("/api/")
            return (problems.refused if at_program else refused_page)(request, NotFound())
        if _has_nul(request.GET):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _has_nul(said: QueryDict) -> bool:
    return any(NUL in word for name, values in said.lists() for word in (name, *values))


def _without_nul(said: QueryDict) -> QueryDict:
    plain = QueryDict(mutable=True)
    for name, values in said.lists():
        plain.setlist(name.replace(NUL, ""), [value.replace(NUL, "") for value in values])
    plain._mutable = False
    return plain
