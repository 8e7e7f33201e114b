"""What everybody sees of a photo, decided by hand: parts hidden in it, or all of it kept back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.pictures.rules import region
from tinhso.modules.field_reports.actions import photos
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.rules.states import Permission

COLUMNS, ROWS = 10, 8  # the net laid over the picture: each chosen field is hidden


def _photo(request: HttpRequest, number: str, photo_id: int) -> Photo:
    reports = Report.objects.visible_to(acting(request)).filter(case__number=number)
    rows = Photo.objects.select_related("report__case", "original__blob", "public_copy__blob")
    found = rows.filter(pk=photo_id, report__in=reports).first()
    if found is None:
        raise NotFound
    return found


@officials_who(Permission.SEE)
@require_http_methods(["GET", "POST"])
def hiding(request: HttpRequest, number: str, photo_id: int) -> HttpResponse:
    """The picture as sent under a net of fields, beside it what everybody sees."""
    photo = _photo(request, number, photo_id)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _decide(request, photo))
            return redirect("field_reports:hide_photo", number, photo_id)
        except Refusal as no:
            errors = [("fields", no.message)]
    context: dict[str, Any] = {
        "photo": photo,
        "case": photo.report.case,
        "errors": errors,
        "fields": [f"{row}-{column}" for row in range(ROWS) for column in range(COLUMNS)],
        "is_picture": photo.original.blob.media_type.startswith("image/"),
    }
    return render(request, "field_reports/desk/hiding.html", context, status=422 if errors else 200)


def _decide(request: HttpRequest, photo: Photo) -> str:
    """Do what was asked; the sentence that says so. Raises Refusal when no field was chosen."""
    said: dict[str, Any] = {"photo_id": photo.pk, "by": acting(request), "at": timezone.now()}
    act = request.POST.get("act")
    if act == "withhold":
        photos.withhold(**said)
        return _("Ảnh không còn công khai.")
    if act == "release":
        photos.release(**said)
        return _("Ảnh đã công khai, mặt người và biển số được che.")
    chosen = [part for one in request.POST.getlist("fields") if (part := _part(one)) is not None]
    if not chosen:
        raise Refusal("field_reports.nothing_chosen", _("Chọn ít nhất một ô cần che."), field="fields")
    photos.hide(regions=chosen, **said)
    return _("Đã che thêm.")


def _part(field: str) -> Any:
    row, _dash, column = field.partition("-")
    if not (row.isdecimal() and column.isdecimal() and len(field) < 7):
        return None
    return region(int(column) / COLUMNS, int(row) / ROWS, 1 / COLUMNS, 1 / ROWS)


@officials_who(Permission.SEE)
@require_GET
def shown(request: HttpRequest, number: str, photo_id: int) -> HttpResponseBase:
    """The copy that everybody sees, or would see were the report public."""
    photo = _photo(request, number, photo_id)
    if photo.public_copy is None:
        raise NotFound
    answer = file_response(photo.public_copy, inline=True)
    answer["Cache-Control"] = "no-store"
    return answer
