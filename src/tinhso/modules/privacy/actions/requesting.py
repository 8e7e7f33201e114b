"""What people ask about their own data: asked, accepted, carried out or refused, within statutory time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.manifest import Subject, registry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.privacy import rules
from tinhso.modules.privacy.actions.schedules import in_force
from tinhso.modules.privacy.models import Request, spared
from tinhso.modules.privacy.rules import REQUEST, SORTS, Sort

MOST_OPEN = 10


@transaction.atomic
def ask(*, sort: str, text: str, chosen: Sequence[str] = (), by: Actor, at: datetime) -> Request:
    """Ask the data officer; the time to answer and the time to carry it out begin.

    Raises NotAllowed for officials and strangers, Refusal ``privacy.sort``, ``.text``, ``.chosen``, ``.too_many``."""
    if by.account_id is None or by.is_official:
        raise NotAllowed
    if sort not in set(Sort):
        raise Refusal("privacy.sort", "Chọn điều bạn yêu cầu.", field="sort")
    said = text.strip()[: rules.LONGEST]
    if len(said) < rules.SHORTEST:
        raise Refusal("privacy.text", "Viết rõ bạn muốn gì, ít nhất 10 chữ.", field="text")
    about = [code for code in dict.fromkeys(chosen) if code in registry.holdings]
    if sort == Sort.ERASE and not about:
        raise Refusal("privacy.chosen", "Chọn phần dữ liệu bạn muốn xóa.", field="chosen")
    Account.objects.select_for_update(of=("self",)).get(pk=by.account_id)
    mine = Case.objects.filter(owner_id=by.account_id, kind=REQUEST.code).working()
    if mine.count() >= MOST_OPEN:
        raise Refusal("privacy.too_many", "Bạn có nhiều yêu cầu đang chờ. Đợi trả lời rồi gửi tiếp.")
    case = _opened(Sort(sort), by, at)
    return Request.objects.create(case=case, sort=sort, account_id=by.account_id, text=said, chosen=about)


def _opened(sort: Sort, by: Actor, at: datetime) -> Case:
    """The case of a request, with the times that the schedule gives for the answer and for the work."""
    schedule = in_force(at)[1]
    local, root = timezone.localtime(at), tree().root_ids[0]
    calendar = calendar_for(root)
    reply = Term(schedule.reply).start(local, calendar.code).due(calendar)
    return cases.open_case(
        cases.NewCase(
            kind=REQUEST,
            number=f"DL-{local:%y}-{cases.take_number(f'privacy-request-{local:%y}'):05d}",
            title=SORTS[sort],
            state="asked",
            unit_id=root,
            received_unit_id=root,
            applicant=by.name,
            owner_id=by.account_id,
            step="Trả lời đã nhận",
            step_kind="receive",
            step_due_at=reply.at if reply else None,
            term=Term(schedule.carry_out[sort]).start(local, calendar.code),
        ),
        verb="data_request.ask",
        by=by,
        at=local,
        data={"sort": SORTS[sort]},
    )


def _locked(case_id: int, by: Actor) -> Request:
    found = Request.objects.locked(case_id)
    if not Request.objects.visible_to(by).filter(pk=case_id).exists():
        raise NotAllowed
    return found


@transaction.atomic
def accept(*, case_id: int, by: Actor, at: datetime) -> Request:
    """The officer has it and says so; the person is told until when it will be done."""
    found = _locked(case_id, by)
    due = f"{timezone.localtime(found.case.due_at):%d/%m/%Y}" if found.case.due_at else ""
    change = {"assignee_id": by.account_id, "step": "Thực hiện", "step_kind": "appraise", "step_due_at": None}
    cases.advance(found.case, "accept", by=by, at=at, data={"due": due}, change=change)
    return found


@transaction.atomic
def carry_out(*, case_id: int, answer: str, by: Actor, at: datetime) -> Request:
    """It is done, or begins now: what may be erased is erased by the follower of this entry."""
    found = _locked(case_id, by)
    said = _answer(answer)
    cases.advance(found.case, "carry_out", by=by, at=at, change={"step": "", "step_due_at": None})
    found.answer = said
    found.save(update_fields=["answer"])
    return found


@transaction.atomic
def refuse(*, case_id: int, reason: str, by: Actor, at: datetime) -> Request:
    """It cannot be done, and why: the law that stands against it."""
    found = _locked(case_id, by)
    said = _answer(reason)
    change = {"step": "", "step_due_at": None}
    cases.advance(found.case, "refuse", by=by, at=at, data={"reason": said}, change=change)
    found.answer = said
    found.save(update_fields=["answer"])
    return found


@transaction.atomic
def cancel(*, case_id: int, by: Actor, at: datetime) -> Request:
    """Whoever asked takes it back."""
    found = _locked(case_id, by)
    cases.advance(found.case, "cancel", by=by, at=at, change={"step": "", "step_due_at": None})
    return found


def _answer(text: str) -> str:
    said = text.strip()[: rules.LONGEST]
    if len(said) < rules.SHORTEST:
        raise Refusal("privacy.answer", "Viết rõ đã làm gì, hoặc vì sao không được, ít nhất 10 chữ.", field="answer")
    return said


@transaction.atomic
def erase(*, case_id: int, at: datetime) -> Request:
    """End what the person chose and what may go; counts are kept, and a second time nothing more happens.

    Someone under a legal hold keeps everything."""
    found = Request.objects.locked(case_id)
    if found.sort != Sort.ERASE or found.erased is not None or found.case.state != "done":
        return found
    account = Account.objects.get(pk=found.account_id)
    subject = Subject(account.pk, account.person_id)
    chosen = [registry.holdings[code] for code in found.chosen if code in registry.holdings]
    is_held = account.person_id in spared().people
    found.erased = {
        one.code: one.erase(subject, record=f"case/{case_id}", at=at) for one in chosen if one.erase and not is_held
    }
    found.save(update_fields=["erased"])
    return found
