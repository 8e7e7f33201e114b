"""Reading a mail: who wrote it, what they wrote themselves, and whether a machine wrote it.

Automatic mail is never answered (RFC 3834, 2): two machines would thank each other for ever. The name in ``From`` is
what anybody may write; it counts as proven only when the province's own mail server says so (RFC 8601).
"""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser

from tinhso.modules.channels.rules.hearing import NotRead

LARGEST = 15 * 1024 * 1024
LARGEST_PART = 12 * 1024 * 1024
LARGEST_HTML = 1024 * 1024
MOST_PARTS, MOST_PICTURES, MOST_HOPS = 100, 5, 50
LONGEST, LONGEST_SUBJECT = 8000, 200
LONGEST_ANSWER = 20_000
OURS = "X-Tinhso-Loop"

_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|khong-?tra-?loi|bounces?)\b", re.I)
_QUOTED = re.compile(r"^\s*(>|on .{5,200} wrote:\s*$|vào .{5,200} đã viết:\s*$|-{2,}\s*original message)", re.I)
_ABSENT = re.compile(r"^(tự động trả lời|trả lời tự động|automatic reply|auto-?reply|out of office)\b", re.I)
# Ways of writing that can hide what no text holds, and are nobody's alphabet.
_NO_ALPHABETS = frozenset({"utf-7", "unicode-escape", "raw-unicode-escape", "punycode", "idna", "undefined"})
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. ``automatic`` says why it is not answered; ``skipped`` how many attachments are not taken."""

    key: str
    sender: str
    subject: str
    text: str
    is_reply: bool
    is_proven: bool
    automatic: str
    pictures: tuple[bytes, ...] = ()
    skipped: int = 0
    references: str = ""

    @property
    def words(self) -> str:
        """What was said: an answer is its own words; a new mail begins with its subject."""
        return self.text if self.is_reply or not self.subject else f"{self.subject}\n{self.text}".strip()


def read(raw: bytes, *, own: str, authserv: str = "") -> Mail:
    """``own`` is the mailbox's address, ``authserv`` the name by which our mail server signs its findings.

    Raises NotRead for what is too big, has no one sender or cannot be made out."""
    if len(raw) > LARGEST:
        raise NotRead("thư quá lớn")
    try:
        return _read(message_from_bytes(raw, policy=default), raw, own, authserv)
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, IndexError, TypeError) as problem:
        raise NotRead(f"không đọc được thư: {type(problem).__name__}") from None


def _read(said: EmailMessage, raw: bytes, own: str, authserv: str) -> Mail:
    senders = [one for _name, one in getaddresses(said.get_all("From", [])) if "@" in one]
    if len(senders) != 1 or len(senders[0]) > 120 or not senders[0].isascii():
        raise NotRead("không có đúng một người gửi")
    sender = senders[0].lower()
    plain, html, pictures, skipped = _parts(said)
    message_id = _one_line(said.get("Message-ID", ""), 180)
    return Mail(
        key=message_id or hashlib.sha256(raw).hexdigest(),
        sender=sender,
        subject=subject_of(said.get("Subject", "")),
        text=own_words(plain if plain.strip() else text_of(html))[:LONGEST],
        is_reply=bool(said.get("In-Reply-To")),
        is_proven=bool(authserv) and _is_proven(said, authserv, sender),
        automatic=_automatic(said, sender, own.lower()),
        pictures=tuple(pictures),
        skipped=skipped,
        references=_one_line(f"{said.get('References', '')} {message_id}", 900),
    )


def _parts(said: EmailMessage) -> tuple[str, str, list[bytes], int]:
    """Plain words, HTML words, pictures, and how many other attachments there are."""
    plain, html, skipped = "", "", 0
    pictures: list[bytes] = []
    for number, part in enumerate(said.walk()):
        if number >= MOST_PARTS:
            raise NotRead("thư có quá nhiều phần")
        if part.is_multipart():
            continue
        kind, is_attached = part.get_content_type(), part.get_content_disposition() == "attachment"
        if kind == "text/plain" and not is_attached and not plain:
            plain = _words(part)
        elif kind == "text/html" and not is_attached and not html:
            html = _words(part)[:LARGEST_HTML]
        elif part.get_content_maintype() == "image" and len(pictures) < MOST_PICTURES:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and 0 < len(content) <= LARGEST_PART:
                pictures.append(content)
            else:
                skipped += 1
        elif is_attached or part.get_filename():
            skipped += 1
    return plain, html, pictures, skipped


def _words(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        name = codecs.lookup(part.get_content_charset() or "utf-8").name
        text = content.decode("utf-8" if name in _NO_ALPHABETS else name, "replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", "replace")
    return _storable(text)


def _storable(text: str) -> str:
    """What a database takes, marks joined with their letters: ``windows-1258`` writes them apart."""
    return unicodedata.normalize("NFC", text.replace("\0", "").encode("utf-8", "replace").decode("utf-8"))


def _automatic(said: EmailMessage, sender: str, own: str) -> str:
    """Why a machine wrote this, by what machines write into their heads; empty for a person's mail."""
    submitted = str(said.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if submitted != "no" or _ABSENT.match(" ".join(str(said.get("Subject", "")).split())):
        return "thư tự động"
    if str(said.get("Return-Path", "")).strip() == "<>" or _MACHINES.match(sender):
        return "thư của máy chủ thư"
    if str(said.get("Precedence", "")).strip().lower() in _BULK or said.get("X-Autoreply"):
        return "thư hàng loạt"
    if said.get("List-Id") or said.get("List-Unsubscribe"):
        return "thư của danh sách gửi thư"
    if sender == own or said.get(OURS) == own or len(said.get_all("Received", [])) > MOST_HOPS:
        return "thư đi vòng"
    return ""


def _is_proven(said: EmailMessage, authserv: str, sender: str) -> bool:
    """Whether our own server found that the mail comes from the domain in ``From`` (DMARC passed).

    Only the topmost finding counts: those below it were in the mail when it came."""
    findings = said.get_all("Authentication-Results", [])
    first = " ".join(str(findings[0]).split()).lower() if findings else ""
    name, _semicolon, rest = first.partition(";")
    if name.strip().split(" ")[0] != authserv.lower():
        return False
    domain = re.escape(sender.rpartition("@")[2])
    return any(
        re.match(r"\s*dmarc=pass\b", one) and re.search(rf"header\.from={domain}(\s|$)", one) for one in rest.split(";")
    )


def subject_of(text: object) -> str:
    """Without “Re:”, “Fwd:”, in one line."""
    said = " ".join(_storable(str(text)).split())
    while match := re.match(r"(re|fw|fwd|tl|trả lời|chuyển tiếp)\s*:\s*", said, re.I):
        said = said[match.end() :]
    return said[:LONGEST_SUBJECT]


def own_words(text: str) -> str:
    """What the person wrote now: up to what they quote and to their signature (``-- ``, RFC 3676, 4.3)."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line in ("-- ", "--") or (_QUOTED.match(line[:300]) and any(kept)):
            break
        if not _QUOTED.match(line[:300]):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()


class _Text(HTMLParser):
    """The words of a page without its scripts and styles; a block begins a line."""

    _HIDDEN = frozenset({"script", "style", "head", "title", "template"})
    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "table"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.hidden += tag in self._HIDDEN
        if tag in self._BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in self._HIDDEN))
        if tag in self._BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(re.sub(r"\s+", " ", data))


def text_of(html: str) -> str:
    """The words of a mail that is HTML only."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (line.strip() for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _one_line(text: object, most: int) -> str:
    return " ".join(_storable(str(text)).split())[-most:]
