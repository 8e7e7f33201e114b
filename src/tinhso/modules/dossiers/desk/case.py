"""The case page, its quick view, why the date is what it is, and the papers that hang on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tinhso.kernel.cases.queries import ledger
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.rules import JPEG, PNG, WEBP
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.dossiers.desk.offers import offers
from tinhso.modules.dossiers.models import Part
from tinhso.modules.dossiers.queries import case_page as queries
from tinhso.modules.dossiers.queries import clocks

PICTURES = (JPEG, PNG, WEBP)  # those that browsers show


def _shown(request: HttpRequest, number: str) -> dict[str, Any]:
    """What the page and its quick view have in common; that it was seen is remembered for the applicant."""
    page, at = queries.case_page(number, acting(request)), timezone.now()
    viewed(case_id=page.case.pk, by=acting(request), at=at, on=timezone.localdate(at))
    return {
        "page": page,
        "case": page.case,
        "dossier": page.dossier,
        "facts": queries.facts_of(page, acting(request)),
        "clock": clocks.clock_of(page.case, at),
        "step_left": clocks.step_clock(page.active, at),
        "checklist": queries.checklist(page),
        "history": queries.history(page),
        "offers": offers(page, acting(request), at),
    }


@officials_who()
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """Everything needed to decide, on one screen."""
    context, at = _shown(request, number), timezone.now()
    page = context["page"]
    context |= {
        "answers": queries.answers_of(page.dossier),
        "steps": queries.steps_shown(page, at),
        "opinions": queries.opinions_shown(page, acting(request), at),
        "form_names": {form: _(name) for form, name in queries.FORM_NAMES.items()},
        "viewer": next((part for part in page.parts if part.file), None),
    }
    return render(request, "dossiers/desk/detail.html", context)


@officials_who()
@require_GET
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """The right pane of the inbox: what is new, the facts, the papers, three buttons. A whole page without htmx."""
    template = "dossiers/desk/peek.html" if is_fragment(request) else "dossiers/desk/peek_page.html"
    return render(request, template, _shown(request, number))


@officials_who()
@require_GET
def why(request: HttpRequest, number: str) -> HttpResponse:
    """How the due date came about, and every date that was promised."""
    dossier, at = queries.dossier_at_desk(number, acting(request)), timezone.now()
    context = {
        "case": dossier.case,
        "clock": clocks.clock_of(dossier.case, at),
        "sentences": clocks.explanation(dossier.case),
        "promises": [(one, queries.PROMISE_WORDS.get(one.promise.reason, "")) for one in ledger(dossier.case, at)],
    }
    return render(request, "dossiers/desk/why.html", context)


def _file(request: HttpRequest, number: str, part_id: int) -> Attachment:
    """The file of a paper within the actor's scope; that it was seen is remembered."""
    found = (
        Part.objects.select_related("attachment__blob")
        .filter(pk=part_id, dossier__in=queries.at_desk(acting(request)), dossier__case__number=number)
        .first()
    )
    if found is None or found.attachment is None:
        raise NotFound
    viewed(case_id=found.dossier_id or 0, by=acting(request), at=timezone.now(), on=timezone.localdate())
    return found.attachment


@officials_who()
@require_GET
def part(request: HttpRequest, number: str, part_id: int) -> HttpResponseBase:
    """The file of a paper that was handed in; ``?tai=1`` saves it."""
    return file_response(_file(request, number, part_id), inline="tai" not in request.GET)


@officials_who()
@require_GET
def view(request: HttpRequest, number: str, part_id: int) -> HttpResponseBase:
    """A paper in the page's viewer: pictures fit the width, everything else as the browser shows it."""
    file = _file(request, number, part_id)
    if file.blob.media_type in PICTURES:
        return render(request, "dossiers/desk/viewer.html", {"file": file, "part_id": part_id, "number": number})
    return file_response(file, inline=True)
