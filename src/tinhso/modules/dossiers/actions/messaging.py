"""A word between the applicant and the officials of a dossier, outside all decisions."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import Phase, holds
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers.models import Dossier, Message
from tinhso.modules.dossiers.rules import MAY_WRITE, MOST_UNANSWERED, NEWS_OF_MESSAGE


@transaction.atomic
def send_message(*, dossier_id: int, text: str, request_key: str, by: Actor, at: datetime) -> Message:
    """Write to the other side; sent twice with one ``request_key`` it is one message. The clock does not mind.

    The words stay in the message: the entry holds their seal only. Raises NotAllowed for who is neither the applicant
    nor concerned with the dossier by office, Refusal ``dossiers.no_account`` when the applicant reads nothing here,
    ``dossiers.messages_closed`` after the end, ``dossiers.messages_enough`` before an answer came."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    if by.account_id is None:
        raise NotAllowed
    is_applicant = by.account_id == case.owner_id
    if not is_applicant and not any(holds(right, case.whom, by) for right in MAY_WRITE):
        raise NotAllowed
    key = f"{dossier_id}/{by.account_id}/{request_key[:32]}"
    earlier = Message.objects.filter(request_key=key).first()
    if earlier is not None:
        return earlier
    words = _checked(dossier, text, is_applicant)
    made = Message.objects.create(
        dossier=dossier,
        is_from_applicant=is_applicant,
        author_id=by.account_id,
        text=words,
        sent_at=at,
        request_key=key,
    )
    cases.record(
        case,
        "dossier.message_office" if is_applicant else "dossier.message_applicant",
        by=by,
        at=at,
        data={"message": made.pk, "seal": hashlib.sha256(words.encode()).hexdigest()},
        change={"news": NEWS_OF_MESSAGE if is_applicant else case.news.replace(NEWS_OF_MESSAGE, "")},
    )
    return made


def _checked(dossier: Dossier, text: str, is_applicant: bool) -> str:
    words = text.strip()[:4000]
    if len(words) < 2:
        raise Refusal("dossiers.message_empty", "Viết nội dung tin nhắn.", field="text")
    if dossier.case.owner_id is None:
        raise Refusal(
            "dossiers.no_account", "Người nộp chưa có tài khoản trên cổng. Gọi điện hoặc mời đến bộ phận một cửa."
        )
    if dossier.case.phase >= Phase.CLOSED:
        raise Refusal("dossiers.messages_closed", "Hồ sơ đã kết thúc nên không nhắn được nữa. Gọi 1022 nếu cần hỏi.")
    last = list(dossier.messages.order_by("-pk").values_list("is_from_applicant", flat=True)[:MOST_UNANSWERED])
    if is_applicant and len(last) == MOST_UNANSWERED and all(last):
        raise Refusal("dossiers.messages_enough", "Tin nhắn trước của bạn đang chờ trả lời. Gọi 1022 nếu bạn cần gấp.")
    return words
