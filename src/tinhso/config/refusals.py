"""Pages that say no: a refusal that a page did not turn into a form error, and Django's own 400, 403, 404 and 500."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tinhso.kernel.api import problems
from tinhso.kernel.errors import Refusal
from tinhso.kernel.outage import trouble

PAGE = "ui/error.html"


def refusal_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware with a look at exceptions; everything that is not a refusal stays a bug and crashes."""
    return _RefusalMiddleware(get_response)


class _RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, Refusal):
            return None
        return refused_page(request, problem)


def refused_page(request: HttpRequest, no: Refusal) -> HttpResponse:
    """A refusal as a page of its own."""
    response = _page(request, no.status, no.message, code=no.code)
    if no.retry_after is not None:
        response["Retry-After"] = str(no.retry_after)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, _("Yêu cầu không đọc được. Tải lại trang rồi thử lại."))


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, _("Bạn không có quyền xem trang này."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, _("Không tìm thấy trang này. Kiểm tra lại địa chỉ."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, _("Trang đã mở quá lâu. Tải lại trang rồi gửi lại; trình duyệt cần cho phép cookie."))


def broken(request: HttpRequest) -> HttpResponse:
    """The 500 page depends on nothing that may be the very part that broke; 503 while the database is away."""
    if no := trouble(sys.exc_info()[1]):  # Django asks for this page while it handles what broke
        return _troubled(request, no)
    try:
        return _page(request, 500, _("Hệ thống gặp lỗi. Dữ liệu đã gửi trước đó vẫn còn; thử lại sau ít phút."))
    except Exception:
        return HttpResponse("Hệ thống gặp lỗi.", status=500, content_type="text/plain; charset=utf-8")


def _troubled(request: HttpRequest, no: Refusal) -> HttpResponse:
    """What can be said without asking the database who is there."""
    if request.path.startswith("/api/"):
        return problems.refused(request, no)
    visitor = HttpRequest()
    visitor.path, visitor.COOKIES, visitor.META = request.path, request.COOKIES, request.META
    visitor.htmx = getattr(request, "htmx", False)  # type: ignore[attr-defined]
    return refused_page(visitor, no)


def _page(request: HttpRequest, status: int, message: str, code: str = "") -> HttpResponse:
    """The error page; for htmx it replaces the whole body instead of the part that was asked for."""
    context = {"status": status, "message": message, "code": code}
    try:
        html = render_to_string(PAGE, context, request)
    except TemplateDoesNotExist:
        html = format_html(
            "<!doctype html><html lang='vi'><title>{}</title><h1>{}</h1><p>{}</p>", status, status, message
        )
    response = HttpResponse(html, status=status)
    if getattr(request, "htmx", False):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response
