"""Answering by mail: from the line's own address, in the person's thread, marked as automatic so that no machine
answers it."""

from __future__ import annotations

import smtplib
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from tinhso.modules.channels.actions import wire
from tinhso.modules.channels.models import Line, Sent
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.rules import mail

SECONDS = 20


def send(row: Sent) -> str:
    """Hand one answer over; returns its Message-ID, the same at every try. Raises wire.NotTaken.

    It goes to the address of ``From`` and nowhere else: what ``Reply-To`` says could be anybody's."""
    line = row.contact.line
    message_id = f"<kenh.{row.pk}.{row.made_at:%Y%m%d%H%M%S}@{line.outside_id.rpartition('@')[2] or 'localhost'}>"
    try:
        _letter(row, line, message_id).send()
    except (OSError, smtplib.SMTPException) as problem:
        raise wire.NotTaken(f"Máy chủ thư: {type(problem).__name__}.", is_final=_is_final(problem)) from None
    return message_id


def _letter(row: Sent, line: Line, message_id: str) -> EmailMessage:
    """In the thread of what it answers."""
    before = row.answers
    subject = (before.subject if before is not None else "") or line.name
    return EmailMessage(
        subject=f"Re: {subject}" if before is not None else subject,
        body=f"{row.text}\n\n-- \n{line.name}\n{settings.BASE_URL}\n",
        from_email=line.outside_id,
        to=[row.contact.outside_id],
        headers={"Message-ID": message_id, **_heads(row, line)},
        connection=_connection(line),
    )


def _heads(row: Sent, line: Line) -> dict[str, str]:
    """That a machine wrote it, and the thread."""
    before = row.answers
    heads = {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        mail.OURS: line.outside_id.lower(),
    }
    if before is not None and before.key.startswith("<"):
        heads |= {"In-Reply-To": before.key, "References": before.references or before.key}
    return heads


def _connection(line: Line) -> Any:
    """The mail server of the line, else the platform's."""
    where = urlsplit(keys.secret_of(line, "smtp"))
    if not where.hostname:
        return get_connection(fail_silently=False)
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=where.hostname,
        port=where.port or 25,
        username=unquote(where.username or ""),
        password=unquote(where.password or ""),
        use_tls=where.scheme == "smtps",
        timeout=SECONDS,
        fail_silently=False,
    )


def _is_final(problem: Exception) -> bool:
    """Whether the server said that this address will never do: a 5xx for the recipient (RFC 5321, 4.2.1)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= 500
