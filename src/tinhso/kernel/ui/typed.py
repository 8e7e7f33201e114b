"""What people type into plain forms, as plain values: days, numbers, lines; what cannot be read is refused in words."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:,[0-9]{1,6})?")


def day(text: str, field: str) -> date:
    """A day as ``15/12/2026`` or ``2026-12-15``. Raises Refusal ``typed.day``."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refusal("typed.day", _("Nhập ngày theo dạng dd/mm/yyyy."), field=field)


def number(text: str, field: str) -> Decimal:
    """A number as people write it here: ``1.234,5``; full stops only between thousands. Raises ``typed.number``."""
    said = re.sub(r"(?<=[0-9])[.\s](?=[0-9]{3}(?![0-9]))", "", text.strip())
    if not _NUMBER.fullmatch(said):
        raise Refusal("typed.number", _("Nhập một số, ví dụ 1.234,5."), field=field)
    return Decimal(said.replace(",", "."))


def line(text: str, field: str, *, most: int = 300, least: int = 1) -> str:
    """Text on one line, spaces tidied, between ``least`` and ``most`` letters. Raises ``typed.line``."""
    said = " ".join(text.split())
    if len(said) < least:
        raise Refusal("typed.line", _("Mục này cần được điền rõ hơn."), field=field)
    if len(said) > most:
        raise Refusal("typed.line", _("Viết ngắn hơn, nhiều nhất %(most)s chữ cái.") % {"most": most}, field=field)
    return said


def words(text: str, field: str, *, most: int = 5000, least: int = 1) -> str:
    """Text of several lines, between ``least`` and ``most`` letters. Raises ``typed.line``."""
    said = "\n".join(part.rstrip() for part in text.replace("\r\n", "\n").strip().split("\n"))
    line(said.replace("\n", " "), field, most=most, least=least)
    return said


def key(text: str, field: str, *, most: int = 40) -> str:
    """A short code for addresses: small letters a to z, digits, hyphens. Raises ``typed.key``."""
    said = text.strip().lower()
    if not re.fullmatch(rf"[a-z0-9](?:[a-z0-9-]{{0,{most - 2}}}[a-z0-9])?", said):
        raise Refusal("typed.key", _("Mã gồm chữ thường không dấu, số và gạch ngang."), field=field)
    return said
