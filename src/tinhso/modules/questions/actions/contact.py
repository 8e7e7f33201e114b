"""Proving that the telephone of who asked is theirs: six digits, sent once, typed once, within ten minutes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from tinhso.kernel.errors import Refusal
from tinhso.kernel.notices import actions as notices
from tinhso.modules.questions.models import PhoneCode, Question

VALID = timedelta(minutes=10)
MOST_TRIES = 5


@transaction.atomic
def send_code(*, question_id: int, at: datetime) -> None:
    """Send a code to the telephone given with the question. Raises Refusal ``questions.no_phone`` where there is none
    that takes messages, ``questions.no_texts`` where the deployment sends none."""
    question = Question.objects.get(pk=question_id)
    if question.phone[3:4] not in set("35789"):
        raise Refusal("questions.no_phone", "Số điện thoại này không nhận được tin nhắn.", field="code")
    code = f"{secrets.randbelow(1_000_000):06d}"
    PhoneCode.objects.update_or_create(
        question=question, defaults={"code_hash": _hash(question_id, at, code), "made_at": at, "tries": 0}
    )
    words = f"{code} la ma xac nhan cau hoi {question.case.number}, dung trong 10 phut."
    if not notices.text(to=question.phone, text=words, reference=f"question-{question_id}-{at.timestamp():.0f}"):
        raise Refusal(
            "questions.no_texts", "Hiện chưa gửi được tin nhắn. Câu hỏi của bạn vẫn được xử lý.", field="code"
        )


def prove(*, question_id: int, code: str, at: datetime) -> None:
    """The typed code makes the telephone proved. Raises Refusal ``questions.code`` for a wrong or an old one, and after
    five tries for any."""
    wrong = _try(question_id, "".join(code.split()), at)
    if wrong:
        raise Refusal("questions.code", wrong, field="code")


@transaction.atomic
def _try(question_id: int, code: str, at: datetime) -> str:
    """Why not; empty when it fits. A wrong try is counted and stays counted."""
    found = PhoneCode.objects.select_for_update().filter(question_id=question_id).first()
    if found is None or found.made_at + VALID < at:
        return "Mã đã hết hạn. Bấm gửi lại mã."
    if found.tries >= MOST_TRIES:
        return "Nhập sai quá nhiều lần. Bấm gửi lại mã."
    if not constant_time_compare(found.code_hash, _hash(question_id, found.made_at, code)):
        found.tries += 1
        found.save(update_fields=["tries"])
        return "Mã chưa đúng. Xem lại tin nhắn rồi nhập đủ 6 chữ số."
    Question.objects.filter(pk=question_id).update(phone_proved_at=at)
    found.delete()
    return ""


def _hash(question_id: int, made_at: datetime, code: str) -> str:
    salt = f"questions.code/{question_id}/{made_at.timestamp():.6f}"
    return salted_hmac(salt, code, algorithm="sha256").hexdigest()
