"""Filling in a dossier: begin or take up a draft, one question a page, add papers, check, file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal, Stale
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.language import readers_language
from tinhso.kernel.mandates import queries as mandates
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.middleware import acting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.forms import communes, plain, posted_answers, shown_fields
from tinhso.modules.dossiers.models import Draft
from tinhso.modules.dossiers.queries import answers as meanings
from tinhso.modules.dossiers.queries import drafts as queries
from tinhso.modules.procedures import door as procedures
from tinhso.modules.procedures.door import ProcedureSheet

FOR_WHOM = "nop-cho"
AGAIN = "ve-lai"  # the page is drawn again because an answer brings up other questions


def draft_of(request: HttpRequest, token: UUID) -> Draft:
    """The person's own draft. Raises NotFound for anybody else's and for one that was filed or thrown away."""
    draft = Draft.objects.visible_to(acting(request)).filter(token=token).select_related("dossier__case").first()
    if draft is None:
        raise NotFound("dossiers.no_draft", _("Không tìm thấy bản nháp này. Có thể bạn đã xóa."))
    return draft


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Begin, or go on where one left off."""
    branch = (request.POST.get("truong-hop") or request.GET.get("truong-hop") or "")[:40]
    sheet = procedures.published(code, timezone.localdate())
    if sheet is None or not sheet.is_online:
        raise NotFound("dossiers.not_filed_here", _("Thủ tục này chưa nhận hồ sơ trực tuyến ở đây."))
    if branch not in {one.code for one in sheet.branches}:
        branch = ""
    if request.method == "POST" and (branch or not sheet.branches):
        return redirect(_next_page(_begun(request, sheet, branch), ""))
    language = readers_language()
    existing = Draft.objects.visible_to(acting(request)).open().filter(procedure_code=code).order_by("-saved_at")[:3]
    context = {
        "sheet": sheet,
        "branch": branch,
        "branch_choices": [(one.code, one.name, one.hint) for one in sheet.branches],
        "drafts": list(existing),
        "components": procedures.components_for(sheet, branch),
        "limit": procedures.limit_words_for(sheet, "online", branch, language),
        "fee": procedures.fee_words_for(sheet, timezone.localdate(), "online", branch, language),
        "unchosen": request.method == "POST",
        "for_whom": _for_whom(request),
    }
    return render(request, "dossiers/portal/start.html", context, status=422 if context["unchosen"] else 200)


def _for_whom(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Oneself and everybody one may act for; empty when there is nobody to choose."""
    usable = mandates.usable(acting(request), timezone.localdate())
    choices = [(str(one.pk), one.subject_name, one.basis_words) for one in usable]
    return [("", _("Cho tôi"), ""), *choices] if choices else []


def _begun(request: HttpRequest, sheet: ProcedureSheet, branch: str) -> Draft:
    """A new draft, for whom the person chose. Raises Refusal when they may not act for them."""
    actor, chosen = acting(request), request.POST.get(FOR_WHOM, "")
    person_id = mandate_id = None
    if chosen:
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
        mandate = mandates.required(mandate_id=number, by=actor, on=timezone.localdate())
        mandate_id, person_id = mandate.pk, mandate.person_id
    known = {} if mandate_id and person_id is None else meanings.prefill(sheet, branch, actor, person_id=person_id)
    return actions.begin(
        procedure_code=sheet.code, branch=branch, by=actor, at=timezone.now(), prefill=known, mandate_id=mandate_id
    )


def _next_page(draft: Draft, after: str) -> str:
    """The page that follows a section: the next section, then the papers, then the check."""
    codes = [section.code for section, _fields in queries.sections_of(draft)]
    position = codes.index(after) + 1 if after in codes else 0
    if position < len(codes):
        return reverse("dossiers:draft_section", args=[draft.token, codes[position]])
    return reverse("dossiers:draft_papers", args=[draft.token])


@login_required
@require_GET
def hub(request: HttpRequest, token: UUID) -> HttpResponse:
    """The list of parts: what is filled in and what is not."""
    draft = draft_of(request, token)
    if draft.dossier is not None:
        return redirect("dossiers:filed", draft.dossier.case.number)
    return render(request, "dossiers/portal/hub.html", queries.hub_of(draft))


@login_required
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, token: UUID, code: str) -> HttpResponse:
    """One part of the form: shown with what was typed, kept whatever it is, gone on from when it stands."""
    draft = draft_of(request, token)
    if draft.dossier is not None:
        return redirect("dossiers:filed", draft.dossier.case.number)
    sections = queries.sections_of(draft)
    current = next((pair for pair in sections if pair[0].code == code), None)
    if current is None:
        raise NotFound("dossiers.no_section", _("Phần này không có trong biểu mẫu. Quay lại danh sách các phần."))
    answers, conflict = dict(draft.answers), None
    errors: dict[str, str] = {}
    on_page = {one.code for one in current[1]}
    if request.method == "POST":
        typed = posted_answers(current[0].fields, request.POST)
        typed = {name: value for name, value in typed.items() if name in on_page or value}
        answers |= typed
        saved, conflict = _save_section(request, draft, code, typed, answers)
        sheet = procedures.sheet(draft.version_id)
        form = procedures.form_for(sheet, draft.branch)
        _clean, errors = procedures.check_answers(form, answers, only_section=code)
        # A question that an answer has just brought up is asked, not marked as an error.
        new = {one for one in errors if one not in on_page}
        if saved is not None and (AGAIN in request.GET or (new and new == errors.keys())):
            errors = {}
        elif saved is not None and not errors:
            done = "kiem-tra" if request.GET.get("tu") == "kiem-tra" else ""
            return redirect("dossiers:draft_check", draft.token) if done else redirect(_next_page(saved, code))
        draft = saved or draft
        current = next(pair for pair in queries.sections_of(draft, answers) if pair[0].code == code)
    position = [one.code for one, _fields in sections].index(code)
    context = {
        "draft": draft,
        "section": current[0],
        "fields": shown_fields(
            current[1],
            answers,
            errors,
            prefilled=queries.prefilled(draft, acting(request)),
            deciding=queries.deciding(current[0]),
        ),
        "errors": list(errors.items()),
        "has_errors": bool(errors or conflict),
        "conflict": conflict,
        "step": position + 1,
        "steps": len(sections) + 2,
        "back": queries.page_before(draft, code),
    }
    return render(request, "dossiers/portal/section.html", context, status=422 if errors else 409 if conflict else 200)


def _save_section(
    request: HttpRequest, draft: Draft, code: str, typed: Mapping[str, Any], answers: Mapping[str, Any]
) -> tuple[Draft | None, list[tuple[str, str, str]] | None]:
    """The saved draft; or, when another device saved the same fields since, the two versions to choose from."""
    opened = request.POST.get("revision", "")
    keep_mine = request.POST.get("giu") == "ban-nay"
    form = procedures.form_for(procedures.sheet(draft.version_id), draft.branch)
    _clean, errors = procedures.check_answers(form, answers, only_section=code)
    try:
        saved = actions.save(
            token=draft.token,
            answers=typed,
            by=acting(request),
            at=timezone.now(),
            section=code,
            is_done=not errors,
            revision=int(opened) if is_whole(opened) and not keep_mine else None,
        )
    except Stale:
        return None, queries.differences(draft, typed)
    return saved, None


@login_required
@require_POST
def autosave(request: HttpRequest, token: UUID) -> HttpResponse:
    """Keep the fields that were changed. Answers 204; what is wrong with them is told when the person goes on.

    The answer tells the draft's revision, so that a page is not held against what it has itself kept."""
    draft = draft_of(request, token)
    if draft.dossier_id:
        return HttpResponse(status=204)
    fields = [one for _section, some in queries.sections_of(draft) for one in some]
    named = request.POST.get("_field", "")
    typed = posted_answers(fields, request.POST, only=named, kept=draft.answers)
    if typed:
        draft = actions.save(token=token, answers=typed, by=acting(request), at=timezone.now())
    return HttpResponse(status=204, headers={"Draft-Revision": str(draft.revision)})


@login_required
@require_GET
def papers(request: HttpRequest, token: UUID) -> HttpResponse:
    """The papers to hand in, each with the files that are there."""
    draft = draft_of(request, token)
    if draft.dossier is not None:
        return redirect("dossiers:filed", draft.dossier.case.number)
    return render(request, "dossiers/portal/papers.html", queries.papers_of(draft, acting(request)))


@login_required
@require_POST
def add_paper(request: HttpRequest, token: UUID, code: str) -> HttpResponse:
    """Take files for a paper. Scripts get list lines, plain forms the page again; a bad file harms no other."""
    draft = draft_of(request, token)
    sheet = procedures.sheet(draft.version_id)
    component = next((one for one in procedures.components_for(sheet, draft.branch) if one.code == code), None)
    if component is None:
        raise NotFound("dossiers.no_component", _("Giấy tờ này không có trong danh sách. Tải lại trang."))
    added, refused = [], []
    for file in request.FILES.getlist("file")[:20]:
        try:
            added.append(
                actions.attach(
                    token=token,
                    code=code,
                    name=component.name,
                    stream=file,
                    file_name=file.name or "",
                    by=acting(request),
                    at=timezone.now(),
                )
            )
        except Refusal as refusal:
            refused.append(refusal.message)
    if request.headers.get("X-Requested-With") == "upload":
        if refused:
            return HttpResponse(" ".join(refused), status=422, content_type="text/plain; charset=utf-8")
        return render(
            request, "dossiers/portal/files.html", {"files": [queries.file_of(part, draft) for part in added]}
        )
    if refused or not added:
        context = queries.papers_of(draft, acting(request))
        context["errors"] = [(f"giay-{code}", words) for words in refused or [_("Chọn một tệp ảnh hoặc PDF.")]]
        return render(request, "dossiers/portal/papers.html", context, status=422)
    return redirect(reverse("dossiers:draft_papers", args=[token]) + f"#giay-{code}")


@login_required
@require_POST
def use_kept(request: HttpRequest, token: UUID, code: str) -> HttpResponse:
    """Use a paper that one has already: one tap, no file to look for."""
    draft = draft_of(request, token)
    sheet = procedures.sheet(draft.version_id)
    component = next((one for one in procedures.components_for(sheet, draft.branch) if one.code == code), None)
    if component is None:
        raise NotFound("dossiers.no_component", _("Giấy tờ này không có trong danh sách. Tải lại trang."))
    try:
        actions.attach_kept(
            token=token,
            code=code,
            name=component.name,
            key=plain(request.POST.get("giay-to"))[:80],
            by=acting(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        context = queries.papers_of(draft, acting(request)) | {"errors": [(f"giay-{code}", refusal.message)]}
        return render(request, "dossiers/portal/papers.html", context, status=refusal.status)
    return redirect(reverse("dossiers:draft_papers", args=[token]) + f"#giay-{code}")


def _file_of(draft: Draft, part_id: int) -> Attachment:
    part = draft.parts.filter(pk=part_id).select_related("attachment__blob").first()
    if part is None or part.attachment is None:
        raise NotFound
    return part.attachment


@login_required
@require_GET
def part(request: HttpRequest, token: UUID, part_id: int) -> HttpResponseBase:
    """One's own file, to look at."""
    return file_response(_file_of(draft_of(request, token), part_id), inline=True)


@login_required
@require_POST
def remove_part(request: HttpRequest, token: UUID, part_id: int) -> HttpResponse:
    actions.detach(token=token, part_id=part_id, by=acting(request))
    return redirect("dossiers:draft_papers", token)


@login_required
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, token: UUID) -> HttpResponse:
    """Everything once more, then file. A second post, from any tab, leads to the same dossier."""
    draft = draft_of(request, token)
    if draft.dossier is not None:
        return redirect("dossiers:filed", draft.dossier.case.number)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        commune = request.POST.get(meanings.COMMUNE_ASKED_BY_ITSELF)
        if commune:
            chosen = {meanings.COMMUNE_ASKED_BY_ITSELF: plain(commune)[:40]}
            actions.save(token=token, answers=chosen, by=acting(request), at=timezone.now())
        try:
            dossier = actions.file_online(token=token, by=acting(request), at=timezone.now())
        except Refusal as refusal:
            errors = [(refusal.field or "ho-so", refusal.message)]
            draft.refresh_from_db()
            if refusal.code == "dossiers.version_changed":
                draft, errors = _renewed(request, draft, refusal.message)
        else:
            return redirect("dossiers:filed", dossier.case.number)
    context = queries.check_of(draft) | {"errors": errors, "errors_by": dict(errors), "has_errors": bool(errors)}
    if context["asks_commune"]:
        context["communes"] = communes()
    return render(request, "dossiers/portal/check.html", context, status=422 if errors else 200)


def _renewed(request: HttpRequest, draft: Draft, words: str) -> tuple[Draft, list[tuple[str, str]]]:
    """The draft on the procedure's newer version, and what the person is told: to look once more, then file."""
    try:
        return actions.renew(token=draft.token, by=acting(request), at=timezone.now()), [("ho-so", words)]
    except Refusal as refusal:
        return draft, [("ho-so", refusal.message)]


@login_required
@require_POST
def discard(request: HttpRequest, token: UUID) -> HttpResponse:
    actions.discard(token=token, by=acting(request))
    return redirect("dossiers:mine")
