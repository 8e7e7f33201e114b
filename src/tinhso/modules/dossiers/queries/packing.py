"""Closed dossiers as an archive takes them: what was asked, decided and when, with every paper and the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from tinhso.kernel.manifest import Packed
from tinhso.modules.dossiers.models import Dossier, Paper
from tinhso.modules.dossiers.queries.whole import WholeDossier, whole

BATCH = 50


def packed(ids: Sequence[int]) -> Iterator[Packed]:
    """These dossiers in the order of their ids, some dozens in memory at a time."""
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        answers = dict(Dossier.objects.filter(pk__in=some).values_list("pk", "answers"))
        issued: dict[int, list[tuple[str, int]]] = {}
        rows = Paper.objects.filter(dossier__in=some, attachment__isnull=False).order_by("pk")
        for dossier_id, form, attachment_id in rows.values_list("dossier_id", "form", "attachment_id"):
            issued.setdefault(dossier_id, []).append((f"form {form}", attachment_id))
        for case_id, one in sorted(whole(some).items()):
            yield _packed(one, answers[case_id], issued.get(case_id, []))


def _packed(one: WholeDossier, answers: Mapping[str, Any], issued: Sequence[tuple[str, int]]) -> Packed:
    papers = [(f"component {paper.code}", paper.attachment_id) for paper in one.papers if paper.attachment_id]
    result = [("result", one.result.attachment_id)] if one.result else []
    return Packed(
        row_id=one.case_id,
        number=one.code,
        title=one.title,
        creator=one.unit,
        begun_on=timezone.localdate(one.opened_at),
        ended_on=timezone.localdate(one.settled_at or one.opened_at),
        content=_content(one, answers),
        files=[*papers, *issued, *result],
        case_id=one.case_id,
    )


def _content(one: WholeDossier, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Mã hồ sơ": one.code,
        "Thủ tục": f"{one.procedure_code} {one.procedure_name}",
        "Người nộp": one.applicant,
        "Số định danh": one.identity_number,
        "Điện thoại": one.phone,
        "Thư điện tử": one.email,
        "Đơn vị giải quyết": one.unit,
        "Đơn vị tiếp nhận": one.received_unit,
        "Nộp lúc": one.opened_at,
        "Tiếp nhận lúc": one.accepted_at,
        "Hẹn trả": one.due_at,
        "Kết thúc lúc": one.settled_at,
        "Trạng thái": one.national,
        "Lý do": one.reason,
        "Phí, lệ phí": one.fee,
        "Kết quả": f"{one.result.number} {one.result.file_name}" if one.result else "",
        "Tờ khai": dict(answers),
    }
