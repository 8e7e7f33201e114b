"""Sending what was written to a contact: once, in order, again when the operator was away, never after a “no”."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.api.limits import allow
from tinhso.kernel.errors import TooMany
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.notices.queries import check_holds, priority_of
from tinhso.kernel.notices.rules import NotCarried
from tinhso.kernel.numerals import is_whole
from tinhso.modules.channels.actions import posting, tokens, wire
from tinhso.modules.channels.models import Contact, Line, Sent
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.rules import MAX_ATTEMPTS, OPEN, Kind, Sending, facebook, pause_after, zalo

MAIL_WITHIN = timedelta(days=30)  # no operator limits it; later the thread means nothing any more
FOR_NOTICES = 80  # per cent of a line's pace; our choice
OVER = "Quá hạn trả lời trên kênh này; người dùng cần nhắn lại trước."


def send(*, sent_id: int, at: datetime) -> Sending | None:
    """Try to send one message. None when there is nothing to do: sent, given up, or being sent.

    The token is had before the message's row is locked, and once more when the operator refuses it."""
    token, state = "", None
    for _ in range(2):
        try:
            token = _token(sent_id, at, not_this=token)
        except wire.NotTaken as no:
            return _write_down(sent_id, no, at)
        state, is_refused = _try(sent_id, token, at)
        if not is_refused:
            break
    return state


def _token(sent_id: int, at: datetime, not_this: str) -> str:
    line = Line.objects.get(pk=Sent.objects.values_list("contact__line", flat=True).get(pk=sent_id))
    if line.kind == Kind.MAIL:
        return ""
    if line.kind != Kind.ZALO:
        return keys.secret_of(line, "page_token")
    return tokens.current(line_id=line.pk, at=at, not_this=not_this)


@transaction.atomic
def _try(sent_id: int, token: str, at: datetime) -> tuple[Sending | None, bool]:
    """One try under the message's lock; also whether the operator refused the token."""
    row = _locked(sent_id)
    if row is None:
        return None, False
    row.attempts += 1
    try:
        row.outside_id = _hand_over(row, token, at)
    except TooMany as wait:
        _wait(row, wait.retry_after or 60, at)
    except wire.NotTaken as no:
        _refused(row, no, at)
        row.save(update_fields=_CHANGED)
        return Sending(row.state), no.renew and row.contact.line.kind == Kind.ZALO
    else:
        row.state, row.sent_at, row.last_error = Sending.SENT, at, ""
        _tell_keeper(row.contact.line, "")
    row.save(update_fields=_CHANGED)
    return Sending(row.state), False


@transaction.atomic
def _write_down(sent_id: int, no: wire.NotTaken, at: datetime) -> Sending | None:
    row = _locked(sent_id)
    if row is None:
        return None
    row.attempts += 1
    _refused(row, no, at)
    row.save(update_fields=_CHANGED)
    return Sending(row.state)


_CHANGED = ["attempts", "state", "last_error", "outside_id", "sent_at", "next_at"]


def _locked(sent_id: int) -> Sent | None:
    """The message, when nobody else sends it and no answer before it waits; notices wait for nothing."""
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '2min'")
    rows = Sent.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("contact__line", "answers", "notice")
    row = rows.filter(pk=sent_id, state__in=OPEN).first()
    if row is None or row.answers_id is None:
        return row
    before = Sent.objects.filter(contact=row.contact_id, pk__lt=row.pk, state__in=OPEN, answers__isnull=False)
    return None if before.exists() else row


def _refused(row: Sent, no: wire.NotTaken, at: datetime) -> None:
    if no.wait:
        Line.objects.filter(pk=row.contact.line_id).update(paused_until=at + timedelta(seconds=no.wait))
        return _wait(row, no.wait, at)
    if no.renew:
        _tell_keeper(row.contact.line, str(no))
    is_over = no.is_final or row.attempts >= MAX_ATTEMPTS
    row.state, row.last_error = Sending.GIVEN_UP if is_over else Sending.FAILED, str(no)[:300]
    row.next_at = at + pause_after(row.attempts)
    return None


def _tell_keeper(line: Line, problem: str) -> None:
    """What is wrong with a page's token stands on the list of lines; the tokens of others say so themselves."""
    if line.kind == Kind.FACEBOOK and line.problem != problem:
        Line.objects.filter(pk=line.pk).update(problem=problem[:300])


def _wait(row: Sent, seconds: int, at: datetime) -> None:
    """Put it off; that was no try of its own."""
    row.attempts -= 1
    row.state, row.last_error = Sending.FAILED, f"chờ {seconds} giây"
    row.next_at = at + timedelta(seconds=seconds)


def _hand_over(row: Sent, token: str, at: datetime) -> str:
    """The operator's id of the message. Raises wire.NotTaken, TooMany."""
    contact = row.contact
    line = contact.line
    if not line.is_open or contact.is_gone:
        raise wire.NotTaken("Kênh tạm ngừng hoặc người dùng đã rời kênh.", is_final=True)
    if contact.last_said_at is None or at - contact.last_said_at > answer_within(line):
        raise wire.NotTaken(OVER, is_final=True)
    if line.paused_until is not None and line.paused_until > at:
        raise TooMany(retry_after=math.ceil((line.paused_until - at).total_seconds()))
    if row.notice is not None:
        _check_notice(row.notice, line, at)
    allow("channels.send", str(line.pk), times=settings.CHANNEL_MESSAGES_A_MINUTE, seconds=60, at=at)
    return posting.send(row) if line.kind == Kind.MAIL else wire.send(line, token, contact.outside_id, row.text)


def _words(notice: Notice) -> str:
    """What it says, which case it is about, and where to read on; shortened in the middle when it is too long."""
    number = notice.case.number if notice.case else ""
    about = f"Mã: {number}" if number and number not in f"{notice.title} {notice.body}" else ""
    ends = "\n".join(one for one in (about, f"{settings.BASE_URL}{notice.url}") if one)
    return f"{notice.title}\n{notice.body}".strip()[: zalo.LONGEST - len(ends) - 1] + f"\n{ends}"


def _check_notice(notice: Notice, line: Line, at: datetime) -> None:
    """Nothing is told that is over, and who asks is answered while thousands are told something: a part of the pace
    is kept for answers. Raises wire.NotTaken, TooMany."""
    try:
        check_holds(notice, at)
    except NotCarried as no:
        raise wire.NotTaken(str(no), is_final=True) from None
    most = settings.CHANNEL_MESSAGES_A_MINUTE * FOR_NOTICES // 100
    allow("channels.send_notices", str(line.pk), times=max(1, most), seconds=60, at=at)


def answer_within(line: Line) -> timedelta:
    """How long after a person's last word the operator lets us answer."""
    if line.kind == Kind.MAIL:
        return MAIL_WITHIN
    return timedelta(hours=facebook.ANSWER_WITHIN_HOURS) if line.kind == Kind.FACEBOOK else zalo.ANSWER_WITHIN


def waiting(at: datetime) -> list[tuple[int, int]]:
    """Messages to be tried again, each with its line: answers first, then the oldest; none of a line that is to be
    left alone."""
    rows = Sent.objects.filter(state__in=OPEN).exclude(next_at__gt=at).exclude(contact__line__paused_until__gt=at)
    return list(rows.order_by(F("notice").asc(nulls_first=True), "id").values_list("pk", "contact__line")[:500])


@transaction.atomic
def carry(delivery: Any) -> None:
    """Write a notice to the contact whose address it bears, and have it sent; the same notice twice is written once.

    Raises NotCarried for good when the person left, wants none or wrote too long ago."""
    notice, at = delivery.notice, timezone.now()
    number = delivery.address.partition("/")[2]
    contact = Contact.objects.select_related("line").filter(pk=int(number) if is_whole(number) else 0).first()
    is_mine = contact is not None and contact.account_id == notice.account_id
    if contact is None or not is_mine or contact.is_stopped or contact.is_gone or not contact.line.is_open:
        raise NotCarried("Người nhận không còn nhận tin ở kênh này.", is_final=True)
    if contact.last_said_at is None or at - contact.last_said_at > answer_within(contact.line):
        raise NotCarried(OVER, is_final=True)
    row, is_new = Sent.objects.get_or_create(
        contact=contact,
        notice_id=notice.pk,
        defaults={"text": _words(notice), "case_id": notice.case_id, "made_at": at},
    )
    if is_new:
        app.configure_task("channels.send", priority=priority_of(notice.kind)).defer(sent_id=row.pk)
