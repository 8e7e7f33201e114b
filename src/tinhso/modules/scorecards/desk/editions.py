"""Editions: what they ask, what is not confirmed about them, drafting and publishing."""

from __future__ import annotations

from typing import Any

import yaml
from django.contrib.auth.decorators import login_required
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.ui import typed
from tinhso.modules.scorecards.actions import editions as acting_on
from tinhso.modules.scorecards.desk.asking import official
from tinhso.modules.scorecards.models import CriteriaEdition
from tinhso.modules.scorecards.rules import checks
from tinhso.modules.scorecards.rules.editions import KIND_NAMES, edition_from
from tinhso.modules.scorecards.rules.words import Permission

LISTED = 100
LARGEST_TEXT = 400_000  # letters of an edition


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All criteria sets with their editions."""
    actor = official(request)
    rows = CriteriaEdition.objects.defer("content").annotate(name=KT("content__name"))
    if not actor.may(Permission.MANAGE):
        rows = rows.binding()
    context = {
        "rows": rows.order_by("criteria_set__name", "-number")[:LISTED],
        "may_manage": actor.may(Permission.MANAGE),
    }
    return render(request, "scorecards/desk/editions.html", context)


@login_required
@require_GET
def detail(request: HttpRequest, edition_id: int) -> HttpResponse:
    """One edition: pillars, indices, criteria with their rules; what is wrong with a draft."""
    return _detail(request, edition_id, {})


def _detail(request: HttpRequest, edition_id: int, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = official(request)
    version = CriteriaEdition.objects.select_related("criteria_set").filter(pk=edition_id).first()
    if version is None or (version.is_draft and not actor.may(Permission.MANAGE)):
        raise NotFound
    read = edition_from(version.content)
    context = {
        "version": version,
        "edition": read,
        "kinds": {str(kind): name for kind, name in KIND_NAMES.items()},
        "problems": list(checks.problems(read)) if version.is_draft else [],
        "unconfirmed": sum(not one.confirmed for one in read.criteria),
        "may_manage": actor.may(Permission.MANAGE),
        "today": timezone.localdate(),
    }
    return render(request, "scorecards/desk/edition.html", context | more, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write a draft as text; an older edition serves as the start."""
    actor = official(request, Permission.MANAGE)
    context: dict[str, Any] = {}
    if request.method == "POST":
        text = request.POST.get("content", "").replace("\x00", "")
        try:
            content = typed.mapping(text, "content", most=LARGEST_TEXT)
            edition_from(content)
            made = acting_on.draft(content, by=actor, at=timezone.now())
            return redirect("scorecards:edition", made.pk)
        except Refusal as refusal:
            context = {"errors": [("content", refusal.message)], "text": text}
    else:
        context["text"] = _text_of(request.GET.get("tu", ""))
    return render(request, "scorecards/desk/write.html", context, status=422 if "errors" in context else 200)


def _text_of(edition_id: str) -> str:
    found = CriteriaEdition.objects.filter(pk=edition_id).first() if is_whole(edition_id) else None
    content = found.content if found else _EMPTY
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


_EMPTY = {
    "code": "bo-moi",
    "name": "Bộ tiêu chí mới",
    "level": "commune",
    "points": "10",
    "decimals": 2,
    "composition": "sum",
    "indices": [
        {
            "code": "1",
            "name": "Nhóm một",
            "points": "10",
            "criteria": [
                {
                    "code": "1.1",
                    "name": "Tỷ lệ hồ sơ trực tuyến",
                    "points": "10",
                    "rule": {"kind": "ratio"},
                    "inputs": [
                        {"code": "a", "name": "Số hồ sơ trực tuyến"},
                        {"code": "b", "name": "Tổng số hồ sơ"},
                    ],
                }
            ],
        }
    ],
    "groups": [{"code": "xa", "name": "Xã, phường", "kinds": ["commune"]}],
}


@login_required
@require_POST
def publish(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Publish a draft from a day on; all that is wrong is said in words."""
    actor = official(request, Permission.MANAGE)
    if not CriteriaEdition.objects.filter(pk=edition_id).exists():
        raise NotFound
    try:
        day = typed.day(request.POST.get("valid_from", ""), "valid_from")
        acting_on.publish(edition_id, valid_from=day, by=actor, at=timezone.now())
    except Refusal as refusal:
        more = {"errors": [(refusal.field or "valid_from", refusal.message)]}
        return _detail(request, edition_id, more, status=refusal.status)
    return redirect("scorecards:edition", edition_id)
