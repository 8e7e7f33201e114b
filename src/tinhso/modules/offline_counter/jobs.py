"""What follows: a stored reception is registered or held; deciders and applicants are told."""

from __future__ import annotations

from django.utils import timezone

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.rules import phone_number
from tinhso.modules.offline_counter import actions, queries
from tinhso.modules.offline_counter.models import Reception
from tinhso.modules.offline_counter.rules import Decision

MESSAGES = (
    Message(
        "offline_counter.held",
        "Biên nhận {code} lập khi mất mạng cần bạn giải quyết",
        "{reasons}",
    ),
    Message(
        "offline_counter.renumbered",
        "Hồ sơ của bạn có mã mới: {number}",
        "Số {code} trên biên nhận vẫn tra cứu được. {reason}",
        "Ho so nop tai quay theo bien nhan {code} co ma moi {number}.",
    ),
    Message(
        "offline_counter.merged",
        "Biên nhận {code} đã nhập vào hồ sơ {number} của bạn",
        "{reason}",
    ),
    Message(
        "offline_counter.rejected",
        "Biên nhận {code} không được đăng ký",
        "Lý do: {reason} Mang biên nhận đến quầy đã nhận hồ sơ để nhận lại giấy tờ hoặc nộp lại.",
        "Bien nhan {code} khong duoc dang ky. Mang bien nhan den quay da nhan ho so de duoc huong dan.",
    ),
)
KINDS = {
    Decision.RENUMBER: "offline_counter.renumbered",
    Decision.MERGE: "offline_counter.merged",
    Decision.REJECT: "offline_counter.rejected",
}


def _reception_of(entry: Entry) -> Reception | None:
    rows = Reception.objects.select_related("counter", "case", "number")
    return rows.filter(pk=entry.subject.partition("/")[2]).first()


def register(entry: Entry) -> None:
    """Register what was stored; done before, nothing."""
    actions.register(reception_id=entry.subject.partition("/")[2], at=timezone.now())


def tell_deciders(entry: Entry) -> None:
    """Whoever decides at that counter learns that a receipt waits for them."""
    one = _reception_of(entry)
    for account_id in queries.deciders(one.counter.unit_id) if one else ():
        notices.tell_in_words(
            account_id=account_id,
            kind="offline_counter.held",
            words={"code": one.code if one else "", "reasons": entry.data.get("reasons", "")},
            url=f"/lam-viec/quay-khong-mang/{one.pk if one else ''}/",
            dedupe=f"{entry.subject}/held",
            at=entry.at,
        )


def tell_applicant(entry: Entry) -> None:
    """Who holds the receipt learns what became of it when that is not what the receipt says."""
    one = _reception_of(entry)
    if one is None or one.decision not in KINDS:
        return
    words = {"code": one.code, "number": one.case.number if one.case else "", "reason": one.reason}
    kind = KINDS[Decision(one.decision)]
    dedupe = f"{entry.subject}/decided"
    account_id = queries.account_of(one.identity_number)
    if account_id is not None:
        url = f"/bien-nhan/{one.code}/{one.number.token}/" if one.number else "/ho-so/"
        notices.tell_in_words(account_id=account_id, kind=kind, words=words, url=url, dedupe=dedupe, at=entry.at)
        return
    said = queries.envelope_of(one)
    telephone = phone_number(said.applicant.phone)
    plain = next(message.sms for message in MESSAGES if message.kind == kind)
    if telephone and plain:
        notices.text(to=telephone, text=plain.format(**words), reference=dedupe, at=entry.at)
