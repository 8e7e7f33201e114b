"""One scan: its pages, the archive PDF beside the originals, the signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.identity.assurance import SIGNING, proven
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.vault import actions, forms
from tinhso.modules.vault.desk.digitising import file_row
from tinhso.modules.vault.models import Scan, ScanFile
from tinhso.modules.vault.queries import scans as queries
from tinhso.modules.vault.rules import Permission, ScanState

BUSY = (ScanState.WAITING, ScanState.WORKING)


@officials_who(Permission.DIGITISE)
@require_GET
def scan(request: HttpRequest, scan: UUID) -> HttpResponse:
    """Originals on one side, the copy on the other: compare, then sign. While it is read the page asks again."""
    return _page(request, queries.scan_at_counter(acting(request), scan))


def _page(request: HttpRequest, found: Scan, status: int = 200, **more: Any) -> HttpResponse:
    viewed(case_id=found.case_id, by=acting(request), at=timezone.now(), on=timezone.localdate())
    files = found.files.select_related("attachment__blob", "scan")
    context = {
        "row": queries.scan_row(found),
        "scan": found,
        "files": [file_row(one) for one in files],
        "is_open": found.state == ScanState.ADDING,
        "is_busy": found.state in BUSY,
        "add_url": _add_url(found),
        "back": _back(found),
        "typed": request.POST,
        **more,
    }
    return render(request, "vault/desk/scan.html", context, status=status)


def _back(found: Scan) -> str:
    if found.part_id is None:
        return reverse("vault:certification", args=[found.case.number])
    return reverse("vault:dossier", args=[found.case.number])


def _add_url(found: Scan) -> str:
    if found.part_id is None:
        return reverse("vault:certification_add", args=[found.case.number])
    return reverse("vault:add", args=[found.case.number, found.part_id])


@officials_who(Permission.DIGITISE)
@require_GET
def archive(request: HttpRequest, scan: UUID) -> HttpResponseBase:
    """The archive PDF: the signed copy, or what was read when nobody has signed yet."""
    found = queries.scan_at_counter(acting(request), scan)
    shown = found.signed or found.result
    if shown is None:
        raise NotFound
    return file_response(shown, inline="tai" not in request.GET)


@officials_who(Permission.DIGITISE)
@require_GET
def original(request: HttpRequest, scan: UUID, file_id: int) -> HttpResponseBase:
    """A file as it was brought."""
    return file_response(_file(request, scan, file_id).attachment, inline=True)


def _file(request: HttpRequest, token: UUID, file_id: int) -> ScanFile:
    found = queries.scan_at_counter(acting(request), token)
    one = found.files.select_related("attachment__blob").filter(pk=file_id).first()
    if one is None:
        raise NotFound
    return one


@officials_who(Permission.DIGITISE)
@require_POST
def remove(request: HttpRequest, scan: UUID, file_id: int) -> HttpResponse:
    """Take a page away."""
    _file(request, scan, file_id)
    actions.remove_file(file_id=file_id, by=acting(request))
    return redirect("vault:scan", scan)


@officials_who(Permission.DIGITISE)
@require_POST
def act(request: HttpRequest, scan: UUID, verb: str) -> HttpResponse:
    """Read, read again, put aside, or sign."""
    found = queries.scan_at_counter(acting(request), scan)
    return (_act_proven if verb == "ky" else _act)(request, found, verb)


def _act(request: HttpRequest, found: Scan, verb: str) -> HttpResponse:
    by, at = acting(request), timezone.now()
    try:
        if verb == "doc":
            actions.send_to_read(scan_id=found.pk, by=by, at=at)
        elif verb == "doc-lai":
            actions.read_again(scan_id=found.pk, by=by, at=at)
        elif verb == "bo":
            actions.drop(scan_id=found.pk, by=by)
            return redirect(_back(found))
        elif verb == "ky":
            _sign(request, found)
            return redirect(_back(found))
        else:
            raise NotFound
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(request, found, status=422, **forms.shown_error(refusal, "ky"))
    return redirect("vault:scan", found.token)


_act_proven = proven(within=SIGNING)(_act)


def _sign(request: HttpRequest, found: Scan) -> None:
    if not request.POST.get("compared"):
        raise Refusal("vault.not_compared", "Đánh dấu đã đối chiếu với bản chính rồi mới ký.", field="compared")
    actions.sign_copy(
        scan_id=found.pk,
        number=forms.text(request.POST, "number", 80),
        issuer=forms.text(request.POST, "issuer", 250),
        issued_on=forms.day(request.POST.get("issued_on", "")),
        valid_until=forms.day(request.POST.get("valid_until", "")),
        by=acting(request),
        at=timezone.now(),
    )
