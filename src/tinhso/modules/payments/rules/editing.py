"""A line of a tariff as somebody types it: short texts for steps, cuts and reliefs, and back.

Steps: ``2000 đến 2; 1000``. Cuts: ``50% online 01/07/2025-31/12/2026 TT 64/2025``, one a line. Reliefs: ``ho_ngheo;
khuyet_tat 50``. What cannot be read is named, with the field it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.kernel.money.rules import parse_dong
from tinhso.kernel.numerals import is_whole
from tinhso.modules.payments.rules.fees import RELIEFS, Cut, Line

PLAIN = ("code", "procedure", "name", "kind", "how", "unit", "size_unit", "channel", "branch", "basis", "collector",
         "budget_item", "ask_at")  # fmt: skip
_CUT = re.compile(
    r"(?P<percent>\d{1,3})\s*%(?:\s+(?P<channel>online|direct|post))?"
    r"(?:\s+(?P<begins>\d\d/\d\d/\d{4})?-(?P<ends>\d\d/\d\d/\d{4})?)?(?:\s+(?P<basis>.+))?"
)


def typed_from(line: Line) -> dict[str, str]:
    """The line as its form shows it."""
    return {
        **{name: str(getattr(line, name)) for name in PLAIN},
        "amount": str(line.amount or ""),
        "cap": str(line.cap or ""),
        "begins_on": _day_words(line.begins_on),
        "ends_on": _day_words(line.ends_on),
        "tiers": "; ".join(f"{one.price} đến {one.upto}" if one.upto else str(one.price) for one in line.tiers),
        "cuts": "\n".join(_cut_words(one) for one in line.cuts),
        "reliefs": "; ".join(one.code if one.percent == 100 else f"{one.code} {one.percent}" for one in line.reliefs),
    }


def content_from(said: Mapping[str, str]) -> dict[str, Any]:
    """The line as a tariff keeps it, from what was typed. Raises Refusal ``payments.tariff_line`` naming the field."""
    content: dict[str, Any] = {name: said.get(name, "").strip() for name in PLAIN if said.get(name, "").strip()}
    for name in ("code", "procedure", "name"):
        if name not in content:
            raise _wrong(name, "Điền đủ mã dòng, mã thủ tục và tên khoản thu.")
    content["amount"] = _money(said, "amount") or 0
    if cap := _money(said, "cap"):
        content["cap"] = cap
    for name in ("begins_on", "ends_on"):
        if day := _day(said.get(name, ""), name):
            content[name] = day.isoformat()
    content["tiers"] = list(_tiers(said.get("tiers", "")))
    content["cuts"] = list(_cuts(said.get("cuts", "")))
    content["reliefs"] = list(_reliefs(said.get("reliefs", "")))
    return {name: value for name, value in content.items() if value not in ([], "")}


def _money(said: Mapping[str, str], name: str) -> int | None:
    text = said.get(name, "").strip()
    if not text or text == "0":
        return None
    found = parse_dong(text)
    if found is None or found <= 0:
        raise _wrong(name, "Nhập số tiền bằng đồng, ví dụ 15.000.")
    return found


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise _wrong(name, "Nhập ngày dạng dd/mm/yyyy.") from None


def _day_words(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _tiers(text: str) -> Iterable[dict[str, int]]:
    for part in filter(None, (one.strip() for one in text.split(";"))):
        price, _, upto = (one.strip() for one in part.partition("đến"))
        found = parse_dong(price)
        if found is None or (upto and not is_whole(upto)):
            raise _wrong("tiers", f"Không đọc được bậc “{part}”. Viết như: 2000 đến 2; 1000.")
        yield {"price": found, **({"upto": int(upto)} if upto else {})}


def _cut_words(cut: Cut) -> str:
    days = f"{_day_words(cut.begins_on)}-{_day_words(cut.ends_on)}" if cut.begins_on or cut.ends_on else ""
    return " ".join(one for one in (f"{cut.percent}%", cut.channel, days, cut.basis) if one)


def _cuts(text: str) -> Iterable[dict[str, Any]]:
    for row in filter(None, (one.strip() for one in text.splitlines())):
        found = _CUT.fullmatch(row)
        if found is None or not 1 <= int(found["percent"]) <= 100:
            example = "50% online 01/07/2025-31/12/2026 TT 64/2025/TT-BTC"
            raise _wrong("cuts", f"Không đọc được “{row}”. Viết như: {example}.")
        begins, ends = (_day(found[name] or "", "cuts") for name in ("begins", "ends"))
        known = {"channel": found["channel"], "basis": found["basis"], "begins_on": begins and begins.isoformat()}
        known["ends_on"] = ends and ends.isoformat()
        yield {"percent": int(found["percent"]), **{name: value for name, value in known.items() if value}}


def _reliefs(text: str) -> Iterable[dict[str, Any]]:
    for part in filter(None, (one.strip() for one in text.split(";"))):
        code, _, percent = part.partition(" ")
        if code not in RELIEFS or (percent and not (is_whole(percent) and 1 <= int(percent) <= 100)):
            raise _wrong("reliefs", f"Không đọc được “{part}”. Viết như: ho_ngheo; khuyet_tat 50.")
        yield {"code": code, **({"percent": int(percent)} if percent else {})}


def _wrong(field: str, words: str) -> Refusal:
    return Refusal("payments.tariff_line", words, field=field)
