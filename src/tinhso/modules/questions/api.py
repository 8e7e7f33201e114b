"""Questions for programs: published answers are everybody's; asking, and one's own questions, with a key."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY, SIGNED_IN
from tinhso.kernel.api.idempotency import HEADER, idempotent
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.actions import asking
from tinhso.modules.questions.models import Answer, Question
from tinhso.modules.questions.queries import cases, library
from tinhso.modules.questions.rules.asking import check_asked

router = Router()
LONGEST_PAGE = 50


class Reference(Schema):
    """A legal document and the place in it."""

    number: str
    place: str


class AnswerLine(Schema):
    """A published answer in a list."""

    id: int
    title: str
    field: str
    unit: str
    is_under_review: bool
    published_at: datetime


class AnswerFull(AnswerLine):
    """One answer with what it cites and the day on which it was compared with it."""

    text: str
    references: list[Reference]
    valid_as_of: date
    procedure: str
    helpful: int
    unhelpful: int


class AnswerPage(Schema):
    items: list[AnswerLine]


class NewQuestion(Schema):
    """A question; ``field`` is a code of the routing. The answer comes to the account of the key."""

    title: str = Field(max_length=200)
    text: str = Field("", max_length=4000)
    field: str = Field(max_length=40)
    procedure: str = Field("", max_length=20)
    hides_name: bool = True
    wants_privacy: bool = False


class Asked(Schema):
    """How far one's own question is. ``answer`` is the number of the published answer, ``reply`` a private one."""

    number: str
    state: str
    unit: str
    due_at: datetime | None
    answer: int | None
    reply: str


@router.get("/answers/", auth=ANYBODY, response=AnswerPage, summary="Tìm câu trả lời", operation_id="questions_answers")
def answers(
    request: HttpRequest,
    q: str = Query("", max_length=library.LONGEST_QUESTION),
    field: str = Query("", max_length=40),
    size: int = Query(20, ge=1, le=LONGEST_PAGE),
) -> HttpResponse:
    """Published answers to a question in everyday words, best first; without one the newest."""
    if q.strip():
        found = [one for one, _name in library.find(q, size, field=field)]
    else:
        found = library.page(library.narrowed(Answer.objects.public(), field=field), None, size)[0]
    return fast({"items": [_line(one) for one in found]})


@router.get(
    "/answers/{answer_id}",
    auth=ANYBODY,
    response=AnswerFull,
    summary="Một câu trả lời",
    operation_id="questions_answer",
)
def answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """One published answer."""
    found = Answer.objects.public().prefetch_related("citations__source").filter(pk=min(answer_id, 2**62)).first()
    if found is None:
        raise NotFound
    more = {
        "text": found.text,
        "references": [{"number": one.source.number, "place": one.place} for one in found.citations.all()],
        "valid_as_of": found.valid_as_of,
        "procedure": found.procedure_code,
        "helpful": found.helpful,
        "unhelpful": found.unhelpful,
    }
    return fast(_line(found) | more)


def _line(one: Answer) -> dict[str, Any]:
    unit = tree().nodes.get(one.unit_id)
    return {
        "id": one.pk,
        "title": one.title,
        "field": one.field,
        "unit": unit.name if unit else "",
        "is_under_review": one.is_under_review,
        "published_at": one.published_at,
    }


@router.post("/", auth=SIGNED_IN, response={201: Asked}, summary="Gửi câu hỏi", operation_id="questions_ask")
@idempotent
def ask(request: HttpRequest, new: NewQuestion) -> HttpResponse:
    """Ask as the account of the key. What is missing is told by its field."""
    actor = acting(request)
    checked = check_asked(title=new.title, text=new.text, name=actor.name, phone="", email="", is_signed_in=True)
    key = hashlib.sha256(f"{actor.account_id}/{request.headers[HEADER]}".encode()).hexdigest()[:60]
    question = asking.ask(
        asked=checked, field=new.field, commune_id=None, procedure_code=new.procedure, hides_name=new.hides_name,
        wants_privacy=new.wants_privacy, request_key=f"api-{key}", by=actor, at=timezone.now(),
    )  # fmt: skip
    return fast(_state(question), 201)


@router.get("/{number}", auth=SIGNED_IN, response=Asked, summary="Câu hỏi của tôi", operation_id="questions_mine")
def mine(request: HttpRequest, number: str) -> HttpResponse:
    """How far one's own question is; others' are not found."""
    return fast(_state(cases.followed(number[:40], "", acting(request))))


def _state(question: Question) -> dict[str, Any]:
    case = question.case
    unit = tree().nodes.get(case.unit_id)
    return {
        "number": case.number,
        "state": case.state,
        "unit": unit.name if unit else "",
        "due_at": case.due_at,
        "answer": question.answer_id,
        "reply": question.draft if case.state == "answered_privately" else "",
    }
