"""Asking to act for somebody, an official's yes or no, giving it oneself, and ending it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal.actions import note
from tinhso.kernel.mandates import rules
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.mandates.rules import FOR_ORGANISATIONS, LONGEST, OFFER_LASTS, Basis, Status
from tinhso.kernel.notices.actions import tell
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account, Business, Person
from tinhso.kernel.people.rules import IDENTIFY, Actor

PAGE = "/tai-khoan/uy-quyen/"


def _note(verb: str, mandate: Mandate, by: Actor, at: datetime) -> None:
    holder = mandate.holder.display_name if mandate.holder else ""
    data = {"name": mandate.subject_name, "holder": holder, "until": f"{mandate.ends_on:%d/%m/%Y}"}
    note(subject=f"mandate/{mandate.pk}", verb=verb, by=by, at=at, data=data)


def _check_end(ends_on: date, today: date) -> None:
    if ends_on < today:
        raise Refusal("mandates.ended", "Ngày kết thúc đã qua. Nhập ngày từ hôm nay trở đi.", field="ends_on")
    if ends_on > today + LONGEST:
        raise Refusal("mandates.too_long", "Nhập ngày kết thúc trong vòng ba năm tới.", field="ends_on")


@transaction.atomic
def ask(
    *, basis: str, subject_name: str, subject_number: str, ends_on: date, proof: Any, by: Actor, at: datetime
) -> Mandate:
    """Ask to act for somebody, with the paper that proves it; holds once an official has confirmed it.

    ``proof`` is an uploaded file. Raises Refusal ``mandates.basis``, ``.name``, ``.number``, ``.oneself``, ``.proof``,
    ``.ended``, ``.too_long``, ``.open_already``, and what ``kernel.files`` says of the file.
    """
    if by.account_id is None or by.is_official:
        raise NotAllowed
    today = timezone.localdate(at)
    kind = _known(basis)
    name, number = " ".join(subject_name.split())[:200], "".join(subject_number.split())
    if not name:
        raise Refusal("mandates.name", "Nhập tên người hoặc tổ chức bạn làm thay.", field="subject_name")
    if not rules.names_somebody(kind, number):
        words = "Nhập đúng mã số thuế." if kind in FOR_ORGANISATIONS else "Nhập đủ 12 chữ số của số định danh cá nhân."
        raise Refusal("mandates.number", words, field="subject_number")
    if Person.objects.filter(pk=by.person_id or 0, identity_number=number).exists() and kind not in FOR_ORGANISATIONS:
        raise Refusal(
            "mandates.oneself", "Đây là số của chính bạn. Nộp cho mình thì không cần.", field="subject_number"
        )
    _check_end(ends_on, today)
    if proof is None:
        raise Refusal("mandates.proof", f"Gửi kèm ảnh hoặc PDF: {rules.PROOFS[kind]}.", field="proof")
    kept = files.store(proof, name=proof.name or "giay-to", by_account_id=by.account_id, purpose="mandates.proof")
    mandate = _made(
        holder_id=by.account_id, basis=kind, subject_name=name, subject_number=number, proof=kept, begins_on=today,
        ends_on=ends_on, status=Status.ASKED, asked_at=at,
    )  # fmt: skip
    _note("mandate.ask", mandate, by, at)
    return mandate


def _known(basis: str) -> Basis:
    try:
        return Basis(basis)
    except ValueError:
        raise Refusal("mandates.basis", "Chọn lý do bạn làm thay.", field="basis") from None


def _made(**values: Any) -> Mandate:
    try:
        with transaction.atomic():
            return Mandate.objects.create(**values)
    except IntegrityError:
        words = "Bạn đã có yêu cầu hoặc quyền còn hiệu lực với người này. Xem trong danh sách."
        raise Refusal("mandates.open_already", words) from None


def _locked(mandate_id: int, status: Status) -> Mandate:
    """Raises NotFound, and Refusal ``mandates.decided`` when it is not in that state any more."""
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("holder").filter(pk=mandate_id).first()
    if mandate is None:
        raise NotFound
    if mandate.status != status:
        raise Refusal("mandates.decided", "Việc này vừa được giải quyết. Tải lại trang để xem.")
    return mandate


def _ask_official(mandate: Mandate, by: Actor) -> None:
    """Raises NotAllowed for who may not compare papers, and for one's own."""
    if not by.is_official or not by.may(IDENTIFY) or mandate.holder_id == by.account_id:
        raise NotAllowed


@transaction.atomic
def confirm(*, mandate_id: int, by: Actor, at: datetime) -> Mandate:
    """An official has seen that the paper proves it: from now on the holder may act, and both sides are told."""
    mandate = _locked(mandate_id, Status.ASKED)
    _ask_official(mandate, by)
    if mandate.ends_on < timezone.localdate(at):
        raise Refusal("mandates.ended", "Thời hạn đã qua. Từ chối, và hướng dẫn gửi yêu cầu mới.")
    if mandate.basis in FOR_ORGANISATIONS:
        mandate.business = _business(mandate)
    else:
        mandate.person = people.register_person(
            identity_number=mandate.subject_number, full_name=mandate.subject_name[:120]
        )
    mandate.status, mandate.decided_at, mandate.decided_by_id = Status.CONFIRMED, at, by.account_id
    mandate.save()
    _note("mandate.confirm", mandate, by, at)
    _tell_holder(mandate, "Bạn được nộp thay {name}", f"Đến hết ngày {mandate.ends_on:%d/%m/%Y}.", at)
    _tell_others(mandate, "{holder} được nộp hồ sơ thay {name}", "Nếu không đúng, hãy thu quyền này.", at)
    return mandate


def _business(mandate: Mandate) -> Business:
    made, _new = Business.objects.get_or_create(
        tax_code=mandate.subject_number, defaults={"name": mandate.subject_name}
    )
    return made


@transaction.atomic
def refuse(*, mandate_id: int, reason: str, by: Actor, at: datetime) -> Mandate:
    """The paper does not prove it; the holder is told why."""
    mandate = _locked(mandate_id, Status.ASKED)
    _ask_official(mandate, by)
    if not reason.strip():
        raise Refusal("mandates.reason", "Nhập lý do từ chối để người dân biết cần gửi gì.", field="reason")
    mandate.status, mandate.reason = Status.REFUSED, reason.strip()[:300]
    mandate.decided_at, mandate.decided_by_id = at, by.account_id
    mandate.save()
    _note("mandate.refuse", mandate, by, at)
    _tell_holder(mandate, "Chưa xác nhận được quyền nộp thay {name}", mandate.reason, at)
    return mandate


@transaction.atomic
def give(*, ends_on: date, by: Actor, at: datetime) -> tuple[Mandate, str]:
    """Let somebody act for oneself: a code to hand to them, shown once, good for seven days.

    Only who is proven may give it: raises Refusal ``mandates.not_proven`` while the identity number is not.
    """
    giver = Person.objects.filter(pk=by.person_id).exclude(identity_number=None).first() if by.person_id else None
    if giver is None or giver.identity_number is None:
        words = "Số định danh của bạn chưa được đối chiếu. Liên kết VNeID hoặc mang căn cước đến bộ phận một cửa."
        raise Refusal("mandates.not_proven", words)
    today = timezone.localdate(at)
    _check_end(ends_on, today)
    code = rules.new_code()
    mandate = Mandate.objects.create(
        person=giver, subject_name=giver.full_name, subject_number=giver.identity_number, basis=Basis.AUTHORISED,
        begins_on=today, ends_on=ends_on, status=Status.OFFERED, code_hash=rules.code_hash(code), asked_at=at,
    )  # fmt: skip
    _note("mandate.give", mandate, by, at)
    return mandate, code


@transaction.atomic
def take_up(*, code: str, by: Actor, at: datetime) -> Mandate:
    """Take up what somebody gave; a code works once. Raises Refusal ``mandates.no_offer`` for any other."""
    if by.account_id is None or by.is_official:
        raise NotAllowed
    offers = Mandate.objects.select_for_update(of=("self",)).filter(status=Status.OFFERED)
    mandate = offers.filter(code_hash=rules.code_hash(code), asked_at__gt=at - OFFER_LASTS).first()
    if mandate is None or mandate.person_id == by.person_id or mandate.ends_on < timezone.localdate(at):
        raise Refusal(
            "mandates.no_offer", "Mã không đúng, đã dùng hoặc hết hạn. Xin mã mới từ người ủy quyền.", field="code"
        )
    mandate.holder = Account.objects.get(pk=by.account_id)
    mandate.status, mandate.code_hash, mandate.decided_at = Status.CONFIRMED, None, at
    try:
        with transaction.atomic():
            mandate.save()
    except IntegrityError:
        raise Refusal("mandates.open_already", "Bạn đang có quyền nộp thay người này rồi.", field="code") from None
    _note("mandate.take_up", mandate, by, at)
    _tell_others(mandate, "{holder} đã nhận ủy quyền nộp thay {name}", "Bạn thu lại được bất cứ lúc nào.", at)
    return mandate


@transaction.atomic
def revoke(*, mandate_id: int, by: Actor, at: datetime) -> Mandate:
    """End it at once: by the holder, by whom it is about, or by an official. Twice gives the same.

    What was filed before stays as it was. Raises NotFound for anybody else.
    """
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("holder").filter(pk=mandate_id).first()
    if mandate is None or not _may_end(mandate, by):
        raise NotFound
    if mandate.status in (Status.REVOKED, Status.REFUSED):
        return mandate
    mandate.status, mandate.code_hash = Status.REVOKED, None
    mandate.ended_at, mandate.ended_by_id = at, by.account_id
    mandate.save()
    _note("mandate.revoke", mandate, by, at)
    if mandate.holder_id != by.account_id:
        _tell_holder(mandate, "Quyền nộp thay {name} đã được thu", "Hồ sơ đã nộp vẫn được giải quyết.", at)
    _tell_others(mandate, "Quyền nộp thay {name} của {holder} đã kết thúc", "", at, but=by.account_id)
    return mandate


def _may_end(mandate: Mandate, by: Actor) -> bool:
    if by.account_id is not None and mandate.holder_id == by.account_id:
        return True
    if by.is_official and by.may(IDENTIFY):
        return True
    return Mandate.objects.about(by).filter(pk=mandate.pk).exists()


def _tell_holder(mandate: Mandate, title: str, body: str, at: datetime) -> None:
    if mandate.holder is not None:
        _tell(mandate, mandate.holder_id, title, body, at)


def _tell_others(mandate: Mandate, title: str, body: str, at: datetime, but: int | None = None) -> None:
    """The accounts of whom it is about: the person, or the representatives of the business."""
    people_ids = [mandate.person_id] if mandate.person_id else []
    if mandate.business_id:
        people_ids = list(Person.objects.filter(businesses=mandate.business_id).values_list("pk", flat=True))
    accounts = Account.objects.filter(person__in=people_ids).exclude(pk__in=(mandate.holder_id or 0, but or 0))
    for account_id in accounts.values_list("pk", flat=True):
        _tell(mandate, account_id, title, body, at)


def _tell(mandate: Mandate, account_id: int | None, title: str, body: str, at: datetime) -> None:
    words = {"name": mandate.subject_name, "holder": mandate.holder.display_name if mandate.holder else ""}
    tell(
        account_id=int(account_id or 0), kind="mandate", title=title.format(**words), body=body, url=PAGE,
        dedupe=f"mandate-{mandate.pk}-{mandate.status}", at=at,
    )  # fmt: skip
