"""What ends when its time is over: who asked a question that was answered long ago; the published answer stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tinhso.kernel.cases.models import Case
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.manifest import Fate, Retained, Spared
from tinhso.modules.questions.models import PhoneCode, Question, QuestionFile

HIDDEN = "Câu hỏi đã ẩn danh"


def _due(before: datetime, spared: Spared) -> Any:
    rows = Question.objects.filter(case__settled_at__lt=before).exclude(case__applicant=NAMELESS)
    return spared.leave_out(rows, case="case_id", person="case__owner__person_id")


def _end(ids: Sequence[int], *, record: str, **_more: Any) -> None:
    """Who asked, how to reach them, their words and files as they came go; what is shown to everybody stays."""
    brought = QuestionFile.objects.filter(question__in=ids)
    used = list(brought.values_list("attachment_id", flat=True))
    brought.delete()
    PhoneCode.objects.filter(question__in=ids).delete()
    Question.objects.filter(pk__in=ids).update(
        text="", phone="", email="", phone_proved_at=None, note="", reason_text=""
    )
    for question in Question.objects.filter(pk__in=ids).only("case_id", "shown_title"):
        Case.objects.filter(pk=question.case_id).update(title=question.shown_title or HIDDEN)
    forget_cases(list(ids), record=record)
    files.let_go(used)


RETAINED = (
    Retained("questions.askers", "Người hỏi của câu hỏi đã trả lời", "ngày trả lời xong", Fate.ANONYMISE, _due, _end),
)
