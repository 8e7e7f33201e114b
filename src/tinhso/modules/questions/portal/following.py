"""One's own question: how far it is, its answer, proving one's telephone, taking it back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.errors import Refusal, TooMany
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.manifest import Readers
from tinhso.kernel.people.middleware import acting
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import asking, contact
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.portal.browsing import fields
from tinhso.modules.questions.queries import cases
from tinhso.modules.questions.rules import ASKER, REASONS

CODES_A_PHONE, CODES_A_PLACE = (3, 900), (10, 3600)  # times in seconds
LOOKED = (120, 300)


def following(question: Question) -> str:
    """The address under which whoever knows it follows the question."""
    case = question.case
    return reverse("questions:follow", args=[case.number]) + "?" + urlencode({"khoa": case.lookup_key})


def refused(answer: HttpResponse, refusal: Refusal) -> HttpResponse:
    """A page that says why not, with the status that fits."""
    answer.status_code = refusal.status
    if isinstance(refusal, TooMany):
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


@require_safe
def by_key(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Where the look-up by code and telephone, and messages, lead to."""
    return redirect(reverse("questions:follow", args=[number]) + "?" + urlencode({"khoa": key}))


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Opened by the link given when asking, or signed in. Sent, it takes the question back, asks for a code to the
    telephone or brings one."""
    question = _own(request, number)
    if request.method == "GET":
        return _shown(request, question)
    try:
        if "rut" in request.POST:
            return _withdraw(request, question)
        _prove(request, question)
    except Refusal as no:
        return refused(_shown(request, question, no), no)
    return redirect(following(question) + ("" if "code" in request.POST else "&ma=1"))


def _own(request: HttpRequest, number: str) -> Question:
    allow("questions.follow", client_network(request), times=LOOKED[0], seconds=LOOKED[1])
    return cases.followed(number[:40], forms.plain(request.GET, "khoa", 32), acting(request))


def _withdraw(request: HttpRequest, question: Question) -> HttpResponse:
    """Who could open this page is who asked."""
    asking.withdraw(question_id=question.pk, by=ASKER, at=timezone.now())
    messages.success(request, _("Đã rút câu hỏi. Cơ quan không trả lời câu này nữa."))
    return redirect(following(question))


def _prove(request: HttpRequest, question: Question) -> None:
    at = timezone.now()
    if "code" in request.POST:
        return contact.prove(question_id=question.pk, code=forms.plain(request.POST, "code", 12), at=at)
    allow("questions.code_phone", question.phone, times=CODES_A_PHONE[0], seconds=CODES_A_PHONE[1])
    allow("questions.code_place", client_network(request), times=CODES_A_PLACE[0], seconds=CODES_A_PLACE[1])
    return contact.send_code(question_id=question.pk, at=at)


def _shown(request: HttpRequest, question: Question, refusal: Refusal | None = None) -> HttpResponse:
    case = question.case
    context = {
        "question": question,
        "case": case,
        "is_new": request.GET.get("da-gui") == "1" and case.state == "received",
        "link": request.build_absolute_uri(following(question)),
        "history": cases.history(case, Readers.PARTIES),
        "reason": REASONS.get(question.reason, ""),
        "is_late": cases.is_late(case, timezone.now()),
        "was_late": bool(case.settled_at and case.due_at and case.settled_at > case.due_at),
        "field_name": dict(fields()).get(question.field, ""),
        "files": _files(question, forms.plain(request.GET, "khoa", 32)),
        "may_withdraw": "withdraw" in cases.moves(question, ASKER),
        "needs_code": _needs_code(question),
        "is_sent": "ma" in request.GET or "code" in request.POST,
        "wrong": refusal.message if refusal else "",
    }
    response = render(request, "questions/portal/follow.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response


def _files(question: Question, key: str) -> list[dict[str, Any]]:
    def address(place: int) -> str:
        return reverse("questions:own_file", args=[question.case.number, place]) + f"?{urlencode({'khoa': key})}"

    return [
        {"name": one.attachment.name, "size": one.attachment.blob.size, "url": address(one.place)}
        for one in question.files.select_related("attachment__blob")
    ]


def _needs_code(question: Question) -> bool:
    """Whether to offer a code: where the deployment sends texts, while the question waits."""
    is_open = question.case.settled_at is None and question.phone_proved_at is None
    return bool(settings.SMS_GATEWAY and question.phone) and is_open


@never_cache
@require_safe
def own_file(request: HttpRequest, number: str, place: int) -> HttpResponseBase:
    """What one sent along with one's own question."""
    return file_response(cases.file_of(_own(request, number), place).attachment, inline=True)
