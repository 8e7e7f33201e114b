"""What ends when its time is over: drafts nobody filed, guidance at the counter, and who a closed dossier was about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.manifest import Fate, Retained, Spared, Subject
from tinhso.modules.dossiers.models import Dossier, Draft, Guidance, Message, Paper, Part, Supplement
from tinhso.modules.dossiers.queries import packing


def _drafts_due(before: datetime, spared: Spared) -> Any:
    return spared.leave_out(Draft.objects.open().filter(saved_at__lt=before), person="owner__person_id")


def end_drafts(ids: Sequence[int], **_more: Any) -> int:
    """Delete drafts that were never filed, and what was uploaded for them; returns how many."""
    rows = Draft.objects.open().filter(pk__in=ids)
    used = list(Part.objects.filter(draft__in=rows).exclude(attachment=None).values_list("attachment_id", flat=True))
    count = rows.count()
    rows.delete()
    files.let_go(used)
    return count


def erase_drafts(subject: Subject, **_more: Any) -> int:
    """All drafts of somebody who asks for it."""
    return end_drafts(list(Draft.objects.open().filter(owner_id=subject.account_id).values_list("pk", flat=True)))


def _guidances_due(before: datetime, spared: Spared) -> Any:
    rows = Guidance.objects.filter(given_at__lt=before).exclude(identity_number="", data={})
    return spared.leave_out(rows, case="dossier_id")


def _end_guidances(ids: Sequence[int], **_more: Any) -> None:
    Guidance.objects.filter(pk__in=ids).update(identity_number="", data={})


def _closed_due(before: datetime, spared: Spared) -> Any:
    rows = Dossier.objects.filter(case__phase=Phase.CLOSED, case__settled_at__lt=before)
    return spared.leave_out(rows.exclude(applicant_name=NAMELESS), case="case_id", person="person_id")


def _end_closed(ids: Sequence[int], *, record: str, at: datetime) -> None:
    """The dossier stays as a line of the statistics; whose it was, what it said and its papers go."""
    used = _papers_of(ids)
    Part.objects.filter(Q(dossier__in=ids) | Q(draft__dossier__in=ids)).update(attachment=None, signed_by="")
    Message.objects.filter(dossier__in=ids).delete()
    Supplement.objects.filter(dossier__in=ids).update(message="", answer="", missing=[])
    Paper.objects.filter(dossier__in=ids).update(data={}, attachment=None)
    Guidance.objects.filter(dossier__in=ids).update(identity_number="", data={})
    Draft.objects.filter(dossier__in=ids).delete()
    Dossier.objects.filter(pk__in=ids).update(
        answers={}, applicant_name=NAMELESS, identity_number="", phone="", email="", address="", on_behalf_of="",
        person=None, business=None, mandate=None, result_text={}, result=None, fee_note="",
    )  # fmt: skip
    forget_cases(ids, record=record)
    files.let_go(used)


def _papers_of(ids: Sequence[int]) -> list[int]:
    parts = Part.objects.filter(Q(dossier__in=ids) | Q(draft__dossier__in=ids)).values_list("attachment_id", flat=True)
    issued = Paper.objects.filter(dossier__in=ids).values_list("attachment_id", flat=True)
    results = Dossier.objects.filter(pk__in=ids).values_list("result_id", flat=True)
    return [one for found in (parts, issued, results) for one in found if one is not None]


RETAINED = (
    Retained("dossiers.drafts", "Bản nháp chưa nộp", "lần lưu cuối", Fate.DESTROY, _drafts_due, end_drafts),
    Retained(
        "dossiers.guidances",
        "Phiếu hướng dẫn tại quầy",
        "ngày hướng dẫn",
        Fate.ANONYMISE,
        _guidances_due,
        _end_guidances,
    ),
    Retained(
        "dossiers.closed",
        "Hồ sơ đã kết thúc",
        "ngày kết thúc",
        Fate.ANONYMISE,
        _closed_due,
        _end_closed,
        packing.packed,
    ),
)
