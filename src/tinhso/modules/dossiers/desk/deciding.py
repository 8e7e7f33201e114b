"""Taking a decision: its page, its rehearsal for the preview, and the one outcome of pressing twice."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.cases.actions import check_revision
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.identity.assurance import SIGNING, proven
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.manifest import Readers, registry
from tinhso.kernel.papers.typesetting import picture, typeset
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.models import Account
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.dossiers.desk.decisions import Decision, Taken, decision_called
from tinhso.modules.dossiers.desk.offers import offers
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import case_page as queries
from tinhso.modules.dossiers.queries import clocks, printing
from tinhso.modules.dossiers.queries.case_page import CasePage
from tinhso.modules.dossiers.queries.following import open_children

ENDING = ("rut", "dung")  # after these, what was opened for the dossier goes on by itself
ALWAYS = ("ghi-chu", "cho-y-kien")  # not buttons of the bar: the action itself asks the right


@officials_who()
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """The page of one decision. A GET that is no longer open leads back to the case with the reason."""
    decision = decision_called(slug)
    page = queries.case_page(number, acting(request))
    if request.method == "POST":
        signs = decision.is_signed and offers(page, acting(request), timezone.now()).has(slug)
        return (_take_proven if signs else _take)(request, page, decision)
    offered = offers(page, acting(request), timezone.now())
    if slug not in ALWAYS and not offered.has(slug):
        messages.warning(
            request, _("Lúc này không thể “%(what)s”. Xem trạng thái mới của hồ sơ.") % {"what": decision.title}
        )
        return redirect("dossiers:detail", page.case.number)
    form = decision.form(page=page, initial=_first_words(request, page))
    viewed(case_id=page.case.pk, by=acting(request), at=timezone.now(), on=timezone.localdate())
    return _page(request, page, decision, form)


def _first_words(request: HttpRequest, page: CasePage) -> dict[str, Any]:
    step = request.GET.get("buoc", "")
    return {"step": int(step)} if step.isdecimal() and len(step) < 12 else {}


def _take(request: HttpRequest, page: CasePage, decision: Decision) -> HttpResponse:
    form = decision.form(request.POST, request.FILES, page=page)
    if not form.is_valid():
        return _page(request, page, decision, form, status=422)
    taken = Taken(page.dossier.pk, form, acting(request), timezone.now(), request)
    try:
        act(decision, taken)
    except NotAllowed:
        raise
    except Refusal as refusal:
        if was_mine(decision, taken):
            return _done(request, page, decision)
        return _refused(request, page.case.number, decision, refusal)
    return _done(request, page, decision)


def act(decision: Decision, taken: Taken) -> Any:
    """Under one lock: the revision on which the official decided, then the decision itself."""
    with transaction.atomic():
        locked = Dossier.objects.locked(taken.dossier_id)
        if decision.checks_revision:
            check_revision(locked.case, taken.said.get("revision"))
        elif was_mine(decision, taken, text=taken.said.get("text")):
            return None
        return decision.act(taken)


def was_mine(decision: Decision, taken: Taken, **said: Any) -> bool:
    """Whether the entry that followed the page is this very decision by this very person: pressed twice.

    ``said`` narrows it to an entry with these data; what is None narrows nothing."""
    seen = taken.said.get("seen")
    if seen is None:
        return False
    following = Entry.objects.filter(case_id=taken.dossier_id, seq=seen + 1, actor_id=taken.by.account_id)
    same = {name: value for name, value in said.items() if value is not None}
    return any(same.items() <= one.said.items() for one in following.filter(verb__in=decision.verbs))


_take_proven = proven(within=SIGNING)(_take)


def _done(request: HttpRequest, page: CasePage, decision: Decision) -> HttpResponse:
    messages.success(request, f"{decision.done} ({page.case.number})")
    return redirect("dossiers:detail", page.case.number)


def _refused(request: HttpRequest, number: str, decision: Decision, refusal: Refusal) -> HttpResponse:
    """The same page with everything that was typed, what stands in the way, and what changed meanwhile."""
    page = queries.case_page(number, acting(request))
    form = decision.form(request.POST, request.FILES, page=page)
    form.is_valid()
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    seen = form.cleaned_data.get("seen")
    changes = []
    if isinstance(refusal, Stale) and seen is not None:
        changes = [row for row, entry in zip(queries.history(page), page.entries, strict=True) if entry.seq > seen]
    form.data = renewed = request.POST.copy()
    renewed["revision"], renewed["seen"] = str(page.case.revision), str(page.case.journal_seq)
    return _page(request, page, decision, form, status=refusal.status, changes=changes)


def _page(
    request: HttpRequest, page: CasePage, decision: Decision, form: Any, *, status: int = 200, changes: Any = ()
) -> HttpResponse:
    offered = offers(page, acting(request), timezone.now())
    context = {
        "page": page,
        "case": page.case,
        "dossier": page.dossier,
        "decision": decision,
        "form": form,
        "changes": changes,
        "is_open": decision.slug in ALWAYS or offered.has(decision.slug),
        "has_errors": bool(form.errors),
        "clock": clocks.clock_of(page.case, timezone.now()),
        "facts": queries.facts_of(page, acting(request)),
        "checklist": queries.checklist(page) if decision.slug == "tiep-nhan" else (),
        "following": page.following if decision.slug == "chuyen-buoc" else None,
        "opinion": _opinion(page, form),
        "children": open_children(page.dossier) if decision.slug in ENDING else (),
        "is_own_work": decision.is_signed and page.dossier.handler_id == acting(request).account_id,
    }
    return render(request, "dossiers/desk/decide.html", context, status=status)


def _opinion(page: CasePage, form: Any) -> Any:
    wanted = str(form["step"].value() or "") if "step" in form.fields else ""
    return next((step for step in page.opinions if str(step.id) == wanted), None)


@officials_who()
@require_POST
def preview(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """What the applicant will read and the letter exactly as printed, before anything is done. Nothing is kept."""
    decision = decision_called(slug)
    page = queries.case_page(number, acting(request))
    if not decision.can_be_rehearsed:
        raise NotFound
    form = decision.form(request.POST, page=page)
    context: dict[str, Any] = {"decision": decision, "case": page.case}
    if not form.is_valid():
        context["waits"] = _("Điền các ô bên trái để xem trước.")
    else:
        try:
            context |= _rehearse(decision, Taken(page.dossier.pk, form, acting(request), timezone.now()), page)
        except Refusal as refusal:
            context["waits"] = refusal.message
    if not is_fragment(request) and "letter" in context:
        return _pdf(context["letter"])
    return render(request, "dossiers/desk/_preview.html", _with_pictures(context))


def _rehearse(decision: Decision, taken: Taken, page: CasePage) -> dict[str, Any]:
    """Take the decision for real and take it back: what is shown is what will be."""
    if decision.letter == "refusal":
        return {"letter": _refusal_letter(taken, page)}
    with transaction.atomic():
        decision.act(taken)
        dossier = Dossier.objects.select_related("case__unit").get(pk=taken.dossier_id)
        entry = Entry.objects.filter(case_id=taken.dossier_id).order_by("-seq").first()
        found: dict[str, Any] = {
            "clock": clocks.clock_of(dossier.case, taken.at),
            "state": dossier.case.state_of.name,
        }
        if entry is not None and registry.entries[entry.verb].readers is not Readers.OFFICIALS:
            found["sentence"] = sentence(entry)
        if decision.letter == "result":
            found["letter"] = result_letter(dossier, taken.by)
        elif decision.letter:
            paper = dossier.papers.filter(form=decision.letter).last()
            found["letter"] = (paper.template, paper.data) if paper else None
        transaction.set_rollback(True)
    return found


def result_letter(dossier: Dossier, by: Any) -> tuple[str, Mapping[str, Any]]:
    """Template and data of the result as it would be signed by this official."""
    signer = Account.objects.filter(pk=by.account_id).first() if by.may("dossiers.sign", dossier.case.unit_id) else None
    title = by.title if signer else ""
    data = printing.result_data(dossier, signer=signer, title=title, at=timezone.now())
    return printing.result_template(dossier), data


def _refusal_letter(taken: Taken, page: CasePage) -> tuple[str, Mapping[str, Any]]:
    dossier = page.dossier
    dossier.outcome, dossier.result_text = "refused", {"refusal": taken.said["reason"]}
    return result_letter(dossier, taken.by)


def _with_pictures(context: dict[str, Any]) -> dict[str, Any]:
    letter = context.get("letter")
    if letter:
        pages = picture(printing.FORMS / f"{letter[0]}.typ", letter[1], dots_per_inch=80)
        context["pictures"] = ["data:image/png;base64," + base64.b64encode(one).decode() for one in pages[:4]]
    return context


def _pdf(letter: tuple[str, Mapping[str, Any]]) -> HttpResponse:
    pdf = typeset(printing.FORMS / f"{letter[0]}.typ", letter[1])
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": "inline"})
