"""Certified e-copies at work: the register, a request at the counter, compare, sign, seal."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.cases.rules import holds, open_moves
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.identity.assurance import SIGNING, proven
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import read_card
from tinhso.kernel.units.queries import tree
from tinhso.modules.vault import actions, forms, rules
from tinhso.modules.vault.actions.certifying import scan_of
from tinhso.modules.vault.desk.digitising import added
from tinhso.modules.vault.models import Certification
from tinhso.modules.vault.queries import certificates as queries
from tinhso.modules.vault.queries.scans import scan_row
from tinhso.modules.vault.rules import Permission

SLUGS = {"doi-chieu": "compare", "ky": "sign", "dong-dau": "issue", "tu-choi": "refuse"}


@officials_who(Permission.SEE)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The requests that wait, or the register of the copies that were certified."""
    is_open = request.GET.get("xem", "") != "so"
    context = queries.register(acting(request), open_only=is_open, after=forms.key(request.GET.get("sau", "")))
    context |= {"is_open": is_open, "may_receive": acting(request).may(Permission.DIGITISE)}
    return render(request, "vault/desk/register.html", context)


@officials_who(Permission.DIGITISE)
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    """Somebody at the counter asks for a certified copy of the original in their hand."""
    form, actor = forms.RequestForm.read(request.POST), acting(request)
    who = {name: forms.text(request.POST, name, 200) for name in ("identity_number", "full_name")}
    card = read_card(who["identity_number"])
    if card is not None:
        who = {"identity_number": card.identity_number, "full_name": card.full_name}
    context: dict[str, Any] = {"form": form, "who": who, "request_key": uuid.uuid4()}
    if request.method == "POST" and card is None:
        try:
            made = actions.request_copy(
                **form.values() | {"unit_id": _commune(request)}, person_id=_person(who), by=actor, at=timezone.now()
            )
        except Refusal as refusal:
            if isinstance(refusal, NotAllowed):
                raise
            context |= forms.shown_error(refusal, "title")
            return render(request, "vault/desk/receive.html", context, status=refusal.status)
        return redirect("vault:certification", made.case.number)
    return render(request, "vault/desk/receive.html", context)


def _person(who: dict[str, str]) -> int:
    if not who["full_name"]:
        raise Refusal("vault.nobody", "Nhập họ tên người yêu cầu.", field="full_name")
    return people.register_person(identity_number=who["identity_number"], full_name=who["full_name"][:120]).pk


def _commune(request: HttpRequest) -> int:
    """The commune whose counter this is."""
    actor = acting(request)
    return tree().body_of(actor.unit_id).id if actor.unit_id is not None else 0


@officials_who(Permission.SEE)
@require_GET
def certification(request: HttpRequest, copy_number: str) -> HttpResponse:
    """One request with all that is needed for the next step."""
    return _page(request, queries.at_desk(acting(request), copy_number))


def _page(request: HttpRequest, found: Certification, status: int = 200, **more: Any) -> HttpResponse:
    viewed(case_id=found.pk, by=acting(request), at=timezone.now(), on=timezone.localdate())
    scan = scan_of(found)
    moves = {move.verb for move in open_moves(rules.CERTIFICATION.lifecycle, found.case.state, found.case.whom,
                                              acting(request))}  # fmt: skip
    context = {
        **queries.row_of(found),
        "scan": scan_row(scan) if scan else None,
        "may_digitise": holds(Permission.DIGITISE, found.case.whom, acting(request)),
        "moves": moves,
        "scan_verify": queries.verify_url(found.code) if found.code else "",
        **more,
    }
    return render(request, "vault/desk/certification.html", context, status=status)


@officials_who(Permission.DIGITISE)
@require_POST
def add(request: HttpRequest, copy_number: str) -> HttpResponse:
    """Pages of the original."""
    found = queries.at_desk(acting(request), copy_number)
    return added(request, found.pk, None, found.title, reverse("vault:certification", args=[copy_number]))


@officials_who(Permission.SEE)
@require_GET
def file(request: HttpRequest, copy_number: str) -> HttpResponseBase:
    """The certified copy as far as it is signed."""
    found = queries.at_desk(acting(request), copy_number)
    if found.copy is None:
        raise NotFound
    return file_response(found.copy, inline="tai" not in request.GET)


@officials_who(Permission.SEE)
@require_POST
def act(request: HttpRequest, copy_number: str, verb: str) -> HttpResponse:
    """Compare, sign, seal or refuse."""
    found, name = queries.at_desk(acting(request), copy_number), SLUGS.get(verb)
    if name is None:
        raise NotFound
    return (_act_proven if name in ("sign", "issue") else _act)(request, found, name)


def _act(request: HttpRequest, found: Any, name: str) -> HttpResponse:
    by, at = acting(request), timezone.now()
    try:
        if name == "compare":
            if not request.POST.get("compared"):
                raise Refusal("vault.not_compared", "Đánh dấu đã đối chiếu với bản chính.", field="compared")
            pages = forms.number(request.POST.get("pages", ""))
            actions.compare(case_id=found.pk, pages=pages, by=by, at=at)
        elif name == "refuse":
            actions.refuse(case_id=found.pk, reason=forms.text(request.POST, "reason", 1000), by=by, at=at)
        elif name == "sign":
            actions.sign(case_id=found.pk, by=by, at=at)
        else:
            actions.issue(case_id=found.pk, by=by, at=at)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(request, found, status=422, **forms.shown_error(refusal, "trang"))
    return redirect("vault:certification", found.case.number)


_act_proven = proven(within=SIGNING)(_act)
