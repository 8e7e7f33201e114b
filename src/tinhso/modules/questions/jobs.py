"""What follows: who asked is told, who is given work is told, answers whose ground has gone are looked at again."""

from __future__ import annotations

from collections import Counter

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.holders import nearest_holders
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.actions import library
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.rules import Permission
from tinhso.modules.questions.rules.library import AnswerState, Why

MESSAGES = (
    Message("question.screen", "Câu hỏi {number} đã được tiếp nhận", "{unit} trả lời trước {due}: {title}"),
    Message("question.publish", "Câu hỏi {number} đã được trả lời", "{unit} đã trả lời công khai: {title}"),
    Message("question.answer_privately", "Câu hỏi {number} đã được trả lời riêng", "{title}"),
    Message("question.merge", "Câu hỏi {number} đã có câu trả lời", "{title}"),
    Message("question.reject", "Câu hỏi {number} không được tiếp nhận", "{reason}"),
    Message("question.assign", "Bạn được giao trả lời câu hỏi {number}", "{title}"),
    Message("questions.review", "{count} câu trả lời cần rà soát", "{why}. Mở thư viện để sửa hoặc xác nhận."),
)


def tell(entry: Entry) -> None:
    """Tell who asked, if they have an account; others follow by the link they kept."""
    case = entry.case
    if case is None or case.owner_id is None:
        return
    unit = tree().nodes.get(case.unit_id)
    due = f"{timezone.localtime(case.due_at):%d/%m/%Y}" if case.due_at else ""
    notices.tell_in_words(
        account_id=case.owner_id,
        kind=entry.verb,
        words={
            "number": case.number,
            "title": case.title[:200],
            "unit": unit.short_name if unit else "",
            "due": due,
            "reason": str(entry.data.get("reason", "")),
        },
        url=f"/hoi-dap/theo-doi/{case.number}/",
        dedupe=f"question/{entry.pk}",
        case_id=case.pk,
        at=entry.at,
    )


def tell_handler(entry: Entry) -> None:
    """Whoever was given a question to answer learns of it."""
    case = entry.case
    if case is None or case.assignee_id is None or case.assignee_id == entry.actor_id:
        return
    notices.tell_in_words(
        account_id=case.assignee_id,
        kind=entry.verb,
        words={"number": case.number, "title": case.title[:200]},
        url=f"/lam-viec/hoi-dap/{case.number}/",
        dedupe=f"question/{entry.pk}/{case.assignee_id}",
        case_id=case.pk,
        at=entry.at,
        email=False,
    )


def flag_citing(entry: Entry) -> None:
    """A source was replaced: answers that cite it go under review, and their units are told once."""
    source_id = int(entry.data["source"])
    library.flag_citing(source_id=source_id)
    rows = Answer.objects.filter(state=AnswerState.UNDER_REVIEW, review_source_id=source_id)
    counts = Counter(rows.values_list("unit_id", flat=True))
    why = f"Văn bản {entry.data['number']} đã được thay bằng {entry.data['replaced_by']}"
    _tell_units(counts, why, f"questions.review/{entry.pk}", entry.at)


def _tell_units(counts: Counter[int], why: str, dedupe: str, at: object) -> None:
    found = nearest_holders(Permission.PUBLISH, counts, timezone.localdate())
    for unit_id, accounts in found.items():
        for account_id in accounts:
            notices.tell_in_words(
                account_id=account_id,
                kind="questions.review",
                words={"count": counts[unit_id], "why": why},
                url="/lam-viec/hoi-dap/thu-vien/?loc=ra-soat",
                dedupe=f"{dedupe}/{unit_id}/{account_id}",
                at=at,  # type: ignore[arg-type]
                email=False,
            )


@app.periodic(cron="40 5 * * *", periodic_id="questions.expire")
@app.task(name="questions.expire", queueing_lock="questions.expire", retry=3)
def expire(timestamp: int) -> None:
    """Every morning: answers whose time has come are looked at again, and their units are told."""
    now = timezone.now()
    today = timezone.localdate(now)
    if not library.flag_expired(on=today):
        return
    rows = Answer.objects.filter(state=AnswerState.UNDER_REVIEW, why=Why.EXPIRED)
    counts = Counter(rows.values_list("unit_id", flat=True))
    _tell_units(counts, "Đến kỳ rà soát", f"questions.expired/{today}", now)
