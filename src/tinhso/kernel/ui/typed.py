"""What people type into plain forms, as plain values: days, numbers, lines, YAML; what cannot be read is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import yaml
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


def mapping(text: str, field: str, *, most: int) -> dict[str, Any]:
    """What is written as YAML (or JSON) with named parts, as plain values that JSON can keep.

    Days and fractions that YAML guesses become texts again; aliases are not followed, for a few lines of them unfold
    into gigabytes. ``most`` is in letters. Raises Refusal ``typed.mapping``, with the line that cannot be read.
    """
    if len(text) > most:
        raise Refusal("typed.mapping", _("Nội dung dài quá %(most)s chữ cái.") % {"most": most}, field=field)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise Refusal("typed.mapping", _("Không dùng neo (& và *) trong YAML."), field=field)
        content = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = {"line": mark.line + 1 if mark else "?"}
        message = _("Không đọc được dòng %(line)s. Kiểm tra thụt dòng và dấu hai chấm.") % where
        raise Refusal("typed.mapping", message, field=field) from None
    except (RecursionError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise Refusal("typed.mapping", _("Nội dung phải là một bảng các mục."), field=field)
    return {str(name): _kept(value) for name, value in content.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _kept(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_kept(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else value
