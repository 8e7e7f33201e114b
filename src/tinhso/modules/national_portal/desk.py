"""Pages for who looks after the link: how it fares, what waits, what failed, and where the two sides differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.national_portal.actions import comparing, files, incoming, link, outgoing
from tinhso.modules.national_portal.actions.waking import COMPARE, FETCH, PULL, RECEIVE, SEND, wake
from tinhso.modules.national_portal.models import (
    CatalogueNotice,
    Comparison,
    Incoming,
    IncomingFile,
    Outgoing,
)
from tinhso.modules.national_portal.queries.deployment import deployment
from tinhso.modules.national_portal.queries.figures import overview
from tinhso.modules.national_portal.rules import Permission
from tinhso.modules.national_portal.rules.comparing import STATUSES
from tinhso.modules.national_portal.rules.patience import age_band

PAGE_SIZE = 50
MOST_DIFFERENCES = 500
Page = Callable[..., HttpResponseBase]


def _operators(page: Page) -> Page:
    """Pages for operators of the link, never kept by the browser."""
    return never_cache(officials_who(Permission.MANAGE)(page))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _done(request: HttpRequest, words: str, page: str, *args: object) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse(f"national_portal:{page}", args=args))


def _page_of(request: HttpRequest, rows: Any, *, newest_first: bool = False) -> dict[str, Any]:
    """One page of rows by key, and the address of the next."""
    after = request.GET.get("sau", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    if number:
        rows = rows.filter(pk__lt=number) if newest_first else rows.filter(pk__gt=number)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: PAGE_SIZE + 1])
    more = f"?sau={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else ""
    return {"rows": found[:PAGE_SIZE], "more": more}


@_operators
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The link at a glance."""
    return render(request, "national_portal/desk/home.html", {"one": overview(timezone.now())})


@_operators
@require_POST
def try_now(request: HttpRequest) -> HttpResponse:
    """Ask the portal now instead of after the rest."""
    link.try_now(by=_actor(request))
    for job in (SEND, PULL, FETCH):
        wake(job)
    return _done(request, _("Đã yêu cầu nối lại. Kết quả hiện ra sau ít giây."), "home")


def _outgoing_list(request: HttpRequest, rows: Any, title: str, empty: str, here: str) -> HttpResponse:
    now = timezone.now()
    context = _page_of(request, rows) | {"title": title, "empty": empty, "here": here}
    context["lines"] = [
        (row, now - row.first_marked_at, age_band(now - row.first_marked_at)) for row in context["rows"]
    ]
    return render(request, "national_portal/desk/outgoing.html", context)


@_operators
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Dossiers on their way to the portal."""
    rows = Outgoing.objects.waiting()
    return _outgoing_list(request, rows, _("Hàng đợi gửi"), _("Không có hồ sơ nào chờ gửi"), "queue")


@_operators
@require_safe
def dead(request: HttpRequest) -> HttpResponse:
    """Dossiers that the portal refused again and again."""
    rows = Outgoing.objects.dead()
    return _outgoing_list(request, rows, _("Không gửi được"), _("Không có hồ sơ nào bị kẹt"), "dead")


@_operators
@require_safe
def never(request: HttpRequest) -> HttpResponse:
    """Dossiers that the portal never acknowledged, the oldest first: each costs points four times (1.4, 3.x – 5.x)."""
    rows = Outgoing.objects.never_acknowledged()
    return _outgoing_list(request, rows, _("Chưa từng được xác nhận"), _("Mọi hồ sơ đã được Cổng xác nhận"), "never")


@_operators
@require_safe
def sent(request: HttpRequest, case_id: int) -> HttpResponse:
    """One dossier's way out, with what was sent and what the portal said."""
    row = Outgoing.objects.filter(pk=case_id).first()
    if row is None:
        raise NotFound
    now, actor = timezone.now(), _actor(request)
    if row.payload:
        viewed(case_id=case_id, by=actor, at=now, on=timezone.localdate())
    context = {"row": row, "payload": _shown(row.payload), "here": "dead" if row.state == "dead" else "queue"}
    return render(request, "national_portal/desk/sent.html", context)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) if value else ""


@_operators
@require_POST
def resend(request: HttpRequest, case_id: int) -> HttpResponse:
    row = outgoing.resend(case_id=case_id, by=_actor(request), at=timezone.now())
    wake(SEND)
    return _done(request, _("Đã đưa hồ sơ %(code)s vào hàng đợi gửi lại.") % {"code": row.code}, "sent", case_id)


@_operators
@require_safe
def wrong(request: HttpRequest) -> HttpResponse:
    """Messages that could not be taken in, and files that could not be fetched."""
    context = _page_of(request, Incoming.objects.failed().defer("body", "message"))
    failed = IncomingFile.objects.filter(state="failed").select_related("incoming").defer(
        "incoming__body", "incoming__message"
    )  # fmt: skip
    context |= {"files": list(failed.order_by("id")[:PAGE_SIZE]), "here": "wrong"}
    return render(request, "national_portal/desk/wrong.html", context)


@_operators
@require_safe
def message(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """One message with its error, to be mended."""
    return _message_page(request, incoming_id)


def _message_page(request: HttpRequest, incoming_id: int, refused: Refusal | None = None) -> HttpResponse:
    row = Incoming.objects.select_related("mended_by").filter(pk=incoming_id).first()
    if row is None:
        raise NotFound
    if row.case_id:
        viewed(case_id=row.case_id, by=_actor(request), at=timezone.now(), on=timezone.localdate())
    text = request.POST.get("text") or _shown(row.message) or row.body[:20_000]
    context = {
        "row": row, "text": text, "reason": request.POST.get("reason", ""), "refused": refused,
        "has_errors": refused is not None, "here": "wrong",
    }  # fmt: skip
    return render(request, "national_portal/desk/message.html", context, status=422 if refused else 200)


@_operators
@require_POST
def mend(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """Take a failed message in again, mended or as it is."""
    try:
        row = incoming.mend(
            incoming_id=incoming_id, text=request.POST.get("text", ""), by=_actor(request), at=timezone.now()
        )
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _message_page(request, incoming_id, refused)
    wake(RECEIVE)
    return _done(request, _("Đang tiếp nhận lại bản tin %(code)s.") % {"code": row.code}, "wrong")


@_operators
@require_POST
def drop(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """Put a failed message aside."""
    try:
        incoming.drop(
            incoming_id=incoming_id, reason=request.POST.get("reason", ""), by=_actor(request), at=timezone.now()
        )
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _message_page(request, incoming_id, refused)
    return _done(request, _("Đã bỏ qua bản tin."), "wrong")


@_operators
@require_POST
def fetch_again(request: HttpRequest) -> HttpResponse:
    number = files.fetch_again(by=_actor(request), at=timezone.now())
    wake(FETCH)
    return _done(request, _("Sẽ tải lại %(number)s tệp.") % {"number": number}, "wrong")


@_operators
@require_safe
def comparisons(request: HttpRequest) -> HttpResponse:
    """The daily comparisons, newest first."""
    context = _page_of(request, Comparison.objects.all(), newest_first=True) | {"here": "comparisons"}
    return render(request, "national_portal/desk/comparisons.html", context)


@_operators
@require_POST
def compare_now(request: HttpRequest) -> HttpResponse:
    wake(COMPARE)
    words = _("Đang đối soát. Tải lại trang sau ít phút để xem kết quả.")
    return _done(request, words if deployment().is_on else _("Kết nối đang tắt nên không đối soát."), "comparisons")


@_operators
@require_safe
def comparison(request: HttpRequest, comparison_id: int) -> HttpResponse:
    """One comparison: numbers by status on both sides, and the dossiers that differ."""
    one = Comparison.objects.filter(pk=comparison_id).first()
    if one is None:
        raise NotFound
    names = {n: f"{n}. {name}" for n, name in dossiers.national_names().items()}
    numbers = [(names.get(n, n), one.ours.get(str(n), 0), one.theirs.get(str(n), 0)) for n in STATUSES]
    rows = one.rows.all()[:MOST_DIFFERENCES]
    context = {
        "one": one,
        "numbers": [(name, ours, theirs, ours - theirs) for name, ours, theirs in numbers],
        "rows": [(row, names.get(row.ours, row.ours), names.get(row.theirs, row.theirs)) for row in rows],
        "here": "comparisons",
    }
    return render(request, "national_portal/desk/comparison.html", context)


@_operators
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Where the portal's catalogue says otherwise than ours."""
    context = _page_of(request, CatalogueNotice.objects.filter(state="open")) | {"here": "catalogue"}
    return render(request, "national_portal/desk/catalogue.html", context)


@_operators
@require_POST
def close_notice(request: HttpRequest, change_id: int) -> HttpResponse:
    """Make a draft of it for the catalogue's controllers, or leave ours as it is."""
    makes_draft = request.POST.get("viec") == "nhap"
    try:
        comparing.close_notice(notice_id=change_id, makes_draft=makes_draft, by=_actor(request), at=timezone.now())
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        messages.error(request, refused.message)
        return HttpResponseRedirect(reverse("national_portal:catalogue"))
    words = _("Đã lập bản nháp; cán bộ kiểm soát thủ tục xem và công bố.") if makes_draft else _("Đã giữ như ở đây.")
    return _done(request, words, "catalogue")
