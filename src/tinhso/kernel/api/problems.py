"""The one place where the API says no: every refusal and mistake as a problem document (RFC 9457)."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.outage import trouble

log = logging.getLogger(__name__)

# What is wrong with one field, by the beginning of the validator's own word for it.
_FIELD_MESSAGES = (
    ("missing", "Thiếu trường này."),
    ("string_too_short", "Ngắn quá."),
    ("string_too_long", "Dài quá."),
    ("string_pattern", "Không đúng dạng."),
    ("string", "Phải là chữ."),
    ("int", "Phải là số nguyên."),
    ("float", "Phải là số."),
    ("decimal", "Phải là số."),
    ("bool", "Phải là đúng hoặc sai."),
    ("timezone_aware", "Phải kèm múi giờ, ví dụ 2026-01-31T08:00:00+07:00."),
    ("datetime", "Phải là thời điểm dạng 2026-01-31T08:00:00+07:00."),
    ("date", "Phải là ngày dạng 2026-01-31."),
    ("uuid", "Phải là một UUID."),
    ("greater_than", "Nhỏ quá."),
    ("less_than", "Lớn quá."),
    ("enum", "Không có trong danh sách cho phép."),
    ("literal", "Không có trong danh sách cho phép."),
    ("json", "Không phải JSON đúng."),
    ("list", "Phải là danh sách."),
    ("dict", "Phải là nhóm các trường."),
    ("model", "Phải là nhóm các trường."),
    ("too_long", "Nhiều quá."),
    ("too_short", "Ít quá."),
    ("extra", "Không có trường này."),
)


def problem(
    request: HttpRequest, *, status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """A problem document: ``code`` for programs, ``detail`` a Vietnamese sentence, ``errors`` field by field."""
    said: dict[str, Any] = {
        "type": f"urn:tinhso:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        said["errors"] = errors
    return HttpResponse(msgspec.json.encode(said), status=status, content_type="application/problem+json")


def refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    errors = [{"field": no.field, "code": no.code, "message": no.message}] if no.field else None
    response = problem(request, status=no.status, code=no.code, detail=no.message, errors=errors)
    if no.retry_after is not None:
        response["Retry-After"] = str(no.retry_after)
    return response


def invalid(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    errors = [
        {"field": _field(one["loc"]), "code": str(one["type"]), "message": _message(str(one["type"]))}
        for one in wrong.errors
    ]
    detail = _("Có trường chưa đúng. Sửa các trường nêu trong errors rồi gửi lại.")
    return problem(request, status=422, code="api.invalid", detail=detail, errors=errors)


def _field(place: Any) -> str:
    """``("body", "data", "size")`` → ``size``: where it stands, without our own names of the parts."""
    parts = [str(part) for part in place]
    if parts[:1] == ["body"] and len(parts) > 2:
        return ".".join(parts[2:])
    return ".".join(parts[1:]) or parts[0]


def _message(kind: str) -> str:
    return next((_(text) for begin, text in _FIELD_MESSAGES if kind.startswith(begin)), _("Giá trị không hợp lệ."))


def _unknown_caller(request: HttpRequest, wrong: AuthenticationError) -> HttpResponse:
    detail = _("Cần đăng nhập, hoặc khóa API đã sai, hết hạn hay bị thu hồi.")
    response = problem(request, status=401, code="api.not_signed_in", detail=detail)
    response["WWW-Authenticate"] = "Bearer"
    return response


def _http(request: HttpRequest, wrong: HttpError) -> HttpResponse:
    known = {
        400: ("api.unreadable", _("Không đọc được nội dung gửi lên. Gửi JSON đúng dạng, mã UTF-8.")),
        429: ("too_many", _("Bạn thử quá nhiều lần. Đợi ít phút rồi thử lại.")),
    }
    code, detail = known.get(wrong.status_code, ("api.refused", wrong.message))
    return problem(request, status=wrong.status_code, code=code, detail=detail)


def _broken(request: HttpRequest, bug: Exception) -> HttpResponse:
    """A bug of ours: logged with its trace, told without it; or the database is away or busy."""
    got_request_exception.send(sender=None, request=request)
    log.error("API %s %s broke", request.method, request.path, exc_info=bug)
    if no := trouble(bug):
        return refused(request, no)
    detail = _("Hệ thống gặp lỗi. Dữ liệu đã gửi trước đó vẫn còn; thử lại sau ít phút.")
    return problem(request, status=500, code="api.broken", detail=detail)


def install(api: NinjaAPI) -> None:
    """Let this API answer every refusal and mistake as a problem document."""
    own: dict[type[Exception], Any] = {
        Refusal: refused,
        ValidationError: invalid,
        AuthenticationError: _unknown_caller,
        HttpError: _http,
        Exception: _broken,
    }
    for kind, handler in own.items():
        api.add_exception_handler(kind, handler)
    api.add_exception_handler(Http404, lambda request, _no: refused(request, NotFound()))
    api.add_exception_handler(PermissionDenied, lambda request, _no: refused(request, NotAllowed()))
    api.add_exception_handler(
        RequestDataTooBig,
        lambda request, _no: problem(request, status=413, code="api.too_big", detail=_("Nội dung gửi lên quá lớn.")),
    )
