"""Filling in the e-form of a dossier that came on paper: what the counter left for later."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.desk.counter_answers import PREFIX, CounterAnswers
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import case_page
from tinhso.modules.dossiers.queries.answers import Known
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.procedures import door as procedures


def answers_of(dossier: Dossier, posted: QueryDict) -> CounterAnswers:
    """The dossier's questions with the answers it has; all of them may be changed here."""
    sheet = procedures.sheet(dossier.version_id)
    return CounterAnswers(sheet, dossier.branch, posted, Known(), dossier.answers)


def questions_left(dossier: Dossier) -> int:
    """How many questions of the form a dossier received on paper leaves unanswered; 0 for one filed online."""
    if dossier.channel == Channel.ONLINE:
        return 0
    return len(answers_of(dossier, QueryDict()).check()[1])


@officials_who()
@require_http_methods(["GET", "POST"])
def fill_in(request: HttpRequest, number: str) -> HttpResponse:
    """All questions on one page; saved when they can stand, or as far as known."""
    dossier = case_page.dossier_at_desk(number, acting(request))
    form = answers_of(dossier, request.POST)
    errors: dict[str, str] = {}
    if request.method == "POST" and request.POST.get("do") != "xem-lai":
        errors = _save(request, dossier, form)
        if not errors:
            return redirect("dossiers:detail", dossier.case.number)
    context: dict[str, Any] = {
        "dossier": dossier,
        "case": dossier.case,
        "questions": form.sections(errors),
        "errors": list(errors.items()),
        "has_errors": bool(errors),
        "is_theirs": dossier.channel == Channel.ONLINE,
    }
    return render(request, "dossiers/desk/fill_in.html", context, status=422 if errors else 200)


def _save(request: HttpRequest, dossier: Dossier, form: CounterAnswers) -> dict[str, str]:
    """Keep the answers; what is wrong with them by the name of the input."""
    try:
        actions.fill_in(
            dossier_id=dossier.pk,
            answers=form.typed,
            by=acting(request),
            at=timezone.now(),
            is_partial=request.POST.get("do") == "luu-tam",
        )
    except actions.NotComplete as refusal:
        return {f"{PREFIX}{code}": words for code, words in refusal.errors.items()}
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed):
            raise
        return {"to-khai": refusal.message}
    return {}
