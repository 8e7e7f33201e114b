"""What ends when its time is over: who sent a report that was settled long ago; the report itself stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.manifest import Fate, Retained, Spared
from tinhso.modules.field_reports.models import Follower, Report


def _due(before: datetime, spared: Spared) -> Any:
    known = Q(account__isnull=False) | ~Q(sender_name="") | ~Q(phone="") | ~Q(email="")
    rows = Report.objects.filter(known, case__settled_at__lt=before)
    return spared.leave_out(rows, case="case_id", person="account__person_id")


def _end(ids: Sequence[int], *, record: str, **_more: Any) -> None:
    """Name, ways to reach, the words as they were typed and the exact place go; what everybody may see stays."""
    Follower.objects.filter(report__in=ids).delete()
    Report.objects.filter(pk__in=ids).update(
        account=None, sender_name="", phone="", email="", phone_proved_at=None, text=F("masked_text"), address="",
        latitude=F("public_latitude"), longitude=F("public_longitude"), question="", answer=F("masked_answer"),
        refusal_words="", reopen_words="", attributes={},
    )  # fmt: skip
    for report in Report.objects.filter(pk__in=ids).only("case_id", "masked_title"):
        Case.objects.filter(pk=report.case_id).update(title=report.masked_title)
    forget_cases(list(ids), record=record)


RETAINED = (
    Retained(
        "field_reports.senders", "Người gửi phản ánh đã xử lý xong", "ngày xử lý xong", Fate.ANONYMISE, _due, _end
    ),
)  # fmt: skip
