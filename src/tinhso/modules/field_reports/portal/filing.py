"""The page on which anybody reports something, standing in the rain: a photo, a place, words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.api.forms import counted, form_key, sent_once
from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.errors import Checking, Refusal, by_field
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.models import Person
from tinhso.kernel.people.rules import phone_number
from tinhso.kernel.ui.offline import kept_offline
from tinhso.modules.field_reports import forms
from tinhso.modules.field_reports.actions.filing import MOST_PHOTOS, NewPhoto, NewReport, Sender, check, file
from tinhso.modules.field_reports.actions.intake import take_photo
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries import pages, places
from tinhso.modules.field_reports.queries.catalogue import catalogue_on
from tinhso.modules.field_reports.queries.public import view
from tinhso.modules.field_reports.rules.catalogue import Catalogue
from tinhso.modules.field_reports.rules.places import Point, point
from tinhso.modules.field_reports.rules.states import Channel

FROM_ONE_PLACE = (30, 3600)  # times in seconds: a family behind one router, not a program
FROM_ONE_PHONE = (8, 3600)
ASKED_OFTEN = (240, 300)  # suggestions while typing


def _from_this_place(request: HttpRequest) -> None:
    allow("field_reports.place", client_network(request), times=FROM_ONE_PLACE[0], seconds=FROM_ONE_PLACE[1])


@counted(_from_this_place)
@sent_once
@kept_offline
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent, it leads to the report's own secret page."""
    if request.method == "GET":
        return render(request, "field_reports/portal/file.html", _context(request, request.GET, {}))
    try:
        filed = _filed(request)
    except Refusal as no:
        errors = by_field(no, "text")
        return render(
            request, "field_reports/portal/file.html", _context(request, request.POST, errors), status=no.status
        )
    return redirect("field_reports:followed", filed.case.number, filed.case.lookup_key)


def _filed(request: HttpRequest) -> Report:
    """Take the report in. Raises Refusal for all that is wrong with it at once, the telephone included."""
    checking, telephone, sender = Checking(), Checking(), Sender()
    with telephone.part():
        sender = _sender(request)
    new = _read(request, sender)
    if telephone.found:
        with checking.part():
            check(new, at=timezone.now())
        checking.found += telephone.found
    checking.end()
    return file(new, at=timezone.now())


def _read(request: HttpRequest, sender: Sender) -> NewReport:
    """The report as the form says it. Raises Refusal for what cannot be read; programs that fill in the trap too."""
    said, at, by = request.POST, timezone.now(), acting(request)
    if said.get(forms.TRAP):
        raise Refusal("field_reports.robot", _("Không gửi được. Tải lại trang rồi gửi, hoặc gọi 1022."))
    edition = catalogue_on(timezone.localdate(at))[1]
    uploads = request.FILES.getlist("photos")
    if len(uploads) > MOST_PHOTOS:
        raise Refusal("field_reports.photos", _("Gửi tối đa 5 ảnh."), field="photos")
    if sender.phone:
        allow("field_reports.phone", sender.phone, times=FROM_ONE_PHONE[0], seconds=FROM_ONE_PHONE[1])
    photos = [take_photo(one, by_account_id=by.account_id, at=at) for one in uploads]
    place, source = forms.place_of(said), forms.source_of(said)
    if place and said.get("address", "").strip() and places.nearest_commune(place) is None:
        place = None  # a device elsewhere; where it happened is told in words
    if place is None:
        place = _place_of(photos)
        source = "photo" if place else "words"
    code = forms.category_of(said)
    return NewReport(
        text=said.get("text", ""),
        channel=Channel.APP if by.is_signed_in else Channel.WEB,
        category=code,
        place=place,
        accuracy_m=forms.accuracy_of(said),
        place_source=source,
        address=said.get("address", ""),
        commune_id=forms.whole(said.get("commune", "")),
        sender=sender,
        public_wanted=said.get("private") != "1",
        attributes=forms.attributes_of(said, edition.categories.get(code)),
        photos=photos,
        against_unit_id=forms.whole(said.get("against", "")),
        request_key=form_key(request),
    )


def _place_of(photos: list[NewPhoto]) -> Point | None:
    """Where a photo of the province was taken; one that was taken elsewhere says nothing of where this is."""
    taken = (point(one.latitude, one.longitude) for one in photos if one.latitude is not None)
    return next((one for one in taken if one and places.nearest_commune(one) is not None), None)


def _sender(request: HttpRequest) -> Sender:
    """Who sends: the account's own number counts as proved, a typed one not yet."""
    said, by = request.POST, acting(request)
    typed = said.get("phone", "").strip()
    number = phone_number(typed)
    if typed and number is None:
        raise Refusal("field_reports.phone", _("Nhập số điện thoại, như 0912 345 678, hoặc để trống."), field="phone")
    known = Person.objects.filter(pk=by.person_id).values_list("phone", flat=True).first() if by.person_id else ""
    return Sender(
        name=said.get("name", "").strip() or by.name,
        phone=number or known or "",
        account_id=by.account_id,
        phone_proved_at=timezone.now() if by.is_signed_in and known and number in (None, known) else None,
        is_name_hidden=said.get("show_name") != "1",
    )


def _context(request: HttpRequest, said: Any, errors: dict[str, str]) -> dict[str, Any]:
    edition = catalogue_on(timezone.localdate())[1]
    chosen = edition.categories.get(forms.category_of(said))
    return {
        "said": said,
        "errors": list(errors.items()),
        "errors_by": errors,
        "groups": list(edition.groups()),
        "chosen": chosen,
        "communes": pages.communes(),
        "bodies": pages.bodies() if chosen and chosen.is_against else [],
        "answers": forms.attributes_of(said, chosen) if said else {},
        "most_photos": MOST_PHOTOS,
        "has_errors": bool(errors),
    }


@require_GET
def hints(request: HttpRequest) -> HttpResponse:
    """A part of the page while it is filled in: likely kinds, what the kind asks, what was reported near already."""
    allow("field_reports.hints", client_network(request), times=ASKED_OFTEN[0], seconds=ASKED_OFTEN[1])
    said, at = request.GET, timezone.now()
    edition = catalogue_on(timezone.localdate(at))[1]
    text = said.get("text", "")[:1000]
    code = forms.category_of(said)
    suggested = edition.suggest(text) if len(text) > 3 else []
    chosen = edition.categories.get(code)
    context = {
        "suggested": suggested,
        "chosen": chosen,
        "chosen_code": code,
        "bodies": pages.bodies() if chosen and chosen.is_against else [],
        "answers": forms.attributes_of(said, chosen),
        "near": _near(edition, code or (suggested[0].code if suggested else ""), said),
        "errors_by": {},
    }
    response = render(request, "field_reports/portal/_hints.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _near(edition: Catalogue, code: str, said: Any) -> list[Any]:
    """Public reports of the same kind near the place, to follow instead of sending one more."""
    place = forms.place_of(said)
    if place is None or code not in edition.categories:
        return []
    found: list[Report] = places.near(code, place, at=timezone.now())
    return [view(one) for one in found if one.is_public]
