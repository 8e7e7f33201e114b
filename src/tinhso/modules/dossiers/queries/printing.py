"""What the statutory forms say of a dossier: plain words, ready for the templates in ``seeds/forms``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.rules import verdict
from tinhso.kernel.manifest import registry
from tinhso.kernel.money.rules import dong
from tinhso.kernel.papers.rules import date_words, masked_identity, moment_words
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Node, people_committee
from tinhso.modules.dossiers.models import Dossier, Part, Supplement
from tinhso.modules.dossiers.queries.answers import address_words
from tinhso.modules.dossiers.rules import ResultChannel
from tinhso.modules.procedures import door as procedures

FORMS = Path(__file__).resolve().parents[1] / "seeds" / "forms"
LIMIT_WORDS = {"working_day": "ngày làm việc", "day": "ngày", "hour": "giờ làm việc"}
RESULT_CHANNEL_WORDS = {
    ResultChannel.ELECTRONIC: "Bản điện tử",
    ResultChannel.COUNTER: "Tại bộ phận một cửa",
    ResultChannel.POST: "Qua dịch vụ bưu chính",
}


def lookup_url(case: Case) -> str:
    """The address in the QR code: opens the public look-up without an account and without personal data."""
    return f"{settings.BASE_URL}/tra-cuu/{case.number}/{case.lookup_key}/"


def body_words(node: Node) -> str:
    """The agency as letters name it: the People's Committee of a province or commune, any other unit by its name."""
    return people_committee(node.name) if node.kind in (Kind.PROVINCE, Kind.COMMUNE, Kind.DISTRICT) else node.name


def place_words(node: Node) -> str:
    """The place beside the date: “Tân Ninh”, without the kind of the unit."""
    area = next((one for one in tree().path(node.id) if one.kind in (Kind.COMMUNE, Kind.PROVINCE)), node)
    for kind in ("Tỉnh ", "Thành phố ", "Phường ", "Xã ", "Đặc khu "):
        if area.name.startswith(kind):
            return area.name[len(kind) :]
    return area.name


def verdict_of(case: Case, at: datetime) -> str:
    """early, on_time or late of a case that is settled at that moment; empty when it has no due date."""
    if case.due_at is None:
        return ""
    found = verdict(timezone.localtime(at), timezone.localtime(case.due_at))
    return found.value if found else ""


def common(dossier: Dossier, officer: str, at: datetime | None = None) -> dict[str, Any]:
    """The head and the applicant: what every form begins with, on the day it is issued."""
    case, known = dossier.case, tree()
    body = known.body_of(case.received_unit_id)
    parent = known.nodes.get(body.parent_id or 0)
    is_centre = known.nodes[case.received_unit_id].kind == Kind.CENTRE  # it already names the committee above it
    now = timezone.localtime(at)
    return {
        "parent_agency": "" if is_centre or parent is None else body_words(parent),
        "agency": body_words(body),
        "oss": known.nodes[case.received_unit_id].name,
        "place": place_words(body),
        "date": date_words(now.date()),
        "code": case.number,
        "qr_url": lookup_url(case),
        "printed_at": f"{now:%H:%M %d/%m/%Y}",
        "applicant": {
            "name": dossier.applicant_name,
            "identity": masked_identity(dossier.identity_number),
            "address": dossier.address,
            "phone": dossier.phone,
            "email": dossier.email,
        },
        "procedure": dossier.procedure_name,
        "resolving_agency": body_words(known.nodes[case.unit_id]),
        "officer": officer,
        "contact": {"name": known.nodes[case.received_unit_id].name},
    }


def reception(dossier: Dossier, parts: Iterable[Part]) -> dict[str, Any]:
    """Form 01: the papers received, the statutory time and the promised date."""
    sheet = procedures.sheet(dossier.version_id)
    limit = procedures.limit_for(sheet, dossier.channel, dossier.branch)
    case = dossier.case
    return {
        "components": [
            {
                "name": part.name,
                "originals": part.originals,
                "copies": part.copies,
                "source": part.get_source_display(),
            }
            for part in parts
        ],
        "sets": dossier.sets,
        "limit": limit_words(limit),
        "received_at": moment_words(timezone.localtime(case.updated_at)),
        "due_at": moment_words(timezone.localtime(case.due_at)) if case.due_at else "Theo thông báo",
        "result_channel": RESULT_CHANNEL_WORDS.get(ResultChannel(dossier.result_channel), ""),
        "fees": [{"name": "Phí, lệ phí", "amount": _fee_words(dossier)}],
    }


def _fee_words(dossier: Dossier) -> str:
    """The sum; where the dossier knows none yet, what the tariff asks; else why there is none.

    The tariff's sum comes to the dossier a moment after it was received: the paper does not wait for it."""
    if dossier.fee:
        return dong(dossier.fee)
    today, sheet = timezone.localdate(), procedures.sheet(dossier.version_id)
    asked = registry.price(
        procedure=sheet.code, version_id=dossier.version_id, channel=dossier.channel,
        branch=dossier.branch, on=today,
    )  # fmt: skip
    return dong(asked) if asked is not None else procedures.fee_words_for(sheet, today, dossier.channel, dossier.branch)


def limit_words(limit: Any) -> str:
    if limit.same_day_cutoff:
        return f"Trong ngày; nhận sau {limit.same_day_cutoff:%H:%M} thì ngày làm việc tiếp theo"
    if limit.unit.value == "unknown":
        return "Theo thông báo của cơ quan giải quyết"
    return f"{limit.amount.normalize():f} {LIMIT_WORDS[limit.unit.value]}".replace(".", ",")


def supplement(asked: Supplement | None) -> dict[str, Any]:
    """Form 02: what is missing and how to hand it in."""
    if asked is None:
        return {}
    return {
        "missing": [f"{one['name']}: {one['reason']}" if one["reason"] else one["name"] for one in asked.missing],
        "reason": asked.message,
        "guidance": [
            "Nộp bổ sung trực tuyến tại trang theo dõi hồ sơ (quét mã QR), hoặc tại bộ phận một cửa.",
        ],
        "supplement_until": date_words(asked.answer_by) if asked.answer_by else "",
    }


def apology(dossier: Dossier, new_date: datetime | None) -> dict[str, Any]:
    """Form 04: the date that was promised and the new one."""
    due = dossier.case.due_at
    return {
        "old_due_at": moment_words(timezone.localtime(due)) if due else "",
        "new_due_at": moment_words(timezone.localtime(new_date)) if new_date else "",
    }


def stopping(at: datetime) -> dict[str, Any]:
    """Form 05: when the request came and when the work stopped."""
    words = moment_words(timezone.localtime(at))
    return {"requested_at": words, "stopped_at": words}


def control(dossier: Dossier) -> dict[str, Any]:
    """Form 06: each hand-over of the chain, from the steps that are done."""
    steps = list(dossier.case.steps.filter(done_at__isnull=False).select_related("account").order_by("done_at"))
    known = tree()
    return {
        "handovers": [
            {
                "giver": f"{known.nodes[step.unit_id].short_name}\n{step.account or ''}".strip(),
                "receiver": _receiver(steps, index),
                "at": f"{timezone.localtime(step.done_at):%H:%M, %d/%m/%Y}",
                "condition": "Quá hạn" if step.due_at and step.done_at and step.done_at > step.due_at else "Đúng hạn",
                "opinion": step.note or step.answer,
            }
            for index, step in enumerate(steps)
        ]
    }


def _receiver(steps: list[Any], index: int) -> str:
    following = steps[index + 1] if index + 1 < len(steps) else None
    return f"{following.name}\n{following.account or ''}".strip() if following else "Người nộp hồ sơ"


def result_number(number: int, agency: Unit, dossier: Dossier) -> str:
    """``07/GPXD``-like number of a result: running number of the agency in the year and the kind's symbol."""
    symbol = "GPXD" if _is_permit(dossier) else "KQ-TTHC"
    return f"{number:02d}/{'TB-TC' if dossier.outcome == 'refused' else symbol}"


def _is_permit(dossier: Dossier) -> bool:
    return procedures.sheet(dossier.version_id).result_template == "permit"


def result_template(dossier: Dossier) -> str:
    if dossier.outcome == "refused":
        return "refusal"
    return "result_permit" if _is_permit(dossier) else "result"


def result_data(dossier: Dossier, *, signer: Account | None, title: str, at: datetime | None = None) -> dict[str, Any]:
    """What the result says, for the template of its kind; used for the preview and for the signed paper alike."""
    known = tree()
    agency = known.nodes[dossier.case.unit_id]
    parent = known.nodes.get(agency.parent_id or 0)
    text = dossier.result_text
    data = common(dossier, "", at)
    data["applicant"]["identity"] = dossier.identity_number
    data |= {
        "demonstration": not settings.PRODUCTION,
        "parent_agency": body_words(parent) if parent else "",
        "agency": body_words(agency),
        "number": dossier.result_number or "…",
        "signer": {"title": title, "name": signer.display_name if signer else ""},
        "subject": text.get("subject") or dossier.procedure_name,
        "reason": text.get("refusal", ""),
        "work": text.get("subject") or "Nhà ở riêng lẻ",
        "facts": _facts(dossier),
        "land_papers": dossier.answers.get("so_giay_chung_nhan") or "Theo hồ sơ kèm theo",
        "duties": [line for line in text.get("conditions", "").splitlines() if line.strip()],
        "valid_for": text.get("valid_until") or "12 tháng",
        "legal_bases": [line for line in text.get("basis", "").splitlines() if line.strip()]
        or [f"Căn cứ hồ sơ {dossier.case.number} của {dossier.applicant_name}."],
        "decides": "Kết quả",
        "articles": [{"head": "", "text": line} for line in text.get("content", "").splitlines() if line.strip()],
        "recipients": ["Như trên;", "Bộ phận một cửa (để trả kết quả);", "Lưu: VT."],
    }
    return data


def _facts(dossier: Dossier) -> list[dict[str, str]]:
    """The answers that a permit repeats, with the labels of the form."""
    sheet = procedures.sheet(dossier.version_id)
    rows = []
    for section in procedures.form_for(sheet, dossier.branch):
        for one in section.fields:
            if one.prefill or section.code == "nhan_ket_qua":
                continue
            value = dossier.answers.get(one.code)
            if value in (None, "", []) or one.type == "file":
                continue
            rows.append({"label": one.label, "value": answer_words(one, value)})
    return rows


def answer_words(field: Any, value: Any) -> str:
    """An answer as people read it: labels of choices, units of numbers, yes and no."""
    labels = {option.value: option.label for option in field.options}
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, list):
        return ", ".join(labels.get(str(one), str(one)) for one in value)
    if isinstance(value, dict):
        return address_words(value)
    if field.type == "money":
        return dong(int(value))
    if field.type == "date" and len(str(value)) == 10:
        return "/".join(reversed(str(value).split("-")))
    if field.type == "number":
        return f"{str(value).replace('.', ',')} {field.unit}".strip()
    return labels.get(str(value), str(value))
