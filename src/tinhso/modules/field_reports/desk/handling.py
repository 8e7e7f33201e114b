"""One report for officials: what was seen and where, what may be done now, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.field_reports import forms
from tinhso.modules.field_reports.actions import handling, triage
from tinhso.modules.field_reports.actions.intake import take_photo
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.queries import desk as queries
from tinhso.modules.field_reports.queries import pages
from tinhso.modules.field_reports.queries.pages import COLOURS
from tinhso.modules.field_reports.rules.states import CHANNEL_NAMES, Channel, Permission


def _report(request: HttpRequest, number: str) -> Report:
    """The report within the actor's scope; what is not is not found."""
    found = Report.objects.visible_to(acting(request)).select_related("case", "commune", "parent__case", "against_unit")
    report = found.filter(case__number=number).first()
    if report is None:
        raise NotFound
    return report


@never_cache
@officials_who(Permission.SEE)
@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """Everything to decide on, on one page; what is decided comes back to it."""
    report, at = _report(request, number), timezone.now()
    errors: dict[str, str] = {}
    status, sender = 200, False
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise NotFound
        try:
            said = act(request, report)
        except Refusal as no:
            errors, status = {no.field or "act": no.message}, no.status
        else:
            if said is not None:
                messages.success(request, said)
                return redirect("field_reports:detail" if _still(request, number) else "field_reports:listed",
                                *([number] if _still(request, number) else []))  # fmt: skip
            sender = True
            report = _report(request, number)
    else:
        viewed(case_id=report.pk, by=acting(request), at=at, on=timezone.localdate(at))
    context = _context(request, report, errors, at) | {"sender": sender}
    return render(request, "field_reports/desk/detail.html", context, status=status)


def _context(request: HttpRequest, report: Report, errors: dict[str, str], at: datetime) -> dict[str, Any]:
    return {
        "one": queries.shown(report, acting(request), at),
        "case": report.case,
        "errors": list(errors.items()),
        "errors_by": errors,
        "has_errors": bool(errors),
        "said": request.POST if errors else {},
        "acted": request.POST.get("act", "") if errors else "",
        "colour": COLOURS[report.case.state],
        "state": report.case.state_of.name,
        "channel": CHANNEL_NAMES[Channel(report.channel)],
        "units": pages.bodies(),
    }


def _still(request: HttpRequest, number: str) -> bool:
    """Whether one may see it after what one did: a unit that sends back does not any more."""
    return Report.objects.visible_to(acting(request)).filter(case__number=number).exists()


def _given(request: HttpRequest, report: Report) -> dict[str, Any]:
    return {"report_id": report.pk, "by": acting(request), "at": timezone.now()}


def _unit(request: HttpRequest) -> int | None:
    return forms.whole(request.POST.get("unit", ""))


def _accept(request: HttpRequest, report: Report) -> str:
    said = request.POST
    triage.accept(
        category=said.get("category", ""), level=said.get("level", ""), unit_id=_unit(request),
        revision=forms.whole(said.get("revision", "")), **_given(request, report),
    )  # fmt: skip
    return _("Đã tiếp nhận.")


def _route(request: HttpRequest, report: Report) -> str:
    unit = _unit(request)
    if unit is None:
        raise Refusal("field_reports.unit", _("Chọn đơn vị xử lý."), field="unit")
    triage.route(unit_id=unit, reason=request.POST.get("reason", ""), **_given(request, report))
    return _("Đã chuyển đơn vị xử lý.")


def _reject(request: HttpRequest, report: Report) -> str:
    said = request.POST
    triage.reject(reason=said.get("refusal", ""), explanation=said.get("explanation", ""), **_given(request, report))
    return _("Đã từ chối và báo người gửi.")


def _ask(request: HttpRequest, report: Report) -> str:
    triage.ask(question=request.POST.get("question", ""), **_given(request, report))
    return _("Đã hỏi người gửi. Đồng hồ dừng đến khi họ trả lời.")


def _merge(request: HttpRequest, report: Report) -> str:
    triage.merge(into=tidy_code(request.POST.get("into", "")), **_given(request, report))
    return _("Đã gộp. Người gửi vẫn được báo tin bằng mã của mình.")


def _classify(request: HttpRequest, report: Report) -> str:
    said = request.POST
    triage.classify(category=said.get("category", ""), level=said.get("level", ""), **_given(request, report))
    return _("Đã đổi loại và tính lại hạn.")


def _show(request: HttpRequest, report: Report) -> str:
    triage.decide_public(is_public=request.POST.get("public") == "1", **_given(request, report))
    return _("Đã ghi quyết định công khai.")


def _identify(request: HttpRequest, report: Report) -> None:
    triage.identify(reason=request.POST.get("reason", ""), **_given(request, report))


def _start(request: HttpRequest, report: Report) -> str:
    handling.start(**_given(request, report))
    return _("Bạn đang xử lý phản ánh này.")


def _send_back(request: HttpRequest, report: Report) -> str:
    handling.send_back(reason=request.POST.get("reason", ""), **_given(request, report))
    return _("Đã chuyển trả tổng đài.")


def _disagree(request: HttpRequest, report: Report) -> str:
    handling.disagree(reason=request.POST.get("reason", ""), **_given(request, report))
    return _("Đã gửi ý kiến đến tổng đài.")


def _involve(request: HttpRequest, report: Report) -> str:
    handling.involve(unit_id=_unit(request) or 0, task=request.POST.get("task", ""), **_given(request, report))
    return _("Đã mời đơn vị phối hợp.")


def _contribute(request: HttpRequest, report: Report) -> str:
    handling.contribute(opinion=request.POST.get("opinion", ""), **_given(request, report))
    return _("Đã gửi kết quả phối hợp.")


def _ask_extension(request: HttpRequest, report: Report) -> str:
    days = forms.whole(request.POST.get("days", "")) or 0
    handling.ask_extension(days=days, reason=request.POST.get("reason", ""), **_given(request, report))
    return _("Đã xin gia hạn. Chờ lãnh đạo quyết định.")


def _decide_extension(request: HttpRequest, report: Report) -> str:
    handling.decide_extension(granted=request.POST.get("granted") == "1", **_given(request, report))
    return _("Đã quyết định việc gia hạn.")


def _answer(request: HttpRequest, report: Report) -> str:
    at, by = timezone.now(), acting(request)
    photos = [take_photo(one, by_account_id=by.account_id, at=at, documents=True)
              for one in request.FILES.getlist("photos")[:5]]  # fmt: skip
    text = request.POST.get("text", "")
    handling.answer(text=text, photos=photos, where=forms.place_of(request.POST), **_given(request, report))
    return _("Đã trình kết quả. Chờ lãnh đạo duyệt.")


def _revise(request: HttpRequest, report: Report) -> str:
    handling.revise(reason=request.POST.get("reason", ""), **_given(request, report))
    return _("Đã trả lại để làm tiếp.")


def _approve(request: HttpRequest, report: Report) -> str:
    handling.approve(privately=request.POST.get("privately") == "1", **_given(request, report))
    return _("Đã duyệt và báo người gửi.")


ACTS: dict[str, Callable[[HttpRequest, Report], str | None]] = {
    "accept": _accept, "route": _route, "reroute": _route, "reject": _reject, "ask": _ask, "merge": _merge,
    "classify": _classify, "show": _show, "identify": _identify, "start": _start, "send_back": _send_back,
    "disagree": _disagree, "involve": _involve, "contribute": _contribute, "ask_extension": _ask_extension,
    "decide_extension": _decide_extension, "answer": _answer, "revise": _revise, "approve": _approve,
}  # fmt: skip


@officials_who(Permission.SEE)
@require_GET
def photo(request: HttpRequest, number: str, photo_id: int) -> HttpResponseBase:
    """A picture as it was sent; officials only."""
    found = Photo.objects.filter(pk=photo_id, report=_report(request, number)).select_related("original__blob").first()
    if found is None:
        raise NotFound
    return file_response(found.original, inline=True)
