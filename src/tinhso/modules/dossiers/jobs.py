"""What follows from a dossier's entries: people are told, electronic results are handed over, late ones are noticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Exists, Func, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel import manifest
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.journal.jobs import AGAIN
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import reception
from tinhso.modules.dossiers.models import Dossier, Message
from tinhso.modules.dossiers.rules import DOSSIER, ResultChannel
from tinhso.modules.procedures import door as procedures

MOST_REMINDERS = 500

# verb → (title, body); the applicant is told
TO_APPLICANT: dict[str, tuple[str, str]] = {
    "file": ("Đã nhận hồ sơ {number}", "Bộ phận một cửa sẽ kiểm tra trong 8 giờ làm việc. Mã hồ sơ: {number}."),
    "receive": ("Đã tiếp nhận hồ sơ {number}", "Hẹn trả kết quả: {due}."),
    "accept": ("Đã tiếp nhận hồ sơ {number}", "Thời hạn bắt đầu tính. Hẹn trả kết quả: {due}."),
    "ask_completion": ("Cần bổ sung hồ sơ {number}", "{message}"),
    "decline": ("Hồ sơ {number} không được tiếp nhận", "{reason}"),
    "ask_supplement": ("Cần bổ sung hồ sơ {number}", "{message} Thời gian chờ bạn bổ sung không tính vào thời hạn."),
    "ask_payment": (
        "Hồ sơ {number}: nghĩa vụ tài chính",
        "Số tiền {amount} đồng. Thời gian chờ không tính vào thời hạn.",
    ),
    "finish": ("Hồ sơ {number} đã có kết quả", "Kết quả số {result}. Mở trang hồ sơ để tải về hoặc xem nơi nhận."),
    "sign_and_finish": (
        "Hồ sơ {number} đã có kết quả",
        "Kết quả số {result}. Mở trang hồ sơ để tải về hoặc xem nơi nhận.",
    ),
    "refuse": ("Hồ sơ {number} bị từ chối giải quyết", "{reason}"),
    "stop": ("Hồ sơ {number} dừng giải quyết", "{reason}"),
    "withdraw_at_counter": ("Hồ sơ {number} đã rút", "Bộ phận một cửa ghi nhận rút theo đề nghị của bạn. {reason}"),
    "apologise": ("Xin lỗi ông/bà: hồ sơ {number} chậm hẹn", "{reason} Ngày hẹn mới: {new_date}."),
    "move_version": ("Hồ sơ {number} áp dụng bản thủ tục mới", "{reason} Hẹn trả kết quả: {due}."),
    "message_applicant": ("Tin nhắn về hồ sơ {number}", "{actor} nhắn bạn. Mở trang hồ sơ để đọc và trả lời."),
    "parent_ended": (
        "Hồ sơ {number} vẫn đang giải quyết",
        "Hồ sơ liên thông {parent} đã kết thúc. Hồ sơ này không dừng theo; muốn dừng thì rút riêng hồ sơ này.",
    ),
    "transfer": ("Hồ sơ {number} được chuyển đơn vị", "Đơn vị giải quyết mới: {target}. Lý do: {reason}"),
}
# verb → title; the official who holds it is told
TO_HANDLER: dict[str, str] = {
    "hand_to": "Bạn được giao hồ sơ {number}",
    "assign": "Bạn được giao hồ sơ {number}",
    "supplement": "Người dân đã bổ sung hồ sơ {number}",
    "supplement_at_counter": "Bộ phận một cửa đã nhận bổ sung hồ sơ {number}",
    "complete": "Người dân đã bổ sung hồ sơ {number}",
    "confirm_payment": "Hồ sơ {number} đã nộp nghĩa vụ tài chính",
    "withdraw": "Người nộp rút hồ sơ {number}",
    "message_office": "Người nộp nhắn về hồ sơ {number}",
}
TO_BOTH = ("parent_ended",)  # what the applicant is told, the official who holds it is told in the same words
# What cannot wait for a look at the site, as a text message: letters without marks.
BY_SMS: dict[str, str] = {
    "ask_completion": "Ho so {number} can bo sung. Xem noi dung tren cong dich vu cong.",
    "ask_supplement": "Ho so {number} can bo sung, thoi han tam dung. Xem noi dung tren cong dich vu cong.",
    "ask_payment": "Ho so {number} co nghia vu tai chinh {amount} dong. Xem thong bao tren cong dich vu cong.",
    "finish": "Ho so {number} da co ket qua.",
    "sign_and_finish": "Ho so {number} da co ket qua.",
    "apologise": "Xin loi: ho so {number} cham hen. Ngay hen moi: {new_date}.",
}
MESSAGES = tuple(
    manifest.Message(f"dossier.{verb}", title, body, BY_SMS.get(verb, ""))
    for verb, (title, body) in {
        **TO_APPLICANT,
        **{verb: (title, "{title}") for verb, title in TO_HANDLER.items()},
    }.items()
)


def tell(entry: Entry) -> None:
    """Tell whom the entry concerns; told twice about one entry, a person still has one notice."""
    verb, case = entry.verb.partition(".")[2], entry.case
    if case is None:
        return
    words = entry.said | {
        "actor": entry.actor_name,
        "number": case.number,
        "title": case.title,
        "due": f"{timezone.localtime(case.due_at):%H:%M ngày %d/%m/%Y}" if case.due_at else "theo thông báo",
        "result": entry.data.get("number", ""),
        "new_date": _day(entry.data.get("new_date")),
    }
    if verb in TO_APPLICANT and case.owner_id:
        _tell(entry, case.owner_id, f"/ho-so/{case.number}/", words)
    if (verb in TO_HANDLER or verb in TO_BOTH) and case.assignee_id and case.assignee_id != entry.actor_id:
        _tell(entry, case.assignee_id, f"/lam-viec/ho-so/{case.number}/", words)


def tell_office(entry: Entry) -> None:
    """Who holds the dossier, else who wrote to the applicant last, hears that there is a message; not what it says."""
    case = entry.case
    if case is None:
        return
    wrote = Message.objects.filter(dossier_id=case.pk, is_from_applicant=False).order_by("-pk")
    reader = case.assignee_id or wrote.values_list("author_id", flat=True).first()
    if reader:
        _tell(entry, reader, f"/lam-viec/ho-so/{case.number}/", {"number": case.number, "title": case.title})


def _tell(entry: Entry, account_id: int, url: str, words: Mapping[str, Any]) -> None:
    notices.tell_in_words(
        account_id=account_id,
        kind=entry.verb,
        words=words,
        url=url,
        dedupe=f"{entry.pk}/{account_id}",
        case_id=entry.case_id,
        at=entry.at,
    )


def _day(text: str | None) -> str:
    from datetime import datetime

    return f"{timezone.localtime(datetime.fromisoformat(text)):%d/%m/%Y}" if text else ""


def open_children(entry: Entry) -> None:
    """A procedure with linked ones opens theirs as soon as it is accepted."""
    dossier = Dossier.objects.filter(pk=entry.case_id).first()
    if dossier is not None and procedures.sheet(dossier.version_id).linked:
        actions.open_children(dossier_id=dossier.pk, by=SYSTEM, at=timezone.now())


def settle_guidance(entry: Entry) -> None:
    """What a counter asked of this applicant before has come with this dossier."""
    dossier = Dossier.objects.filter(pk=entry.case_id).first()
    if dossier is not None:
        actions.settle_guidance(dossier=dossier)


def note_parent_ended(entry: Entry) -> None:
    """What was opened for a dossier that ended without a result goes on, and everybody concerned hears it."""
    if Dossier.objects.filter(parent_id=entry.case_id, case__phase__lt=Phase.SETTLED).exists():
        actions.note_parent_ended(dossier_id=entry.case_id or 0, by=SYSTEM, at=timezone.now())


def note_child_done(entry: Entry) -> None:
    if Dossier.objects.filter(pk=entry.case_id, parent__isnull=False).exists():
        actions.note_child_done(dossier_id=entry.case_id or 0, by=SYSTEM, at=timezone.now())


def _told_of(word: str) -> Exists:
    """Whether the handler was told of this very due date: who was takes nobody else's place among the next."""
    minute = Func(
        OuterRef("due_at"),
        template="to_char(%(expressions)s at time zone 'UTC', 'YYYYMMDDHH24MI')",
        output_field=CharField(),
    )
    name = Concat(Value(f"{word}/"), Cast(OuterRef("pk"), CharField()), Value("/"), minute)
    return Exists(Notice.objects.filter(account_id=OuterRef("assignee_id"), dedupe=name))


@app.periodic(cron="*/15 6-18 * * *")
@app.task(name="dossiers.remind", queue="journal", queueing_lock="dossiers.remind", retry=AGAIN)
def remind(timestamp: int) -> None:
    """Tell handlers of what falls due within a day or has fallen due; once for each due date."""
    now = timezone.now()
    running = Case.objects.filter(kind=DOSSIER.code, phase=Phase.OPEN, assignee__isnull=False).order_by("due_at", "id")
    overdue = running.filter(~_told_of("late"), due_at__lt=now)
    soon = running.filter(~_told_of("soon"), due_at__gte=now, due_at__lt=now + timedelta(hours=24))
    for case in (*overdue[:MOST_REMINDERS], *soon[:MOST_REMINDERS]):
        late = case.due_at is not None and case.due_at < now
        title = "Hồ sơ {0} đã quá hạn" if late else "Hồ sơ {0} sắp đến hạn"
        notices.tell(
            account_id=case.assignee_id or 0,
            kind="dossier.late" if late else "dossier.due_soon",
            title=title.format(case.number),
            body=f"{case.title}. Hạn: {timezone.localtime(case.due_at):%H:%M %d/%m/%Y}."
            + (" Lập văn bản xin lỗi và hẹn lại trước khi xử lý tiếp." if late else ""),
            url=f"/lam-viec/ho-so/{case.number}/",
            dedupe=f"{'late' if late else 'soon'}/{case.pk}/{case.due_at:%Y%m%d%H%M}",
            case_id=case.pk,
            at=now,
            email=late,
        )


def return_electronic(entry: Entry) -> None:
    """An electronic result is handed over by the system as soon as it is issued; once."""
    dossier = Dossier.objects.select_related("case").filter(pk=entry.case_id).first()
    if dossier is None or dossier.case.state != "finished":
        return
    is_electronic = dossier.result_channel == ResultChannel.ELECTRONIC and dossier.case.owner_id is not None
    if is_electronic and (not dossier.fee or dossier.fee_paid_at):
        actions.return_result(dossier_id=dossier.pk, by=SYSTEM, at=timezone.now())


def take_payment(entry: Entry) -> None:
    """Money came: the fee is noted, or the wait for a financial obligation ends. Done twice it is done once."""
    dossier = Dossier.objects.select_related("case").filter(pk=entry.case_id).first()
    if dossier is None:
        return
    if entry.data.get("purpose") == "fee":
        actions.record_fee(dossier_id=dossier.pk, by=SYSTEM, at=entry.at)
        return_electronic(entry)  # an issued result that waited for the fee only
    elif dossier.case.state == "payment" and _is_for_this_wait(dossier, entry):
        proof = f"{entry.data.get('method_name', 'Thanh toán')}, mã {entry.data.get('order', '')}"
        actions.confirm_payment(dossier_id=dossier.pk, by=SYSTEM, at=timezone.now(), proof=proof)


def _is_for_this_wait(dossier: Dossier, entry: Entry) -> bool:
    """Whether the money is what is waited for now, not what was waited for before."""
    later = Entry.objects.filter(case_id=entry.case_id or 0, seq__gt=entry.seq)
    is_over = later.filter(verb__in=("dossier.confirm_payment", "dossier.ask_payment")).exists()
    return not is_over and int(entry.data.get("amount", 0)) == dossier.finance_due


def adopt_fee(entry: Entry) -> None:
    """The fee as it is asked for by the tariff, or waived, is the fee that the dossier shows."""
    if entry.data.get("purpose") == "fee" and entry.case_id:
        note = str(entry.said.get("reason", "")) if entry.verb == "payments.waived" else ""
        amount = 0 if entry.verb == "payments.waived" else int(entry.data["amount"])
        reception.adopt_fee(dossier_id=entry.case_id, amount=amount, note=note)
