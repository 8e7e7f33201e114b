"""Pages for handing over to an archive: what is due, packages, their receipts, and removing what was received."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response
from tinhso.kernel.identity.assurance import proven
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.privacy import forms
from tinhso.modules.privacy.actions import handing as actions
from tinhso.modules.privacy.actions import schedules
from tinhso.modules.privacy.desk.keeping import again
from tinhso.modules.privacy.models import Handover
from tinhso.modules.privacy.queries.handing import due_now
from tinhso.modules.privacy.rules import Permission
from tinhso.modules.privacy.rules.handing import MOST_IN_A_PACKAGE

SHOWN = 50


@never_cache
@officials_who(Permission.SEE)
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """What is due for an archive, making a package of it, and the packages made before."""
    more: dict[str, Any] = {}
    if request.method == "POST":
        try:
            made = actions.propose(
                code=forms.text(request.POST, "code", 60), archive=forms.text(request.POST, "archive", 200),
                by=acting(request), at=timezone.now(),
            )  # fmt: skip
        except Refusal as refused:
            more = again(refused)
        else:
            return redirect("privacy:handover", made.number)
    return _home(request, more)


def _home(request: HttpRequest, more: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    rows = Handover.objects.select_related("proposed_by")
    after = request.GET.get("sau", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: SHOWN + 1])
    context = {
        "due": [(one, one.rows.count()) for one in due_now(schedules.in_force(now)[1], now)],
        "rows": found[:SHOWN],
        "after": found[SHOWN - 1].pk if len(found) > SHOWN else None,
        "may_propose": acting(request).may(Permission.PROPOSE),
        "most": MOST_IN_A_PACKAGE,
        "said": request.POST,
        **more,
    }
    return render(request, "privacy/desk/handovers.html", context, status=422 if more else 200)


def _handover(request: HttpRequest, number: str, more: dict[str, Any] | None = None) -> HttpResponse:
    actor = acting(request)
    found = get_object_or_404(
        Handover.objects.select_related("proposed_by", "received_by", "approved_by"), number=number
    )
    entries = Entry.objects.filter(subject=found.record).order_by("-seq")[:SHOWN]
    context = {
        "one": found, "count": found.things.count(), "things": found.things.all()[:SHOWN],
        "history": timeline(entries),
        "may_propose": actor.may(Permission.PROPOSE),
        "may_remove": actor.may(Permission.APPROVE) and found.proposed_by_id != actor.account_id,
        "said": request.POST, **(more or {}),
    }  # fmt: skip
    return render(request, "privacy/desk/handover.html", context, status=422 if more else 200)


@never_cache
@officials_who(Permission.SEE)
@require_GET
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """One package: what is in it, its hash, its receipt, and what is to be done next."""
    return _handover(request, number)


@never_cache
@officials_who(Permission.SEE)
@require_POST
@proven()
def package(request: HttpRequest, number: str) -> HttpResponse:
    """The package as a file, for who has just shown who they are."""
    found = get_object_or_404(Handover, number=number)
    return cast(HttpResponse, response(actions.take(handover_id=found.pk, by=acting(request), at=timezone.now())))


_DECIDE: dict[str, Callable[..., Any]] = {
    "da-nhan": lambda said, **who: actions.receive(
        receipt=forms.text(said, "receipt", 200), sha256=forms.text(said, "sha256", 80), **who
    ),
    "xoa": lambda said, **who: actions.remove(**who),
    "bo": lambda said, **who: actions.give_up(reason=forms.text(said, "reason", 300), **who),
}


@officials_who(Permission.SEE)
@require_POST
@proven()
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """The archive has it, it is removed here, or it is given up: who does it has just shown who they are."""
    if verb not in _DECIDE:
        raise NotFound
    found = get_object_or_404(Handover, number=number)
    try:
        _DECIDE[verb](request.POST, handover_id=found.pk, by=acting(request), at=timezone.now())
    except Refusal as refused:
        return _handover(request, number, again(refused))
    messages.success(request, _("Đã ghi nhận."))
    return redirect("privacy:handover", number)
