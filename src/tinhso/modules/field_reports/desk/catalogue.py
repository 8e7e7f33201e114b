"""The list of kinds of report: what holds today, and publishing another edition from a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tinhso.kernel.clock.rules import limit_words
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.field_reports.actions.editions import publish_edition
from tinhso.modules.field_reports.models import CategoryEdition
from tinhso.modules.field_reports.queries.catalogue import catalogue_on
from tinhso.modules.field_reports.queries.places import department_named
from tinhso.modules.field_reports.rules.catalogue import as_written
from tinhso.modules.field_reports.rules.states import Permission

MOST_BYTES = 1024 * 1024
EDITIONS_SHOWN = 20


@officials_who(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def catalogue(request: HttpRequest) -> HttpResponse:
    """Kinds with units and deadlines; a new edition is the newest one's YAML file (``?tai=1``) with changes."""
    errors: dict[str, str] = {}
    status = 200
    if request.GET.get("tai"):
        return _file()
    if request.method == "POST":
        try:
            published = publish_edition(
                _content(request), valid_from=_day(request), by=acting(request), at=timezone.now()
            )
        except Refusal as no:
            errors, status = {no.field or "file": no.message}, no.status
        else:
            messages.success(request, _("Đã công bố danh mục, bản %(number)s.") % {"number": published.number})
            return redirect("field_reports:catalogue")
    said = {"errors": list(errors.items()), "errors_by": errors, "has_errors": bool(errors), "said": request.POST}
    return render(request, "field_reports/desk/catalogue.html", _context() | said, status=status)


def _context() -> dict[str, Any]:
    """What holds today, and the editions there are."""
    found = catalogue_on(timezone.localdate())[1]
    return {
        "found": found,
        "groups": list(found.groups()),
        "levels": [(one.name, limit_words(one.limit)) for one in found.levels.values()],
        "level_names": {one.code: one.name for one in found.levels.values()},
        "unit_names": {one.unit: department_named(one.unit) for one in found.categories.values()},
        "intake": limit_words(found.intake),
        "editions": CategoryEdition.objects.order_by("-number")[:EDITIONS_SHOWN],
    }


def _file() -> HttpResponse:
    """The newest edition, to be changed and published as the next."""
    newest = CategoryEdition.objects.binding().order_by("-valid_from", "-number").first()
    if newest is None:
        raise NotFound
    text = yaml.safe_dump([as_written(newest.content)], allow_unicode=True, sort_keys=False, width=110)
    headers = {"Content-Disposition": f'attachment; filename="danh-muc-phan-anh-{newest.number}.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


def _content(request: HttpRequest) -> Mapping[str, Any]:
    """The one edition in the file. Raises Refusal for what is no such file."""
    upload = request.FILES.get("file")
    if upload is None or not upload.size or upload.size > MOST_BYTES:
        raise Refusal("field_reports.list_file", _("Chọn tệp danh mục YAML, tối đa 1 MB."), field="file")
    try:
        read = yaml.safe_load(upload.read())
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise Refusal("field_reports.list_file", _("Tệp không phải YAML đọc được."), field="file") from broken
    one = read[0] if isinstance(read, list) and len(read) == 1 else read
    if not isinstance(one, dict) or "code" not in one:
        raise Refusal("field_reports.list_file", _("Tệp phải có đúng một danh mục, với mã (code)."), field="file")
    return {key: value for key, value in one.items() if key != "valid_from"}


def _day(request: HttpRequest) -> date:
    """From which day it holds: tomorrow at the earliest, so that no day has two lists."""
    try:
        found = date.fromisoformat(request.POST.get("valid_from", ""))
    except ValueError as wrong:
        raise Refusal("field_reports.list_day", _("Chọn ngày hiệu lực."), field="valid_from") from wrong
    if found <= timezone.localdate():
        raise Refusal("field_reports.list_day", _("Chọn ngày hiệu lực từ ngày mai."), field="valid_from")
    return found
