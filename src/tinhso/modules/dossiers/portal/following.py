"""Following a dossier: my dossiers, where it stands, what to do next, why the date is what it is, the result."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.papers.typesetting import typeset
from tinhso.kernel.people.middleware import acting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import keeping
from tinhso.modules.dossiers.forms import plain
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.queries import following as queries
from tinhso.modules.dossiers.queries.printing import FORMS


def dossier_of(request: HttpRequest, number: str) -> Dossier:
    """The applicant's own dossier. Raises NotFound for anybody else's, as if there were none."""
    found = (
        Dossier.objects.select_related("case__unit", "case__received_unit", "case__assignee", "result__blob")
        .filter(case__number=tidy_code(number), case__owner_id=acting(request).account_id)
        .first()
    )
    if found is None:
        raise _unknown()
    return found


def followed_by(request: HttpRequest, number: str) -> tuple[Dossier, bool]:
    """The applicant's own dossier, or one that somebody else filed for this person; and whether it is their own.

    Whom it was filed for follows it and reads the result; only who filed it acts on it. Raises NotFound."""
    rows = Dossier.objects.select_related("case__unit", "case__received_unit", "case__assignee", "result__blob")
    found = rows.followed_by(acting(request)).filter(case__number=tidy_code(number)).first()
    if found is None:
        raise _unknown()
    return found, found.case.owner_id == acting(request).account_id


def _unknown() -> NotFound:
    return NotFound("dossiers.not_found", _("Không tìm thấy hồ sơ này trong tài khoản của bạn. Kiểm tra lại mã."))


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My drafts and my dossiers, what waits for me first; paged by key."""
    return render(request, "dossiers/portal/mine.html", queries.mine(acting(request), request.GET.get("truoc", "")))


@login_required
@require_GET
def filed(request: HttpRequest, number: str) -> HttpResponse:
    """Certainty and what comes next; a permanent address, so the back button files nothing twice."""
    dossier = dossier_of(request, number)
    return render(request, "dossiers/portal/filed.html", queries.filed(dossier, timezone.now()))


@login_required
@require_GET
def tracking(request: HttpRequest, number: str) -> HttpResponse:
    """Where it is, who has it, when it is due, what happens next, and why if it stopped."""
    dossier, is_own = followed_by(request, number)
    context = queries.story(dossier, timezone.now())
    if not is_own:
        context |= {"is_for_me": True, "is_waiting": False, "can_withdraw": False, "parts": [], "papers": []}
    return render(request, "dossiers/portal/tracking.html", context)


@login_required
@require_GET
def why(request: HttpRequest, number: str) -> HttpResponse:
    """How the due date came about, and every date that was promised."""
    return render(request, "dossiers/portal/why.html", queries.reasons(followed_by(request, number)[0], timezone.now()))


@login_required
@require_http_methods(["GET", "POST"])
def supplement(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in what was asked for. Files that were judged good are kept when another one is refused."""
    dossier = dossier_of(request, number)
    context = queries.asked_for(dossier, acting(request))
    if context["asked"] is None:
        return redirect("dossiers:tracking", dossier.case.number)
    if request.method == "POST":
        errors = _answer(request, dossier, context)
        if not errors:
            return redirect("dossiers:tracking", dossier.case.number)
        context |= {"errors": errors, "has_errors": True, "answer": request.POST.get("answer", "")[:4000]}
        return render(request, "dossiers/portal/supplement.html", context, status=422)
    return render(request, "dossiers/portal/supplement.html", context)


def _answer(request: HttpRequest, dossier: Dossier, context: dict) -> list[tuple[str, str]]:
    """Take the files and the sentence; the errors by field, nothing being sent while there is one."""
    errors, parts = [], []
    for index, row in enumerate(context["rows"]):
        if key := plain(request.POST.get(f"kept-{index}"))[:80]:
            try:
                by = acting(request)
                paper = keeping.taken(key, person_id=by.person_id, business_id=None, by=by, at=timezone.now())
            except Refusal as refusal:
                errors.append((f"file-{index}", refusal.message))
            else:
                parts.append(keeping.part_from(paper, code=row["code"], name=row["name"], at=timezone.now()))
        for file in request.FILES.getlist(f"file-{index}")[:20]:
            try:
                attachment = files.store(
                    file, name=file.name or "", by_account_id=acting(request).account_id, purpose="dossiers.component"
                )
            except Refusal as refusal:
                errors.append((f"file-{index}", refusal.message))
                continue
            parts.append(
                Part(
                    code=row["code"], name=row["name"], attachment=attachment, dossier=dossier, added_at=timezone.now()
                )
            )
    if errors:
        return errors
    send = actions.complete if dossier.case.state == "incomplete" else actions.supplement
    try:
        send(
            dossier_id=dossier.pk,
            answer=plain(request.POST.get("answer", ""))[:4000],
            parts=parts,
            by=acting(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return [(refusal.field or "answer", refusal.message)]
    return []


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the dossier back, with a reason, while no result exists."""
    dossier = dossier_of(request, number)
    reason = plain(request.POST.get("reason", ""))[:4000]
    context: dict[str, Any] = {"dossier": dossier, "case": dossier.case, "reason": reason}
    context["children"] = queries.open_children(dossier)
    if request.method == "POST":
        try:
            actions.withdraw(dossier_id=dossier.pk, reason=reason, by=acting(request), at=timezone.now())
        except Refusal as refusal:
            context |= {"errors": [(refusal.field or "reason", refusal.message)], "has_errors": True}
            return render(request, "dossiers/portal/withdraw.html", context, status=422)
        return redirect("dossiers:tracking", dossier.case.number)
    return render(request, "dossiers/portal/withdraw.html", context)


@login_required
@require_GET
def result(request: HttpRequest, number: str) -> HttpResponseBase:
    """The signed result, once it is issued."""
    dossier, _is_own = followed_by(request, number)
    if dossier.result is None or dossier.case.state not in ("finished", "returned"):
        raise NotFound("dossiers.no_result_yet", _("Hồ sơ chưa có kết quả. Xem ngày hẹn trên trang theo dõi."))
    return file_response(dossier.result)


@login_required
@require_GET
def paper(request: HttpRequest, number: str, paper_id: int) -> HttpResponse:
    """A form that was issued to the applicant, printed again word for word."""
    dossier = dossier_of(request, number)
    found = dossier.papers.filter(pk=paper_id).exclude(form__in=["06", "07"]).first()
    if found is None:
        raise NotFound
    pdf = typeset(FORMS / f"{found.template}.typ", found.data, at=timezone.localtime(found.issued_at))
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="mau-{found.form}-{dossier.case.number}.pdf"'},
    )


@login_required
@require_GET
def part(request: HttpRequest, number: str, part_id: int) -> HttpResponseBase:
    """A paper that the applicant handed in."""
    found = dossier_of(request, number).parts.filter(pk=part_id).select_related("attachment__blob").first()
    if found is None or found.attachment is None:
        raise NotFound
    return file_response(found.attachment, inline=True)
