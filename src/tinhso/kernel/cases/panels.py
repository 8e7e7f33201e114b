"""A part that a module adds to the page of a case, when it has nothing to say about that case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tinhso.kernel.cases.addresses import desk_page, own_page
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.manifest import Audience
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment


def nothing(request: HttpRequest, case_id: int, audience: Audience, title: str, words: str) -> HttpResponse:
    """An empty answer takes the part away; who follows its link without JavaScript reads ``words`` under ``title``.

    Raises NotFound for a case that is not one's own (portal), or that one may not see (desk)."""
    if is_fragment(request):
        return HttpResponse("")
    actor, is_desk = acting(request), audience is Audience.DESK
    seen = Case.objects.visible_to(actor) if is_desk else Case.objects.filter(owner_id=actor.account_id or 0)
    case = seen.filter(pk=case_id).first()
    if case is None:
        raise NotFound
    back = (desk_page if is_desk else own_page)(case.kind_of, case.number)
    context = {"title": title, "words": words, "case": case, "back": back}
    return render(request, f"ui/nothing_{audience}.html", context)
