"""Proving that a telephone is one's own: a code of six digits, sent once, typed once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from tinhso.kernel.errors import Refusal
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.rules import phone_number
from tinhso.modules.field_reports.models import PhoneCode, Report

VALID = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 6


@transaction.atomic
def send_code(*, phone: str, at: datetime) -> PhoneCode:
    """Send a code to a mobile number. Raises Refusal ``field_reports.phone`` for what is none."""
    number = phone_number(phone)
    if number is None or number[3:4] not in "35789":
        raise Refusal("field_reports.phone", "Nhập số điện thoại di động, như 0912 345 678.", field="phone")
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    made = PhoneCode.objects.create(token=secrets.token_urlsafe(18), phone=number, code_hash="", made_at=at)
    made.code_hash = _hash(made, code)
    made.save(update_fields=["code_hash"])
    notices.text(to=number, text=f"{code} la ma xac nhan phan anh 1022, dung trong 10 phut.", reference=made.token)
    return made


def prove(*, token: str, code: str, at: datetime) -> PhoneCode:
    """Take the typed code. Raises Refusal ``field_reports.code`` for a wrong one, after five tries for any."""
    wrong = _try(token, code, at)
    if isinstance(wrong, PhoneCode):
        return wrong
    raise Refusal("field_reports.code", wrong, field="code")


def prove_report(*, report_id: int, token: str, code: str, at: datetime) -> None:
    """The sender's number is proved by the code sent to it. Raises as ``prove``."""
    found = prove(token=token, code=code, at=at)
    Report.objects.filter(pk=report_id, phone=found.phone).update(phone_proved_at=at)


@transaction.atomic
def _try(token: str, code: str, at: datetime) -> PhoneCode | str:
    """The proved row, or why not; a wrong try is counted and stays counted."""
    found = PhoneCode.objects.select_for_update().filter(token=token).first()
    if found is None or found.made_at + VALID < at:
        return "Mã đã hết hạn. Bấm gửi lại mã."
    if found.proved_at is not None:
        return found
    if found.tries >= MOST_TRIES:
        return "Nhập sai quá nhiều lần. Bấm gửi lại mã."
    if not constant_time_compare(found.code_hash, _hash(found, "".join(code.split()))):
        found.tries += 1
        found.save(update_fields=["tries"])
        return "Mã chưa đúng. Xem lại tin nhắn rồi nhập đủ 6 chữ số."
    found.proved_at = at
    found.save(update_fields=["proved_at"])
    return found


def _hash(row: PhoneCode, code: str) -> str:
    return salted_hmac(f"field_reports.code/{row.token}", code, algorithm="sha256").hexdigest()


def forget(*, before: datetime) -> int:
    """Throw away what is older; returns how many rows went."""
    return PhoneCode.objects.filter(made_at__lt=before).delete()[0]
