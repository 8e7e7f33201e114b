"""Telling a person something, marking it read, and carrying it outside.

A message is never sent twice by two jobs at once: its row is locked while it is sent and its state is looked at under
that lock. One gap remains and cannot be closed by any mail system: when the program dies after the mail server said
yes and before that is written down, the next try sends the message again, with the same Message-ID and date.
"""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.template.loader import render_to_string

from tinhso.kernel.errors import NotFound
from tinhso.kernel.notices import rules
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.notices.rules import Sending
from tinhso.kernel.people.rules import Actor

_TELL = """
with told as (
    insert into notices_notice (account_id, case_id, kind, title, body, url, dedupe, created_at)
    values (%(account)s, %(case)s, %(kind)s, %(title)s, %(body)s, %(url)s, %(dedupe)s, %(at)s)
    on conflict (account_id, dedupe) do nothing returning id, account_id
), carried as (
    insert into notices_delivery (notice_id, channel, address, state, attempts, last_error)
    select told.id, 'email', a.email, 'waiting', 0, ''
    from told join people_account a on a.id = told.account_id
    where %(email)s and a.is_active and a.email <> '' and not exists (
        select 1 from account_emailaddress e
        where e.user_id = a.id and lower(e.email) = lower(a.email) and not e.verified)
    returning id
)
select told.id, carried.id from told left join carried on true
"""


@transaction.atomic
def tell(
    *,
    account_id: int,
    kind: str,
    title: str,
    body: str,
    url: str,
    dedupe: str,
    at: datetime,
    case_id: int | None = None,
    email: bool = True,
) -> bool:
    """Tell an account something once; False when it was already told (same ``dedupe``), and then nothing changes.

    ``url`` is a path on this site. An e-mail follows when the account is active and has an address that is not waiting
    for confirmation; the job that sends it is queued in the same transaction.
    """
    if not rules.is_inner_address(url) or len(url) > rules.URL_LENGTH:
        raise ValueError(f"a notice must lead to a path on this site, not {url!r}")
    values = {
        "account": account_id,
        "case": case_id,
        "kind": kind,
        "title": " ".join(title.split())[: rules.TITLE_LENGTH],
        "body": body.strip(),
        "url": url,
        "dedupe": dedupe,
        "at": at,
        "email": email,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)
        row = cursor.fetchone()
    if row is None:
        return False
    if row[1] is not None:
        from tinhso.kernel.notices.jobs import deliver

        deliver.defer(delivery_id=row[1])
    return True


def read(*, notice_id: int, by: Actor, at: datetime) -> Notice:
    """Mark one's own notice as read; the first reading counts. Raises NotFound for anybody else's."""
    notice = Notice.objects.of(by.account_id).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    if Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at):
        notice.read_at = at
    return notice


def read_all(*, by: Actor, at: datetime) -> int:
    """Mark all of one's own notices as read; returns how many were not."""
    return Notice.objects.of(by.account_id).unread().update(read_at=at)


@transaction.atomic
def send(*, delivery_id: int, at: datetime) -> Sending | None:
    """Try to send one message under its lock and write down what came of it.

    None when there is nothing to do here: sent or given up before, or another job is sending it now.
    """
    _allow_slow_server()
    delivery = (
        Delivery.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("notice__account")
        .filter(pk=delivery_id, state__in=rules.OPEN)
        .first()
    )
    if delivery is None:
        return None
    delivery.attempts += 1
    try:
        message_of(delivery).send()
    except (OSError, smtplib.SMTPException) as problem:
        delivery.state = rules.next_state(attempts=delivery.attempts, is_final=_is_final(problem))
        delivery.last_error = f"{type(problem).__name__}: {problem}"[:300]
    else:
        delivery.state, delivery.sent_at, delivery.last_error = Sending.SENT, at, ""
    delivery.save(update_fields=["state", "attempts", "last_error", "sent_at"])
    return Sending(delivery.state)


def _allow_slow_server() -> None:
    """A mail server may think for minutes; the usual limit for idle transactions would drop the lock meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '10min'")


def _is_final(problem: Exception) -> bool:
    """Whether the server said that this address will never do: a 5xx for the recipient (RFC 5321, 4.2.1)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= 500


def message_of(delivery: Delivery) -> EmailMultiAlternatives:
    """The message in plain text and HTML. Its only link is opened by GET, and opening it changes nothing."""
    notice = delivery.notice
    context = {
        "notice": notice,
        "name": notice.account.display_name,
        "link": settings.BASE_URL + notice.url,
        "settings_link": settings.BASE_URL + "/thong-bao/",
    }
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message = EmailMultiAlternatives(
        subject=notice.title,
        body=render_to_string("notices/mail/notice.txt", context),
        to=[delivery.address],
        headers={
            "Message-ID": rules.message_id(delivery.pk, notice.created_at.isoformat(), host),
            "Date": format_datetime(notice.created_at),
            "Auto-Submitted": "auto-generated",
        },
        connection=get_connection(fail_silently=False),
    )
    message.attach_alternative(render_to_string("notices/mail/notice.html", context), "text/html")
    return message
