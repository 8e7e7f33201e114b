"""Which fee lines hold: the province's own, then national tariffs, then what the procedure itself says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tinhso.modules.payments.models import TariffVersion
from tinhso.modules.payments.rules import fees
from tinhso.modules.payments.rules.fees import Count, Cut, Line, Quote, Tariff
from tinhso.modules.procedures import door as procedures

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
