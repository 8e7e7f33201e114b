"""Who asked is told, and who is given a question to answer."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.queries import text_of
from tinhso.kernel.notices.rules import filled
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.models import Question

_NUMBER = "Câu hỏi {number}"
MESSAGES = (
    Message("question.ask", "Đã nhận câu hỏi {number}", "{unit} xem câu hỏi của bạn, trả lời trước {due}."),
    Message("question.screen", f"{_NUMBER} đã được tiếp nhận", "{unit} trả lời trước {due}: {title}"),
    Message("question.hand_over", f"{_NUMBER} đã chuyển đơn vị trả lời", "{unit} trả lời trước {due}: {title}"),
    Message("question.publish", f"{_NUMBER} đã được trả lời", "{unit} đã trả lời công khai: {title}",
            "Cau hoi {number} da duoc tra loi. Xem tai {link}"),
    Message("question.answer_privately", f"{_NUMBER} đã được trả lời riêng", "{title}",
            "Cau hoi {number} da duoc tra loi rieng. Xem tai {link}"),
    Message("question.merge", f"{_NUMBER} đã có câu trả lời", "{title}",
            "Cau hoi {number} da co cau tra loi. Xem tai {link}"),
    Message("question.reject", f"{_NUMBER} không được tiếp nhận", "{reason}",
            "Cau hoi {number} khong duoc tiep nhan. Xem ly do tai {link}"),
    Message("question.assign", "Bạn được giao trả lời câu hỏi {number}", "{title}"),
    Message("questions.due", "Câu hỏi {number} sắp đến hạn trả lời", "Trả lời trước {due}: {title}"),
    Message("questions.silent", "Câu hỏi {number} quá hạn, tên đơn vị đã công khai", "{unit}, hạn {due}: {title}"),
    Message("questions.review", "{count} câu trả lời cần rà soát", "{why}. Mở thư viện để sửa hoặc xác nhận."),
)  # fmt: skip
TOLD = ("ask", "screen", "hand_over", "publish", "answer_privately", "merge", "reject")
ANSWERED = ("question.publish", "question.merge")


def tell(entry: Entry) -> None:
    """Tell who asked: in their account, else by the mail address or telephone that they gave."""
    question = Question.objects.select_related("case").filter(pk=entry.case_id).first()
    if question is None:
        return
    case = question.case
    if case.owner_id is None:
        _tell_outside(question, entry)
    elif entry.verb != "question.ask":
        notices.tell_in_words(
            account_id=case.owner_id,
            kind=entry.verb,
            words={**_words(case, entry), "title": case.title[:200], "link": _public(question, entry)},
            url=f"/hoi-dap/theo-doi/{case.number}/",
            dedupe=f"question/{entry.pk}",
            case_id=case.pk,
            at=entry.at,
        )


def _words(case: Case, entry: Entry) -> dict[str, str]:
    unit = tree().nodes.get(case.unit_id)
    due = f"{timezone.localtime(case.due_at):%d/%m/%Y}" if case.due_at else ""
    return {
        "number": case.number,
        "unit": unit.short_name if unit else "",
        "due": due,
        "reason": str(entry.data.get("reason", "")),
    }


def _tell_outside(question: Question, entry: Entry) -> None:
    """A mail with the secret link; without an address a text message, which leads to nothing that is not public unless
    the telephone is proved. What was typed is not repeated: it may be somebody else's address."""
    case, reference = question.case, f"question-{entry.pk}"
    words = {**_words(case, entry), "title": ""}
    wording = text_of(entry.verb, timezone.localdate(entry.at))
    if question.email:
        link = f"{settings.BASE_URL}{_secret(case)}"
        text = filled(wording, {**words, "link": link})
        body = f"{text.body.strip().rstrip(':')}\n\n{_MAIL.format(link=link)}"
        notices.mail(to=question.email, title=text.title, body=body.lstrip(), reference=reference)
    elif question.phone:
        link = _secret(case) if question.phone_proved_at else _public(question, entry)
        text = filled(wording, {**words, "link": f"{settings.BASE_URL}{link}"})
        if text.sms:
            notices.text(to=question.phone, text=text.sms, reference=reference, at=entry.at)


_MAIL = """Xem câu hỏi của bạn: {link}

Đường dẫn này là của riêng bạn, đừng chuyển cho người khác. Bạn nhận thư này vì địa chỉ được ghi khi gửi câu hỏi.
Nếu không phải bạn, hãy bỏ qua."""


def _secret(case: Case) -> str:
    return reverse("questions:by_key", args=[case.number, case.lookup_key])


def _public(question: Question, entry: Entry) -> str:
    """What anybody may open: the published answer, else the look-up that asks for the telephone's last digits."""
    if entry.verb in ANSWERED and question.answer_id is not None:
        return reverse("questions:answer", args=[question.answer_id])
    return f"/tra-cuu/?ma={question.case.number}"


def tell_handler(entry: Entry) -> None:
    """Whoever was given a question to answer learns of it."""
    case = entry.case
    if case is None or case.assignee_id is None or case.assignee_id == entry.actor_id:
        return
    notices.tell_in_words(
        account_id=case.assignee_id,
        kind=entry.verb,
        words={"number": case.number, "title": case.title[:200]},
        url=f"/lam-viec/hoi-dap/{case.number}/",
        dedupe=f"question/{entry.pk}/{case.assignee_id}",
        case_id=case.pk,
        at=entry.at,
        email=False,
    )
