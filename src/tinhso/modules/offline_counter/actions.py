"""All writes: a counter is enrolled and prepared, its receptions are stored, registered or held, officials decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.cases.actions import also_number, reserve_block
from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.manifest import Fate, Retained, Spared
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.offline_counter import queries, rules
from tinhso.modules.offline_counter.models import Block, Counter, Number, Reception
from tinhso.modules.offline_counter.rules import CONFLICT_WORDS, DECISION_WORDS, Conflict, Decision, Permission, State
from tinhso.modules.offline_counter.rules.envelopes import Envelope, is_signed, public_key, raw, read

LONGEST_REASON = 500


# --- Counters and their numbers -----------------------------------------------------------------------------------


@transaction.atomic
def enrol(*, unit_id: int, name: str, key: str, by: Actor, at: datetime) -> Counter:
    """Register the public half of the key with which a counter signs; the same key again is the same counter.

    Raises NotAllowed, Refusal ``offline_counter.bad_key``, ``.key_elsewhere``, ``.revoked`` or ``.too_many``."""
    if not queries.may_receive(by, unit_id):
        raise NotAllowed
    spki = raw(key)
    if len(spki) > 200 or public_key(spki) is None:
        raise Refusal("offline_counter.bad_key", _("Khóa của quầy không đọc được. Tải lại trang rồi chuẩn bị lại."))
    known = Counter.objects.filter(public_key=spki).first()
    if known is not None:
        return _still_good(known, unit_id)
    others = Counter.objects.filter(unit_id=unit_id)
    if others.filter(revoked_at=None).count() >= rules.MOST_LIVE_COUNTERS:
        raise Refusal("offline_counter.too_many", _("Đơn vị đã có đủ số quầy. Thu hồi khóa của quầy không dùng nữa."))
    name = name.strip()[:60] or _("Máy %(n)s") % {"n": others.count() + 1}
    counter = Counter.objects.create(
        unit_id=unit_id, name=name, public_key=spki, enrolled_at=at,
        enrolled_by_id=_account(by), prepared_at=at,
    )  # fmt: skip
    note(subject=_chain(counter), verb="offline_counter.enrol", by=by, at=at, data={"counter": counter.name})
    return counter


def _still_good(counter: Counter, unit_id: int) -> Counter:
    if counter.unit_id != unit_id:
        raise Refusal("offline_counter.key_elsewhere", _("Máy này đã đăng ký cho quầy của đơn vị khác."))
    if counter.revoked_at is not None:
        raise Refusal("offline_counter.revoked", _("Khóa của quầy này đã bị thu hồi. Đăng ký lại máy."))
    return counter


def _account(by: Actor) -> int:
    if by.account_id is None:
        raise NotAllowed
    return by.account_id


def _chain(counter: Counter) -> str:
    return f"offline_counter/{counter.pk}"


@transaction.atomic
def prepare(*, counter_id: int, by: Actor, at: datetime) -> dict[str, Any]:
    """Lease what numbers are lacking for today and the days ahead; gives the kit that the counter takes along.

    Raises NotAllowed, NotFound or Refusal ``offline_counter.revoked``."""
    counter = Counter.objects.select_for_update().filter(pk=counter_id).first()
    if counter is None:
        raise NotFound
    if not queries.may_receive(by, counter.unit_id):
        raise NotAllowed
    _still_good(counter, counter.unit_id)
    offered = queries.offer(counter.unit_id, at)
    days = rules.days_from(timezone.localtime(at).date())
    left: dict[tuple[str, date], int] = {}
    for number in queries.free_numbers(counter, days):
        place = (number.block.series[:-7], number.block.day)
        left[place] = left.get(place, 0) + 1
    for agency in sorted({one.agency for one in offered}):
        for day in days:
            if left.get((agency, day), 0) < rules.TOP_UP_BELOW:
                _lease(counter, agency, day, by, at)
    counter.prepared_at = at
    counter.save(update_fields=["prepared_at"])
    return queries.kit(counter, by, offered, at)


def _lease(counter: Counter, agency: str, day: date, by: Actor, at: datetime) -> Block:
    """Numbers that nobody else gets: taken from the very series that dossiers received with network come from."""
    series = f"{agency}-{day:%y%m%d}"
    numbers = reserve_block(series, rules.BLOCK_SIZE)
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    block = Block.objects.create(
        counter=counter, series=series, day=day, first=numbers[0], last=numbers[-1], leased_at=at,
        leased_by_id=_account(by), expires_at=end,
    )  # fmt: skip
    Number.objects.bulk_create(Number(block=block, code=dossiers.dossier_code(agency, day, one)) for one in numbers)
    note(subject=_chain(counter), verb="offline_counter.lease", by=by, at=at, data={
        "counter": counter.name, "first": dossiers.dossier_code(agency, day, block.first), "last": f"{block.last:04d}",
    })  # fmt: skip
    return block


@transaction.atomic
def give_back(*, counter_id: int, by: Actor, at: datetime) -> int:
    """Give back what numbers the counter has not used; they stay unused for ever, and why stands here. How many."""
    counter = Counter.objects.select_for_update().filter(pk=counter_id).first()
    if counter is None:
        raise NotFound
    if not queries.may_receive(by, counter.unit_id):
        raise NotAllowed
    return _give_back(counter, by, at)


def _give_back(counter: Counter, by: Actor, at: datetime) -> int:
    total = 0
    for block in Block.objects.select_for_update().filter(counter=counter, given_back_at=None, expires_at__gt=at):
        left = block.numbers.filter(receptions=None).count()
        block.given_back_at = at
        block.save(update_fields=["given_back_at"])
        total += left
        note(subject=_chain(counter), verb="offline_counter.give_back", by=by, at=at, data={
            "counter": counter.name, "count": left, "first": f"{block.series}-{block.first:04d}",
            "last": f"{block.last:04d}",
        })  # fmt: skip
    return total


@transaction.atomic
def revoke(*, counter_id: int, reason: str, by: Actor, at: datetime) -> Counter:
    """End a counter's key, such as of a lost machine: what it sends from now on is stored, but held."""
    counter = Counter.objects.select_for_update().filter(pk=counter_id).first()
    if counter is None or not by.may(Permission.DECIDE, counter.unit_id):
        raise NotFound if counter is None else NotAllowed
    if not reason.strip():
        raise Refusal("offline_counter.reason", _("Ghi lý do thu hồi."), field="reason")
    if counter.revoked_at is None:
        _give_back(counter, by, at)
        counter.revoked_at, counter.revoked_by_id = at, by.account_id
        counter.save(update_fields=["revoked_at", "revoked_by"])
        note(subject=_chain(counter), verb="offline_counter.revoke", by=by, at=at,
             data={"counter": counter.name, "reason": reason.strip()[:LONGEST_REASON]})  # fmt: skip
    return counter


# --- Receptions ---------------------------------------------------------------------------------------------------


@transaction.atomic
def store(*, text: str, signature: str, clock: datetime, by: Actor, at: datetime) -> Reception:
    """Keep what a counter received without network, exactly as it was signed; sent again it is one.

    ``clock``: the counter's own corrected time when it sent. Nothing is judged here but who may send: somebody who
    receives at that counter, or the clerk whose signed reception it is, even if the right has ended since. Raises
    Refusal ``offline_counter.unreadable``, ``.no_counter`` or ``.other_content``, and NotAllowed."""
    said = read(text)
    if said is None:
        raise Refusal(
            "offline_counter.unreadable", _("Không đọc được nội dung quầy gửi lên. Giữ biên nhận, báo quản trị.")
        )
    counter = Counter.objects.filter(pk=said.counter).first()
    if counter is None:
        raise Refusal("offline_counter.no_counter", _("Quầy này chưa đăng ký với tỉnh. Giữ biên nhận, báo quản trị."))
    signed = raw(signature)[:64]
    is_genuine = is_signed(text, signed, bytes(counter.public_key))
    is_own = is_genuine and said.clerk == by.account_id
    if by.account_id is None or not (is_own or queries.may_receive(by, counter.unit_id)):
        raise NotAllowed
    one, is_new = Reception.objects.get_or_create(
        pk=said.id, defaults=_row(said, counter, text, signed, is_genuine, clock, by, at)
    )
    if one.text != text:
        raise Refusal("offline_counter.other_content", _("Biên nhận này đã gửi với nội dung khác."))
    if is_new:
        data = {"code": one.code, "counter": counter.name}
        note(subject=f"offline_reception/{one.pk}", verb="offline_counter.store", by=by, at=at, data=data)
    return one


def _row(
    said: Envelope,
    counter: Counter,
    text: str,
    signed: bytes,
    is_genuine: bool,
    clock: datetime,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    return {
        "counter": counter,
        "clerk": Account.objects.filter(pk=said.clerk, is_official=True).first(),
        "number": Number.objects.filter(code=said.code, block__counter=counter).first(),
        "code": said.code,
        "text": text,
        "signature": signed,
        "is_signed": is_genuine,
        "skew_seconds": max(-(2**31), min(2**31 - 1, round((clock - at).total_seconds()))),
        "received_at": said.received_at,
        "procedure_code": said.procedure,
        "applicant_name": said.applicant.name,
        "identity_number": said.applicant.identity_number,
        "stored_at": at,
        "sent_by_id": by.account_id,
    }


_LOCKED = Reception.objects.select_related("counter", "number__block", "clerk")


@transaction.atomic
def register(*, reception_id: Any, at: datetime) -> Reception | None:
    """Open the dossier of a stored reception, or hold it for an official when something stands in the way.

    Done before, or held: nothing. Sees to it that a number taken in the same moment holds it too."""
    one = _LOCKED.select_for_update(of=("self",)).filter(pk=reception_id).first()
    if one is None or one.state != State.STORED:
        return one
    _one_by_one(one.identity_number)
    found = rules.conflicts(queries.seen(one))
    if found:
        return _hold(one, found, at)
    try:
        with transaction.atomic():
            return _open(one, code=one.code, by=actor_of(one.clerk) if one.clerk else SYSTEM, at=at)
    except IntegrityError:
        return _hold(one, [Conflict.NUMBER_USED], at)
    except Refusal:
        return _hold(one, [Conflict.PROCEDURE_CHANGED], at)


def _one_by_one(identity_number: str) -> None:
    """Of one applicant's receptions the next is looked at when the one before is settled: twins see each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"offline/{identity_number}"])


def _open(one: Reception, *, code: str, by: Actor, at: datetime) -> Reception:
    said, received_at = queries.envelope_of(one), queries.true_moment(one)
    on = timezone.localtime(received_at).date()
    version = dossiers.version_in_force(said.procedure, on) or said.version
    late = queries.late_reception(one, said, code=code, version=version)
    case_id = dossiers.receive_later(reception=late, by=by, at=received_at)
    one.case_id, one.state, one.settled_at = case_id, State.REGISTERED, at
    one.save(update_fields=["case", "state", "settled_at", "decision"])
    number = one.case.number if one.case else ""
    note(subject=f"offline_reception/{one.pk}", verb="offline_counter.register", by=by, at=at,
         data={"code": one.code, "number": number})  # fmt: skip
    return one


def _hold(one: Reception, found: Iterable[Conflict], at: datetime) -> Reception:
    one.state, one.reasons = State.HELD, [conflict.value for conflict in found]
    one.save(update_fields=["state", "reasons"])
    words = " ".join(CONFLICT_WORDS[Conflict(code)] for code in one.reasons)
    note(subject=f"offline_reception/{one.pk}", verb="offline_counter.hold", by=SYSTEM, at=at,
         data={"code": one.code, "reasons": words})  # fmt: skip
    return one


@transaction.atomic
def decide(*, reception_id: Any, decision: Decision, reason: str, into: str = "", by: Actor, at: datetime) -> Reception:
    """Settle a held reception: register it, under its own number or another, merge it into a dossier, or refuse it.

    Decided by two at once, the second is told so. Raises NotAllowed, NotFound, Refusal ``offline_counter.reason``,
    ``.settled``, ``.number_used``, ``.no_such_dossier``, ``.other_procedure`` and what opening a dossier refuses."""
    one = _LOCKED.select_for_update(of=("self",)).filter(pk=reception_id).first()
    if one is None:
        raise NotFound
    if not by.may(Permission.DECIDE, one.counter.unit_id):
        raise NotAllowed
    reason = reason.strip()[:LONGEST_REASON]
    if len(reason) < 10:
        raise Refusal("offline_counter.reason", _("Ghi lý do, ít nhất 10 ký tự."), field="reason")
    if one.state != State.HELD:
        raise Refusal("offline_counter.settled", _("Biên nhận này đã được giải quyết. Tải lại trang để xem."))
    if not rules.may_decide(one.state, decision, frozenset(one.reasons)):
        raise Refusal("offline_counter.number_used", _("Số này không dùng được cho hồ sơ. Chọn đăng ký với số khác."))
    _carry_out(one, decision, into, by, at)
    one.decision, one.decided_by_id, one.reason = decision.value, by.account_id, reason
    one.save(update_fields=["case", "state", "settled_at", "decision", "decided_by", "reason"])
    note(subject=f"offline_reception/{one.pk}", verb="offline_counter.decide", by=by, at=at,
         data={"code": one.code, "decision": DECISION_WORDS[decision], "reason": reason})  # fmt: skip
    return one


def _carry_out(one: Reception, decision: Decision, into: str, by: Actor, at: datetime) -> None:
    if decision is Decision.REGISTER:
        try:
            with transaction.atomic():
                _open(one, code=one.code, by=by, at=at)
        except IntegrityError as taken:
            raise Refusal(
                "offline_counter.number_used", _("Số này vừa được dùng. Chọn đăng ký với số khác.")
            ) from taken
    elif decision is Decision.RENUMBER:
        one.decision = decision.value  # the number on the receipt is not this dossier's own
        _open(one, code="", by=by, at=at)
        _find_besides(one, at)
    elif decision is Decision.MERGE:
        one.case_id = _fitting(one, into)
        one.state, one.settled_at = State.MERGED, at
        _find_besides(one, at)
    else:
        one.state, one.settled_at = State.REJECTED, at


def _fitting(one: Reception, into: str) -> int:
    """The dossier to merge into: of the same procedure."""
    case_id = dossiers.case_id_of(tidy_code(into))
    sheet = dossiers.payable(case_id) if case_id else None
    if sheet is None:
        raise Refusal("offline_counter.no_such_dossier", _("Không có hồ sơ với mã này."), field="into")
    if sheet.procedure_code != one.procedure_code:
        raise Refusal("offline_counter.other_procedure", _("Hồ sơ đó thuộc thủ tục khác."), field="into")
    return sheet.case_id


def _find_besides(one: Reception, at: datetime) -> None:
    """Let the look-up find the dossier under the number on the receipt, unless that number is another dossier's."""
    if one.number is None or Conflict.NUMBER_USED in one.reasons or one.case_id is None:
        return
    also_number(one.case_id, one.code, at=at)


# --- When its time is over ----------------------------------------------------------------------------------------


def _due(before: datetime, spared: Spared) -> Any:
    rows = Reception.objects.filter(settled_at__lt=before).exclude(applicant_name=NAMELESS)
    return spared.leave_out(rows, case="case_id")


def _end(ids: Sequence[Any], **_more: Any) -> None:
    """The number, its times and what became of it stay; the signed text goes, so its signature proves nothing more."""
    Reception.objects.filter(pk__in=ids).update(
        text="", signature=b"", applicant_name=NAMELESS, identity_number="", reason=""
    )


RETAINED = (
    Retained(
        "offline_counter.receptions",
        "Biên nhận lập khi mất mạng",
        "ngày giải quyết biên nhận",
        Fate.ANONYMISE,
        _due,
        _end,
    ),
)
