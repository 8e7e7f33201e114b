"""At the edge: texts with a NUL letter, which no database column can hold, are refused before any page sees them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tinhso.config.refusals import refused_page
from tinhso.kernel.api import problems
from tinhso.kernel.errors import Refusal

NUL = "\x00"
WRITTEN = b"\\u0000"  # how JSON writes it


def plain_text_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 422 with a sentence that says what to do; nothing is kept of such a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _has_nul(request):
            return get_response(request)
        no = Refusal("not_plain_text", _("Có ký tự điều khiển lẫn trong nội dung. Xóa phần vừa dán rồi nhập lại."))
        return problems.refused(request, no) if request.path.startswith("/api/") else refused_page(request, no)

    return middleware


def _has_nul(request: HttpRequest) -> bool:
    if NUL in request.path or any(NUL in value for values in request.GET.lists() for value in values[1]):
        return True
    if request.method not in ("POST", "PUT", "PATCH"):
        return False
    if request.content_type == "application/json":
        return WRITTEN in request.body or NUL.encode() in request.body
    return any(NUL in value for values in request.POST.lists() for value in (values[0], *values[1]))
