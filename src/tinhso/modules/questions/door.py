"""What others may ask of the library: published answers as immutable values, and asking by message."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.api.limits import allow
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.search.rules import fold
from tinhso.kernel.talks import Reply, Said, Talk
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.actions.asking import ask
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.queries import library
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules.asking import LONGEST_TITLE, check_asked

__all__ = ["TALKS", "PublishedAnswer", "find_answers", "frequent_answers"]
QUESTION, STEP = "question", "step"
LEAST, SHOWN, LETTERS = 6, 2, 600
ASK = "Bạn hỏi gì? Ví dụ: hỏi làm lại căn cước ở đâu."
SEND = "Nếu chưa đúng ý, nhắn “gửi” để câu hỏi đến cơ quan trả lời."
NEEDS_ACCOUNT = "Câu hỏi cần tên và cách trả lời bạn: mở trang sau để gửi, hoặc nhắn “liên kết” rồi hỏi lại."
FROM_ONE_CONTACT = (5, 3600)


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """An answer that may be read out to anybody; ``is_under_review`` says that its ground may have changed."""

    id: int
    title: str
    text: str
    unit: str
    procedure_code: str
    valid_as_of: str
    is_under_review: bool
    url: str


def find_answers(text: str, limit: int = 5) -> list[PublishedAnswer]:
    """Published answers to a question in everyday words, best first."""
    return [_value(answer) for answer, _name in library.find(text, limit)]


def frequent_answers(procedure_code: str, limit: int = 5) -> list[PublishedAnswer]:
    """What is asked most about a procedure."""
    return [_value(answer) for answer in library.frequent(procedure_code, limit)]


def converse(said: Said) -> Reply:
    """Answers that are there already; “gửi” has the question answered by the office of the field that is chosen then.

    Raises Refusal, TooMany."""
    question = said.kept.get(QUESTION, "")
    if question and said.kept.get(STEP) == "field":
        return _sent(question, said)
    if question and fold(said.text).strip(" .!") in ("gui", "gui cau hoi"):
        return _field_of(question, said)
    text = " ".join(said.text.split())
    if len(text) < LEAST:
        return Reply(ASK, keep={})
    found = find_answers(text, SHOWN)
    keep = {QUESTION: text[:LONGEST_TITLE]}
    if not found:
        return Reply(f"Chưa có câu trả lời nào gần với câu hỏi này. {SEND}", keep=keep)
    first, *others = found
    lines = [first.title, first.text[:LETTERS] + ("…" if len(first.text) > LETTERS else "")]
    lines.append(f"({first.unit}, đúng tại ngày {first.valid_as_of})")
    if first.is_under_review:
        lines.append("Câu trả lời này đang được rà soát vì căn cứ có thể đã thay đổi.")
    lines += [f"Có thể bạn hỏi: {one.title}" for one in others]
    return Reply("\n".join([*lines, SEND]), keep=keep, url=first.url)


def _field_of(question: str, said: Said) -> Reply:
    if said.account_id is None:
        return Reply(NEEDS_ACCOUNT, url=f"{reverse('questions:ask')}?{urlencode({'q': question})}")
    fields = routes.routing_on(timezone.localdate(said.at)).fields
    lines = [f"{number}. {one.name}" for number, one in enumerate(fields, 1)]
    words = "Câu hỏi thuộc lĩnh vực nào? Nhắn số thứ tự:"
    return Reply("\n".join([words, *lines]), keep={QUESTION: question, STEP: "field"})


def _sent(question: str, said: Said) -> Reply:
    fields = routes.routing_on(timezone.localdate(said.at)).fields
    typed = said.text.strip(" .")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0
    account = Account.objects.filter(pk=said.account_id or 0, is_active=True).first()
    if account is None or not 1 <= number <= len(fields):
        return _field_of(question, said)
    allow("questions.contact", said.contact, times=FROM_ONE_CONTACT[0], seconds=FROM_ONE_CONTACT[1], at=said.at)
    actor = actor_of(account)
    checked = check_asked(title=question, text="", name=actor.name, phone="", email="", is_signed_in=True)
    asked = ask(
        asked=checked, field=fields[number - 1].code, commune_id=None, procedure_code="", hides_name=True,
        wants_privacy=False, request_key=said.key[:64], by=actor, at=said.at,
    )  # fmt: skip
    words = f"Đã nhận câu hỏi {asked.case.number}. Cơ quan có trách nhiệm sẽ trả lời; bạn được báo khi có trả lời."
    return Reply(words, case_id=asked.case.pk)


TALKS = (Talk("question", "Hỏi cơ quan nhà nước", ("hỏi", "hỏi đáp"), "hỏi làm lại căn cước ở đâu", converse, 30),)


def _value(answer: Answer) -> PublishedAnswer:
    unit = tree().nodes.get(answer.unit_id)
    return PublishedAnswer(
        answer.pk,
        answer.title,
        answer.text,
        unit.short_name if unit else "",
        answer.procedure_code,
        f"{answer.valid_as_of:%d/%m/%Y}",
        answer.is_under_review,
        reverse("questions:answer", args=[answer.pk]),
    )
