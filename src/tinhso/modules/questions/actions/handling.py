"""Officials work on a question: look at it, hand it on, write, send to approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import update
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Node
from tinhso.modules.questions.actions.library import check_in_force
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules import REASONS, STEPS, Permission
from tinhso.modules.questions.rules.asking import check_nameless, masked
from tinhso.modules.questions.rules.library import Written, check_written, references_from
from tinhso.modules.questions.rules.routing import LEVELS


def locked(question_id: int, verb: str, by: Actor, revision: int | None = None) -> Question:
    """The question with its case, held until the transaction ends, if this actor may make the move now.

    Raises NotFound, Stale, NotAllowed, Refusal ``cases.move_not_open``."""
    case = Case.objects.locked(question_id)
    question = Question.objects.filter(pk=question_id).first()
    if question is None:
        raise NotFound
    cases.check_revision(case, revision)
    cases.move_of(case, verb, by=by)
    question.case = case
    return question


def waiting(state: str, **more: Any) -> dict[str, Any]:
    """What a case's row says while it stands in a state."""
    step, kind = STEPS.get(state, ("", ""))
    return {"step": step, "step_kind": kind, "step_due_at": None, **more}


@transaction.atomic
def screen(
    *,
    question_id: int,
    field: str,
    unit_id: int,
    level: str,
    shown_title: str,
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Question:
    """Take a question to answer: its field, the words that everybody may read, and the unit that answers.

    More time for a complex one counts from the day it was asked. Raises Refusal ``questions.no_field``,
    ``questions.no_unit``, ``questions.level``."""
    question = locked(question_id, "screen", by, revision)
    case = question.case
    routing = routes.routing_on(timezone.localdate(at))
    if routing.field(field) is None:
        raise Refusal("questions.no_field", "Chọn lĩnh vực của câu hỏi.", field="field")
    node = _unit(unit_id, at)
    if level not in LEVELS:
        raise Refusal("questions.level", "Chọn mức độ của câu hỏi.", field="level")
    term = replace(Term.from_json(case.clock), limit=routing.limit(level), calendar=calendar_for(unit_id).code)
    found = term.due(calendar_for(unit_id))
    change = waiting("screened", unit_id=unit_id, assignee_id=None, clock=term.to_json(), due_at=found and found.at)
    question.field, question.level, question.note = field, level, ""
    question.shown_title = masked(" ".join(shown_title.split()) or case.title, case.applicant)[:300]
    cases.concern(case, unit_id)
    promised = case.due_at
    own = [update(question, "field", "level", "note", "shown_title")]
    data = {"target": node.short_name, "field": field}
    cases.advance(case, "screen", by=by, at=at, data=data, change=change, beside=own)
    if case.due_at is not None and case.due_at != promised:
        cases.promise(case, due_at=case.due_at, at=at, reason="screen")
    return question


@transaction.atomic
def send_back(*, question_id: int, reason: str, by: Actor, at: datetime, revision: int | None = None) -> Question:
    """Say that another unit must answer; the time goes on. Raises Refusal ``questions.no_reason``."""
    question = locked(question_id, "send_back", by, revision)
    question.note = _said(reason)
    change = waiting("received", unit_id=question.case.received_unit_id, assignee_id=None)
    data = {"reason": question.note[:200]}
    cases.advance(question.case, "send_back", by=by, at=at, data=data, change=change, beside=[update(question, "note")])
    return question


@transaction.atomic
def hand_over(
    *, question_id: int, unit_id: int, reason: str, by: Actor, at: datetime, revision: int | None = None
) -> Question:
    """Give it to the unit that must answer, with a word why; its time goes on. Raises Refusal ``questions.no_unit``,
    ``questions.no_reason``."""
    question = locked(question_id, "hand_over", by, revision)
    case = question.case
    target = _unit(unit_id, at)
    if target.id == case.unit_id:
        raise Refusal("questions.same_unit", "Câu hỏi đang ở đơn vị này. Chọn đơn vị khác.", field="unit")
    question.note = _said(reason)
    cases.concern(case, target.id)
    change = waiting("screened", unit_id=target.id, assignee_id=None, news="")
    data = {"target": target.short_name, "reason": question.note[:200]}
    cases.advance(case, "hand_over", by=by, at=at, data=data, change=change, beside=[update(question, "note")])
    return question


def _unit(unit_id: int, at: datetime) -> Node:
    node = tree().nodes.get(unit_id)
    if node is None or not node.lives_on(timezone.localdate(at)):
        raise Refusal("questions.no_unit", "Chọn đơn vị trả lời.", field="unit")
    return node


@transaction.atomic
def take(*, case_id: int, by: Actor, at: datetime) -> Question:
    """Become who writes the answer. Raises Refusal ``questions.already_taken``."""
    question = locked(case_id, "take", by)
    if question.case.assignee_id is not None:
        raise Refusal("questions.already_taken", "Câu hỏi đã có người trả lời. Chọn câu khác.")
    cases.advance(question.case, "take", by=by, at=at, change=waiting("assigned", assignee_id=by.account_id))
    return question


@transaction.atomic
def assign(*, question_id: int, to: int, by: Actor, at: datetime, revision: int | None = None) -> Question:
    """Give it to somebody of the unit who may write answers. Raises Refusal ``questions.not_a_handler``."""
    question = locked(question_id, "assign", by, revision)
    handlers = dict(routes.handlers_at(Permission.ANSWER, question.case.unit_id))
    if to not in handlers:
        raise Refusal("questions.not_a_handler", "Chọn người soạn trả lời của đơn vị.", field="to")
    change = waiting("assigned", assignee_id=to, news="Được giao trả lời")
    cases.advance(question.case, "assign", by=by, at=at, data={"handler": handlers[to]}, change=change)
    return question


@transaction.atomic
def draft(
    *,
    question_id: int,
    shown_title: str,
    text: str,
    references: Iterable[Mapping[str, Any]],
    valid_as_of: date | None,
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Question:
    """Keep what is written so far; whether it may be published is asked when it is sent to approval."""
    question = locked(question_id, "draft", by, revision)
    question.shown_title = masked(" ".join(shown_title.split()), question.case.applicant)[:300] or question.shown_title
    question.draft = text.replace("\r\n", "\n").strip()[:8000]
    question.references = [{"number": one.number[:80], "place": one.place[:160]} for one in references_from(references)]
    question.valid_as_of, question.drafted_by_id = valid_as_of, by.account_id
    own = [update(question, "shown_title", "draft", "references", "valid_as_of", "drafted_by")]
    change = waiting("drafted", assignee_id=question.case.assignee_id or by.account_id)
    cases.advance(question.case, "draft", by=by, at=at, change=change, beside=own)
    return question


@transaction.atomic
def propose(*, question_id: int, by: Actor, at: datetime, revision: int | None = None) -> Question:
    """Send the draft to approval. Raises Refusal for what is missing in it."""
    question = locked(question_id, "propose", by, revision)
    check_draft(question, at)
    if question.valid_as_of is None:
        question.valid_as_of = timezone.localdate(at)
    question.note = ""
    own = [update(question, "valid_as_of", "note")]
    cases.advance(question.case, "propose", by=by, at=at, change=waiting("approving"), beside=own)
    return question


def check_draft(question: Question, at: datetime, *, is_private: bool | None = None) -> Written:
    """The draft as an answer. Raises Refusal for what is missing, for a source that was replaced and, unless it is for
    who asked alone, for what names them."""
    case, today = question.case, timezone.localdate(at)
    written = check_written(
        title=question.shown_title or masked(case.title, case.applicant),
        text=question.draft,
        references=references_from(question.references),
        valid_as_of=question.valid_as_of or today,
        today=today,
    )
    check_in_force(written.references, today)
    if not (question.wants_privacy if is_private is None else is_private):
        check_nameless(written.text, name=case.applicant, phone=question.phone, email=question.email)
    return written


@transaction.atomic
def return_draft(*, question_id: int, reason: str, by: Actor, at: datetime, revision: int | None = None) -> Question:
    """Give a draft back to be mended. Raises Refusal ``questions.no_reason``."""
    question = locked(question_id, "return_draft", by, revision)
    question.note = _said(reason)
    change = waiting("drafted", news="Dự thảo được trả lại")
    data = {"reason": question.note[:200]}
    own = [update(question, "note")]
    cases.advance(question.case, "return_draft", by=by, at=at, data=data, change=change, beside=own)
    return question


@transaction.atomic
def reject(
    *, question_id: int, reason: str, text: str, by: Actor, at: datetime, revision: int | None = None
) -> Question:
    """Say no, with a reason of the list and a word more. Raises Refusal ``questions.reason``."""
    question = locked(question_id, "reject", by, revision)
    if reason not in REASONS:
        raise Refusal("questions.reason", "Chọn lý do không tiếp nhận.", field="reason")
    question.reason, question.reason_text = reason, text.strip()[:1000]
    data = {"reason": REASONS[reason]}
    own = [update(question, "reason", "reason_text")]
    cases.advance(question.case, "reject", by=by, at=at, data=data, change=waiting(""), beside=own)
    return question


def _said(reason: str) -> str:
    found = reason.strip()[:1000]
    if len(found) < 5:
        raise Refusal("questions.no_reason", "Ghi lý do để người nhận biết phải làm gì.", field="reason_text")
    return found
