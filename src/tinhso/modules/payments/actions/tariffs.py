"""Tariffs: a draft, its publication, and a whole tariff taken in from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions.rules import content_hash
from tinhso.modules.payments.models import Tariff, TariffVersion
from tinhso.modules.payments.rules import Permission, fees

MOST_LINES = 5_000


@transaction.atomic
def publish(
    *,
    code: str,
    name: str,
    content: Mapping[str, Any],
    legal_source: str,
    valid_from: date,
    by: Actor,
    at: datetime,
    rank: int = 10,
) -> TariffVersion | None:
    """Publish a tariff from a day on; the edition before ends the day before. None when nothing changed.

    ``rank`` 0 is the province's own, before national ones. Raises Refusal for a line that cannot be read."""
    if not by.may(Permission.FEES):
        raise NotAllowed
    kept = fees.tariff_to(checked(content))
    tariff, _ = Tariff.objects.update_or_create(code=code, defaults={"name": name[:250], "rank": rank})
    newest = TariffVersion.objects.filter(tariff=tariff).binding().order_by("-number").first()
    if newest is not None and newest.content_hash == content_hash(kept):
        return None
    drafted = versions.draft(
        TariffVersion, parent_id=tariff.pk, content=kept, by=by, at=at, legal_source=legal_source[:250]
    )
    published, _ = versions.publish(drafted, valid_from=valid_from, by=by, at=at)
    journal.note(
        subject=f"tariffs/{tariff.pk}", verb="payments.tariff_published", by=by, at=at,
        data={"name": tariff.name, "valid_from": f"{valid_from:%d/%m/%Y}", "lines": len(kept["lines"])},
    )  # fmt: skip
    return published


@transaction.atomic
def end(*, version_id: int, last_day: date, by: Actor, at: datetime) -> TariffVersion:
    """Let an edition end on a day without a successor, as when a temporary cut runs out."""
    if not by.may(Permission.FEES):
        raise NotAllowed
    found = TariffVersion.objects.select_related("tariff").get(pk=version_id)
    ended = versions.end(found, last_day=last_day)
    journal.note(
        subject=f"tariffs/{found.tariff_id}", verb="payments.tariff_ended", by=by, at=at,
        data={"name": found.tariff.name, "last_day": f"{last_day:%d/%m/%Y}"},
    )  # fmt: skip
    return ended


def checked(content: Mapping[str, Any]) -> fees.Tariff:
    """The typed tariff. Raises Refusal naming the place that is wrong, a code used twice or amounts that cannot be."""
    try:
        found = fees.tariff_from(content)
    except msgspec.ValidationError as wrong:
        raise Refusal("payments.tariff_shape", f"Biểu phí không đúng cấu trúc: {wrong}") from None
    codes = [line.code for line in found.lines]
    twice = next((code for code in codes if codes.count(code) > 1), "") if len(codes) <= MOST_LINES else ""
    if len(codes) > MOST_LINES or twice:
        raise Refusal("payments.tariff_codes", f"Mã dòng “{twice}” dùng hai lần." if twice else "Quá nhiều dòng.")
    for line in found.lines:
        if why := fees.fault_of(line):
            raise Refusal("payments.tariff_line", f"Dòng “{line.code}”: {why}")
    return found


def run_import(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> list[str]:
    """What ``tinhso import tariffs`` calls: each row is a tariff with ``code, name, rank, legal_source, valid_from``
    and ``lines`` (YAML), published from its own first day."""
    report = []
    for number, row in enumerate(rows, 1):
        content = {key: row[key] for key in ("lines", "reliefs", "is_demonstration") if key in row}
        missing = [key for key in ("code", "name", "legal_source", "valid_from", "lines") if not row.get(key)]
        if missing:
            raise Refusal("payments.tariff_shape", f"Dòng {number} thiếu {', '.join(missing)}.")
        if dry_run:
            report.append(f"{row['code']}\t{len(checked(content).lines)} dòng đọc được")
            continue
        made = publish(
            code=str(row["code"]), name=str(row["name"]), content=content, legal_source=str(row["legal_source"]),
            valid_from=_day(row["valid_from"]), by=by, at=at, rank=int(row.get("rank", 10)),
        )  # fmt: skip
        report.append(f"{row['code']}\t{'công bố' if made else 'không đổi'}")
    return report


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Refusal("payments.tariff_shape", f"valid_from “{value}” không phải ngày dạng 2026-07-01.") from None
