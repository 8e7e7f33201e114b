"""Pages for the public: the catalogue with its search, and one procedure."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.errors import NotFound
from tinhso.kernel.language import readers_language
from tinhso.modules.procedures import queries
from tinhso.modules.procedures.forms import wanted_from
from tinhso.modules.procedures.rules import sheets
from tinhso.modules.procedures.rules.content import (
    CHANNELS,
    FEE_KINDS,
    FEE_SETTERS,
    LEVELS,
    ROLES,
    SERVICE_LEVELS,
    Content,
)

PAGE_SIZE = 20


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All procedures in force, found by everyday words and narrowed by filters; works without scripts."""
    today = timezone.localdate()
    wanted, page = wanted_from(request.GET)
    matches, total = queries.browse(today, wanted, page=page, size=PAGE_SIZE)
    pages = max(1, -(-total // PAGE_SIZE))
    return render(
        request,
        "procedures/portal/catalogue.html",
        {
            "wanted": wanted,
            "hits": [queries.hit_of(match, today) for match in matches],
            "total": total,
            "page": page,
            "pages": pages,
            "next_page": _page_address(request, page + 1) if page < pages else "",
            "previous_page": _page_address(request, page - 1) if page > 1 else "",
            "toggles": _toggles(request, wanted),
            "fields": queries.fields_in_force(today),
            "levels": [(code, _(name)) for code, name in LEVELS.items() if code in ("tinh", "xa")],
        },
    )


def _page_address(request: HttpRequest, page: int) -> str:
    kept = {key: value for key, value in request.GET.items() if key != "trang" and value}
    return "?" + urlencode({**kept, "trang": page})


def _toggles(request: HttpRequest, wanted: queries.Wanted) -> list[dict[str, object]]:
    """The three quick filters: each address switches its own on or off and keeps the others."""
    kept = {key: value for key, value in request.GET.items() if key != "trang" and value}
    rows = (
        (_("Cá nhân"), "doi-tuong", "ca-nhan", wanted.audience == "ca-nhan"),
        (_("Doanh nghiệp"), "doi-tuong", "doanh-nghiep", wanted.audience == "doanh-nghiep"),
        (_("Nộp trực tuyến"), "truc-tuyen", "1", wanted.online_only),
    )
    return [
        {
            "title": title,
            "is_on": is_on,
            "url": "?" + urlencode({**{k: v for k, v in kept.items() if k != key}, **({} if is_on else {key: value})}),
        }
        for title, key, value, is_on in rows
    ]


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure as in force today: can I do this, what do I need, how long, how much."""
    today = timezone.localdate()
    known = queries.in_force(today)
    sheet = known.get(code)
    if sheet is None:
        raise NotFound(
            "procedures.not_in_force", _("Thủ tục này chưa công bố hoặc đã bãi bỏ. Tìm thủ tục khác trong danh mục.")
        )
    content = sheet.content
    language = readers_language()
    branch = sheets.branch_of(content, request.GET.get("truong-hop", "")[:60])
    case = branch.code if branch else ""
    start = f"/ho-so/nop/{code}/" + (f"?truong-hop={case}" if case else "")
    context = {
        "sheet": sheet,
        "content": content,
        "branch": branch,
        "start": start,
        "can_start": sheet.is_online and bool(content.form),
        "minutes": sheets.minutes_to_file(content, case),
        "limit": sheets.limit_words(sheets.limit_spec(content, "online", case), language),
        "fee": sheets.fee_words(content, today, "online", case, language),
        "fee_setter": _(FEE_SETTERS[content.fee_set_by]),
        "service_level": _(SERVICE_LEVELS[content.service_level]),
        "levels": ", ".join(_(LEVELS.get(level, level)) for level in content.levels),
        "channels": _channels(content, case, today),
        "fees": [
            {"kind": _(FEE_KINDS[fee.kind]), "amount": fee.amount_on(today, "online"), "fee": fee}
            for fee in sheets.fees_of(content, "online" if sheet.is_online else "direct", case)
        ],
        "components": sheets.components_of(content, case),
        "steps": _steps(content, case),
        "related": [known[other] for other in content.related if other in known],
        "crumbs": [(_("Thủ tục"), reverse("procedures:catalogue")), (content.field, ""), (sheet.name, "")],
    }
    return render(request, "procedures/portal/page.html", context)


def _channels(content: Content, case: str, on: date) -> list[dict[str, str]]:
    """Each way of filing with its own time limit and fee."""
    language = readers_language()
    return [
        {
            "name": _(CHANNELS[one.code]),
            "limit": sheets.limit_words(sheets.limit_spec(content, one.code, case), language),
            "fee": sheets.fee_words(content, on, one.code, case, language),
            "description": one.description,
        }
        for one in content.channels
    ]


def _steps(content: Content, case: str) -> list[dict[str, str]]:
    """What happens after filing: who does it, and in what time."""
    language = readers_language()
    return [
        {
            "title": step.name,
            "place": f"{_(ROLES.get(step.role, step.role))} · {sheets.step_words(step, language)}",
            "kind": "next",
        }
        for step in sheets.steps_of(content, "online", case)
    ]
