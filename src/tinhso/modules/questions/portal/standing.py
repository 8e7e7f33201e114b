"""How the province answers, which questions stay unanswered and with whom, and the newest answers as a feed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.ui import quarters
from tinhso.kernel.units.queries import tree
from tinhso.modules.procedures import door as procedures
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.portal.browsing import fields
from tinhso.modules.questions.queries import figures, library

SILENT, FEED = 20, 30


@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Figures of a quarter by unit and field, and the questions whose time is over, with who owes the answer."""
    now = timezone.now()
    today = timezone.localdate(now)
    quarter = quarters.chosen(request.GET.get("quy", ""), today)
    since, until = quarter.since, quarter.until
    names = dict(fields())
    lines, more = figures.silent_lines(figures.silent(now), read_key(request.GET.get("sau", "")), SILENT)
    nodes = tree().nodes
    sheets = {code: one.name for code, one in procedures.all_published(today).items()}
    silent = [
        {
            "number": case.number,
            "title": title,
            "field": names.get(field, ""),
            "unit": nodes[case.unit_id].name if case.unit_id in nodes else "",
            "asked_at": case.opened_at,
            "due_at": case.due_at,
            "days": (now - case.due_at).days if case.due_at else 0,
        }
        for case, field, title in lines
    ]
    context = {
        "quarters": quarters.offered(today, 6),
        "chosen": quarters.key(quarter),
        "all": figures.overall(since, until, now),
        "units": figures.by_unit(since, until, now),
        "fields": figures.by_field(since, until, now, names),
        "procedures": figures.by_procedure(since, until, now, sheets),
        "silent": silent,
        "more": more,
    }
    return render(request, "questions/portal/standing.html", context)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest answers as an Atom feed."""
    feed = Atom1Feed(
        title=_("Hỏi đáp – câu trả lời mới"),
        link=request.build_absolute_uri(reverse("questions:home")),
        description="",
        language="vi",
        feed_url=request.build_absolute_uri(),
    )
    nodes = tree().nodes
    for one in library.page(Answer.objects.public(), None, FEED)[0]:
        feed.add_item(
            title=_readable(one.title),
            link=request.build_absolute_uri(reverse("questions:answer", args=[one.pk])),
            description=_readable(library.shortened(one.text, 400)),
            author_name=nodes[one.unit_id].name if one.unit_id in nodes else "",
            pubdate=one.published_at,
            updateddate=one.changed_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _readable(text: str) -> str:
    """Without the control characters that XML forbids."""
    return "".join(one for one in text if one >= " " or one in "\n\t")
