"""What a question must hold to be taken, and what of it is shown to everybody."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tinhso.kernel.errors import Checking, Refusal
from tinhso.kernel.letters import plain
from tinhso.kernel.masking import MAIL, PHONE, hidden
from tinhso.kernel.people.rules import phone_number

LEAST, LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME = 10, 200, 4000, 100
_MAIL = re.compile(r"[^@\s<>\"']{1,64}@[a-z0-9.-]{1,180}\.[a-z]{2,24}", re.IGNORECASE)
_GROUPED = re.compile(r"(?<!\d)0\d{2}(?:\s\d{3}){3}(?!\d)")  # a paper's number, before it passes for a phone's
_PAPER = re.compile(r"(?<!\d)\d{12}(?!\d)|(?<!\d)\d{9}(?!\d)")
_TWELVE = re.compile(r"(?<!\d)\d{12}(?!\d)")
_SHORTEST_NAME = 4  # letters; a shorter one may be a word


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it may be taken: trimmed, with a way to reach who asked."""

    title: str
    text: str
    name: str
    phone: str
    email: str


def check_asked(*, title: str, text: str, name: str, phone: str, email: str, is_signed_in: bool) -> Asked:
    """Make a question of what came in. Raises Refusal with the fields: too short or long, no name, no contact."""
    title, text, name = (plain(one) for one in (title, text, name))
    title, text, name = " ".join(title.split()), text.replace("\r\n", "\n").strip(), " ".join(name.split())
    checking = Checking()
    with checking.part():
        _check_words(title, text)
    with checking.part():
        if not name or len(name) > LONGEST_NAME:
            raise Refusal("questions.no_name", "Nhập họ tên; tên không hiện công khai nếu bạn chọn ẩn.", field="name")
    reached, email = phone_number(phone) if phone.strip() else "", email.strip()
    with checking.part():
        _check_contact(reached, email, is_signed_in=is_signed_in)
    checking.end()
    return Asked(title, text, name, reached or "", email)


def _check_words(title: str, text: str) -> None:
    if len(title) < LEAST:
        raise Refusal("questions.too_short", "Viết câu hỏi dài hơn, ít nhất 10 chữ cái.", field="title")
    if len(title) > LONGEST_TITLE:
        raise Refusal(
            "questions.too_long", "Câu hỏi dài quá 200 chữ cái: đưa phần chi tiết xuống ô dưới.", field="title"
        )
    if len(text) > LONGEST_TEXT:
        raise Refusal("questions.text_too_long", "Phần chi tiết dài quá 4.000 chữ cái. Viết gọn lại.", field="text")


def _check_contact(reached: str | None, email: str, *, is_signed_in: bool) -> None:
    """``reached`` is None for a number that is none."""
    if reached is None:
        raise Refusal("questions.phone", "Số điện thoại chưa đúng. Nhập 10 chữ số, ví dụ 0912 345 678.", field="phone")
    if email and (len(email) > 200 or not _MAIL.fullmatch(email)):
        raise Refusal("questions.email", "Địa chỉ thư điện tử chưa đúng. Ví dụ: ten@vidu.vn.", field="email")
    if not (reached or email or is_signed_in):
        raise Refusal(
            "questions.no_contact", "Nhập số điện thoại hoặc thư điện tử để chúng tôi trả lời.", field="phone"
        )


def masked(text: str, name: str = "") -> str:
    """A text for everybody: phone numbers, e-mail addresses, numbers of papers (9 or 12 digits) and this name are
    hidden; sums of money, of which people ask, are not."""
    return hidden(text, (MAIL, _GROUPED, PHONE, _PAPER), [name])


def check_nameless(text: str, *, name: str, phone: str, email: str) -> None:
    """Refuse an answer for everybody that names who asked: their name, how to reach them, a paper's twelve digits.

    A telephone of the office may stand in it."""
    folded = unicodedata.normalize("NFC", text).casefold()
    digits = re.sub(r"(?<=\d)[\s.-](?=\d)", "", folded)
    tail = phone.removeprefix("+84").removeprefix("0")
    theirs = [one for one in (unicodedata.normalize("NFC", name).strip(), email) if len(one) >= _SHORTEST_NAME]
    if any(one.casefold() in folded for one in theirs) or (tail and tail in digits) or _TWELVE.search(digits):
        raise Refusal(
            "questions.names_asker",
            "Câu trả lời còn tên, điện thoại hoặc số giấy tờ của người hỏi. Bỏ đi, hoặc chọn trả lời riêng.",
            field="draft",
        )


def short_name(name: str) -> str:
    """``N.T.L.`` for Nguyễn Thị Lan: enough to find one's own question, too little to find the person."""
    return "".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())[:16]
