"""Officials compare the papers of those who ask to act for others."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.mandates import actions
from tinhso.kernel.mandates.forms import line
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.mandates.rules import PROOFS, Basis, Status
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.models import Person
from tinhso.kernel.people.rules import IDENTIFY

Page = Callable[..., HttpResponseBase]


def _official(page: Page) -> Page:
    """Only for officials who may compare papers with people; never kept by the browser."""
    return never_cache(officials_who(IDENTIFY)(page))


@_official
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; below, what was decided lately."""
    rows = Mandate.objects.select_related("holder")
    context = {
        "waiting": rows.filter(status=Status.ASKED).order_by("asked_at")[:100],
        "decided": rows.exclude(status__in=(Status.ASKED, Status.OFFERED)).order_by("-decided_at")[:20],
    }
    return render(request, "mandates/desk/list.html", context)


def _found(mandate_id: int) -> Mandate:
    found = Mandate.objects.select_related("holder__person", "proof__blob", "decided_by").filter(pk=mandate_id).first()
    if found is None:
        raise NotFound
    return found


def _page(request: HttpRequest, mandate_id: int, refused: Refusal | None = None) -> HttpResponse:
    mandate = _found(mandate_id)
    entries = Entry.objects.filter(subject=f"mandate/{mandate_id}").order_by("-seq")[:20]
    known = None
    if mandate.basis not in (Basis.REPRESENTATIVE, Basis.STAFF):
        known = Person.objects.filter(identity_number=mandate.subject_number).first()
    context = {
        "mandate": mandate,
        "known": known,
        "proof_name": PROOFS[Basis(mandate.basis)],
        "holds": mandate.holds_on(timezone.localdate()),
        "history": timeline(entries),
        "refused": refused,
        "said": request.POST,
    }
    return render(request, "mandates/desk/one.html", context, status=refused.status if refused else 200)


@_official
@require_GET
def show(request: HttpRequest, mandate_id: int) -> HttpResponseBase:
    """The request and, with ``?giay-to``, its paper."""
    if "giay-to" in request.GET:
        paper = _found(mandate_id).proof
        if paper is None:
            raise NotFound
        return file_response(paper, inline=True)
    return _page(request, mandate_id)


def _attempt(request: HttpRequest, mandate_id: int, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _page(request, mandate_id, refused)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("mandates:waiting"))


@_official
@require_POST
def confirm(request: HttpRequest, mandate_id: int) -> HttpResponse:
    def act() -> object:
        return actions.confirm(mandate_id=mandate_id, by=acting(request), at=timezone.now())

    return _attempt(request, mandate_id, act, _("Đã xác nhận. Hai bên đều được báo."))


@_official
@require_POST
def refuse(request: HttpRequest, mandate_id: int) -> HttpResponse:
    def act() -> object:
        return actions.refuse(
            mandate_id=mandate_id, reason=line(request, "reason"), by=acting(request), at=timezone.now()
        )

    return _attempt(request, mandate_id, act, _("Đã từ chối và báo lý do."))


@_official
@require_POST
def revoke(request: HttpRequest, mandate_id: int) -> HttpResponse:
    def act() -> object:
        return actions.revoke(mandate_id=mandate_id, by=acting(request), at=timezone.now())

    return _attempt(request, mandate_id, act, _("Đã thu quyền."))
