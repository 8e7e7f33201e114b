"""The way in: a message is kept as it came, then taken in; what cannot be is shown with its reason and can be mended.

Keeping is all that the portal waits for. The same message delivered again, or by two at once, is one row (a unique
constraint decides); a better version of a message that failed takes its place.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.kernel.units.queries import main_successor_on, tree
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.national_portal.models import Incoming, IncomingFile
from tinhso.modules.national_portal.rules import Permission, patience, reading
from tinhso.modules.national_portal.rules.reading import AnnouncedPaper, Envelope, Kind, Unreadable

log = logging.getLogger(__name__)
STATE = Incoming.State
PORTAL = Actor(ActorKind.SYSTEM, name="Người nộp (qua Cổng Dịch vụ công quốc gia)")
WITHDRAWN_THERE = "Người nộp rút hồ sơ trên Cổng Dịch vụ công quốc gia"
ANSWERED_THERE = "Đã bổ sung trên Cổng Dịch vụ công quốc gia."
BROKEN = "Không tiếp nhận được do dữ liệu không hợp lệ. Sửa bản tin hoặc báo quản trị hệ thống kèm mã hồ sơ."


class NotYet(Exception):
    """An answer came before the dossier it belongs to."""


@transaction.atomic
def keep(envelopes: Sequence[Envelope], at: datetime) -> int:
    """Keep these messages; returns how many are new. Unreadable ones are kept too, as failed."""
    by_key = {(one.kind.value, one.key): one for one in envelopes}
    known = {
        (row.kind, row.key): row
        for row in Incoming.objects.filter(key__in=[key for _, key in by_key]).defer("body", "message")
    }
    fresh = [_row(one, at) for key, one in by_key.items() if key not in known]
    Incoming.objects.bulk_create(fresh, ignore_conflicts=True)
    for key in by_key.keys() & known.keys():
        _again(known[key], by_key[key], at)
    return len(fresh)


def _row(one: Envelope, at: datetime) -> Incoming:
    state, code = (STATE.FAILED, "national_portal.unreadable") if one.problem else (STATE.WAITING, "")
    return Incoming(
        kind=one.kind.value,
        key=one.key,
        code=one.code,
        body=one.body,
        message=one.value,
        state=state,
        received_at=at,
        next_at=at,
        error_code=code,
        error=one.problem,
    )


def _again(row: Incoming, one: Envelope, at: datetime) -> None:
    """The same message once more. One that failed is tried again when it says something else now."""
    rows = Incoming.objects.filter(pk=row.pk)
    rows.update(times=F("times") + 1)
    if not one.problem:
        rows.filter(state=STATE.FAILED).exclude(body=one.body).update(
            body=one.body,
            message=one.value,
            state=STATE.WAITING,
            next_at=at,
            attempts=0,
            mended_by=None,
            mended_at=None,
        )


@transaction.atomic
def take_in(*, incoming_id: int, at: datetime) -> str:
    """Turn a kept message into what it asks for; returns the state it is in then, empty when somebody else has it."""
    row = Incoming.objects.select_for_update(skip_locked=True).filter(pk=incoming_id, state=STATE.WAITING).first()
    if row is None:
        return ""
    row.attempts += 1
    try:
        with transaction.atomic():
            _DO[Kind(row.kind)](row, row.message or {}, at)
        row.state, row.done_at, row.error_code, row.error = STATE.DONE, at, "", ""
    except NotYet:
        _wait(row, at)
    except (Unreadable, Refusal) as no:
        row.state, row.error_code, row.error = STATE.FAILED, no.code[:60], str(no.message)[:500]
    except (DataError, IntegrityError, ValueError, TypeError, KeyError, AttributeError):
        log.exception("national portal message %s could not be taken in", row.pk)
        row.state, row.error_code, row.error = STATE.FAILED, "national_portal.broken", BROKEN
    row.save(
        update_fields=["state", "attempts", "error_code", "error", "done_at", "next_at", "case", "filed_at",
                       "subject_id", "is_paid_online", "is_identity_proven"]
    )  # fmt: skip
    return row.state


def _wait(row: Incoming, at: datetime) -> None:
    """Answers and withdrawals may overtake their dossier; after a day somebody has to look."""
    row.error_code, row.error = "national_portal.no_dossier", f"Chưa có hồ sơ {row.code} ở đây."
    if at - row.received_at > patience.ARRIVE_WITHIN:
        row.state = STATE.FAILED
    else:
        row.next_at = at + min(patience.wait(row.attempts), timedelta(minutes=5))


def _dossier(row: Incoming, message: Mapping[str, Any], at: datetime) -> None:
    new = reading.read_dossier(message)
    arrival = dossiers.Arrival(
        code=new.code,
        procedure_code=new.procedure_code,
        branch=new.branch,
        unit_id=_unit_of(new, at),
        applicant=dossiers.Applicant(
            name=new.applicant, identity_number=new.identity_number, phone=new.phone, email=new.email
        ),
        is_identity_proven=new.is_identity_proven,
        answers=new.answers,
        result_channel=new.result_channel,
        papers=tuple(_paper(one) for one in new.papers),
        is_accepted=new.is_accepted,
        is_fee_paid=new.is_paid_online,
    )
    arrived = dossiers.take_in(arrival=arrival, by=PORTAL, at=at)
    row.case_id, row.filed_at, row.subject_id = arrived.case_id, new.filed_at, new.subject_id
    row.is_paid_online, row.is_identity_proven = new.is_paid_online, new.is_identity_proven
    _announce(row, new.papers, arrived.part_ids, at)


def _unit_of(new: reading.NewDossier, at: datetime) -> int | None:
    """The resolving unit that the message names, by identifier or name, or that its code begins with.

    A unit that was dissolved stands for its successor. None: the catalogue says who is competent."""
    known, on = tree(), timezone.localtime(at).date()
    by_identifier = {node.national_id: node for node in known.nodes.values() if node.national_id}
    said = " ".join(new.unit.split())
    found = by_identifier.get(said) or known.by_code.get(said)
    if found is None and said:
        named = [node for node in known.nodes.values() if node.name.casefold() == said.casefold()]
        found = named[0] if len(named) == 1 else None
    found = found or by_identifier.get(new.code.rpartition("-")[0].rpartition("-")[0])
    if found is None:
        return None
    return found.id if found.lives_on(on) else main_successor_on(found.id, on)


def _paper(one: AnnouncedPaper) -> dossiers.ArrivingPaper:
    return dossiers.ArrivingPaper(one.code, one.name, one.is_from_database)


def _announce(row: Incoming, papers: Sequence[AnnouncedPaper], part_ids: Sequence[int], at: datetime) -> None:
    """Let the files be fetched."""
    pairs = zip(papers, part_ids, strict=False)
    IncomingFile.objects.bulk_create(
        [
            IncomingFile(incoming=row, part_id=part_id, file_id=one.file_id, name=one.file_name,
                         address=one.address, next_at=at)
            for one, part_id in pairs if one.address
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _case_of(row: Incoming) -> int:
    case_id = dossiers.case_id_of(row.code)
    if case_id is None:
        raise NotYet
    return case_id


def _supplement(row: Incoming, message: Mapping[str, Any], at: datetime) -> None:
    answer = reading.read_answer(message)
    row.case_id = _case_of(row)
    papers = [_paper(one) for one in answer.papers]
    part_ids = dossiers.answer_from_elsewhere(
        case_id=row.case_id, answer=answer.text or ANSWERED_THERE, papers=papers, by=PORTAL, at=at
    )
    _announce(row, answer.papers, part_ids, at)


def _withdrawal(row: Incoming, message: Mapping[str, Any], at: datetime) -> None:
    said = reading.read_withdrawal(message)
    row.case_id = _case_of(row)
    reason = f"{WITHDRAWN_THERE}: {said.reason}" if said.reason else f"{WITHDRAWN_THERE}."
    dossiers.withdraw(case_id=row.case_id, reason=reason, by=PORTAL, at=at)


def _unknown(row: Incoming, message: Mapping[str, Any], at: datetime) -> None:
    raise Unreadable("unreadable", row.error or "Không đọc được bản tin.")


_DO = {
    Kind.DOSSIER: _dossier,
    Kind.SUPPLEMENT: _supplement,
    Kind.WITHDRAWAL: _withdrawal,
    Kind.UNKNOWN: _unknown,
}


def forget_old(at: datetime) -> int:
    """Empty messages that were dealt with ``KEEP_BODIES`` ago: the dossier has what they said. Their keys stay."""
    old = Incoming.objects.filter(state__in=(STATE.DONE, STATE.DROPPED), done_at__lt=at - patience.KEEP_BODIES)
    return old.exclude(body="").update(body="", message=None)


def _failed(incoming_id: int, by: Actor) -> Incoming:
    if not by.may(Permission.MANAGE):
        raise NotAllowed
    row = Incoming.objects.select_for_update().filter(pk=incoming_id).first()
    if row is None:
        raise NotFound
    if row.state != STATE.FAILED:
        raise Refusal("national_portal.not_failed", "Bản tin này không ở trạng thái lỗi. Tải lại trang.")
    return row


@transaction.atomic
def mend(*, incoming_id: int, text: str, by: Actor, at: datetime) -> Incoming:
    """Take a failed message in again, as it came or as somebody put it right (``text``, JSON; empty: as it is).

    What came stays in ``body``. Raises Refusal when the text cannot be read or is a message that is there already."""
    row = _failed(incoming_id, by)
    if text.strip():
        mended = reading.envelopes(text.encode())[0]
        if mended.problem:
            raise Refusal("national_portal.unreadable", mended.problem, field="text")
        twin = Incoming.objects.filter(kind=mended.kind.value, key=mended.key).exclude(pk=row.pk)
        if twin.exists():
            raise Refusal(
                "national_portal.known_message", f"Đã có bản tin khác của hồ sơ {mended.code}. Bỏ qua bản tin này.",
                field="text",
            )  # fmt: skip
        if mended.value != row.message:
            row.mended_by_id, row.mended_at = by.account_id, at
        row.kind, row.key, row.code, row.message = mended.kind.value, mended.key, mended.code, mended.value
    if row.kind == Kind.UNKNOWN:
        raise Refusal("national_portal.unreadable", row.error or "Bản tin vẫn chưa đọc được.", field="text")
    row.state, row.next_at, row.attempts = STATE.WAITING, at, 0
    row.save()
    _note(row, "national_portal.mend", by, at)
    return row


@transaction.atomic
def drop(*, incoming_id: int, reason: str, by: Actor, at: datetime) -> Incoming:
    """Put a failed message aside, with a reason; it stays on record."""
    row = _failed(incoming_id, by)
    if len(reason.strip()) < 10:
        raise Refusal("national_portal.reason", "Ghi lý do bỏ qua (ít nhất 10 ký tự).", field="reason")
    row.state, row.done_at = STATE.DROPPED, at
    row.save(update_fields=["state", "done_at"])
    _note(row, "national_portal.drop", by, at, reason=reason.strip()[:300])
    return row


def _note(row: Incoming, verb: str, by: Actor, at: datetime, **data: str) -> None:
    said = {"code": row.code or str(row.pk), **data}
    note(subject=f"national_portal/incoming/{row.pk}", verb=verb, by=by, at=at, data=said)
