"""The sender's page of one report: by account, or by the secret link that came with it; and the list of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.people.middleware import acting
from tinhso.modules.field_reports import forms
from tinhso.modules.field_reports.actions import phones, senders
from tinhso.modules.field_reports.actions.intake import take_photo
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.queries import pages
from tinhso.modules.field_reports.queries.public import view
from tinhso.modules.field_reports.rules.states import SENDER

LOOKED = (60, 300)  # from one place
CODES_A_PHONE, CODES_A_PLACE = (3, 900), (10, 3600)
SCORES = ((5, "Rất tốt"), (4, "Tốt"), (3, "Chấp nhận được"), (2, "Chưa tốt"), (1, "Rất kém"))


@never_cache
@require_http_methods(["GET", "POST"])
def followed(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """By the secret link: whoever holds it acts as the sender. Search engines are told not to keep it."""
    found = _by_secret(request, number, key)
    response = _page(request, found, {"key": key})
    response["X-Robots-Tag"] = "noindex"
    return response


def _by_secret(request: HttpRequest, number: str, key: str) -> Report:
    allow("field_reports.look", client_network(request), times=LOOKED[0], seconds=LOOKED[1])
    found = pages.by_secret(tidy_code(number), key)
    if found is None:
        raise NotFound("field_reports.unknown", _("Đường dẫn không đúng. Tra cứu bằng mã và 4 số cuối điện thoại."))
    return found


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest, number: str) -> HttpResponse:
    """By the account it was sent from."""
    return _page(request, _own(request, number), {})


def _own(request: HttpRequest, number: str) -> Report:
    found = pages.own(tidy_code(number), acting(request).account_id)
    if found is None:
        raise NotFound
    return found


def _page(request: HttpRequest, report: Report, more: dict[str, Any]) -> HttpResponse:
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise NotFound
        try:
            said = act(request, report)
        except Refusal as no:
            errors, status = {no.field or "act": no.message}, no.status
        else:
            messages.success(request, said)
            return redirect(request.path)
    context = {
        "one": pages.followed(report, timezone.now()),
        "errors": list(errors.items()),
        "errors_by": errors,
        "has_errors": bool(errors),
        "said": request.POST,
        "scores": [(str(score), _(name)) for score, name in SCORES],
        "texts": bool(settings.SMS_GATEWAY),
        "needs_code": bool(report.phone) and report.phone_proved_at is None and bool(settings.SMS_GATEWAY),
        "token": request.session.get(f"pa-code-{report.pk}", "") if hasattr(request, "session") else "",
        **more,
    }
    return render(request, "field_reports/portal/followed.html", context, status=status)


def _supply(request: HttpRequest, report: Report) -> str:
    at = timezone.now()
    photos = [take_photo(one, by_account_id=report.account_id, at=at) for one in request.FILES.getlist("photos")[:5]]
    senders.supply(report_id=report.pk, text=request.POST.get("text", ""), photos=photos, by=SENDER, at=at)
    return _("Đã gửi bổ sung. Đồng hồ chạy tiếp.")


def _rate(request: HttpRequest, report: Report) -> str:
    score = forms.whole(request.POST.get("score", "")) or 0
    comment = request.POST.get("comment", "")
    senders.rate(report_id=report.pk, score=score, comment=comment, by=SENDER, at=timezone.now())
    return _("Cảm ơn bạn đã đánh giá.")


def _reopen(request: HttpRequest, report: Report) -> str:
    senders.reopen(report_id=report.pk, reason=request.POST.get("reason", ""), by=SENDER, at=timezone.now())
    return _("Đã mở lại. Đơn vị xử lý lại từ đầu.")


def _withdraw(request: HttpRequest, report: Report) -> str:
    senders.withdraw(report_id=report.pk, by=SENDER, at=timezone.now())
    return _("Đã rút phản ánh.")


def _send_code(request: HttpRequest, report: Report) -> str:
    allow("field_reports.code_phone", report.phone, times=CODES_A_PHONE[0], seconds=CODES_A_PHONE[1])
    allow("field_reports.code_place", client_network(request), times=CODES_A_PLACE[0], seconds=CODES_A_PLACE[1])
    made = phones.send_code(phone=report.phone, at=timezone.now())
    request.session[f"pa-code-{report.pk}"] = made.token
    return _("Đã gửi mã 6 chữ số đến điện thoại của bạn.")


def _prove(request: HttpRequest, report: Report) -> str:
    token = request.session.get(f"pa-code-{report.pk}", "")
    phones.prove_report(report_id=report.pk, token=token, code=request.POST.get("code", ""), at=timezone.now())
    return _("Đã xác nhận số điện thoại.")


ACTS: dict[str, Callable[[HttpRequest, Report], str]] = {
    "supply": _supply,
    "rate": _rate,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "send_code": _send_code,
    "prove": _prove,
}


@require_GET
def secret_photo(request: HttpRequest, number: str, key: str, photo_id: int) -> HttpResponseBase:
    """A picture of the sender's own report, or of what was done about it."""
    return _photo(_by_secret(request, number, key), photo_id)


@login_required
@require_GET
def own_photo(request: HttpRequest, number: str, photo_id: int) -> HttpResponseBase:
    """The same, by account."""
    return _photo(_own(request, number), photo_id)


def _photo(report: Report, photo_id: int) -> HttpResponseBase:
    """One's own pictures as they are; of what was done, once approved, documents and copies that everybody may see."""
    one = pages.followed(report, timezone.now())
    found: Photo | None = next((photo for photo in (*one.photos, *one.after) if photo.pk == photo_id), None)
    if found is None:
        raise NotFound
    shown = found.public_copy if found.stage == Photo.Stage.AFTER and found.public_copy else found.original
    return file_response(shown, inline=True)


@login_required
@require_GET
def my_list(request: HttpRequest) -> HttpResponse:
    """What the account sent, the newest first."""
    account_id = acting(request).account_id or 0
    rows, more = pages.own_list(account_id, read_key(request.GET.get("sau", "")))
    lines = [(one, pages.TO_SENDERS.get(one.case.state, one.case.state_of.name), pages.COLOURS[one.case.state])
             for one in rows]  # fmt: skip
    return render(request, "field_reports/portal/mine.html", {"lines": lines, "more": more})


@login_required
@require_http_methods(["GET", "POST"])
def follow_it(request: HttpRequest, number: str) -> HttpResponse:
    """Be told of a report that is public already, instead of sending one more."""
    found = Report.objects.public().select_related("case").filter(case__number=tidy_code(number)).first()
    if found is None:
        raise NotFound
    if request.method == "GET":
        return render(request, "field_reports/portal/follow.html", {"one": view(found)})
    senders.follow(report_id=found.pk, by=acting(request), at=timezone.now())
    messages.success(request, _("Bạn sẽ được báo khi phản ánh này có tin mới."))
    return redirect("field_reports:my_list")
