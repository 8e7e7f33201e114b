"""The work list of digitisation, one dossier's papers, and the panel on its case page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.panels import nothing
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.manifest import Audience
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.vault import actions, forms
from tinhso.modules.vault.queries import scans as queries
from tinhso.modules.vault.queries.figures import shares
from tinhso.modules.vault.rules import Permission


@officials_who(Permission.DIGITISE)
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """What waits at my counters: copies to compare and sign first, then dossiers with papers to scan."""
    number = tidy_code(request.GET.get("q", ""))
    if number and dossiers.is_dossier_code(number):
        return redirect("vault:dossier", number)
    after = forms.key(request.GET.get("sau", ""))
    context = queries.work(acting(request), after)
    context |= {"ready": queries.to_compare(acting(request)) if after is None else [], "typed": number}
    context["shares"] = shares(acting(request), timezone.localdate())
    return render(request, "vault/desk/work.html", context)


@officials_who(Permission.DIGITISE)
@require_GET
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """One dossier's papers: scan what is on paper, use what its owner has already, search what was read."""
    return _page(request, number)


def _page(request: HttpRequest, number: str, status: int = 200, **more: Any) -> HttpResponse:
    case = queries.case_at_counter(acting(request), number)
    viewed(case_id=case.pk, by=acting(request), at=timezone.now(), on=timezone.localdate())
    context = queries.dossier(case, request.GET.get("q", "")[:120])
    return render(request, "vault/desk/dossier.html", context | more, status=status)


def _paper(request: HttpRequest, number: str, part_id: int) -> tuple[Any, Any]:
    case = queries.case_at_counter(acting(request), number)
    sheet = dossiers.paper_dossiers([case.pk])[case.pk]
    paper = next((one for one in sheet.papers if one.part_id == part_id), None)
    if paper is None:
        raise NotFound("vault.no_part", _("Không tìm thấy giấy tờ này trong hồ sơ."))
    return case, paper


@officials_who(Permission.DIGITISE)
@require_POST
def add(request: HttpRequest, number: str, part_id: int) -> HttpResponse:
    """Take pages for a paper; scripts get list lines, plain forms the page of the scan."""
    case, paper = _paper(request, number, part_id)
    return added(request, case.pk, part_id, paper.name, reverse("vault:dossier", args=[number]))


def added(request: HttpRequest, case_id: int, part_id: int | None, name: str, back: str) -> HttpResponse:
    """Add what was sent; a bad file harms no other."""
    made, refused = [], []
    for file in request.FILES.getlist("file")[:40]:
        try:
            made.append(
                actions.add_file(
                    case_id=case_id, part_id=part_id, name=name, stream=file, file_name=file.name or "",
                    by=acting(request), at=timezone.now(),
                )
            )  # fmt: skip
        except Refusal as refusal:
            refused.append(refusal)
    if request.headers.get("X-Requested-With") == "upload":
        if refused:
            return HttpResponse(refused[0].message, status=refused[0].status, content_type="text/plain; charset=utf-8")
        return render(request, "vault/desk/_files.html", {"files": [file_row(one) for one in made], "is_open": True})
    if refused:
        raise refused[0]
    return redirect("vault:scan", made[0].scan.token) if made else redirect(back)


def file_row(one: Any) -> dict[str, Any]:
    """A brought file as the list of files shows it."""
    args = [one.scan.token, one.pk]
    return {
        "name": one.attachment.name,
        "size": one.attachment.blob.size,
        "url": reverse("vault:scan_file", args=args),
        "remove": reverse("vault:scan_remove", args=args),
        "is_picture": one.attachment.blob.media_type.startswith("image/"),
    }


@officials_who(Permission.DIGITISE)
@require_POST
def take(request: HttpRequest, number: str, part_id: int) -> HttpResponse:
    """Use a paper of the applicant's vault instead of scanning it again."""
    case, _paper_found = _paper(request, number, part_id)
    try:
        actions.take_into_dossier(
            case_id=case.pk, part_id=part_id, key=forms.text(request.POST, "giay-to", 80), by=acting(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, number, status=refusal.status, errors=[(f"giay-{part_id}", refusal.message)])
    return redirect(reverse("vault:dossier", args=[number]) + f"#giay-{part_id}")


@officials_who()
@require_GET
def panel(request: HttpRequest, case_id: int) -> HttpResponse:
    """The part of a dossier's page that tells how far its papers are digitised and which came from the vault."""
    context = queries.panel(acting(request), case_id)
    if context is None:
        words = _("Hồ sơ này không có giấy tờ cần số hóa.")
        return nothing(request, case_id, Audience.DESK, _("Số hóa giấy tờ"), words)
    return render(request, f"vault/desk/{'_' if is_fragment(request) else ''}panel.html", context)
