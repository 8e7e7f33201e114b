"""Pages for officials: the schedule, what is due and ending it, holds, and requests about personal data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.cases.rules import open_moves
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.identity.assurance import proven
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.manifest import registry
from tinhso.kernel.papers.typesetting import typeset
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.versions.rules import State
from tinhso.modules.privacy import forms, rules
from tinhso.modules.privacy.actions import disposing, holding, requesting, schedules
from tinhso.modules.privacy.models import Disposal, Hold, Request, ScheduleVersion
from tinhso.modules.privacy.queries import schedules as queries
from tinhso.modules.privacy.rules import Permission

SHOWN = 50
RECORD = Path(__file__).resolve().parents[1] / "seeds" / "forms" / "record.typ"


def again(refused: Refusal) -> dict[str, Any]:
    """For a page that says what is to be mended; only for what the rules say of the input."""
    if refused.status != Refusal.status:
        raise refused
    return {"errors": [(refused.field or "noi-dung", refused.message)], "refused": refused}


@never_cache
@officials_who(Permission.SEE)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is due now by the schedule in force, and what was ended before."""
    return _home(request)


def _home(request: HttpRequest, more: dict[str, Any] | None = None) -> HttpResponse:
    actor, now = acting(request), timezone.now()
    edition, schedule = schedules.in_force(now)
    due = list(queries.counted(schedule, now))
    context = {
        "edition": edition,
        "due": [(one, rules.FATE_NAMES[one.rule.fate]) for one in due],
        "total": sum(one.count for one in due),
        "without": [one for one in registry.retained.values() if schedule.rule(one.code) is None],
        "disposals": Disposal.objects.select_related("proposed_by", "decided_by")[:SHOWN],
        "may_propose": actor.may(Permission.PROPOSE),
        "may_schedule": actor.may(Permission.SCHEDULE),
        **(more or {}),
    }
    return render(request, "privacy/desk/home.html", context, status=422 if more else 200)


@officials_who(Permission.SEE)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    try:
        made = disposing.propose(by=acting(request), at=timezone.now())
    except Refusal as refused:
        return _home(request, again(refused))
    return redirect("privacy:disposal", made.number)


def _disposal(request: HttpRequest, number: str, more: dict[str, Any] | None = None) -> HttpResponse:
    actor = acting(request)
    rows = Disposal.objects.select_related("edition", "proposed_by", "decided_by")
    found = get_object_or_404(rows, number=number)
    entries = Entry.objects.filter(subject=found.record).order_by("-seq")[:SHOWN]
    context = {
        "disposal": found,
        "lines": found.lines.all(),
        "history": timeline(entries),
        "may_decide": actor.may(Permission.APPROVE) and found.proposed_by_id != actor.account_id,
        "is_own": found.proposed_by_id == actor.account_id,
        "may_stop": actor.may(Permission.APPROVE) or actor.may(Permission.HOLD),
        **(more or {}),
    }
    return render(request, "privacy/desk/disposal.html", context, status=422 if more else 200)


@never_cache
@officials_who(Permission.SEE)
@require_GET
def disposal(request: HttpRequest, number: str) -> HttpResponse:
    """One disposal: its kinds and counts, who decided, how far it is."""
    return _disposal(request, number)


_DECIDE: dict[str, Callable[..., Any]] = {
    "duyet": lambda found, said, **who: disposing.approve(disposal_id=found.pk, **who),
    "khong-duyet": lambda found, said, **who: disposing.reject(disposal_id=found.pk, reason=said, **who),
    "dung": lambda found, said, **who: disposing.stop(disposal_id=found.pk, reason=said, **who),
}


@officials_who(Permission.SEE)
@require_POST
@proven()
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Approve, reject or stop: who does it has just shown who they are."""
    if verb not in _DECIDE:
        raise NotFound
    found = get_object_or_404(Disposal, number=number)
    try:
        _DECIDE[verb](found, forms.text(request.POST, "reason", 300), by=acting(request), at=timezone.now())
    except Refusal as refused:
        return _disposal(request, number, again(refused))
    return redirect("privacy:disposal", number)


@never_cache
@officials_who(Permission.SEE)
@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The record on paper: kinds, law and counts; nothing of anybody's data."""
    found = get_object_or_404(Disposal.objects.select_related("edition", "proposed_by", "decided_by"), number=number)
    if found.finished_at is None:
        raise NotFound("privacy.no_record", _("Biên bản có sau khi hủy xong."))
    answer = HttpResponse(typeset(RECORD, _record(found), at=found.finished_at), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return answer


def _record(found: Disposal) -> dict[str, Any]:
    def moment(at: Any) -> str:
        return f"{timezone.localtime(at):%H:%M ngày %d/%m/%Y}" if at else "–"

    return {
        "number": found.number,
        "edition": str(found.edition.number),
        "source": found.edition.legal_source,
        "state": found.get_state_display(),
        "proposed_by": str(found.proposed_by or "–"),
        "proposed_at": moment(found.proposed_at),
        "decided_by": str(found.decided_by or "–"),
        "decided_at": moment(found.decided_at),
        "finished_at": moment(found.finished_at),
        "lines": [
            {
                "title": one.title, "source": one.source, "fate": one.get_fate_display(), "kept": one.kept,
                "counted": str(one.counted), "done": str(one.done), "left": "–" if one.left is None else str(one.left),
            }
            for one in found.lines.all()
        ],
    }  # fmt: skip


@never_cache
@officials_who(Permission.SEE)
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest) -> HttpResponse:
    """The schedule: what holds, the draft, and changing it."""
    actor, more = acting(request), {}
    if request.method == "POST":
        try:
            shown = _shown()[0]
            schedules.draft(
                content=forms.schedule(request.POST, {k: v for k, v in shown.content.items() if k != "rules"}),
                legal_source=forms.text(request.POST, "legal_source", 250), by=actor, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refused:
            more = again(refused)
        else:
            messages.success(request, _("Đã lưu bản nháp. Một người khác xem lại rồi công bố."))
            return redirect("privacy:schedule")
    return _schedule(request, more)


def _shown() -> tuple[ScheduleVersion, ScheduleVersion | None]:
    """What the form starts from, the draft if there is one, and that draft."""
    draft: ScheduleVersion | None = (
        ScheduleVersion.objects.filter(state=State.DRAFT).select_related("drafted_by").first()
    )
    return draft or schedules.in_force(timezone.now())[0], draft


def _schedule(request: HttpRequest, more: dict[str, Any]) -> HttpResponse:
    actor = acting(request)
    shown, draft = _shown()
    context = {
        "shown": shown,
        "draft": draft,
        "rows": queries.rows_of(shown.content),
        "spans": list(rules.SPANS.items()),
        "sorts": [(name, shown.content["carry_out"][code]) for code, name in rules.SORTS.items()],
        "reply": shown.content["reply"],
        "editions": ScheduleVersion.objects.select_related("drafted_by", "published_by").order_by("-number")[:SHOWN],
        "may_edit": actor.may(Permission.SCHEDULE),
        "may_publish": actor.may(Permission.SCHEDULE) and draft is not None and draft.drafted_by_id != actor.account_id,
        "today": timezone.localdate(),
        "said": request.POST,
        **more,
    }
    return render(request, "privacy/desk/schedule.html", context, status=422 if more else 200)


@officials_who(Permission.SEE)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    try:
        day = forms.day(request.POST, "valid_from")
        published = schedules.publish(valid_from=day, by=actor, at=timezone.now())
    except Refusal as refused:
        return _schedule(request, again(refused))
    messages.success(request, _("Đã công bố bản số {number}.").format(number=published.number))
    return redirect("privacy:schedule")


@never_cache
@officials_who(Permission.SEE)
@require_http_methods(["GET", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """What is held, and holding something."""
    actor, more = acting(request), {}
    if request.method == "POST":
        try:
            holding.place(
                number=forms.text(request.POST, "number", 40), source=forms.text(request.POST, "source", 300),
                by=actor, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refused:
            more = {**again(refused), "said": request.POST}
        else:
            return redirect("privacy:holds")
    rows = Hold.objects.select_related("case", "person", "placed_by", "lifted_by")
    context = {
        "holds": rows.standing()[:SHOWN],
        "lifted": rows.exclude(lifted_at=None)[:SHOWN],
        "may_hold": actor.may(Permission.HOLD),
        **more,
    }
    return render(request, "privacy/desk/holds.html", context, status=422 if more else 200)


@officials_who(Permission.SEE)
@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    holding.lift(hold_id=hold_id, by=acting(request), at=timezone.now())
    return redirect("privacy:holds")


@never_cache
@officials_who(Permission.SEE)
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """What people asked, those that wait first, most urgent on top."""
    rows = Request.objects.visible_to(acting(request)).select_related("case")
    after = request.GET.get("sau", "")
    older = rows.filter(case__settled_at__isnull=False).order_by("-pk")
    if after.isascii() and after.isdigit() and len(after) < 19:
        older = older.filter(pk__lt=int(after))
    done = list(older[: SHOWN + 1])
    context = {
        "waiting": rows.filter(case__settled_at=None).order_by("case__urgent_at", "pk")[:SHOWN],
        "done": done[:SHOWN],
        "after": done[SHOWN - 1].pk if len(done) > SHOWN else None,
    }
    return render(request, "privacy/desk/requests.html", context)


def _case(request: HttpRequest, number: str, more: dict[str, Any] | None = None) -> HttpResponse:
    actor = acting(request)
    found = Request.objects.visible_to(actor).select_related("case", "account").filter(case__number=number).first()
    if found is None:
        raise NotFound
    case = found.case
    chosen = [registry.holdings[code] for code in found.chosen if code in registry.holdings]
    entries = Entry.objects.filter(case=case).order_by("-seq")[:SHOWN]
    context = {
        "found": found,
        "case": case,
        "chosen": [(one, (found.erased or {}).get(one.code)) for one in chosen],
        "moves": {move.verb for move in open_moves(rules.REQUEST.lifecycle, case.state, case.whom, actor)},
        "history": timeline(entries),
        "said": request.POST,
        **(more or {}),
    }
    return render(request, "privacy/desk/case.html", context, status=422 if more else 200)


@never_cache
@officials_who(Permission.SEE)
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One request: what is asked, what it is about, and answering it."""
    return _case(request, number)


_ACT: dict[str, Callable[..., Any]] = {
    "tiep-nhan": lambda pk, said, **who: requesting.accept(case_id=pk, **who),
    "thuc-hien": lambda pk, said, **who: requesting.carry_out(case_id=pk, answer=said, **who),
    "tu-choi": lambda pk, said, **who: requesting.refuse(case_id=pk, reason=said, **who),
}


@officials_who(Permission.SEE)
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    found = Request.objects.visible_to(acting(request)).filter(case__number=number).first()
    if found is None or verb not in _ACT:
        raise NotFound
    try:
        _ACT[verb](found.pk, forms.text(request.POST, "answer"), by=acting(request), at=timezone.now())
    except Refusal as refused:
        return _case(request, number, again(refused))
    return redirect("privacy:case", number)
