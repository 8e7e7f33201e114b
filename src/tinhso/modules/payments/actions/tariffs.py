"""Tariffs: a draft, its publication, and a whole tariff taken in from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions.rules import State, content_hash
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


def _ask(by: Actor) -> None:
    if not by.may(Permission.FEES):
        raise NotAllowed


def _draft_of(tariff_id: int) -> TariffVersion | None:
    """The draft, held with its tariff until the transaction ends. Raises NotFound for an unknown tariff."""
    if not Tariff.objects.select_for_update().filter(pk=tariff_id).exists():
        raise NotFound
    found: TariffVersion | None = TariffVersion.objects.filter(tariff_id=tariff_id, state=State.DRAFT).first()
    return found


def _needed(tariff_id: int) -> TariffVersion:
    found = _draft_of(tariff_id)
    if found is None:
        raise Refusal("payments.no_draft", "Không còn bản nháp. Tạo bản nháp mới từ bản đang có hiệu lực.")
    return found


@transaction.atomic
def found_tariff(*, code: str, name: str, is_own: bool, by: Actor, at: datetime) -> Tariff:
    """A tariff that is new here, with an empty draft; ``is_own``: the province's, before national ones."""
    _ask(by)
    if not re.fullmatch(r"[a-z0-9-]{2,60}", code):
        raise Refusal("payments.tariff_code", "Mã gồm chữ thường không dấu, số và gạch ngang.", field="code")
    if not name.strip():
        raise Refusal("payments.tariff_name", "Ghi tên nghị quyết, thông tư.", field="name")
    made, is_new = Tariff.objects.get_or_create(
        code=code, defaults={"name": name.strip()[:250], "rank": 0 if is_own else 10}
    )
    if not is_new:
        raise Refusal("payments.tariff_twice", "Mã này đã có. Mở biểu phí đó để sửa.", field="code")
    begin_draft(tariff_id=made.pk, by=by, at=at)
    return made


@transaction.atomic
def begin_draft(*, tariff_id: int, by: Actor, at: datetime) -> TariffVersion:
    """A draft that says what the newest edition says; the one there is when there is one."""
    _ask(by)
    draft = _draft_of(tariff_id)
    if draft is not None:
        return draft
    newest = TariffVersion.objects.filter(tariff_id=tariff_id).binding().order_by("-number").first()
    content = newest.content if newest is not None else fees.tariff_to(fees.Tariff())
    return versions.draft(TariffVersion, parent_id=tariff_id, content=content, by=by, at=at)


@transaction.atomic
def put_line(*, tariff_id: int, line: Mapping[str, Any] | None, code: str, by: Actor, at: datetime) -> TariffVersion:
    """Put a line in the place of the one called ``code`` (empty: a further one) in the draft, or take it out (None).

    Raises Refusal ``payments.no_draft``, ``payments.tariff_line`` and those of ``checked``."""
    _ask(by)
    draft = _needed(tariff_id)
    lines = list(draft.content.get("lines", ()))
    place = next((number for number, one in enumerate(lines) if one["code"] == code), len(lines))
    lines[place : place + 1] = [] if line is None else [dict(line)]
    kept = fees.tariff_to(checked({**draft.content, "lines": lines}))
    return versions.change(draft, content=kept, by=by, at=at)


@transaction.atomic
def name_source(*, tariff_id: int, legal_source: str, by: Actor, at: datetime) -> TariffVersion:
    """Say which document sets the draft's fees."""
    _ask(by)
    draft = _needed(tariff_id)
    return versions.change(draft, content=draft.content, by=by, at=at, legal_source=legal_source.strip()[:250])


@transaction.atomic
def publish_draft(*, tariff_id: int, valid_from: date, by: Actor, at: datetime) -> TariffVersion:
    """Have the draft hold from a day on, today or later; somebody else than who drafted it last.

    Raises Refusal ``payments.no_draft``, ``.own_draft``, ``.no_source``, ``.past_day``, ``.no_lines``."""
    _ask(by)
    draft = _needed(tariff_id)
    if draft.drafted_by_id == by.account_id:
        raise Refusal("payments.own_draft", "Người soạn không tự công bố. Nhờ một người khác xem lại rồi công bố.")
    if not draft.legal_source:
        raise Refusal("payments.no_source", "Ghi nghị quyết hoặc thông tư quy định mức thu.", field="legal_source")
    if not checked(draft.content).lines:
        raise Refusal("payments.no_lines", "Bản nháp chưa có khoản thu nào.")
    if valid_from < timezone.localdate(at):
        raise Refusal("payments.past_day", "Chọn ngày hiệu lực từ hôm nay trở đi.", field="valid_from")
    published, _replaced = versions.publish(draft, valid_from=valid_from, by=by, at=at)
    tariff = Tariff.objects.get(pk=tariff_id)
    journal.note(
        subject=f"tariffs/{tariff_id}", verb="payments.tariff_published", by=by, at=at,
        data={"name": tariff.name, "valid_from": f"{valid_from:%d/%m/%Y}", "lines": len(published.content["lines"])},
    )  # fmt: skip
    return published


@transaction.atomic
def throw_away(*, tariff_id: int, by: Actor) -> None:
    """Delete the draft; what was published stays."""
    _ask(by)
    draft = _draft_of(tariff_id)
    if draft is not None:
        versions.throw_away(draft)


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
