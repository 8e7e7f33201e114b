"""In the resolving unit: assign, work through the steps, ask the applicant or another unit, and keep promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import Phase, holds
from tinhso.kernel.clock.rules import PauseKind
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes import actions as processes
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepKind
from tinhso.kernel.statements import Statement, insert, update
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.actions.reception import _answer, need_answer, need_words
from tinhso.modules.dossiers.models import Dossier, Part, Supplement
from tinhso.modules.dossiers.queries.standing import standing_of
from tinhso.modules.dossiers.rules import FURTHEST_PROMISE, Missing, Permission

HANDLERS_OWN = (StepKind.APPRAISE, StepKind.CONSULT, StepKind.FINANCE, StepKind.DRAFT)  # stay with the same specialist


def at_step(step: Step | None, **more: Any) -> dict[str, Any]:
    """What the case row shows of the step it is in."""
    return {
        "step": step.name if step else "",
        "step_kind": step.kind if step else "",
        "step_due_at": step.due_at if step else None,
        **more,
    }


def _past_assignment(dossier: Dossier, at: datetime, by: Actor) -> Step | None:
    """Whoever takes a dossier that waits to be assigned has assigned it. While the clock stands still, so does the
    time of the step that begins with it."""
    steps = processes.steps_of(dossier.case)
    active = processes.active_of(steps)
    if active is not None and active.kind == StepKind.ASSIGN:
        active = processes.go_on(steps, at=at, by_id=by.account_id)
        if dossier.case.phase == Phase.PAUSED:
            processes.hold(steps)
    return active


@transaction.atomic
def take_over(*, dossier_id: int, by: Actor, at: datetime) -> Dossier:
    """The resolving unit's specialist accepts the hand-over and becomes its handler."""
    dossier = Dossier.objects.locked(dossier_id)
    cases.move_of(dossier.case, "take_over", by=by)
    step = _past_assignment(dossier, timezone.localtime(at), by)
    dossier.handler_id = by.account_id
    change, own = at_step(step, assignee_id=by.account_id, news=""), [update(dossier, "handler")]
    cases.advance(dossier.case, "take_over", by=by, at=at, data={"handler": by.name}, change=change, beside=own)
    return dossier


@transaction.atomic
def assign(*, dossier_id: int, to: Account, by: Actor, at: datetime, note: str = "") -> Dossier:
    """Give the dossier to a specialist; the first time, this is the hand-over."""
    dossier = Dossier.objects.locked(dossier_id)
    verb = "hand_to" if dossier.case.state == "received" else "assign"
    cases.move_of(dossier.case, verb, by=by)
    step = _past_assignment(dossier, timezone.localtime(at), by)
    dossier.handler_id = to.pk
    cases.advance(
        dossier.case,
        verb,
        by=by,
        at=at,
        data={"handler": to.display_name, "note": note[:500]},
        change=at_step(step, assignee_id=to.pk, news=note.strip()[:160] or gettext_noop("Vừa được phân công")),
        beside=[update(dossier, "handler")],
    )
    return dossier


@transaction.atomic
def step_on(
    *, dossier_id: int, by: Actor, at: datetime, note: str = "", to: Account | None = None, revision: int | None = None
) -> Dossier:
    """Finish the current step and hand over to the next.

    Steps of signing, issuing and returning have their own verbs: Refusal when the step is one of those. A review is
    the head's: NotAllowed for who handles dossiers only."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    cases.check_revision(case, revision)
    standing = standing_of(dossier, at=at)
    cases.move_of(case, "step_on", by=by, standing=standing)
    steps = processes.steps_of(case)
    active = processes.active_of(steps)
    if active is not None and active.kind in (StepKind.SIGN, StepKind.ISSUE, StepKind.RETURN):
        raise Refusal(
            "dossiers.step_has_its_verb", f"Bước “{active.name}” kết thúc bằng ký, phát hành hoặc trả kết quả."
        )
    if active is not None and active.kind == StepKind.REVIEW and not holds(Permission.ASSIGN, case.whom, by):
        raise NotAllowed("dossiers.review_is_the_heads", f"Bước “{active.name}” do lãnh đạo phòng thực hiện.")
    if active is not None and _next_kind(steps, active) == StepKind.SIGN and not dossier.result_text:
        raise Refusal("dossiers.no_result", "Chưa có dự thảo kết quả. Soạn kết quả trước khi trình ký.")
    following = processes.go_on(steps, at=timezone.localtime(at), by_id=by.account_id, note=note.strip()[:2000])
    keeps = following is not None and following.kind in HANDLERS_OWN
    assignee = to.pk if to else (dossier.handler_id if keeps else None)
    cases.advance(
        case,
        "step_on",
        by=by,
        at=at,
        standing=standing,
        data={"done": active.name if active else "", "step": following.name if following else "", "note": note[:500]},
        change=at_step(following, assignee_id=assignee, news=note.strip()[:160]),
    )
    return dossier


def _next_kind(steps: Sequence[Step], active: Step) -> str:
    return next((step.kind for step in steps if not step.is_parallel and step.seq > active.seq), "")


@transaction.atomic
def step_back(*, dossier_id: int, to_key: str, reason: str, by: Actor, at: datetime) -> Dossier:
    """Return the dossier to an earlier step with a reason; the handler has it again."""
    dossier = Dossier.objects.locked(dossier_id)
    if not any(holds(right, dossier.case.whom, by) for right in (Permission.HANDLE, Permission.SIGN, Permission.ISSUE)):
        raise NotAllowed
    cases.move_of(dossier.case, "step_back", by=by)
    words = need_words(reason, field="reason", what="lý do trả lại")
    step = processes.send_back(processes.steps_of(dossier.case), to_key, at=timezone.localtime(at), reason=words)
    change = at_step(step, assignee_id=dossier.handler_id, news=f"Bị trả lại: {words}"[:160])
    if dossier.signed_at:
        raise Refusal("dossiers.result_exists", "Kết quả đã được ký nên không thể trả lại bước trước.")
    cases.advance(dossier.case, "step_back", by=by, at=at, data={"step": step.name, "reason": words}, change=change)
    return dossier


@transaction.atomic
def ask_supplement(
    *,
    dossier_id: int,
    message: str,
    missing: Sequence[Missing],
    by: Actor,
    at: datetime,
    answer_by: date | None = None,
    approved_by: Actor | None = None,
    revision: int | None = None,
) -> Dossier:
    """Ask the applicant for what is missing (form 02): once; the clock stops until the answer.

    A second request needs a leader of the resolving unit as ``approved_by`` (N118 Đ.11)."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    cases.check_revision(case, revision)
    approves = approved_by is not None and holds(Permission.SUPERVISE, case.whom, approved_by)
    before = list(dossier.supplements.values_list("before_acceptance", flat=True))
    standing = standing_of(dossier, leader_approves=approves, supplements=before.count(False))
    cases.move_of(case, "ask_supplement", by=by, standing=standing)
    words = need_words(message, field="message", what="nội dung cần bổ sung")
    asked = Supplement(
        dossier=dossier,
        round=len(before) + 1,
        asked_at=at,
        asked_by_id=by.account_id,
        approved_by_id=approved_by.account_id if approved_by and approves else None,
        message=words,
        missing=[asdict(one) for one in missing],
        answer_by=answer_by,
    )
    processes.hold(processes.steps_of(case))
    cases.advance(
        case,
        "ask_supplement",
        by=by,
        at=timezone.localtime(at),
        standing=standing,
        data={"message": words, "missing": [one.name for one in missing], "round": standing.supplements + 1},
        change={"step_due_at": None, "news": ""},
        pause_kind=PauseKind.SUPPLEMENT,
        reason="Chờ người nộp bổ sung hồ sơ",
        beside=[insert(asked)],
    )
    issuing.issue(dossier, "02", by=by, at=at, asked=asked)
    return dossier


@transaction.atomic
def supplement(
    *, dossier_id: int, answer: str, parts: Sequence[Part], by: Actor, at: datetime, at_counter: bool = False
) -> Dossier:
    """The applicant's answer, online or taken at the counter: the clock runs again and the new date is promised."""
    dossier = Dossier.objects.locked(dossier_id)
    verb = "supplement_at_counter" if at_counter else "supplement"
    cases.move_of(dossier.case, verb, by=by)
    need_answer(parts, answer)
    own = _answer(dossier, answer, parts, at)
    return _resume(dossier, verb, by=by, at=at, data={"papers": len(parts), "answer": answer.strip()[:500]},
                   news=gettext_noop("Người dân vừa bổ sung"), beside=own)  # fmt: skip


def _resume(
    dossier: Dossier,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any],
    news: str,
    beside: Sequence[Statement] = (),
) -> Dossier:
    local = timezone.localtime(at)
    change = at_step(processes.resume(processes.steps_of(dossier.case), at=local), news=news)
    cases.advance(dossier.case, verb, by=by, at=local, data=data, change=change, reason=news, beside=beside)
    return dossier


@transaction.atomic
def ask_payment(*, dossier_id: int, amount: int, notice: str, by: Actor, at: datetime) -> Dossier:
    """Tell the applicant of a financial obligation; the time until it is paid does not count.

    ``amount`` in whole đồng."""
    if not 0 < amount < 10**13:
        raise Refusal("dossiers.amount", "Nhập số tiền bằng đồng, lớn hơn 0.", field="amount")
    dossier = Dossier.objects.locked(dossier_id)
    standing = standing_of(dossier)
    cases.move_of(dossier.case, "ask_payment", by=by, standing=standing)
    dossier.finance_due = amount
    processes.hold(processes.steps_of(dossier.case))
    cases.advance(
        dossier.case,
        "ask_payment",
        by=by,
        at=timezone.localtime(at),
        standing=standing,
        data={"amount": amount, "notice": notice[:500]},
        change={"step_due_at": None},
        pause_kind=PauseKind.FINANCIAL_OBLIGATION,
        reason="Chờ thực hiện nghĩa vụ tài chính",
        beside=[update(dossier, "finance_due")],
    )
    return dossier


@transaction.atomic
def confirm_payment(*, dossier_id: int, by: Actor, at: datetime, proof: str) -> Dossier:
    """The obligation is met; the clock runs again."""
    dossier = Dossier.objects.locked(dossier_id)
    cases.move_of(dossier.case, "confirm_payment", by=by)
    words = need_words(proof, field="proof", what="số chứng từ, ngày nộp")
    return _resume(
        dossier, "confirm_payment", by=by, at=at, data={"proof": words}, news=gettext_noop("Đã nộp nghĩa vụ tài chính")
    )


@transaction.atomic
def ask_opinion(*, dossier_id: int, unit_id: int, question: str, days: Decimal, by: Actor, at: datetime) -> Step:
    """Ask another unit while the work goes on; the waiting stays inside the total limit."""
    dossier = Dossier.objects.locked(dossier_id)
    standing = standing_of(dossier)
    cases.move_of(dossier.case, "consult", by=by, standing=standing)
    words = need_words(question, field="question", what="nội dung cần lấy ý kiến")
    asked = tree().nodes.get(unit_id)
    if asked is None or not asked.lives_on(timezone.localtime(at).date()):
        raise Refusal("dossiers.unit", "Chọn đơn vị phối hợp trong danh sách đơn vị đang hoạt động.", field="unit")
    if not 0 < days <= 60:
        raise Refusal("dossiers.days", "Nhập số ngày làm việc từ 0,5 đến 60.", field="days")
    step = processes.ask_opinion(
        dossier.case, processes.steps_of(dossier.case), unit_id=unit_id, question=words, hours=days * 8,
        at=timezone.localtime(at),
    )  # fmt: skip
    cases.concern(dossier.case, unit_id)
    said = {"unit": asked.name, "question": words}
    cases.advance(dossier.case, "consult", by=by, at=at, standing=standing, data=said)
    return step


@transaction.atomic
def answer_opinion(*, dossier_id: int, step_id: int, answer: str, by: Actor, at: datetime) -> Step:
    """The asked unit answers, or the asker ends the wait: silence is recorded as silence."""
    dossier = Dossier.objects.locked(dossier_id)
    step = Step.objects.filter(pk=step_id, case_id=dossier_id).first()
    if step is None:
        raise NotFound
    is_asked = by.may(Permission.HANDLE, step.unit_id) or by.may(Permission.SIGN, step.unit_id)
    if not is_asked and not holds(Permission.HANDLE, dossier.case.whom, by):
        raise NotAllowed
    words = answer.strip()[:4000] or "Không trả lời trong thời hạn"
    processes.answer_opinion(step, answer=words, by_id=by.account_id, at=at)
    cases.record(
        dossier.case,
        "dossier.opinion",
        by=by,
        at=at,
        data={"unit": tree().nodes[step.unit_id].name, "answer": words},
        change={"news": f"Đã có ý kiến của {tree().nodes[step.unit_id].short_name}"[:160]},
    )
    return step


@transaction.atomic
def transfer(*, dossier_id: int, unit_id: int, reason: str, by: Actor, at: datetime) -> Dossier:
    """Move the dossier to the unit that is really competent, of the same or another level; the clock goes on."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    standing = standing_of(dossier)
    cases.move_of(case, "transfer", by=by, standing=standing)
    words = need_words(reason, field="reason", what="lý do chuyển")
    target = tree().nodes.get(unit_id)
    if target is None or not target.lives_on(timezone.localtime(at).date()) or unit_id == case.unit_id:
        raise Refusal(
            "dossiers.unit", "Chọn đơn vị tiếp nhận khác trong danh sách đơn vị đang hoạt động.", field="unit"
        )
    step = processes.move_to(
        processes.steps_of(case), from_unit_id=case.unit_id, to_unit_id=unit_id, at=timezone.localtime(at)
    )
    source = tree().nodes[case.unit_id].name
    cases.concern(case, unit_id)
    dossier.handler_id = None
    kept = (
        {"step": case.step, "step_kind": case.step_kind, "step_due_at": case.step_due_at}
        if step is None
        else at_step(step)
    )
    cases.advance(
        case,
        "transfer",
        by=by,
        at=at,
        standing=standing,
        data={"source": source, "target": target.name, "reason": words},
        change={**kept, "unit_id": unit_id, "assignee_id": None, "news": f"Chuyển từ {source}"[:160]},
        beside=[update(dossier, "handler")],
    )
    return dossier


@transaction.atomic
def apologise(*, dossier_id: int, reason: str, new_date: datetime, by: Actor, at: datetime) -> Dossier:
    """Prepare the apology with a new date (form 04) and keep the date as a promise.

    The new date does not turn a late dossier into one on time: ``due_at`` stays. At most one (NĐ 61/2018 Đ.19, carried
    over; unconfirmed under N118)."""
    dossier = Dossier.objects.locked(dossier_id)
    cases.move_of(dossier.case, "apologise", by=by)
    words = need_words(reason, field="reason", what="lý do chậm")
    _check_new_date(dossier, new_date, at)
    if dossier.papers.filter(form="04").exists():
        raise Refusal(
            "dossiers.one_apology", "Hồ sơ này đã xin lỗi và hẹn lại một lần. Báo cáo lãnh đạo để xử lý ngay."
        )
    cases.promise(dossier.case, due_at=new_date, at=at, reason="apologise", note=words)
    cases.advance(dossier.case, "apologise", by=by, at=at, data={"reason": words, "new_date": new_date.isoformat()})
    issuing.issue(dossier, "04", by=by, at=at, reason=words, new_date=new_date)
    return dossier


def _check_new_date(dossier: Dossier, new_date: datetime, at: datetime) -> None:
    """A new date is later than now and than the one it replaces, and not years away."""
    if timezone.is_naive(new_date):
        raise Refusal("dossiers.new_date", "Ghi ngày hẹn lại kèm múi giờ, ví dụ 2026-12-01T17:00:00+07:00.")
    due = dossier.case.due_at
    if new_date <= at or (due is not None and new_date <= due):
        raise Refusal("dossiers.new_date", "Ngày hẹn lại phải ở sau hôm nay và sau ngày hẹn cũ.", field="new_date")
    if new_date > at + FURTHEST_PROMISE:
        raise Refusal("dossiers.new_date", "Ngày hẹn lại không quá một năm kể từ hôm nay.", field="new_date")


@transaction.atomic
def note(*, dossier_id: int, text: str, by: Actor, at: datetime) -> Dossier:
    """An internal note: officials read it, the applicant never does."""
    dossier = Dossier.objects.locked(dossier_id)
    if not holds(Permission.SEE, dossier.case.whom, by):
        raise NotAllowed
    words = text.strip()[:4000]
    if not words:
        raise Refusal("dossiers.empty_note", "Nhập nội dung ghi chú.", field="text")
    cases.record(dossier.case, "dossier.note", by=by, at=at, data={"text": words})
    return dossier
