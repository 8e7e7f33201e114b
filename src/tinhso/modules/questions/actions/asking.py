"""A question comes in, and may be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import due
from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as kept_files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.rules import PDF, PICTURES
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import insert
from tinhso.modules.questions.actions.handling import locked, waiting
from tinhso.modules.questions.models import Question, QuestionFile
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules import QUESTION, STEPS
from tinhso.modules.questions.rules.asking import Asked
from tinhso.modules.questions.rules.routing import Field, Routing

PURPOSE = "questions.file"
ALLOWED = frozenset({PDF, *PICTURES})


def take_file(upload: Any, *, by: Actor) -> Attachment:
    """Keep what somebody sends along: a PDF or a picture. Raises Refusal ``files.*`` for anything else."""
    return kept_files.store(
        upload, name=upload.name or "tep", by_account_id=by.account_id, purpose=PURPOSE, allowed=ALLOWED
    )


def known_field(code: str, day: date) -> tuple[Routing, Field]:
    """The routing of a day and its field. Raises Refusal ``questions.no_field`` for one that it does not know."""
    routing = routes.routing_on(day)
    known = routing.field(code)
    if known is None:
        raise Refusal("questions.no_field", "Chọn lĩnh vực của câu hỏi.", field="field")
    return routing, known


@transaction.atomic
def ask(
    *,
    asked: Asked,
    field: str,
    commune_id: int | None,
    procedure_code: str,
    hides_name: bool,
    wants_privacy: bool,
    request_key: str,
    by: Actor,
    at: datetime,
    files: Sequence[Attachment] = (),
) -> Question:
    """Take a question with up to three files and start its clock; sent again with the same key, the first is given
    back.

    Raises Refusal ``questions.no_field`` for a field that the routing does not know."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 12))", [request_key])
    before = Question.objects.select_related("case").filter(request_key=request_key).first()
    if before is not None:
        return before
    routing, known = known_field(field, timezone.localdate(at))
    number, case_id = cases.reserve(f"questions/{timezone.localdate(at).year}")
    new = _case(asked, routing, known, commune_id, by, at, number, case_id)
    question = Question(
        case_id=case_id,
        text=asked.text,
        asked_on=timezone.localdate(at),
        field=known.code,
        commune_id=commune_id,
        procedure_code=procedure_code[:20],
        phone=asked.phone,
        email=asked.email,
        hides_name=hides_name,
        wants_privacy=wants_privacy,
        request_key=request_key,
    )
    data = {"code": new.number, "field": known.code}
    question.case = cases.open_case(new, verb="question.ask", by=by, at=at, data=data, beside=[insert(question)])
    if files:
        rows = (QuestionFile(question=question, place=n, attachment=one) for n, one in enumerate(files, 1))
        QuestionFile.objects.bulk_create(rows)
    return question


def _case(
    asked: Asked,
    routing: Routing,
    field: Field,
    commune_id: int | None,
    by: Actor,
    at: datetime,
    number: int,
    case_id: int,
) -> cases.NewCase:
    unit_id = routes.screening_unit(routing, field, commune_id)
    calendar = calendar_for(unit_id)
    step, step_kind = STEPS["received"]
    return cases.NewCase(
        id=case_id,
        kind=QUESTION,
        number=f"HD-{timezone.localdate(at):%y}-{number:06d}",
        title=asked.title,
        state="received",
        unit_id=unit_id,
        received_unit_id=unit_id,
        applicant=asked.name,
        owner_id=by.account_id if not by.is_official else None,
        words=asked.phone,
        step=step,
        step_kind=step_kind,
        step_due_at=due(at, routing.first_look, calendar).at,
        term=Term(routing.limit("plain")).start(at, calendar.code),
    )


@transaction.atomic
def withdraw(*, question_id: int, by: Actor, at: datetime) -> Question:
    """Who asked takes the question back while it is not answered.

    ``by`` is the owner's account, or ``ASKER`` for whoever holds the secret. Raises NotAllowed, Refusal
    ``cases.move_not_open``."""
    question = locked(question_id, "withdraw", by)
    cases.advance(question.case, "withdraw", by=by, at=at, change=waiting("", news=""))
    return question
