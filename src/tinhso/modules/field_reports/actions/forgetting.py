"""What ends when its time is over: who sent a report that was settled long ago; the report itself stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.manifest import Fate, Retained, Spared
from tinhso.kernel.pictures import actions as pictures
from tinhso.modules.field_reports.models import Follower, Photo, Report

AS_SENT = ~Q(stage=Photo.Stage.AFTER) & (Q(public_copy=None) | ~Q(original=F("public_copy")))


def _due(before: datetime, spared: Spared) -> Any:
    known = Q(account__isnull=False) | ~Q(sender_name="") | ~Q(phone="") | ~Q(email="")
    with_photos = Exists(Photo.objects.filter(AS_SENT, report=OuterRef("pk")))
    rows = Report.objects.filter(known | with_photos, case__settled_at__lt=before)
    return spared.leave_out(rows, case="case_id", person="account__person_id")


def _end(ids: Sequence[int], *, record: str, **_more: Any) -> None:
    """Name, ways to reach, words and photos as they were sent and the exact place go; what everybody may see stays."""
    _end_photos(ids)
    Follower.objects.filter(report__in=ids).delete()
    Report.objects.filter(pk__in=ids).update(
        account=None, sender_name="", phone="", email="", phone_proved_at=None, text=F("masked_text"), address="",
        latitude=F("public_latitude"), longitude=F("public_longitude"), question="", answer=F("masked_answer"),
        refusal_words="", reopen_words="", attributes={},
    )  # fmt: skip
    for report in Report.objects.filter(pk__in=ids).only("case_id", "masked_title"):
        Case.objects.filter(pk=report.case_id).update(title=report.masked_title)
    forget_cases(list(ids), record=record)


def _end_photos(ids: Sequence[int]) -> None:
    """The copy that may be shown takes the place of each photo as it was sent; one that may not be shown goes."""
    sent = list(Photo.objects.filter(AS_SENT, report__in=ids))
    pictures.stand_alone(one.original_id for one in sent if one.public_copy_id is not None)
    Photo.objects.filter(pk__in=[one.pk for one in sent if one.public_copy_id is None]).delete()
    Photo.objects.filter(pk__in=[one.pk for one in sent]).update(
        original=F("public_copy"), latitude=None, longitude=None, taken_at=None, added_by=None
    )
    pictures.let_go(one.original_id for one in sent)


RETAINED = (
    Retained(
        "field_reports.senders", "Người gửi phản ánh đã xử lý xong", "ngày xử lý xong", Fate.ANONYMISE, _due, _end
    ),
)  # fmt: skip
