"""Keeping the library true: mending answers, confirming them, taking them away; legal sources that are replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import months_later
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.actions import note
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search import shelves
from tinhso.modules.questions.models import Answer, Citation, LegalSource
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules import Permission
from tinhso.modules.questions.rules.library import AnswerState, Reference, Why, Written

LOT = 500


def cite(answer: Answer, references: Iterable[Reference]) -> None:
    """Set what an answer cites; a source met for the first time is remembered by its number."""
    wanted = list(references)
    LegalSource.objects.bulk_create((LegalSource(number=one.number) for one in wanted), ignore_conflicts=True)
    known = dict(LegalSource.objects.filter(number__in=[one.number for one in wanted]).values_list("number", "pk"))
    answer.citations.all().delete()
    Citation.objects.bulk_create(
        Citation(answer=answer, source_id=known[one.number], place=one.place) for one in dict.fromkeys(wanted)
    )


def check_in_force(references: Iterable[Reference], on: date) -> None:
    """Refuse what cites a document that another one has replaced by this day."""
    numbers = [one.number for one in references]
    found = LegalSource.objects.filter(number__in=numbers, replaced_on__lte=on).order_by("number").first()
    if found is not None:
        raise Refusal(
            "questions.still_replaced",
            f"Văn bản {found.number} đã được thay bằng {found.replaced_by}. Sửa căn cứ và nội dung theo văn bản mới.",
            field="reference-1",
        )


def _held(answer_id: int, revision: int | None, by: Actor) -> Answer:
    """The answer under lock, if it is kept by a unit of the actor's. Raises NotFound, NotAllowed, Stale."""
    answer = Answer.objects.kept_by(by).select_for_update(of=("self",)).filter(pk=answer_id).first()
    if answer is None:
        raise NotFound
    if not by.may(Permission.PUBLISH, answer.unit_id):
        raise NotAllowed
    if revision is not None and revision != answer.revision:
        raise Stale
    return answer


def _holds_again(answer: Answer, valid_as_of: date, at: datetime) -> None:
    months = routes.routing_on(timezone.localdate(at)).review_months
    answer.state, answer.why, answer.review_source = AnswerState.PUBLISHED, "", None
    answer.valid_as_of, answer.review_on = valid_as_of, months_later(valid_as_of, months)
    if answer.review_on <= timezone.localdate(at):
        raise Refusal("questions.compared_long_ago", "Đối chiếu lại với văn bản hiện hành.", field="valid_as_of")
    answer.changed_at, answer.revision = at, answer.revision + 1


@transaction.atomic
def revise(*, answer_id: int, written: Written, by: Actor, at: datetime, revision: int | None = None) -> Answer:
    """Put a mended answer in the place of the old one; it counts as looked at and is found by its new words.

    Raises Refusal ``questions.still_replaced`` while it cites a source that was replaced."""
    answer = _held(answer_id, revision, by)
    check_in_force(written.references, timezone.localdate(at))
    answer.title, answer.text = written.title, written.text
    _holds_again(answer, written.valid_as_of, at)
    answer.save()
    cite(answer, written.references)
    shelves.shelve(answer)
    note(subject=f"answer/{answer.pk}", verb="questions.revise", by=by, at=at, data={"revision": answer.revision})
    return answer


@transaction.atomic
def confirm(*, answer_id: int, by: Actor, at: datetime, revision: int | None = None) -> Answer:
    """Say that an answer is still right today.

    Raises Refusal ``questions.still_replaced`` while it cites a source that was replaced."""
    answer = _held(answer_id, revision, by)
    cited = answer.citations.values_list("source__number", flat=True)
    check_in_force([Reference(number) for number in cited], timezone.localdate(at))
    _holds_again(answer, timezone.localdate(at), at)
    answer.save()
    note(subject=f"answer/{answer.pk}", verb="questions.confirm", by=by, at=at, data={"revision": answer.revision})
    return answer


@transaction.atomic
def withdraw(*, answer_id: int, reason: str, by: Actor, at: datetime, revision: int | None = None) -> Answer:
    """Take an answer away from the public. Raises Refusal ``questions.no_reason``."""
    answer = _held(answer_id, revision, by)
    said = reason.strip()[:300]
    if len(said) < 5:
        raise Refusal("questions.no_reason", "Ghi lý do gỡ câu trả lời.", field="reason_text")
    answer.state, answer.why, answer.review_source = AnswerState.WITHDRAWN, "", None
    answer.changed_at, answer.revision = at, answer.revision + 1
    answer.save()
    shelves.take_down(answer)
    note(subject=f"answer/{answer.pk}", verb="questions.withdraw", by=by, at=at, data={"reason": said})
    return answer


@transaction.atomic
def replace_source(*, source_id: int, replaced_by: str, replaced_on: date, by: Actor, at: datetime) -> Entry:
    """Write down that a legal document was replaced; answers that cite it go under review by a follower.

    Raises NotAllowed, NotFound, Refusal ``questions.replaced_before``, ``questions.replaced_by``."""
    if not by.may(Permission.SOURCES):
        raise NotAllowed
    source = LegalSource.objects.select_for_update().filter(pk=source_id).first()
    if source is None:
        raise NotFound
    if source.replaced_on is not None:
        raise Refusal("questions.replaced_before", f"Văn bản đã ghi thay thế bằng {source.replaced_by}.")
    number = " ".join(replaced_by.split())
    if not number or len(number) > 80 or number == source.number:
        raise Refusal("questions.replaced_by", "Nhập số hiệu văn bản thay thế.", field=f"replaced_by-{source_id}")
    source.replaced_by, source.replaced_on = number, replaced_on
    source.save(update_fields=["replaced_by", "replaced_on"])
    LegalSource.objects.bulk_create([LegalSource(number=number)], ignore_conflicts=True)
    return note(
        subject=f"legal-source/{source.pk}",
        verb="questions.source_replaced",
        by=by,
        at=at,
        data={"source": source.pk, "number": source.number, "replaced_by": number},
    )


def flag_replaced(*, on: date) -> int:
    """Put published answers that cite a source replaced by this day under review, in lots; returns how many."""
    replaced = LegalSource.objects.filter(replaced_on__lte=on, citations__answer__state=AnswerState.PUBLISHED)
    ids = replaced.order_by("pk").values_list("pk", flat=True).distinct()
    return sum(_in_lots({"citations__source_id": one}, Why.REPLACED, one) for one in list(ids))


def flag_expired(*, on: date) -> int:
    """Put published answers whose time to be looked at has come under review, in lots; returns how many."""
    return _in_lots({"review_on__lte": on}, Why.EXPIRED, None)


def _in_lots(which: Mapping[str, Any], why: Why, source_id: int | None) -> int:
    done = 0
    while True:
        with transaction.atomic():
            rows = Answer.objects.filter(state=AnswerState.PUBLISHED, **which).order_by("pk")
            some = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True)[:LOT])
            flagged = {"state": AnswerState.UNDER_REVIEW, "why": why, "review_source_id": source_id}
            Answer.objects.filter(pk__in=some).update(**flagged)
        done += len(some)
        if len(some) < LOT:
            return done
