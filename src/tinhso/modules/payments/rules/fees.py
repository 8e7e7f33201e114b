"""What a procedure costs: lines of a tariff, reductions and exemptions, and how the sum came about in words.

Amounts are whole đồng; half đồng are rounded up. Words: phí is the price of a service, lệ phí a statutory charge
(Law on Fees and Charges 97/2015/QH13). Provincial People's Councils set many of them; temporary national cuts (TT
64/2025/TT-BTC) end on 31/12/2026, so every line and every cut carries its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from tinhso.kernel.money.rules import dong
from tinhso.kernel.versions.rules import shown

RELIEFS = {
    "ho_ngheo": "Hộ nghèo",
    "nguoi_co_cong": "Người có công với cách mạng",
    "khuyet_tat": "Người khuyết tật",
    "tre_em": "Trẻ em",
    "nguoi_cao_tuoi": "Người cao tuổi",
    "vung_dbkk": "Vùng đặc biệt khó khăn",
}
KINDS = {"phi": "Phí", "le_phi": "Lệ phí"}
CHANNELS = {"online": "nộp trực tuyến", "direct": "nộp trực tiếp", "post": "nộp qua bưu chính"}
MOST_UNITS = 10_000


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``price`` of each unit up to number ``upto`` of one piece; the last tier has no end."""

    price: int
    upto: int | None = None


class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reduction for everybody, by days and perhaps by channel."""

    percent: int
    basis: str = ""
    channel: str = ""
    begins_on: date | None = None
    ends_on: date | None = None

    def holds(self, on: date, channel: str) -> bool:
        return _within(on, self.begins_on, self.ends_on) and self.channel in ("", channel)


class Relief(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who pays less: a code of ``RELIEFS``; 100 per cent is an exemption."""

    code: str
    percent: int = 100
    basis: str = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fee: ``fixed``, ``per_unit`` (amount × count), ``tiered`` (by the size of each piece) or ``external``.

    ``ask_at`` says when it is asked for: as soon as it is filed, or once it is accepted."""

    code: str
    procedure: str
    name: str
    kind: Literal["phi", "le_phi"] = "le_phi"
    how: Literal["fixed", "per_unit", "tiered", "external"] = "fixed"
    amount: int = 0
    unit: str = ""
    size_unit: str = ""
    tiers: tuple[Tier, ...] = ()
    cap: int | None = None
    channel: str = ""
    branch: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    cuts: tuple[Cut, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    basis: str = ""
    collector: Literal["resolving", "receiving"] = "resolving"
    budget_item: str = ""
    ask_at: Literal["filing", "acceptance"] = "filing"

    def applies(self, procedure: str, channel: str, branch: str, on: date) -> bool:
        return (
            self.procedure == procedure
            and self.channel in ("", channel)
            and self.branch in ("", branch)
            and _within(on, self.begins_on, self.ends_on)
        )


class Tariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of one published version: a resolution or circular and its lines."""

    lines: tuple[Line, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many pieces, and for tiered lines how large each is (pages of a copy)."""

    count: int = 1
    size: int = 1


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line worked out for one dossier; ``words`` are the sentences of how the amount came about."""

    code: str
    name: str
    kind: str
    amount: int
    before: int
    words: tuple[str, ...]
    basis: str
    budget_item: str
    unit: str = ""
    size_unit: str = ""
    count: int = 1
    size: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """The sum; ``is_external`` when at least one line is computed by another body and is not in it."""

    lines: tuple[QuotedLine, ...] = ()
    is_external: bool = False
    collector: str = "resolving"
    ask_at: str = "filing"

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def words(self) -> list[str]:
        """How the sum came about, sentence by sentence."""
        said = [words for line in self.lines for words in line.words]
        return [*said, f"Cộng: {dong(self.total)}."] if len(self.lines) > 1 else said


def tariff_from(content: Mapping[str, Any]) -> Tariff:
    """The typed content. Raises msgspec.ValidationError with the place that is wrong."""
    return msgspec.convert(content, Tariff, strict=False)


def tariff_to(tariff: Tariff) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(tariff)
    return found


def _within(on: date, begins_on: date | None, ends_on: date | None) -> bool:
    return (begins_on is None or begins_on <= on) and (ends_on is None or on <= ends_on)


def choose(tariffs: Sequence[Tariff], procedure: str, channel: str, branch: str, on: date) -> tuple[Line, ...]:
    """The lines that hold: of the first tariff that has any (the province's own before the nation's).

    Of lines with the same kind and name the one that names channel and case wins over the general one."""
    for tariff in tariffs:
        found = [line for line in tariff.lines if line.applies(procedure, channel, branch, on)]
        if found:
            return _most_exact(found)
    return ()


def _most_exact(lines: Iterable[Line]) -> tuple[Line, ...]:
    best: dict[tuple[str, str], Line] = {}
    for line in lines:
        key = (line.kind, line.name)
        if key not in best or _exactness(line) > _exactness(best[key]):
            best[key] = line
    return tuple(best.values())


def _exactness(line: Line) -> int:
    return 2 * bool(line.branch) + bool(line.channel)


def price(line: Line, units: Count) -> int:
    """What the line costs before reductions. Certified copies: min(200000, 2000·min(p,2)+1000·max(p−2,0)) each."""
    if line.how == "external":
        return 0
    if line.how == "tiered":
        return price_of_one(line, units.size) * units.count
    return line.amount * (units.count if line.how == "per_unit" or units.count == 0 else 1)


def price_of_one(line: Line, size: int) -> int:
    """One piece of ``size`` units by tiers, never above the cap."""
    total, done = 0, 0
    for tier in line.tiers:
        here = max(0, (size if tier.upto is None else min(size, tier.upto)) - done)
        total, done = total + here * tier.price, done + here
    return total if line.cap is None else min(line.cap, total)


def reduced(amount: int, percent: int) -> int:
    """The amount less so many per cent; half đồng are rounded up."""
    return -(-amount * (100 - percent) // 100)


def quote(
    lines: Iterable[Line],
    *,
    on: date,
    channel: str = "",
    relief: str = "",
    counts: Mapping[str, Count] | None = None,
    general: Sequence[Relief] = (),
) -> Quote:
    """Work out the lines for one dossier. A cut and an exemption are not added up: the larger one counts."""
    chosen = list(lines)
    worked = [
        _worked(line, (counts or {}).get(line.code, Count()), on, channel, relief, general)
        for line in chosen
        if line.how != "external"
    ]
    return Quote(
        lines=tuple(worked),
        is_external=any(line.how == "external" for line in chosen),
        collector=chosen[0].collector if chosen else "resolving",
        ask_at="acceptance" if any(line.ask_at == "acceptance" for line in chosen) else "filing",
    )


def _worked(line: Line, units: Count, on: date, channel: str, relief: str, general: Sequence[Relief]) -> QuotedLine:
    before = price(line, units)
    words = [_first_words(line, units, before)]
    percent, why = _reduction(line, on, channel, relief, general)
    amount = reduced(before, percent) if before else 0
    if percent and before:
        verb = "Miễn" if percent == 100 else f"Giảm {percent}%"
        words.append(f"{verb}: {why}. Còn {dong(amount)}.")
    return QuotedLine(
        line.code, line.name, line.kind, amount, before, tuple(words), line.basis, line.budget_item,
        line.unit, line.size_unit, units.count, units.size,
    )  # fmt: skip


def _first_words(line: Line, units: Count, before: int) -> str:
    basis = f" ({line.basis})" if line.basis else ""
    if line.how == "tiered":
        one = price_of_one(line, units.size)
        each = f"{units.count} {line.unit or 'bản'} × {units.size} {line.size_unit or 'trang'}"
        capped = " là mức trần" if line.cap is not None and one == line.cap else ""
        return f"{line.name}: {each}, mỗi {line.unit or 'bản'} {dong(one)}{capped}, thành {dong(before)}{basis}."
    if line.how == "per_unit" and line.unit:
        return f"{line.name}: {units.count} {line.unit} × {dong(line.amount)} = {dong(before)}{basis}."
    return f"{line.name}: {dong(before)}{basis}."


def _reduction(line: Line, on: date, channel: str, relief: str, general: Sequence[Relief]) -> tuple[int, str]:
    """The largest reduction that holds, and why."""
    found = [(cut.percent, _cut_words(cut)) for cut in line.cuts if cut.holds(on, channel)]
    for one in (*line.reliefs, *general):
        if relief and one.code == relief:
            basis = f" ({one.basis})" if one.basis else ""
            found.append((one.percent, f"{RELIEFS.get(one.code, one.code)}{basis}"))
    return max(found, key=lambda pair: pair[0], default=(0, ""))


def _cut_words(cut: Cut) -> str:
    said = CHANNELS.get(cut.channel, "mức giảm chung")
    until = f" đến hết {shown(cut.ends_on)}" if cut.ends_on else ""
    return f"{said}{until}{f' ({cut.basis})' if cut.basis else ''}"


def fault_of(line: Line) -> str:
    """What is wrong with a line, in words; empty when nothing is."""
    if line.amount < 0 or any(tier.price < 0 for tier in line.tiers) or (line.cap is not None and line.cap < 0):
        return "số tiền âm."
    if line.how == "tiered" and (not line.tiers or any(tier.upto is None for tier in line.tiers[:-1])):
        return "bậc cuối để trống “upto”, các bậc trước phải có."
    ends = [tier.upto for tier in line.tiers if tier.upto is not None]
    if ends != sorted(set(ends)):
        return "các bậc phải tăng dần."
    if any(
        not 0 < percent <= 100 for percent in [one.percent for one in line.cuts] + [one.percent for one in line.reliefs]
    ):
        return "mức giảm từ 1 đến 100 phần trăm."
    if any(cut.ends_on is None for cut in line.cuts):
        return "mức giảm tạm thời phải có ngày kết thúc."
    unknown = next((one.code for one in line.reliefs if one.code not in RELIEFS), "")
    return f"không có đối tượng “{unknown}”." if unknown else ""
