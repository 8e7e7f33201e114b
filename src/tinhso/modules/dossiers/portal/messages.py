"""Asking about one's own dossier, and answering what its officials ask."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.forms import plain
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import messages as queries


@login_required
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, case_id: int) -> HttpResponse:
    """What was written and a field to write in: a part of the tracking page, or a page of its own."""
    found = Dossier.objects.select_related("case").filter(pk=case_id, case__owner_id=acting(request).account_id)
    dossier = found.first()
    if dossier is None:
        raise NotFound("dossiers.not_found", _("Không tìm thấy hồ sơ này trong tài khoản của bạn. Kiểm tra lại mã."))
    text = plain(request.POST.get("text", ""))[:4000]
    context: dict[str, Any] = {"dossier": dossier, "case": dossier.case, "text": text}
    if request.method == "POST":
        try:
            actions.send_message(
                dossier_id=case_id,
                text=text,
                request_key=request.POST.get("request_key", "")[:32] or uuid.uuid4().hex,
                by=acting(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            context |= {"errors": [(refusal.field or "text", refusal.message)], "has_errors": True}
            context |= queries.talk(dossier, acting(request))
            return render(request, "dossiers/portal/messages_page.html", context, status=422)
        return redirect(reverse("dossiers:tracking", args=[dossier.case.number]) + "#trao-doi")
    is_part = is_fragment(request)
    template = "dossiers/portal/messages.html" if is_part else "dossiers/portal/messages_page.html"
    return render(request, template, context | queries.talk(dossier, acting(request)))
