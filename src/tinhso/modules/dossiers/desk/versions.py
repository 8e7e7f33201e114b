"""The workshop of versions: see which running dossiers a newer version would change, and move them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.forms import plain
from tinhso.modules.dossiers.queries import versions as queries
from tinhso.modules.dossiers.rules import Permission
from tinhso.modules.procedures import door as procedures


@officials_who(Permission.MOVE_VERSION)
@require_GET
def procedures_to_move(request: HttpRequest) -> HttpResponse:
    """Procedures with running dossiers under an older version."""
    rows = queries.to_move(acting(request), timezone.localdate())
    return render(request, "dossiers/desk/versions.html", {"rows": rows})


@officials_who(Permission.MOVE_VERSION)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Each dossier with its old and new date and what hinders it; the chosen ones move, each by itself."""
    target = procedures.published(code, timezone.localdate())
    if target is None:
        raise NotFound("dossiers.no_version", _("Thủ tục này không có bản đang hiệu lực để chuyển sang."))
    reason = plain(request.POST.get("reason", ""))[:2000]
    errors: list[tuple[str, str]] = []
    failed: list[tuple[str, str]] = []
    if request.method == "POST":
        chosen = [int(one) for one in request.POST.getlist("dossier")[: queries.MOST_SHOWN] if is_whole(one)]
        seen = request.POST.get("version", "")
        errors, failed = _move(request, chosen, int(seen) if is_whole(seen) else 0, reason)
        if not errors and not failed:
            return redirect("dossiers:move_versions", code)
    context = _page(request, code, target) | {
        "reason": reason, "errors": errors, "failed": failed, "has_errors": bool(errors or failed),
    }  # fmt: skip
    return render(request, "dossiers/desk/move_versions.html", context, status=422 if errors or failed else 200)


def _move(
    request: HttpRequest, chosen: list[int], version_id: int, reason: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Errors of the form, and each dossier that could not move with why; the others have moved."""
    if not chosen:
        return [("dossier", _("Chọn ít nhất một hồ sơ."))], []
    known = dict(queries.running(acting(request)).filter(pk__in=chosen).values_list("pk", "case__number"))
    failed = []
    for dossier_id in sorted(known):
        try:
            actions.move_to_version(
                dossier_id=dossier_id, version_id=version_id, reason=reason, by=acting(request), at=timezone.now()
            )
        except Refusal as refusal:
            if refusal.field:
                return [(refusal.field, refusal.message)], []
            failed.append((known[dossier_id], refusal.message))
    return [], failed


def _page(request: HttpRequest, code: str, target: Any) -> dict[str, Any]:
    rows = queries.behind(acting(request), code, target)
    total, at = rows.count(), timezone.now()
    found = queries.prospects(rows[: queries.MOST_SHOWN], target, at)
    return {
        "target": target,
        "limit": procedures.limit_words_for(target),
        "total": total,
        "movable": [one for one in found if not one.hindrance],
        "hindered": [one for one in found if one.hindrance],
        "more": total - len(found),
    }
