"""Writing: upload a file, file a dossier, make a move. Every route is a line of the table at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Schema, UploadedFile

from tinhso.kernel.api.auth import SIGNED_IN
from tinhso.kernel.api.idempotency import HEADER, idempotent
from tinhso.kernel.api.problems import problem
from tinhso.kernel.api.responses import fast
from tinhso.kernel.cases.models import Case
from tinhso.kernel.files import actions as files
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.api import schemas
from tinhso.modules.dossiers.api.routers import router
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import programs
from tinhso.modules.dossiers.rules import Missing

Adapt = Callable[[Any, programs.Found, Actor], Mapping[str, Any]]


@router.post(
    "/files", auth=SIGNED_IN, response={201: schemas.FileOut}, summary="Tải tệp lên", operation_id="dossiers_upload"
)
@idempotent
def upload(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Keep a file for a dossier to be filed or supplemented; judged by its content."""
    account_id = request.actor.account_id  # type: ignore[attr-defined]
    kept = files.store(file, name=file.name or "", by_account_id=account_id, purpose=programs.PURPOSE)
    blob = kept.blob
    return fast({"file": kept.pk, "name": kept.name, "size": blob.size, "media_type": blob.media_type}, 201)


@router.post("/", auth=SIGNED_IN, response={201: schemas.Filed}, summary="Nộp hồ sơ", operation_id="dossiers_file")
@idempotent
def file(request: HttpRequest, new: schemas.NewDossier) -> HttpResponse:
    """File a dossier online, checked as on the portal. What is missing is told field by field; papers as
    ``papers.<component>``."""
    actor, at = request.actor, timezone.now()  # type: ignore[attr-defined]
    try:
        dossier = actions.file_at_once(
            procedure_code=new.procedure,
            branch=new.branch,
            answers=new.answers,
            parts=programs.papers_from([(one.component, one.file) for one in new.papers], actor),
            request_key=_request_key(actor, request.headers[HEADER]),
            by=actor,
            at=at,
            applicant=_applicant(new, actor),
            mandate_id=new.mandate,
        )
    except actions.NotComplete as no:
        return problem(request, status=no.status, code=no.code, detail=no.message, errors=_missing(no))
    return fast(_state(dossier.case) | {"lookup_key": dossier.case.lookup_key}, 201)


def _request_key(actor: Actor, key: str) -> str:
    """The caller's name for this filing, made so short that the dossier can keep it for good."""
    return "api-" + hashlib.sha256(f"{actor.account_id}/{key}".encode()).hexdigest()[:60]


def _applicant(new: schemas.NewDossier, actor: Actor) -> actions.Applicant | None:
    """Who applies by another's word; whoever acts by a mandate applies in the name that the mandate gives them."""
    if new.applicant is None or new.mandate is not None:
        return None
    return actions.Applicant(**new.applicant.model_dump(), account_id=actor.account_id)


def _missing(no: actions.NotComplete) -> list[dict[str, str]]:
    wrong = [
        {"field": f"answers.{code}", "code": "dossiers.answer", "message": said} for code, said in no.errors.items()
    ]
    return wrong + [
        {"field": f"papers.{code}", "code": "dossiers.paper_missing", "message": f"Thiếu giấy tờ: {name}."}
        for code, name in no.lacking.items()
    ]


def _state(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "state": case.state,
        "state_name": case.state_of.name,
        "step": case.step,
        "step_kind": case.step_kind,
        "assignee": case.assignee_id,
        "due_at": case.due_at,
        "step_due_at": case.step_due_at,
        "revision": case.revision,
    }


def _fields(said: Schema, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return said.model_dump()


def _missing_papers(said: Any, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return said.model_dump() | {"missing": [Missing(one.code, one.name, one.reason) for one in said.missing]}


def _answered(said: schemas.Answer, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    given = [(one.component, one.file) for one in said.papers]
    return {"answer": said.answer, "parts": programs.papers_from(given, actor)}


def _supplemented(said: schemas.Answer, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return {**_answered(said, found, actor), "at_counter": found.owner_id != actor.account_id}


def _withdrawn(said: schemas.Reasoned, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return {"reason": said.reason, "at_counter": found.owner_id != actor.account_id}


def _assigned(said: schemas.Assignment, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return {"to": programs.handler(said.to, found.unit_id), "note": said.note}


def _transferred(said: schemas.Transfer, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return {"unit_id": programs.unit_id_of(said.unit), "reason": said.reason}


def _asked_opinion(said: schemas.OpinionRequest, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return {"unit_id": programs.unit_id_of(said.unit), "question": said.question, "days": said.days}


def _opinion(said: schemas.Opinion, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return {"step_id": programs.opinion_id(found.id, said.step), "answer": said.answer}


def _text(said: Schema, found: programs.Found, actor: Actor) -> Mapping[str, Any]:
    return {"text": said.model_dump()}


def _offer(verb: str, summary: str, schema: type[Schema], act: Callable[..., Any], adapt: Adapt = _fields) -> None:
    """A route ``POST /{number}/<verb>`` that makes one move and answers where the dossier stands after it."""

    def view(request, number, said):
        actor = request.actor
        found = programs.find(number, actor)
        done = act(dossier_id=found.id, by=actor, at=timezone.now(), **adapt(said, found, actor))
        case = done.case if isinstance(done, Dossier) else Case.objects.get(pk=found.id)
        return fast(_state(case))

    view.__name__ = verb.replace("-", "_")
    view.__doc__ = f"{(act.__doc__ or '').strip().partition(chr(10))[0]}"
    view.__annotations__ = {"request": HttpRequest, "number": str, "said": schema, "return": HttpResponse}
    if not any(one.is_required() for one in schema.model_fields.values()):
        view.__defaults__ = (schema(),)
    router.post(
        f"/{{number}}/{verb}",
        auth=SIGNED_IN,
        response=schemas.DossierState,
        summary=summary,
        operation_id=f"dossiers_{view.__name__}",
    )(idempotent(view))


for _line in (
    # at the one-stop shop
    ("accept", "Tiếp nhận", schemas.Revised, actions.accept),
    ("ask-completion", "Hướng dẫn bổ sung", schemas.Guidance, actions.ask_completion, _missing_papers),
    ("complete", "Gửi bổ sung theo hướng dẫn", schemas.Answer, actions.complete, _answered),
    ("decline", "Từ chối tiếp nhận", schemas.Declining, actions.decline),
    ("record-fee", "Xác nhận đã thu phí", schemas.Nothing, actions.record_fee),
    # in the resolving unit
    ("take-over", "Nhận bàn giao", schemas.Nothing, actions.take_over),
    ("assign", "Phân công", schemas.Assignment, actions.assign, _assigned),
    ("step-on", "Chuyển bước tiếp theo", schemas.Noted, actions.step_on),
    ("step-back", "Trả lại bước trước", schemas.StepBack, actions.step_back),
    ("ask-supplement", "Yêu cầu bổ sung", schemas.SupplementRequest, actions.ask_supplement, _missing_papers),
    ("supplement", "Gửi bổ sung", schemas.Answer, actions.supplement, _supplemented),
    ("ask-payment", "Thông báo nghĩa vụ tài chính", schemas.PaymentRequest, actions.ask_payment),
    ("confirm-payment", "Xác nhận đã nộp", schemas.Proof, actions.confirm_payment),
    ("ask-opinion", "Lấy ý kiến phối hợp", schemas.OpinionRequest, actions.ask_opinion, _asked_opinion),
    ("answer-opinion", "Cho ý kiến", schemas.Opinion, actions.answer_opinion, _opinion),
    ("transfer", "Chuyển cơ quan khác", schemas.Transfer, actions.transfer, _transferred),
    ("apologise", "Xin lỗi và hẹn lại", schemas.Apology, actions.apologise),
    ("note", "Ghi chú nội bộ", schemas.NoteIn, actions.note),
    ("stop", "Dừng giải quyết", schemas.Stopping, actions.stop),
    ("withdraw", "Rút hồ sơ", schemas.Reasoned, actions.withdraw, _withdrawn),
    # the result
    ("draft-result", "Soạn kết quả", schemas.ResultText, actions.draft_result, _text),
    ("sign", "Ký kết quả", schemas.Noted, actions.sign),
    ("finish", "Phát hành kết quả", schemas.Nothing, actions.finish),
    ("refuse", "Từ chối giải quyết", schemas.Reasoned, actions.refuse),
    ("return", "Trả kết quả", schemas.HandedOver, actions.return_result),
):
    _offer(*_line)
