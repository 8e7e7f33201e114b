"""Ending one's own sessions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.kernel.identity import sessions


@require_POST
@login_required
def end_one(request: HttpRequest, session_id: int) -> HttpResponse:
    sessions.end_one(session_id=session_id, account_id=int(request.user.pk or 0))
    messages.success(request, _("Đã đăng xuất thiết bị đó."))
    return HttpResponseRedirect(reverse("identity:list"))


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    sessions.end_others(request)
    messages.success(request, _("Đã đăng xuất mọi thiết bị khác."))
    return HttpResponseRedirect(reverse("identity:list"))
