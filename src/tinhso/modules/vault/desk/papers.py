"""Kept papers at work: those shared with the unit, and those used in a dossier that the official may see."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.vault import actions, forms
from tinhso.modules.vault.models import Item, Use
from tinhso.modules.vault.queries import items as queries
from tinhso.modules.vault.rules import Permission


@officials_who(Permission.SEE)
@require_GET
def shared(request: HttpRequest) -> HttpResponse:
    """What people share with my unit now."""
    rows = queries.shared_with(acting(request), timezone.now())
    return render(request, "vault/desk/shared.html", {"rows": rows})


def _seen(request: HttpRequest, token: UUID) -> Item:
    """The paper; that it was seen is remembered for its owner, with the dossier or the share that opened it."""
    actor, at = acting(request), timezone.now()
    found = queries.at_desk(actor, token)
    used = Use.objects.filter(item=found, case__in=Case.objects.visible_to(actor)).order_by("-pk")
    case_id = used.values_list("case_id", flat=True).first()
    if case_id is not None:
        viewed(case_id=case_id, by=actor, at=at, on=timezone.localdate(at))
    else:
        actions.note_seen(item_id=found.pk, by=actor, at=at)
    return found


@officials_who()
@require_GET
def item(request: HttpRequest, item: UUID) -> HttpResponse:
    """What the paper is, whether it holds and what its signatures are worth."""
    return _page(request, _seen(request, item))


def _page(request: HttpRequest, found: Item, status: int = 200, **more: object) -> HttpResponse:
    unit_id = found.case.unit_id if found.case else None
    context = {
        "row": queries.row_of(found, timezone.localdate()),
        "item": found,
        "may_revoke": unit_id is not None and acting(request).may(Permission.REVOKE, unit_id) and not found.revoked_at,
        **more,
    }
    return render(request, "vault/desk/item.html", context, status=status)


@officials_who()
@require_GET
def file(request: HttpRequest, item: UUID) -> HttpResponseBase:
    """The file itself."""
    return file_response(_seen(request, item).attachment, inline="tai" not in request.GET)


@officials_who(Permission.REVOKE)
@require_POST
def revoke(request: HttpRequest, item: UUID) -> HttpResponse:
    """Mark a paper that the unit issued as revoked."""
    found = queries.at_desk(acting(request), item)
    if found.case_id is None:
        raise NotFound
    try:
        actions.revoke(token=item, reason=forms.text(request.POST, "reason", 500), by=acting(request),
                       at=timezone.now())  # fmt: skip
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(request, found, status=422, **forms.shown_error(refusal, "reason"))
    return redirect("vault:desk_item", item)
