"""Definitions: all of them, and a new version of one."""

from __future__ import annotations

from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui import typed
from tinhso.modules.indicators.actions import defining
from tinhso.modules.indicators.queries import definitions
from tinhso.modules.indicators.rules.words import DOMAIN_NAMES, FREQUENCY_NAMES, MEASURES, Permission

LARGEST_TEXT = 60_000  # letters of a definition
START = {
    "code": "ma_chi_tieu",
    "name": "Tên chỉ tiêu",
    "domain": "digital_government",
    "measure": "percent",
    "levels": ["province", "commune"],
    "direction": "up",
    "frequency": "month",
    "places": 2,
    "rounding": "truncated",
    "tolerance": {"nearly": "0.9", "behind": "0.7"},
    "numerator": {"words": "hồ sơ giải quyết đúng hạn", "source": "facts:dossiers.issued[verdict=on_time]"},
    "denominator": {"words": "hồ sơ có kết quả", "source": "facts:dossiers.issued"},
    "owner": "Sở Khoa học và Công nghệ",
}


@officials_who(Permission.SEE)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All definitions in force, by domain."""
    rows = [
        {"one": one, "version": version, "domain": DOMAIN_NAMES[one.domain], "often": FREQUENCY_NAMES[one.frequency],
         "measure": MEASURES[one.measure][0]}
        for version, one in definitions.in_force(timezone.localdate()).values()
    ]  # fmt: skip
    rows.sort(key=lambda row: (list(DOMAIN_NAMES).index(row["one"].domain), row["one"].name))  # type: ignore[attr-defined]
    context = {"rows": rows, "may_manage": acting(request).may(Permission.MANAGE)}
    return render(request, "indicators/desk/definitions.html", context)


@officials_who(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write a definition as text and publish it from a day on; an older one serves as the start."""
    context: dict[str, Any] = {"valid_from": f"{timezone.localdate():%d/%m/%Y}"}
    if request.method == "POST":
        text = request.POST.get("content", "").replace("\x00", "")
        try:
            content = typed.mapping(text, "content", most=LARGEST_TEXT)
            code = str(content.get("code", ""))
            defining.define(
                code, content, valid_from=typed.day(request.POST.get("valid_from", ""), "valid_from"),
                legal_source=" ".join(request.POST.get("legal_source", "").split()), by=acting(request),
                at=timezone.now(),
            )  # fmt: skip
            return redirect("indicators:indicator", code)
        except NotAllowed:
            raise
        except Refusal as refusal:
            context = {
                "errors": [(refusal.field or "content", refusal.message)], "text": text,
                "valid_from": request.POST.get("valid_from", ""), "legal_source": request.POST.get("legal_source", ""),
            }  # fmt: skip
    else:
        context |= _started(request.GET.get("tu", ""))
    return render(request, "indicators/desk/write.html", context, status=422 if "errors" in context else 200)


def _started(code: str) -> dict[str, str]:
    found = definitions.one(code, timezone.localdate()) if code else None
    content = {"code": code, **found[0].content} if found else START
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    return {"text": text, "legal_source": found[0].legal_source if found else ""}
