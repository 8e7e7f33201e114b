"""Which fee lines hold: the province's own, then national tariffs, then what the procedure itself says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.kernel.money.rules import dong
from tinhso.kernel.versions.rules import shown
from tinhso.modules.payments.models import Tariff as TariffRow
from tinhso.modules.payments.models import TariffVersion
from tinhso.modules.payments.rules import fees
from tinhso.modules.payments.rules.fees import Count, Cut, Line, Quote, Tariff
from tinhso.modules.procedures import door as procedures

MOST = 200
KIND_WORDS = {"phi": "Phí", "le_phi": "Lệ phí"}


def in_force(on: date) -> list[Tariff]:
    """All tariffs that hold on a day, the province's own first. One statement."""
    rows = TariffVersion.objects.in_force_on(on).order_by("tariff__rank", "tariff__code")
    return [fees.tariff_from(content) for content in rows.values_list("content", flat=True)]


def lines_for(
    *, procedure: str, version_id: int, channel: str, branch: str, on: date, tariffs: list[Tariff] | None = None
) -> tuple[Line, ...]:
    """The lines for a dossier; without a tariff the rows that its procedure's version has."""
    found = fees.choose(in_force(on) if tariffs is None else tariffs, procedure, channel, branch, on)
    return found or default_lines(version_id, channel, branch)


def quote_for(
    *,
    procedure: str,
    version_id: int,
    channel: str,
    branch: str,
    on: date,
    relief: str = "",
    counts: Mapping[str, Count] | None = None,
) -> Quote:
    """What a dossier costs on a day, with how the sum came about."""
    tariffs = in_force(on)
    lines = lines_for(
        procedure=procedure, version_id=version_id, channel=channel, branch=branch, on=on, tariffs=tariffs
    )
    general = [one for tariff in tariffs for one in tariff.reliefs]
    return fees.quote(lines, on=on, channel=channel, relief=relief, counts=counts, general=general)


def price(*, procedure: str, version_id: int, channel: str, branch: str, on: date) -> int | None:
    """What a dossier costs for somebody without a relief; None where no tariff says it or another body computes it."""
    lines = fees.choose(in_force(on), procedure, channel, branch, on)
    quote = fees.quote(lines, on=on, channel=channel)
    return None if quote.is_external or not quote.lines else quote.total


def default_lines(version_id: int, channel: str, branch: str) -> tuple[Line, ...]:
    """The fee rows of the procedure's version, in our shape; a row without an amount is set by another body."""
    sheet = procedures.sheet(version_id)
    rows = procedures.fees_for(sheet, channel, branch)
    return tuple(_line(sheet.code, number, row) for number, row in enumerate(rows, 1))


def _line(procedure: str, number: int, fee: Any) -> Line:
    cut = fee.discount
    cuts = () if cut is None else (Cut(cut.percent, cut.source, cut.channel, cut.begins_on, cut.ends_on),)
    return Line(
        code=f"mac-dinh-{number}",
        procedure=procedure,
        name=KIND_WORDS[fee.kind],
        kind=fee.kind,
        how="external" if fee.amount is None else ("per_unit" if fee.per else "fixed"),
        amount=fee.amount or 0,
        unit=fee.per,
        cuts=cuts,
        basis="theo thủ tục đã công bố",
    )


def kept(quote: Quote) -> dict[str, Any]:
    """The quote as it is kept on the order: what was told then, whatever the tariff says later."""
    return {
        "words": quote.words,
        "collector": quote.collector,
        "lines": [
            {
                "code": line.code,
                "name": line.name,
                "kind": line.kind,
                "amount": line.amount,
                "before": line.before,
                "basis": line.basis,
                "budget_item": line.budget_item,
                "unit": line.unit,
                "size_unit": line.size_unit,
                "count": line.count,
                "size": line.size,
            }
            for line in quote.lines
        ],
    }


def listed(on: date) -> dict[str, Any]:
    """All tariffs, the province's own first, each with its editions."""
    rows = TariffRow.objects.prefetch_related("versions").order_by("rank", "code")[:MOST]
    return {
        "tariffs": [
            {
                "tariff": one,
                "in_force": next((v for v in one.versions.all() if not v.is_draft and v.span.holds_on(on)), None),
            }
            for one in rows
        ]
    }


def whole(tariff: TariffRow, on: date) -> dict[str, Any]:
    """The editions of a tariff and the lines of the one in force, else of the newest."""
    editions = list(tariff.versions.order_by("-number")[:20])
    chosen = next(
        (one for one in editions if not one.is_draft and one.span.holds_on(on)), editions[0] if editions else None
    )
    lines = fees.tariff_from(chosen.content).lines if chosen is not None else ()
    return {"tariff": tariff, "editions": editions, "chosen": chosen, "lines": [line_shown(one) for one in lines]}


def line_shown(line: Line) -> dict[str, Any]:
    """A line of a tariff in words."""
    how = {
        "fixed": dong(line.amount),
        "per_unit": f"{dong(line.amount)}/{line.unit or 'đơn vị'}",
        "tiered": "; ".join(_tier_words(line, tier) for tier in line.tiers),
        "external": "Cơ quan khác tính",
    }[line.how]
    return {
        "line": line,
        "how": f"{how}; tối đa {dong(line.cap)}/{line.unit}" if line.cap else how,
        "cuts": [_cut_words(one) for one in line.cuts],
        "reliefs": [f"{fees.RELIEFS.get(one.code, one.code)} {one.percent}%" for one in line.reliefs],
        "channel": fees.CHANNELS.get(line.channel, ""),
        "ends_on": shown(line.ends_on) if line.ends_on else "",
    }


def _cut_words(cut: Cut) -> str:
    channel = f" {fees.CHANNELS[cut.channel]}" if cut.channel in fees.CHANNELS else ""
    until = f" đến {shown(cut.ends_on)}" if cut.ends_on else ""
    return f"Giảm {cut.percent}%{channel}{until}"


def _tier_words(line: Line, tier: fees.Tier) -> str:
    each = f"{dong(tier.price)}/{line.size_unit or 'trang'}"
    return f"{each} đến {line.size_unit or 'trang'} thứ {tier.upto}" if tier.upto else f"{each} tiếp theo"


def tried(code: str, channel: str, relief: str, units: Count, on: date) -> Quote:
    """How the fee of a procedure comes about on a day. Raises Refusal when no such procedure is in force."""
    sheet = procedures.published(code, on)
    if sheet is None:
        raise Refusal("payments.no_procedure", "Không có thủ tục nào mang mã này đang có hiệu lực.", field="thu-tuc")
    tariffs = in_force(on)
    lines = lines_for(procedure=code, version_id=sheet.version_id, channel=channel, branch="", on=on, tariffs=tariffs)
    general = [one for tariff in tariffs for one in tariff.reliefs]
    counts = {line.code: units for line in lines}
    return fees.quote(lines, on=on, channel=channel, relief=relief, counts=counts, general=general)
