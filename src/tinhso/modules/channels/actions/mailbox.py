"""Fetching mail from a line's mailbox (IMAP4rev1) and taking it in: each once, marked as read after it is kept."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from urllib.parse import unquote, urlsplit

from django.db import DataError, transaction

from tinhso.kernel.api.limits import allow
from tinhso.kernel.errors import Refusal, TooMany
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.rules import PICTURES
from tinhso.modules.channels.actions import hearing, wire
from tinhso.modules.channels.actions.answering import PURPOSE
from tinhso.modules.channels.models import Line, Received
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.rules import mail
from tinhso.modules.channels.rules.hearing import STORED, Heard, NotRead, What
from tinhso.modules.channels.rules.mail import Mail

SECONDS = 20.0
AT_ONCE = 50
FROM_ONE_SENDER = (20, 3600)  # answered mails; a machine that hides from us is stopped here


def fetch(*, line: Line, at: datetime) -> int:
    """Take in what is new in the mailbox; how many. Raises wire.NotTaken when the server does not let us in."""
    taken = 0
    with _opened(line) as box:
        for uid in _unseen(box)[:AT_ONCE]:
            taken += _taken(line, _content(box, uid), at)
            box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
    return taken


def _taken(line: Line, raw: bytes | None, at: datetime) -> bool:
    if raw is None:
        hearing.refuse(line=line, reason="thư quá lớn", at=at)
        return False
    try:
        said = mail.read(raw, own=line.outside_id, authserv=keys.secret_of(line, "authserv"))
        return receive(line=line, said=said, at=at) is not None
    except NotRead as no:
        hearing.refuse(line=line, reason=str(no), at=at)
    except (ValueError, DataError):  # whatever it is, one mail does not keep the mailbox shut for all others
        hearing.refuse(line=line, reason="không đọc được thư", at=at)
    return False


def receive(*, line: Line, said: Mail, at: datetime) -> Received | None:
    """Keep a mail and have it answered; None for a repeat, for automatic mail and for too many of one sender."""
    reason = said.automatic
    if not reason and not Received.objects.filter(line=line, key=said.key).exists():
        try:
            allow("channels.mail", f"{line.pk}/{said.sender}", times=FROM_ONE_SENDER[0], seconds=FROM_ONE_SENDER[1])
        except TooMany:
            reason = "quá nhiều thư từ một người gửi"
        else:
            return _keep(line, said, at)
    if reason:
        hearing.refuse(line=line, reason=reason, at=at)
    return None


@transaction.atomic
def _keep(line: Line, said: Mail, at: datetime) -> Received | None:
    pictures, refused = [], said.skipped
    for number, content in enumerate(said.pictures, 1):
        try:
            with transaction.atomic():
                kept = files.store(
                    BytesIO(content), name=f"anh-{number}.jpg", by_account_id=None, purpose=PURPOSE, allowed=PICTURES
                )
            pictures.append(f"{STORED}{kept.pk}")
        except Refusal:
            refused += 1
    heard = Heard(
        What.SAID, said.key, said.sender, said.words, tuple(pictures), subject=said.subject,
        references=said.references, is_proven=said.is_proven, skipped=refused,
    )  # fmt: skip
    return hearing.take(line=line, heard=heard, at=at)


@contextmanager
def _opened(line: Line) -> Iterator[imaplib.IMAP4]:
    """The line's mailbox, open for reading and marking. Raises wire.NotTaken."""
    where = urlsplit(keys.secret_of(line, "imap"))
    if where.scheme not in ("imap", "imaps") or not where.hostname:
        raise wire.NotTaken("Chưa đặt địa chỉ hộp thư (imap) trong cấu hình.", is_final=True)
    box: imaplib.IMAP4 | None = None
    try:
        if where.scheme == "imaps":
            box = imaplib.IMAP4_SSL(
                where.hostname, where.port or 993, ssl_context=ssl.create_default_context(), timeout=SECONDS
            )
        else:
            box = imaplib.IMAP4(where.hostname, where.port or 143, timeout=SECONDS)
        box.login(unquote(where.username or ""), unquote(where.password or ""))
        folder = unquote(where.path.strip("/")) or "INBOX"
        if box.select(f'"{folder}"')[0] != "OK":
            raise wire.NotTaken("Không mở được thư mục của hộp thư.")
        yield box
    except (OSError, imaplib.IMAP4.error) as problem:
        raise wire.NotTaken(f"Không đọc được hộp thư: {type(problem).__name__}.") from None
    finally:
        if box is not None:
            _close(box)


def _close(box: imaplib.IMAP4) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error):
        box.shutdown()


def _unseen(box: imaplib.IMAP4) -> list[str]:
    status, found = box.uid("SEARCH", "UNSEEN")
    return found[0].decode().split() if status == "OK" and found and found[0] else []


def _content(box: imaplib.IMAP4, uid: str) -> bytes | None:
    """The mail as it came; None when it is too big to be fetched. Servers may tell other news in between."""
    _status, told = box.uid("FETCH", uid, "(RFC822.SIZE)")
    sizes = (re.search(rb"RFC822\.SIZE (\d+)", one) for one in told if isinstance(one, bytes))
    if any(size and int(size[1]) > mail.LARGEST for size in sizes):
        return None
    _status, told = box.uid("FETCH", uid, "(BODY.PEEK[])")
    content = next((one[1] for one in told if isinstance(one, tuple)), None)
    return bytes(content) if content is not None else None
