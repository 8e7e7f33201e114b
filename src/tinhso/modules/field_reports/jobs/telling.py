"""Telling senders, followers and units what happened to a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices import queries as wording
from tinhso.kernel.notices.rules import filled
from tinhso.kernel.people.holders import nearest_holders
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries.people import Told, audience
from tinhso.modules.field_reports.rules.states import Permission

_NUMBER = "Phản ánh {number}"
MESSAGES = (
    Message("field_report.file", f"{_NUMBER} đã được tiếp nhận", "{title}", "Da tiep nhan phan anh {number}."),
    Message("field_report.accept", f"{_NUMBER} đã được phân loại", "{title}. Hẹn xử lý xong: {until}."),
    Message("field_report.route", f"{_NUMBER} đã chuyển đơn vị xử lý", "{unit} xử lý. Hẹn xong: {until}."),
    Message(
        "field_report.ask",
        f"{_NUMBER} cần bạn bổ sung",
        "{question}",
        "Phan anh {number} can bo sung: {question}",
    ),
    Message("field_report.reject", f"{_NUMBER} không được tiếp nhận", "{why}", "Phan anh {number}: {why}"),
    Message("field_report.merge", f"{_NUMBER} được gộp vào {{into}}", "Nhiều người cùng phản ánh việc này. Bạn vẫn "
            "theo dõi bằng mã của mình và được báo khi có kết quả."),
    Message("field_report.extend", f"{_NUMBER} được gia hạn", "Hẹn mới: {until}. Lý do: {why}",
            "Phan anh {number} gia han den {until}."),
    Message("field_report.done", f"{_NUMBER} đã có kết quả", "{answer}",
            "Phan anh {number} da co ket qua. Xem va danh gia tai {link}"),
    Message("field_report.reopen", f"{_NUMBER} được mở lại", "{unit} xử lý lại. Hẹn xong: {until}."),
    Message("field_report.work", "{level}: {title}", "{number}, hạn {until}. {place}"),
    Message("field_report.danger", "NGUY HIỂM: {title}", "{number}, hạn {until}. {place}",
            "NGUY HIEM {number}: {title}. {place}", is_urgent=True),
    Message("field_report.late", "{why}: {title}", "{number}, hạn {until}. {unit}"),
)  # fmt: skip
# Which words an entry is told in, and whether only the sender hears of it.
TOLD = {
    "file": ("file", True),
    "accept": ("accept", False),
    "route": ("route", False),
    "reroute": ("route", False),
    "ask": ("ask", True),
    "ask_from_unit": ("ask", True),
    "reject": ("reject", True),
    "merge": ("merge", True),
    "extend": ("extend", False),
    "approve": ("done", False),
    "approve_private": ("done", True),
    "reopen": ("reopen", False),
}

_OWN = ("merge", "ask")  # of no interest to those whose reports were merged into it: nobody asks them


def tell(entry: Entry) -> None:
    """Tell those whom it concerns, each in their own place and under their own code; told twice, they hear it once."""
    report = Report.objects.select_related("case").filter(pk=entry.case_id).first()
    if report is None:
        return
    kind, only_senders = TOLD[entry.verb.rpartition(".")[2]]
    said = words_of(report, entry.data)
    for one in audience(report):
        if (one.is_sender or not only_senders) and (kind not in _OWN or one.report_id == report.pk):
            _tell(one, f"field_report.{kind}", {**said, "number": one.code}, entry)


def words_of(report: Report, data: Mapping[str, Any]) -> dict[str, str]:
    """What messages may say; nothing of it names the sender."""
    case = report.case
    names = tree().nodes
    return {
        "number": case.number,
        "title": case.title,
        "unit": names[case.unit_id].name if case.unit_id in names else "",
        "until": f"{timezone.localtime(case.due_at):%H:%M %d/%m/%Y}" if case.due_at else "",
        "place": case.place,
        "level": str(report.level),
        "question": str(data.get("question", "")),
        "why": str(data.get("why") or data.get("reason") or ""),
        "into": str(data.get("into", "")),
        "answer": report.masked_answer[:300],
    }


def _tell(one: Told, kind: str, words: Mapping[str, Any], entry: Entry) -> None:
    dedupe = f"{entry.pk}/{one.report_id}"
    if one.account_id is not None:
        page = f"/phan-anh/cua-toi/{one.code}/" if one.is_sender else f"/phan-anh/{one.code}/"
        notices.tell_in_words(
            account_id=one.account_id, kind=kind, words={**words, "link": page}, url=page, dedupe=dedupe,
            case_id=one.report_id, at=entry.at,
        )  # fmt: skip
    elif one.phone:
        link = f"{settings.BASE_URL}/tra-cuu/?ma={one.code}"
        text = filled(wording.text_of(kind, timezone.localdate(entry.at)), {**words, "link": link}).sms
        if text:
            notices.text(to=one.phone, text=text, reference=f"pa-{entry.pk}-{one.report_id}", at=entry.at)


def tell_unit(entry: Entry) -> None:
    """Tell those of the unit who handle reports that one has come; danger also at night, and the leaders with it."""
    report = Report.objects.select_related("case").filter(pk=entry.case_id).first()
    if report is None:
        return
    is_danger = report.level == "danger"
    unit_id = int(entry.data.get("unit") or report.case.unit_id)
    day = timezone.localdate(entry.at)
    told = set(nearest_holders(Permission.HANDLE, [unit_id], day)[unit_id])
    if is_danger:
        told |= set(nearest_holders(Permission.APPROVE, [unit_id], day)[unit_id])
    kind = "field_report.danger" if is_danger else "field_report.work"
    for account_id in sorted(told):
        notices.tell_in_words(
            account_id=account_id,
            kind=kind,
            words=words_of(report, entry.data),
            url=f"/lam-viec/phan-anh/{report.case.number}/",
            dedupe=f"{entry.pk}/{account_id}",
            case_id=report.pk,
            at=entry.at,
        )
