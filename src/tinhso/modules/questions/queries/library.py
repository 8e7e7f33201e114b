"""The library: finding answers by everyday words, and lists of them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search import shelves
from tinhso.kernel.search.rules import Hit
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.models import Answer, AnswerQuerySet
from tinhso.modules.questions.rules.library import AnswerState

LONGEST_QUESTION = 200
PAGE = 20


def find(
    text: str, limit: int = 10, *, field: str = "", unit_id: int | None = None, procedure: str = ""
) -> list[tuple[Answer, str]]:
    """Published answers to a question in everyday words, best first, with the wording by which each was found."""
    rows = narrowed(Answer.objects.public(), field=field, unit_id=unit_id, procedure=procedure)
    return shelves.find(rows, text[:LONGEST_QUESTION], limit)


def narrowed(
    rows: AnswerQuerySet, *, field: str = "", unit_id: int | None = None, procedure: str = ""
) -> AnswerQuerySet:
    wanted: dict[str, Any] = {}
    if field:
        wanted["field"] = field
    if unit_id is not None:
        wanted["unit_id__in"] = sorted(tree().subtree(unit_id))
    if procedure:
        wanted["procedure_code"] = procedure
    return rows.filter(**wanted) if wanted else rows


def page(rows: QuerySet[Answer], after: tuple[datetime, int] | None, size: int = PAGE) -> tuple[list[Answer], str]:
    """One page of answers, the newest first, and the key of the next (empty at the end)."""
    rows = rows.order_by("-published_at", "-id").defer("words")
    if after is not None:
        rows = rows.extra(where=["(published_at, id) < (%s, %s)"], params=list(after))
    got = list(rows[: size + 1])
    more = f"{got[size - 1].published_at.isoformat()}~{got[size - 1].pk}" if len(got) > size else ""
    return got[:size], more


def frequent(procedure_code: str, limit: int = 5) -> list[Answer]:
    """What is asked most about a procedure."""
    rows = Answer.objects.public().filter(procedure_code=procedure_code).order_by("-asked", "-id")
    return list(rows.defer("words")[:limit])


def search_hits(text: str, actor: Actor, limit: int = 10) -> list[Hit]:
    """What the finder and the 1022 desk ask; answers are public, so that everybody finds the same."""
    return [hit_of(answer, name) for answer, name in find(text, limit)]


def hit_of(answer: Answer, name: str = "") -> Hit:
    """An answer as a search result: who answered and when, and in which words it was asked."""
    unit = tree().nodes.get(answer.unit_id)
    note = _("Cũng hỏi: %(name)s") % {"name": name} if name and name != answer.title else ""
    if answer.is_under_review:
        note = _("Đang rà soát: căn cứ có thể đã thay đổi")
    return Hit(
        title=answer.title,
        url=_address(answer.pk),
        subtitle=shortened(answer.text),
        facts=(unit.short_name if unit else "", f"{answer.valid_as_of:%d/%m/%Y}"),
        note=note,
    )


@lru_cache(maxsize=4096)
def _address(answer_id: int) -> str:
    return reverse("questions:answer", args=[answer_id])


def shortened(text: str, letters: int = 160) -> str:
    """The beginning of a text in one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= letters else line[:letters].rsplit(" ", 1)[0] + " …"


def under_review(actor: Actor) -> int:
    """How many answers of one's units wait to be looked at again, counted up to a hundred."""
    rows = Answer.objects.kept_by(actor).filter(state=AnswerState.UNDER_REVIEW).order_by()
    return rows.values("pk")[:100].count()
