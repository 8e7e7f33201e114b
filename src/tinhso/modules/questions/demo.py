"""Demonstration: a library of answers about everyday procedures, and questions in every state. All invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import months_later
from tinhso.kernel.people.demonstrating import employ
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY, Actor
from tinhso.kernel.search import shelves
from tinhso.kernel.seeds import seed
from tinhso.kernel.units.queries import tree
from tinhso.modules.procedures import door as procedures
from tinhso.modules.questions.actions import answering, asking, handling, library
from tinhso.modules.questions.actions.routing import load_seeds
from tinhso.modules.questions.models import Answer, Citation, LegalSource, Question
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules.asking import check_asked
from tinhso.modules.questions.rules.library import AnswerState

HOME = "xa-25459"
ROLES = {  # the demonstration's people of one commune, and the province's desk
    "canbo.motcua": ("questions.screener",),
    "chuyenvien": ("questions.answerer",),
    "lanhdao": ("questions.approver", "questions.keeper"),
}
LIBRARIAN = "kiemsoat"  # looks at what comes to the province, and keeps the answers of its departments true
OUTDATED, NEW = "Văn bản minh họa số 1", "Văn bản minh họa số 2"
ASKED = (  # how far it gets, how many days ago, field, words
    ("received", 0, "ho-tich", "Con tôi sinh ở quê ngoại thì khai sinh ở xã nào?"),
    ("screened", 2, "dat-dai", "Muốn tách thửa cho con thì thửa nhỏ nhất là bao nhiêu mét vuông?"),
    ("assigned", 4, "xay-dung", "Xây thêm phòng trên sân thượng có phải xin phép không?"),
    ("approving", 5, "kinh-doanh", "Bán hàng ăn sáng tại nhà có phải đăng ký hộ kinh doanh không?"),
    ("published", 20, "bao-tro", "Người trên 80 tuổi không có lương hưu được hưởng gì?"),
    ("assigned", 30, "dat-dai", "Sổ đỏ cấp từ năm 1998 có bắt buộc đổi sang mẫu mới không?"),
)


def library_rows() -> list[dict[str, Any]]:
    """The sample library: question, other wordings, answer, field, procedure, legal source."""
    rows: list[dict[str, Any]] = seed("tinhso.modules.questions", "library.yaml")["answers"]
    return rows


@transaction.atomic
def load_library(*, at: datetime) -> list[Answer]:
    """Put the sample library in, in bulk; asked again it changes nothing."""
    if Answer.objects.filter(is_demonstration=True).exists():
        return []
    load_seeds(at=at)
    routing, day = routes.routing_on(timezone.localdate(at)), timezone.localdate(at)
    known = procedures.all_published(day)
    rows = library_rows()
    answers = []
    for number, row in enumerate(rows):
        field = routing.field(row["field"])
        assert field is not None, row["field"]
        sheet = known.get(row.get("procedure", ""))
        moment = at - timedelta(days=3 + number % 90, minutes=number)
        answers.append(
            Answer(
                title=row["question"],
                names=row.get("also", []),
                text=row["answer"],
                field=field.code,
                topic=f"{field.name} {sheet.name if sheet else ''}".strip()[:400],
                unit_id=routes.unit_for(field, None),
                procedure_code=row.get("procedure", ""),
                state=AnswerState.PUBLISHED,
                valid_as_of=timezone.localdate(moment),
                review_on=months_later(timezone.localdate(moment), routing.review_months),
                published_at=moment,
                changed_at=moment,
                asked=1 + number * 7 % 40,
                helpful=number * 5 % 60,
                unhelpful=number % 4,
                is_demonstration=True,
            )
        )
    Answer.objects.bulk_create(answers)
    _cite(answers, rows)
    shelves.shelve_all(answers, Answer)
    return answers


def _cite(answers: list[Answer], rows: list[dict[str, Any]]) -> None:
    numbers = sorted({row["source"] for row in rows})
    LegalSource.objects.bulk_create((LegalSource(number=one) for one in numbers), ignore_conflicts=True)
    ids = dict(LegalSource.objects.filter(number__in=numbers).values_list("number", "pk"))
    Citation.objects.bulk_create(
        Citation(answer=answer, source_id=ids[row["source"]], place=row.get("place", ""))
        for answer, row in zip(answers, rows, strict=True)
    )


def demo(at: datetime | None = None, **_more: Any) -> None:
    """The sample library, people who answer, and questions in every state; asked again it changes nothing."""
    now = at or timezone.now()
    if not load_library(at=now):
        return
    people = _employ(timezone.localdate(now))
    commune = tree().by_code.get(HOME)
    if commune is None or len(people) < len(ROLES) or Question.objects.exists():
        return
    for number, (state, days, field, words) in enumerate(ASKED):
        _play(number, state, now - timedelta(days=days, hours=3), field, words, people, commune.id)


def _employ(day: date) -> dict[str, Account]:
    """The demonstration's people hold the roles in their commune."""
    employ(
        day,
        at_home=[(name, role) for name, roles in ROLES.items() for role in roles],
        centrally=[(LIBRARIAN, role) for role in ("questions.screener", "questions.approver", "questions.keeper")],
    )
    return {one.username: one for one in Account.objects.filter(username__in=ROLES, is_demonstration=True)}


def _play(
    number: int, state: str, at: datetime, field: str, words: str, people: dict[str, Account], commune_id: int
) -> None:
    """One question, as far as its state."""
    asked = check_asked(
        title=words, text="", name="Người hỏi minh họa", phone=f"09000000{number:02d}", email="", is_signed_in=False
    )
    question = asking.ask(
        asked=asked, field=field, commune_id=commune_id, procedure_code="", hides_name=True, wants_privacy=False,
        request_key=f"minh-hoa-{number}", by=NOBODY, at=at,
    )  # fmt: skip
    clerk, writer, leader = (actor_of(people[name]) for name in ROLES)
    pk, step = question.pk, timedelta(hours=1)
    if state == "received":
        return
    handling.screen(
        question_id=pk, field=field, unit_id=commune_id, level="plain", shown_title=words, by=clerk, at=at + step
    )
    if state == "screened":
        return
    handling.take(case_id=pk, by=writer, at=at + 2 * step)
    if state == "assigned":
        return
    source = OUTDATED if state == "published" else NEW
    handling.draft(
        question_id=pk, shown_title=words, text="Nội dung minh họa: hỏi bộ phận Một cửa của phường.",
        references=[{"number": source, "place": ""}], valid_as_of=timezone.localdate(at), by=writer,
        at=at + 3 * step,
    )  # fmt: skip
    handling.propose(question_id=pk, by=writer, at=at + 4 * step)
    if state == "published":
        answer = answering.publish(question_id=pk, by=leader, at=at + 5 * step)
        Answer.objects.filter(pk=answer.pk).update(is_demonstration=True)
        _outdate(leader, at + 6 * step)


def _outdate(keeper: Actor, at: datetime) -> None:
    """The source of the published answer is replaced, so that one answer waits to be looked at again."""
    source, day = LegalSource.objects.get(number=OUTDATED), timezone.localdate(at)
    library.replace_source(source_id=source.pk, replaced_by=NEW, replaced_on=day, by=keeper, at=at)
    library.flag_replaced(on=day)
