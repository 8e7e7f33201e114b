"""One's own vault: the list, one paper with its story, sharing it, who used what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.people.middleware import acting
from tinhso.modules.vault import actions, forms, rules
from tinhso.modules.vault.queries import items as queries


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My papers, newest first; with words those that contain them, also in what was read in them."""
    text, after = request.GET.get("q", "")[:120], forms.key(request.GET.get("sau", ""))
    context = queries.mine(acting(request), text=text, after=after, on=timezone.localdate())
    return render(request, "vault/portal/mine.html", context | {"is_first": after is None})


@login_required
@require_GET
def uses(request: HttpRequest) -> HttpResponse:
    """Who used my papers, and which officials looked at the dossiers they are in."""
    return render(request, "vault/portal/uses.html", {"rows": queries.everybody(acting(request))})


def _page(request: HttpRequest, token: UUID, **more: Any) -> HttpResponse:
    found, at = queries.own(acting(request), token), timezone.now()
    context = {
        "row": queries.row_of(found, timezone.localdate(at)),
        "item": found,
        "story": queries.story(found),
        "shares": queries.shares_of(found, at),
        **more,
    }
    return render(request, "vault/portal/item.html", context)


@login_required
@require_GET
def item(request: HttpRequest, item: UUID) -> HttpResponse:
    """One paper: what it is, whether it holds, its signatures, with whom it is shared, who used it."""
    return _page(request, item)


@login_required
@require_GET
def file(request: HttpRequest, item: UUID) -> HttpResponseBase:
    """The file itself; ``?tai=1`` saves it."""
    return file_response(queries.own(acting(request), item).attachment, inline="tai" not in request.GET)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, item: UUID) -> HttpResponse:
    """Give somebody a look at a paper until a day. The code is shown once, on the answer to the post."""
    found = queries.own(acting(request), item)
    form = forms.ShareForm.read(request.POST)
    context: dict[str, Any] = {"item": found, "form": form, "units": forms.units(), "days": forms.DAYS}
    if request.method == "POST":
        try:
            made, code = actions.share_item(
                token=item, purpose=form.purpose, days=form.days, unit_id=form.unit_id, by=acting(request),
                at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            context |= {"errors": [(refusal.field or "purpose", refusal.message)], "has_errors": True}
            context["errors_by"] = {refusal.field or "purpose": refusal.message}
            return render(request, "vault/portal/share.html", context, status=refusal.status)
        if made.unit_id is not None:
            return redirect(reverse("vault:item", args=[item]) + "#chia-se")
        link = settings.BASE_URL + reverse("vault:link", args=[made.token])
        return render(request, "vault/portal/shared.html", {"item": found, "share": made, "code": code, "link": link})
    return render(request, "vault/portal/share.html", context | {"longest": rules.LONGEST_SHARE_DAYS})


@login_required
@require_POST
def end_share(request: HttpRequest, share_id: int) -> HttpResponse:
    """Take a consent back."""
    ended = actions.end_share(share_id=share_id, by=acting(request), at=timezone.now())
    return redirect(reverse("vault:item", args=[ended.item.token]) + "#chia-se")
