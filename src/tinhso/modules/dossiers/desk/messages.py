"""Writing to the applicant from the case page."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.forms import plain
from tinhso.modules.dossiers.queries import messages as queries
from tinhso.modules.dossiers.queries.case_page import at_desk


@officials_who()
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, case_id: int) -> HttpResponse:
    """What was written and a field to write in: a part of the case page, or a page of its own."""
    dossier = at_desk(acting(request)).select_related("case").filter(pk=case_id).first()
    if dossier is None:
        raise NotFound
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
            if refusal.field is None:
                raise
            context |= {"error": refusal.message, "has_errors": True} | queries.talk(dossier, acting(request))
            return render(request, "dossiers/desk/messages_page.html", context, status=422)
        return redirect(reverse("dossiers:detail", args=[dossier.case.number]) + "#trao-doi")
    viewed(case_id=case_id, by=acting(request), at=timezone.now(), on=timezone.localdate())
    template = "dossiers/desk/messages.html" if is_fragment(request) else "dossiers/desk/messages_page.html"
    return render(request, template, context | queries.talk(dossier, acting(request)))
