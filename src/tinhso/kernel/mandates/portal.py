"""For whom I act, who acts for me; asking, giving, taking up and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.identity.assurance import proven
from tinhso.kernel.mandates import actions
from tinhso.kernel.mandates.forms import day, line
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.mandates.rules import PROOFS, WORDS
from tinhso.kernel.people.middleware import acting


def _page(request: HttpRequest, refused: Refusal | None = None, **more: Any) -> HttpResponse:
    actor, today = acting(request), timezone.localdate()
    context = {
        "held": [(one, one.holds_on(today)) for one in Mandate.objects.held_by(actor)[:50]],
        "about": [(one, one.holds_on(today)) for one in Mandate.objects.about(actor).select_related("holder")[:50]],
        "refused": refused,
        **more,
    }
    return render(request, "mandates/portal/list.html", context, status=refused.status if refused else 200)


@never_cache
@login_required
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _ask_page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    context = {
        "bases": [(basis.value, words, PROOFS[basis]) for basis, words in WORDS.items()],
        "said": request.POST,
        "refused": refused,
        "errors": [(refused.field or "form", refused.message)] if refused else [],
        "wrong": {refused.field: refused.message} if refused and refused.field else {},
    }
    return render(request, "mandates/portal/ask.html", context, status=refused.status if refused else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _ask_page(request)
    try:
        actions.ask(
            basis=line(request, "basis"), subject_name=line(request, "subject_name"),
            subject_number=line(request, "subject_number"), ends_on=day(request, "ends_on"),
            proof=request.FILES.get("proof"), by=acting(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _ask_page(request, refused)
    messages.success(request, _("Đã gửi. Cán bộ sẽ đối chiếu giấy tờ và báo cho bạn."))
    return HttpResponseRedirect(reverse("mandates:list"))


@never_cache
@require_POST
@login_required
@proven(level=1)
def give(request: HttpRequest) -> HttpResponse:
    """Shows the code once."""
    try:
        mandate, code = actions.give(ends_on=day(request, "ends_on"), by=acting(request), at=timezone.now())
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _page(request, refused)
    return _page(request, code=code, given=mandate)


@require_POST
@login_required
def take_up(request: HttpRequest) -> HttpResponse:
    try:
        mandate = actions.take_up(code=line(request, "code"), by=acting(request), at=timezone.now())
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _page(request, refused)
    messages.success(request, _("Bạn được nộp thay {name}.").format(name=mandate.subject_name))
    return HttpResponseRedirect(reverse("mandates:list"))


@require_POST
@login_required
def revoke(request: HttpRequest, mandate_id: int) -> HttpResponse:
    actions.revoke(mandate_id=mandate_id, by=acting(request), at=timezone.now())
    messages.success(request, _("Đã thu. Từ nay không ai nộp thay bằng quyền này được nữa."))
    return HttpResponseRedirect(reverse("mandates:list"))


@never_cache
@login_required
@require_GET
def proof(request: HttpRequest, mandate_id: int) -> HttpResponseBase:
    """The paper: for who sent it and for whom it is about."""
    actor = acting(request)
    found = Mandate.objects.filter(pk=mandate_id).select_related("proof__blob").first()
    mine = found is not None and (
        found.holder_id == actor.account_id or Mandate.objects.about(actor).filter(pk=mandate_id).exists()
    )
    if found is None or found.proof is None or not mine:
        raise NotFound
    return file_response(found.proof, inline=True)
