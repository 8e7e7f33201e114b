"""Pages for people: what is held of me, taking it along, asking for something, closing the account."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.cases.rules import open_moves
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.identity.assurance import proven
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import readable, timeline
from tinhso.kernel.manifest import Readers, Subject, registry
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.modules.privacy import forms, rules
from tinhso.modules.privacy.actions import closing, exporting, requesting, schedules
from tinhso.modules.privacy.models import Export, Request
from tinhso.modules.privacy.queries import own

SHOWN = 20


def _me(request: HttpRequest) -> tuple[Actor, Subject]:
    """Somebody of the public: officials' own records are their employer's matter."""
    actor = acting(request)
    if actor.is_official or actor.account_id is None:
        raise NotAllowed(
            "privacy.officials", _("Trang này dành cho người dân. Hồ sơ của cán bộ do cơ quan nơi làm việc quản lý.")
        )
    return actor, Subject(actor.account_id, actor.person_id)


def _page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    actor, subject = _me(request)
    schedule = schedules.in_force(timezone.now())[1]
    context = {
        "held": own.held(subject, schedule),
        "exports": Export.objects.filter(account_id=subject.account_id).exclude(state=Export.State.GONE)[:5],
        "requests": Request.objects.visible_to(actor).select_related("case").order_by("-pk")[:SHOWN],
        "days": schedule.export_days,
        "refused": refused,
    }
    return render(request, "privacy/portal/mine.html", context, status=refused.status if refused else 200)


@never_cache
@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What the platform holds of me, why and how long; who looked; taking it along; what I asked."""
    return _page(request)


@require_POST
@login_required
@proven()
def export(request: HttpRequest) -> HttpResponse:
    try:
        exporting.ask(by=acting(request), at=timezone.now())
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _page(request, refused)
    messages.success(request, _("Đang tạo bản tải. Bạn được báo khi xong."))
    return redirect("privacy:mine")


@require_POST
@login_required
@proven()
def download(request: HttpRequest, token: UUID) -> HttpResponse:
    """The file; only to who has just shown that it is them."""
    found = exporting.take(token=token, by=acting(request), at=timezone.now())
    answer = file_response(found)
    answer["Cache-Control"] = "no-store"
    return cast(HttpResponse, answer)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a correction, for erasing, for anything one may ask about one's data."""
    actor, subject = _me(request)
    refused = None
    if request.method == "POST":
        try:
            made = requesting.ask(
                sort=request.POST.get("sort", ""), text=forms.text(request.POST, "text"),
                chosen=request.POST.getlist("chosen")[:50], by=actor, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.status != Refusal.status:
                raise
            refused = refusal
        else:
            messages.success(request, _("Đã gửi yêu cầu {number}.").format(number=made.case.number))
            return redirect("privacy:request", made.case.number)
    schedule = schedules.in_force(timezone.now())[1]
    context: dict[str, Any] = {
        "sorts": [(sort.value, name, _limit(schedule.carry_out[sort])) for sort, name in rules.SORTS.items()],
        "reply": _limit(schedule.reply),
        "erasable": own.erasable(subject),
        "staying": [one for one in registry.holdings.values() if one.erase is None],
        "said": request.POST,
        "sort": request.POST.get("sort", request.GET.get("loai", "")),
        "chosen": request.POST.getlist("chosen"),
        "errors": [(refused.field or "text", refused.message)] if refused else [],
        "wrong": {refused.field: refused.message} if refused and refused.field else {},
    }
    return render(request, "privacy/portal/ask.html", context, status=422 if refused else 200)


def _limit(limit: Any) -> str:
    names = {"working_day": _("ngày làm việc"), "day": _("ngày"), "hour": _("giờ làm việc"), "clock_hour": _("giờ")}
    return f"{limit.amount.normalize():f} {names[limit.unit.value]}"


@never_cache
@login_required
@require_GET
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """One request of mine: how far it is, the answer, taking it back."""
    actor, _subject = _me(request)
    found = Request.objects.visible_to(actor).select_related("case").filter(case__number=number).first()
    if found is None:
        raise NotFound
    entries = readable(list(Entry.objects.filter(case=found.case).order_by("-seq")[:SHOWN]), Readers.PARTIES)
    chosen = [registry.holdings[code] for code in found.chosen if code in registry.holdings]
    moves = open_moves(rules.REQUEST.lifecycle, found.case.state, found.case.whom, actor)
    context = {
        "found": found,
        "case": found.case,
        "chosen": [(one, (found.erased or {}).get(one.code)) for one in chosen],
        "may_cancel": any(move.verb == "cancel" for move in moves),
        "history": timeline(entries),
    }
    return render(request, "privacy/portal/request.html", context)


@require_POST
@login_required
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    actor, _subject = _me(request)
    found = Request.objects.visible_to(actor).filter(case__number=number).first()
    if found is None:
        raise NotFound
    requesting.cancel(case_id=found.pk, by=actor, at=timezone.now())
    return redirect("privacy:request", number)


def _close_page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    _me(request)
    return render(request, "privacy/portal/close.html", {"refused": refused}, status=refused.status if refused else 200)


@never_cache
@login_required
@require_GET
def close(request: HttpRequest) -> HttpResponse:
    """What closing means, before it is done."""
    return _close_page(request)


@require_POST
@login_required
@proven()
def close_now(request: HttpRequest) -> HttpResponse:
    try:
        closing.close_account(by=acting(request), at=timezone.now())
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _close_page(request, refused)
    logout(request)
    messages.success(request, _("Tài khoản đã đóng. Hồ sơ đã nộp vẫn tra cứu được bằng mã hồ sơ."))
    return redirect("/")
