"""What comes in from the forms of officials, as plain values."""

from __future__ import annotations

from django.http import HttpRequest

from tinhso.kernel.errors import Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.ui import typed
from tinhso.modules.plans.rules import Direction, PlanKind, Target
from tinhso.modules.plans.rules.asked import Document, Issued, NewPlan, NewTask


def _chosen(request: HttpRequest, name: str, message: str) -> int:
    said = request.POST.get(name, "")
    if not is_whole(said):
        raise Refusal("plans.choose", message, field=name)
    return int(said)


def document(request: HttpRequest) -> Document:
    """Number, day, issuer, summary and, when one was sent, the file."""
    said, file = request.POST, request.FILES.get("file")
    return Document(
        number=typed.line(said.get("number", ""), "number", most=60),
        issued_on=typed.day(said.get("issued_on", ""), "issued_on"),
        issuer=typed.line(said.get("issuer", ""), "issuer", most=200),
        summary=typed.words(said.get("summary", ""), "summary", least=0),
        stream=file,
        name=str(file.name) if file else "",
    )


def new_plan(request: HttpRequest) -> NewPlan:
    said = request.POST
    kind = said.get("kind", "")
    if kind not in set(PlanKind):
        raise Refusal("plans.choose", "Chọn loại văn bản.", field="kind")
    return NewPlan(
        code=typed.key(said.get("code", ""), "code"),
        name=typed.line(said.get("name", ""), "name", least=10),
        kind=PlanKind(kind),
        unit_id=_chosen(request, "unit", "Chọn đơn vị chủ trì."),
        since=typed.day(said.get("since", ""), "since"),
        until=typed.day(said.get("until", ""), "until"),
        document=document(request),
    )


def target(request: HttpRequest) -> Target:
    """A target; its code is given by the action."""
    said = request.POST
    way = said.get("direction", "")
    return Target(
        code="",
        title=typed.line(said.get("title", ""), "title", most=200),
        goal=typed.number(said.get("goal", ""), "goal"),
        unit=typed.line(said.get("measured_in", "%"), "measured_in", most=20),
        measure=said.get("measure", "")[:80],
        direction=Direction(way) if way in set(Direction) else Direction.AT_LEAST,
    )


def new_task(request: HttpRequest) -> NewTask:
    said = request.POST
    return NewTask(
        title=typed.line(said.get("title", ""), "title", least=5),
        unit_id=_chosen(request, "unit", "Chọn đơn vị thực hiện."),
        due_on=typed.day(said.get("due_on", ""), "due_on"),
        words=typed.words(said.get("words", ""), "words", least=0),
        owner_id=owner(request),
    )


def owner(request: HttpRequest) -> int | None:
    """Who was chosen to look after a task; None for nobody."""
    said = request.POST.get("owner", "")
    return int(said) if is_whole(said) else None


def issued(request: HttpRequest) -> Issued:
    said, file = request.POST, request.FILES.get("file")
    return Issued(
        number=typed.line(said.get("number", ""), "number", most=60),
        issued_on=typed.day(said.get("issued_on", ""), "issued_on"),
        stream=file,
        name=str(file.name) if file else "",
    )
