"""The shape of what people post: plain text, whole đồng, days, numbers of pieces."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from tinhso.kernel.errors import Refusal
from tinhso.kernel.money.rules import parse_dong
from tinhso.modules.payments.rules.fees import Count


def plain(text: str | None, longest: int = 300) -> str:
    """Composed letters, no nought bytes, not longer than what is kept."""
    return unicodedata.normalize("NFC", (text or "").replace("\0", "")).strip()[:longest]


def whole(text: str, name: str) -> int:
    """A number of pieces. Raises Refusal for anything but digits."""
    tidy = plain(text, 10)
    if not (tidy.isascii() and tidy.isdigit()):
        raise Refusal("payments.counts", "Nhập số lượng bằng chữ số.", field=name)
    return int(tidy)


def dong_of(text: str, name: str) -> int:
    """Whole đồng as people type them: ``75.000``, ``75k``."""
    found = parse_dong(plain(text, 30))
    if found is None or found <= 0:
        raise Refusal("payments.amount", "Nhập số tiền bằng đồng, lớn hơn 0.", field=name)
    return found


def counts_of(posted: Mapping[str, str], codes: list[str]) -> dict[str, Count]:
    """How many pieces of each line, from fields ``so-<code>`` and ``co-<code>``; what was not posted is one."""
    return {
        code: Count(
            whole(posted.get(f"so-{code}", "1"), f"so-{code}"), whole(posted.get(f"co-{code}", "1"), f"co-{code}")
        )
        for code in codes
    }


def day_of(text: str, otherwise: date) -> date:
    """A day as typed (31/12/2026) or as addresses carry it (2026-12-31)."""
    tidy = plain(text, 10)
    try:
        return datetime.strptime(tidy, "%d/%m/%Y").date() if "/" in tidy else date.fromisoformat(tidy)  # noqa: DTZ007
    except ValueError:
        return otherwise
