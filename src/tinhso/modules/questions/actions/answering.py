"""An answer goes out: to everybody, to who asked, or by one that exists already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.clock.rules import verdict
from tinhso.kernel.clock.rules.periods import months_later
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search import shelves
from tinhso.kernel.search.rules import fold
from tinhso.kernel.statements import update
from tinhso.modules.questions.actions.handling import check_draft, locked, waiting
from tinhso.modules.questions.actions.library import cite
from tinhso.modules.questions.models import Answer, Question
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules.asking import short_name
from tinhso.modules.questions.rules.library import AnswerState, Written

MOST_NAMES = 12


def _facts(question: Question, at: datetime) -> dict[str, Any]:
    """By what the figures of answered questions are split."""
    due_at = question.case.due_at
    found = verdict(timezone.localtime(at), timezone.localtime(due_at)) if due_at else None
    return {"field": question.field, "verdict": found.value if found else ""}


def _ask_another(question: Question, by: Actor) -> None:
    if question.drafted_by_id == by.account_id:
        raise Refusal("questions.own_draft", "Người soạn không tự duyệt. Chuyển người khác của đơn vị duyệt.")


@transaction.atomic
def publish(*, question_id: int, by: Actor, at: datetime, revision: int | None = None) -> Answer:
    """Publish the draft as an answer for everybody, found at once by its words; who wrote it may not.

    Raises Refusal ``questions.own_draft``, ``questions.wants_privacy``, or those of ``check_written``."""
    question = locked(question_id, "publish", by, revision)
    _ask_another(question, by)
    if question.wants_privacy:
        raise Refusal("questions.wants_privacy", "Người hỏi đề nghị trả lời riêng. Chọn Trả lời riêng.")
    written = check_draft(question, at, is_private=False)
    answer = keep(
        written,
        field=question.field,
        unit_id=question.case.unit_id,
        procedure_code=question.procedure_code,
        asked_by="" if question.hides_name else short_name(question.case.applicant),
        at=at,
    )
    question.answer = answer
    data = {**_facts(question, at), "answer": answer.pk}
    change = waiting("", assignee_id=question.case.assignee_id, news="")
    cases.advance(question.case, "publish", by=by, at=at, data=data, change=change, beside=[update(question, "answer")])
    return answer


def keep(
    written: Written,
    *,
    field: str,
    unit_id: int,
    procedure_code: str,
    asked_by: str,
    at: datetime,
    names: Iterable[str] = (),
    topic: str | None = None,
) -> Answer:
    """Put an answer into the library."""
    routing = routes.routing_on(timezone.localdate(at))
    known = routing.field(field)
    answer = Answer.objects.create(
        title=written.title,
        names=list(names),
        text=written.text,
        field=field,
        topic=(topic if topic is not None else known.name if known else "")[:400],
        unit_id=unit_id,
        procedure_code=procedure_code,
        state=AnswerState.PUBLISHED,
        valid_as_of=written.valid_as_of,
        review_on=months_later(written.valid_as_of, routing.review_months),
        asked_by=asked_by,
        published_at=at,
        changed_at=at,
    )
    cite(answer, written.references)
    shelves.shelve(answer)
    return answer


@transaction.atomic
def answer_privately(*, question_id: int, by: Actor, at: datetime, revision: int | None = None) -> Question:
    """Send the draft to who asked and to nobody else. Raises Refusal ``questions.own_draft``."""
    question = locked(question_id, "answer_privately", by, revision)
    _ask_another(question, by)
    check_draft(question, at, is_private=True)
    data = _facts(question, at)
    cases.advance(question.case, "answer_privately", by=by, at=at, data=data, change=waiting("", news=""))
    return question


@transaction.atomic
def merge(*, question_ids: Iterable[int], answer_id: int, by: Actor, at: datetime) -> Answer:
    """Answer one or several questions by one that is published; their words find it from now on.

    Raises NotFound for an answer that is not public, and whatever forbids the move for one of them: then none is
    answered."""
    questions = [locked(pk, "merge", by) for pk in sorted(set(question_ids))]
    answer = Answer.objects.public().select_for_update(of=("self",)).filter(pk=answer_id).first()
    if answer is None:
        raise NotFound("questions.no_answer", "Câu trả lời này không còn công bố. Chọn câu khác.")
    for question in questions:
        question.answer = answer
        data = {**_facts(question, at), "answer": answer.pk}
        own = [update(question, "answer")]
        cases.advance(question.case, "merge", by=by, at=at, data=data, change=waiting("", news=""), beside=own)
        _learn(answer, question)
    answer.asked += len(questions)
    answer.save(update_fields=["asked", "names"])
    shelves.shelve(answer)
    return answer


def _learn(answer: Answer, question: Question) -> None:
    """Remember another way to ask the same; only words that an official has seen fit to show."""
    other = question.shown_title
    if (
        other
        and len(answer.names) < MOST_NAMES
        and fold(other) not in {fold(one) for one in (answer.title, *answer.names)}
    ):
        answer.names = [*answer.names, other]
