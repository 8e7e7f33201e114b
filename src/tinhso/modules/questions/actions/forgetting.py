"""What ends when its time is over: who asked a question that was answered long ago; the published answer stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.manifest import Fate, Retained, Spared
from tinhso.modules.questions.models import Question

HIDDEN = "Câu hỏi đã ẩn danh"


def _due(before: datetime, spared: Spared) -> Any:
    rows = Question.objects.filter(case__settled_at__lt=before).exclude(case__applicant=NAMELESS)
    return spared.leave_out(rows, case="case_id", person="case__owner__person_id")


def _end(ids: Sequence[int], *, record: str, **_more: Any) -> None:
    """Who asked, how to reach them and the words as they were typed go; what is shown to everybody stays."""
    Question.objects.filter(pk__in=ids).update(text="", phone="", email="", note="", reason_text="")
    for question in Question.objects.filter(pk__in=ids).only("case_id", "shown_title"):
        Case.objects.filter(pk=question.case_id).update(title=question.shown_title or HIDDEN)
    forget_cases(list(ids), record=record)


RETAINED = (
    Retained("questions.askers", "Người hỏi của câu hỏi đã trả lời", "ngày trả lời xong", Fate.ANONYMISE, _due, _end),
)
