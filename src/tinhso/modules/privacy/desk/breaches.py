"""Pages for the officer: the register of breaches, one breach with its clock, whom it was told to, and its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.cases.rules import open_moves
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.papers.typesetting import typeset
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.units.queries import tree
from tinhso.modules.privacy import forms
from tinhso.modules.privacy.actions import breaches as actions
from tinhso.modules.privacy.desk.keeping import again
from tinhso.modules.privacy.models import Breach
from tinhso.modules.privacy.queries import breaches as queries
from tinhso.modules.privacy.rules import Permission
from tinhso.modules.privacy.rules.breaches import BREACH, KINDS, WHOM, Whom

SHOWN = 50
FORM = Path(__file__).resolve().parents[1] / "seeds" / "forms" / "breach.typ"


@never_cache
@officials_who(Permission.SEE)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """All breaches: those whose time runs first, then the newest; late ones are marked."""
    actor, now = acting(request), timezone.now()
    rows = Breach.objects.visible_to(actor)
    after = request.GET.get("sau", "")
    older = rows.exclude(case__state="noticed").order_by("-pk")
    if after.isascii() and after.isdigit() and len(after) < 19:
        older = older.filter(pk__lt=int(after))
    rest = queries.sheets(older[: SHOWN + 1], now)
    context = {
        "waiting": queries.sheets(rows.filter(case__state="noticed").order_by("case__due_at", "pk")[:SHOWN], now),
        "rest": rest[:SHOWN],
        "after": rest[SHOWN - 1].breach.pk if len(rest) > SHOWN else None,
        "may_answer": actor.may(Permission.ANSWER),
    }
    return render(request, "privacy/desk/breaches.html", context)


@never_cache
@officials_who(Permission.ANSWER)
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    """Enter a breach."""
    more: dict[str, Any] = {}
    if request.method == "POST":
        try:
            made = actions.notice(
                title=forms.text(request.POST, "title", 200), noticed_at=forms.moment(request.POST, "noticed_at"),
                happened_at=forms.moment_or_none(request.POST, "happened_at"), by=acting(request), at=timezone.now(),
                **_described(request),
            )  # fmt: skip
        except Refusal as refused:
            more = again(refused)
        else:
            return redirect("privacy:breach", made.case.number)
    context = {"said": request.POST, "kinds": KINDS.items(), "chosen": request.POST.getlist("kinds"), **more}
    context["now"] = f"{timezone.localtime():%H:%M %d/%m/%Y}"
    return render(request, "privacy/desk/notice_breach.html", context, status=422 if more else 200)


def _described(request: HttpRequest) -> dict[str, Any]:
    said = request.POST
    return {
        "what": forms.text(said, "what", actions.LONGEST), "kinds": said.getlist("kinds"),
        "people_count": forms.count(said, "people_count"),
        "consequences": forms.text(said, "consequences", actions.LONGEST),
        "measures": forms.text(said, "measures", actions.LONGEST),
    }  # fmt: skip


def _found(request: HttpRequest, number: str) -> queries.Sheet:
    rows = Breach.objects.visible_to(acting(request)).filter(case__number=number)
    found = queries.sheets(rows, timezone.now())
    if not found:
        raise NotFound
    return found[0]


def _breach(request: HttpRequest, number: str, more: dict[str, Any] | None = None) -> HttpResponse:
    actor, sheet = acting(request), _found(request, number)
    one = sheet.breach
    affected, told = one.affected.count(), one.affected.exclude(told_at=None).count()
    entries = Entry.objects.filter(case=one.pk).order_by("-seq")[:SHOWN]
    context = {
        "sheet": sheet, "one": one, "case": one.case, "affected": affected, "told": told, "kinds": KINDS.items(),
        "moves": {move.verb for move in open_moves(BREACH.lifecycle, one.case.state, one.case.whom, actor)},
        "may_write": actor.may(Permission.ANSWER) and one.case.state in ("noticed", "reported"),
        "others": [(code, words) for code, words in WHOM.items() if code is not Whom.AUTHORITY],
        "now": f"{timezone.localtime():%H:%M %d/%m/%Y}",
        "history": timeline(entries),
        "said": request.POST, **(more or {}),
    }  # fmt: skip
    return render(request, "privacy/desk/breach.html", context, status=422 if more else 200)


@never_cache
@officials_who(Permission.SEE)
@require_GET
def breach(request: HttpRequest, number: str) -> HttpResponse:
    """One breach: what it touched, until when whom to tell, who was told, and what to do next."""
    return _breach(request, number)


@never_cache
@officials_who(Permission.SEE)
@require_GET
def form(request: HttpRequest, number: str) -> HttpResponse:
    """The notification to the authority, to be signed and sent."""
    sheet = _found(request, number)
    data = queries.form_data(sheet) | {
        "agency": tree().nodes[tree().root_ids[0]].name,
        "officer": acting(request).name,
    }
    answer = HttpResponse(typeset(FORM, data, at=timezone.now()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return answer


def _told(request: HttpRequest) -> dict[str, Any]:
    said = request.POST
    return {
        "name": forms.text(said, "name", 200), "document": forms.text(said, "document", 200),
        "told_at": forms.moment(said, "told_at"),
    }  # fmt: skip


def _reason(request: HttpRequest) -> dict[str, Any]:
    return {"reason": forms.text(request.POST, "reason", 1000)}


def _numbers(request: HttpRequest) -> dict[str, Any]:
    return {"numbers": forms.text(request.POST, "numbers", 20_000).replace(",", "\n").splitlines()}


_ACT: dict[str, tuple[Callable[..., Any], Callable[[HttpRequest], dict[str, Any]]]] = {
    "mo-ta": (actions.describe, _described),
    "nguoi": (actions.affect, _numbers),
    "bao": (actions.report, _told),
    "thong-bao": (actions.tell, lambda request: _told(request) | {"whom": request.POST.get("whom", "")}),
    "ket-thuc": (actions.close, _reason),
    "khong-phai": (actions.dismiss, _reason),
}


@officials_who(Permission.ANSWER)
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    if verb not in _ACT:
        raise NotFound
    found, (do, read) = _found(request, number), _ACT[verb]
    now: datetime = timezone.now()
    try:
        do(case_id=found.breach.pk, by=acting(request), at=now, **read(request))
    except Refusal as refused:
        return _breach(request, number, again(refused))
    messages.success(request, _("Đã ghi nhận."))
    return redirect("privacy:breach", number)
