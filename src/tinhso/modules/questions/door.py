"""What other modules may ask of the library: published answers, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.queries import library

__all__ = ["PublishedAnswer", "find_answers", "frequent_answers"]


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
