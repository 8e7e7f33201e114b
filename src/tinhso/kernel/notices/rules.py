"""What a notice may say and where it may lead; when a message is tried again."""

from __future__ import annotations

import hashlib
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tinhso.kernel.errors import Refusal

TITLE_LENGTH = 200
URL_LENGTH = 300
SHOWN_AT_MOST = 99
MAX_ATTEMPTS = 8


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    MESSAGE = "message"  # wherever the person writes to us: a module carries it


CHANNEL_NAMES = {
    Channel.EMAIL: "Thư điện tử",
    Channel.SMS: "Tin nhắn SMS",
    Channel.PUSH: "Thông báo trên máy",
    Channel.MESSAGE: "Zalo, Facebook",
}
# Nobody is woken: outside these hours text messages and push wait, unless they are urgent.
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(7, 0)
SMS_LENGTH = 306  # two parts of 153 letters (3GPP TS 23.040, 7-bit alphabet)
BODY_LENGTH = 1000


class Sending(StrEnum):
    """Where a message stands. ``failed`` is tried again; ``given_up`` is not."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


OPEN = (Sending.WAITING.value, Sending.FAILED.value)


def is_inner_address(url: str) -> bool:
    """Whether it is a path on this site: a notice never leads elsewhere, whatever a browser makes of slashes."""
    return url.startswith("/") and not url.startswith("//") and not any(c in url for c in "\\\r\n\t\0")


def message_id(delivery_id: int, made_at: str, host: str) -> str:
    """The same for every try of one message, so that the receiving side can drop a repeat (RFC 5322, 3.6.4).

    ``made_at`` keeps ids apart when a database was restored and numbers are given again.
    """
    mark = hashlib.sha256(f"{delivery_id}/{made_at}".encode()).hexdigest()[:16]
    return f"<thong-bao.{delivery_id}.{mark}@{host}>"


def next_state(*, attempts: int, is_final: bool) -> Sending:
    """What a failed try makes of a message. ``attempts`` counts that try; a final refusal is not tried again."""
    return Sending.GIVEN_UP if is_final or attempts >= MAX_ATTEMPTS else Sending.FAILED


class NotCarried(Exception):
    """A carrier did not take a message; ``is_final`` when it never will."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


def group_of(kind: str) -> str:
    """What preferences are kept by: ``dossier`` for ``dossier.accept``."""
    return kind.partition(".")[0]


def wait_until(local: datetime, quiet_from: time, quiet_until: time) -> datetime | None:
    """When a message of this moment may go out; None when at once. Quiet hours may pass midnight; equal ends mean none.

    ``local`` is a time of the person's own zone; the end of the quiet hours belongs to the day.
    """
    if quiet_from == quiet_until:
        return None
    now = local.timetz().replace(tzinfo=None)
    passes_midnight = quiet_from > quiet_until
    is_quiet = (now >= quiet_from or now < quiet_until) if passes_midnight else quiet_from <= now < quiet_until
    if not is_quiet:
        return None
    end = local.replace(hour=quiet_until.hour, minute=quiet_until.minute, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)


# Letters of ASCII that operators count twice or, as the backtick, have no place for in their alphabet (GSM 03.38).
_ONCE = str.maketrans("[{]}`|\\^~", "(())'//--")


def plain_text(text: str) -> str:
    """Letters that every telephone shows, each counted once, in one line: without marks, at most two parts of a text
    message."""
    spread = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(one for one in spread if not unicodedata.combining(one))
    tidy = " ".join(letters.encode("ascii", "ignore").decode().translate(_ONCE).split())
    return tidy if len(tidy) <= SMS_LENGTH else tidy[: SMS_LENGTH - 3] + "..."


@dataclass(frozen=True, slots=True)
class Text:
    """What a notice says: on the site, by mail and push ``title`` and ``body``, as a text message ``sms``."""

    title: str
    body: str
    sms: str = ""


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def filled(text: Text, words: Mapping[str, Any]) -> Text:
    """The text with its words; one that is not given shows as a dash."""
    said = _Words(words)
    return Text(
        " ".join(text.title.format_map(said).split())[:TITLE_LENGTH],
        text.body.format_map(said).strip()[:BODY_LENGTH],
        plain_text(text.sms.format_map(said)),
    )


def words_in(text: str) -> set[str]:
    """The names between braces. Raises ValueError where braces do not fit or hold more than a name."""
    names = set()
    for _literal, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(name)
        names.add(name)
    return names


def check_text(text: Text, known: Iterable[str]) -> None:
    """Whether a text can be published. Raises Refusal naming the field: empty title, too long, unknown words."""
    limits = (("title", text.title, TITLE_LENGTH), ("body", text.body, BODY_LENGTH), ("sms", text.sms, SMS_LENGTH))
    if not text.title.strip():
        raise Refusal("notices.no_title", "Ghi tiêu đề.", field="title")
    for field, value, most in limits:
        if len(value) > most:
            raise Refusal("notices.too_long", f"Rút ngắn còn tối đa {most} ký tự.", field=field)
        try:
            strange = words_in(value) - set(known)
        except ValueError as wrong:
            raise Refusal(
                "notices.braces", "Dấu { } chỉ dùng để chèn một từ có trong danh sách, như {number}.", field=field
            ) from wrong
        if strange:
            listed = ", ".join(f"{{{name}}}" for name in sorted(strange))
            raise Refusal("notices.unknown_words", f"Không có từ {listed}. Chọn trong danh sách bên cạnh.", field=field)


def is_push_service(host: str, allowed: Iterable[str]) -> bool:
    """Whether the platform may send to this host: one of the known services of browsers, or a host below one."""
    return any(host == one or host.endswith("." + one) for one in allowed)
