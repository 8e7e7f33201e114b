"""The counter: receive a dossier with the keyboard alone, find one by its number, look through the unit's dossiers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.papers.rules import date_words, masked_identity
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import phone_number
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import keeping
from tinhso.modules.dossiers.desk import filling_in
from tinhso.modules.dossiers.desk.counter_form import CHANNELS, RESULT_CHANNELS, CounterForm
from tinhso.modules.dossiers.desk.offers import offers
from tinhso.modules.dossiers.desk.printed import pdf_response
from tinhso.modules.dossiers.models import Dossier, Guidance, Part
from tinhso.modules.dossiers.queries import case_page, clocks
from tinhso.modules.dossiers.queries import counter as queries
from tinhso.modules.dossiers.queries import guidance as guided
from tinhso.modules.dossiers.rules import DOSSIER, Permission

AT_COUNTER = ("nhan-bo-sung", "tra-ket-qua", "thu-phi", "rut", "tiep-nhan", "huong-dan")


@officials_who(Permission.RECEIVE)
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """One form for the whole reception. ``do`` says what the button meant; anything else works the form out anew."""
    unit_id = queries.counter_of(acting(request))
    if unit_id is None:
        raise NotAllowed
    form = CounterForm(acting(request), unit_id, timezone.now(), request.POST, request.FILES)
    wish = request.POST.get("do", "")
    if wish == "tiep-nhan" and form.check():
        answer = _receive(form)
        if answer is not None:
            return answer
    elif wish == "huong-dan":
        form.check_procedure()
        if not form.errors:
            return _guide(form)
    form.look_up()
    form.choose()
    context = {
        "form": form,
        "text": form.text,
        "channels": [(code, _(words)) for code, words in CHANNELS],
        "result_channels": [(code, _(words)) for code, words in RESULT_CHANNELS],
        "unit": tree().nodes[unit_id],
        "has_errors": bool(form.errors),
        "today": guided.today(unit_id, form.at),
    }
    return render(request, "dossiers/desk/counter.html", context, status=422 if form.errors else 200)


def _receive(form: CounterForm) -> HttpResponse | None:
    """Register the person, keep the papers, open the dossier: together or not at all. Twice gives the same dossier."""
    try:
        dossier = _received(form)
    except IntegrityError:
        dossier = Dossier.objects.select_related("case").get(request_key=form.filing_key)
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed):
            raise
        form.errors[refusal.field or "papers"] = refusal.message
        return None
    return redirect("dossiers:counter_done", dossier.case.number)


@transaction.atomic
def _received(form: CounterForm) -> Dossier:
    filing = form.filing(_applicant(form), form.answers)
    parts = [] if Dossier.objects.filter(request_key=form.filing_key).exists() else _parts(form)
    return actions.receive_at_counter(
        filing=filing, parts=parts, by=form.actor, at=form.at, fee_paid=form.fee_paid and form.fee > 0
    )


def _applicant(form: CounterForm) -> actions.Applicant:
    text = form.text
    person, business = None, None if form.is_person else queries.business_with(text["identity_number"])
    if form.is_person:
        known = {"phone": phone_number(text["phone"]) or "", "email": text["email"], "address": text["address"][:250]}
        person = people.register_person(
            identity_number=text["identity_number"], full_name=text["full_name"][:120], born_on=form.born_on, **known
        )
    return actions.Applicant(
        name=text["full_name"],
        identity_number=text["identity_number"][:14],
        phone=phone_number(text["phone"]) or "",
        email=text["email"][:254],
        address=text["address"],
        person_id=person.pk if person else None,
        business_id=business.pk if business else None,
        account_id=queries.account_of(person) if person else None,
        on_behalf_of=text["on_behalf_of"],
    )


def _parts(form: CounterForm) -> list[Part]:
    found = []
    for line in form.papers:
        code = line.component.code
        for scan in (form.files.getlist(f"scan-{code}") if form.files else [])[:10]:
            kept = files.store(scan, name=scan.name, by_account_id=form.actor.account_id, purpose="dossiers.component")
            found.append(_part(line, Part.Source.SCAN, kept))
        if line.taken:
            paper = keeping.taken(line.taken, **form.holder, by=form.actor, at=form.at)
            found.append(keeping.part_from(paper, code=code, name=line.component.name, at=form.at))
        if line.is_there and not any(part.code == code for part in found):
            found.append(_part(line, Part.Source.PAPER, None))
    return found


def _part(line: Any, source: str, kept: Any) -> Part:
    one = line.component
    return Part(
        code=one.code[:60], name=one.name[:300], source=source, attachment=kept, originals=line.originals,
        copies=line.copies,
    )  # fmt: skip


def _guide(form: CounterForm) -> HttpResponse:
    """Form 02 for somebody whose dossier is not complete: nothing is received, what was asked for is kept."""
    given = actions.guide(
        unit_id=form.unit_id,
        procedure_code=form.sheet.code,
        branch=form.branch,
        identity_number=form.text["identity_number"],
        missing=[{"code": one.code, "name": one.name} for one in form.lacking],
        data=_form02(form),
        request_key=form.request_key,
        by=form.actor,
        at=form.at,
    )
    return pdf_response("form02", given.data, "huong-dan-bo-sung")


def _form02(form: CounterForm) -> dict[str, Any]:
    known, text = tree(), form.text
    body = known.body_of(form.unit_id)
    parent = known.nodes.get(body.parent_id or 0)
    now = timezone.localtime(form.at)
    return {
        "parent_agency": parent.name if parent else "",
        "agency": body.name,
        "oss": known.nodes[form.unit_id].name,
        "place": body.short_name,
        "date": date_words(now.date()),
        "printed_at": f"{now:%H:%M %d/%m/%Y}",
        "applicant": {
            "name": text["full_name"],
            "identity": masked_identity(text["identity_number"]) if text["identity_number"] else "",
            "address": text["address"],
            "phone": text["phone"],
        },
        "procedure": form.sheet.name,
        "missing": [one.name for one in form.lacking],
        "reason": text["message"] or _("Hồ sơ chưa đủ thành phần theo quy định."),
        "guidance": [_("Mang đủ giấy tờ trên đến bộ phận một cửa, hoặc nộp trực tuyến.")],
        "officer": form.actor.name,
        "contact": {"name": known.nodes[form.unit_id].name},
    }


@officials_who(Permission.RECEIVE)
@require_GET
def guidance(request: HttpRequest, guidance_id: int) -> HttpResponse:
    """What a counter asked of somebody before, printed again word for word; any counter of the province may."""
    found = Guidance.objects.filter(pk=guidance_id).first()
    if found is None:
        raise NotFound
    return pdf_response("form02", found.data, f"huong-dan-bo-sung-{found.pk}")


@officials_who(Permission.RECEIVE)
@require_GET
def done(request: HttpRequest, number: str) -> HttpResponse:
    """What was received: its code and QR, the promised date, what to print, and on to the next."""
    dossier = case_page.dossier_at_desk(number, acting(request))
    context = {
        "dossier": dossier,
        "case": dossier.case,
        "receipt": dossier.papers.filter(form="01").last(),
        "lookup": case_page.lookup_of(dossier),
        "fee_words": case_page.fee_words_of(dossier),
        "questions_left": filling_in.questions_left(dossier),
    }
    return render(request, "dossiers/desk/counter_done.html", context)


@officials_who(Permission.RECEIVE)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """A dossier by the number or QR code that somebody brings: what the counter may do with it now."""
    text, at = request.GET.get("q", "")[:300].strip(), timezone.now()
    rows, _more = queries.search(acting(request), text) if text else ([], None)
    shown = [_row(request, one, at) for one in rows[:5]]
    context = {"text": text, "rows": shown, "count": len(rows)}
    return render(request, "dossiers/desk/counter_find.html", context)


def _row(request: HttpRequest, one: Dossier, at: datetime) -> dict[str, Any]:
    page = case_page.case_page(one.case.number, acting(request))
    viewed(case_id=page.case.pk, by=acting(request), at=at, on=timezone.localdate(at))
    offered = [offer for offer in offers(page, acting(request), at).all if offer.slug in AT_COUNTER]
    return {
        "case": page.case,
        "dossier": page.dossier,
        "offers": offered,
        "clock": clocks.clock_of(page.case, at),
        "facts": case_page.facts_of(page, acting(request)),
    }


@officials_who()
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All dossiers of the actor's units, by words and state, newest first; paged by key."""
    if not acting(request).may(Permission.SEE):
        raise NotAllowed
    text, state, after = (request.GET.get(name, "")[:120] for name in ("q", "trang-thai", "sau"))
    known = {one.code: one.name for one in DOSSIER.lifecycle.states}
    key = int(after) if after.isdecimal() and len(after) < 12 else None
    rows, more = queries.search(acting(request), text, state=state if state in known else "", after=key)
    at = timezone.now()
    context = {
        "text": text,
        "state": state,
        "states": sorted(known.items()),
        "rows": [
            {
                "case": one.case,
                "dossier": one,
                "clock": clocks.clock_of(one.case, at),
                "status": case_page.STATE_STATUS.get(one.case.state, ""),
            }
            for one in rows
        ],
        "more": more,
        "keeps_register": acting(request).may(Permission.RECEIVE),
        "first": timezone.localdate().replace(day=1),
        "last": timezone.localdate(),
    }
    return render(request, "dossiers/desk/listed.html", context)
