"""One's own keys for programs: make one (shown once), see when each was used, end it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.api import actions
from tinhso.kernel.api.models import ApiKey
from tinhso.kernel.api.rules import WRITE
from tinhso.kernel.errors import Refusal
from tinhso.kernel.identity.assurance import proven
from tinhso.kernel.people.middleware import acting

LIVES = (("30", "30 ngày"), ("365", "1 năm"), ("1095", "3 năm"))  # days; programs that live longer get a new key


def _page(request: HttpRequest, refused: Refusal | None = None, **more: object) -> HttpResponse:
    actor, now = acting(request), timezone.now()
    keys = ApiKey.objects.filter(account_id=actor.account_id or 0).order_by("-id")[:50]
    context = {
        "keys": [(key, key.revoked_at is None and (key.expires_at is None or key.expires_at > now)) for key in keys],
        "rights": sorted(actor.rights),
        "lives": [(days, _(name)) for days, name in LIVES],
        "refused": refused,
        "said": request.POST,
        **more,
    }
    return render(request, "api/keys.html", context, status=refused.status if refused else 200)


@never_cache
@login_required
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


@never_cache
@require_POST
@login_required
@proven()
def create(request: HttpRequest) -> HttpResponse:
    """Shows the new key's text, this once."""
    name = "".join(one for one in request.POST.get("name", "") if one.isprintable()).strip()[:120]
    days = request.POST.get("days", "")
    actor, now = acting(request), timezone.now()
    scopes = [word for word in request.POST.getlist("rights") if word in actor.rights]
    try:
        if not name:
            raise Refusal("api.no_name", _("Nhập tên chương trình dùng khóa."), field="name")
        key, text = actions.create_key(
            account_id=int(actor.account_id or 0),
            name=name,
            scopes=[*scopes, *([WRITE] if request.POST.get("write") else [])],
            by=actor,
            at=now,
            expires_at=now + timedelta(days=int(days) if days in dict(LIVES) else 365),
        )
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        return _page(request, refused)
    return _page(request, made=key, text=text)


@require_POST
@login_required
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    actions.revoke_key(key_id=key_id, by=acting(request), at=timezone.now())
    messages.success(request, _("Đã thu khóa. Chương trình dùng khóa này không vào được nữa."))
    return HttpResponseRedirect(reverse("api_keys:list"))
