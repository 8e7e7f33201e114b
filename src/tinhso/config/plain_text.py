"""At the edge: NUL letters, which no database column can hold, and others that nobody sees never reach a page.

What people type or paste loses them silently, as they cannot be seen; a program that sends one is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from tinhso.config.refusals import refused_page
from tinhso.kernel.api import problems
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.letters import is_plain, plain

NUL = "\x00"
_NUL = re.compile(rb"\x00|\\u0000")  # as it is, and as JSON writes it
# Other control letters, and those that turn the direction of what follows (U+202A to 202E, 2066 to 2069).
_UNSEEN = re.compile(
    rb"\\u00(?:0[0-8bcef]|1[0-9a-f]|7f|[89][0-9a-f])|\\u20(?:2[a-e]|6[6-9])|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]",
    re.IGNORECASE,
)
PROGRAMS = "/api/"


def plain_text_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Forms and queries lose such letters, a path with a NUL leads nowhere; a JSON body with a NUL is refused (422),
    and one of the API also for other letters that nobody sees, and nothing is kept of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in ("POST", "PUT", "PATCH") and request.content_type == "application/json":
            if _is_spoilt(request):
                words = _("Có ký tự điều khiển lẫn trong nội dung. Xóa phần vừa dán rồi nhập lại.")
                return problems.refused(request, Refusal("not_plain_text", words))
        elif request.method == "POST" and not _is_plain(request.POST):
            request.POST = _made_plain(request.POST)  # type: ignore[assignment]
        if NUL in request.path_info:  # no such thing can have been stored
            at_program = request.path_info.startswith(PROGRAMS)
            return (problems.refused if at_program else refused_page)(request, NotFound())
        if not _is_plain(request.GET):
            request.GET = _made_plain(request.GET)  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _is_spoilt(request: HttpRequest) -> bool:
    is_programs = request.path_info.startswith(PROGRAMS)  # what operators of channels deliver is what people wrote
    return bool(_NUL.search(request.body) or (is_programs and _UNSEEN.search(request.body)))


def _is_plain(said: QueryDict) -> bool:
    return all(is_plain(word) for name, values in said.lists() for word in (name, *values))


def _made_plain(said: QueryDict) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, values in said.lists():
        made.setlist(plain(name), [plain(value) for value in values])
    made._mutable = False
    return made
