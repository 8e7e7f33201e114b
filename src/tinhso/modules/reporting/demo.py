"""Demonstration reports: a weekly one of all communes; in the last two weeks sheets sent, late, given back, missing.

All numbers are invented, the same for the same seed; the template says so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.people.demonstrating import employ
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.modules.reporting.actions import asking, periods, receiving
from tinhso.modules.reporting.models import ReportPeriod, ReportTemplate, Sheet, SheetRow
from tinhso.modules.reporting.queries import sheets as reading
from tinhso.modules.reporting.queries import templates
from tinhso.modules.reporting.rules.giving import Given
from tinhso.modules.reporting.rules.periods import Frequency
from tinhso.modules.reporting.rules.sheets import Template
from tinhso.modules.reporting.rules.words import Channel, SheetState

HOME = "xa-25459"
COMMUNES = 36  # as many are asked in the small demonstration, the home commune first
CODE = "cds-tuan"
CONTENT: dict[str, Any] = {
    "code": CODE, "name": "Báo cáo tuần về chuyển đổi số cấp xã (minh họa)",
    "basis": "Kế hoạch chuyển đổi số năm của tỉnh (minh họa)",
    "note": "Số liệu trong tuần, không cộng dồn. Ô có khóa lấy từ hệ thống.",
    "columns": [
        {"code": "tong", "name": "Tổng số"},
        {"code": "dat", "name": "Số đạt"},
        {"code": "ty_le", "name": "Tỷ lệ (%)", "places": 1, "total": "avg", "formula": "dat / tong * 100"},
        {"code": "ghi_chu", "name": "Ghi chú", "kind": "text", "total": "none", "required": False},
    ],
    "rows": [
        {"code": "nhom_a", "number": "A", "name": "Dịch vụ công", "heading": True},
        {"code": "ho_so", "number": "1", "name": "Hồ sơ tiếp nhận; trong đó nộp trực tuyến"},
        {"code": "giay_to", "number": "2", "name": "Giấy tờ phải số hóa; đã số hóa"},
        {"code": "nhom_b", "number": "B", "name": "Tổ công nghệ số cộng đồng", "heading": True},
        {"code": "luot_ho_tro", "number": "3", "name": "Lượt người dân đến; được hướng dẫn"},
        {"code": "ho_cai_dat", "number": "4", "name": "Hộ được vận động; cài ứng dụng của tỉnh"},
        {"code": "cong_b", "number": "", "name": "Cộng nhóm B", "formula": "luot_ho_tro + ho_cai_dat"},
        {"code": "bao_cao", "number": "5", "name": "Báo cáo gửi đúng hạn (%)"},
    ],
    "cells": [
        {"row": "ho_so", "column": "tong", "source": "facts:dossiers.received"},
        {"row": "bao_cao", "column": "tong", "closed": True},
        {"row": "bao_cao", "column": "dat", "closed": True},
        {"row": "bao_cao", "column": "ghi_chu", "closed": True},
        {"row": "cong_b", "column": "ghi_chu", "closed": True},
        {"row": "bao_cao", "column": "ty_le", "source": "measure:reporting.in_time_share"},
    ],
    "checks": [
        {"formula": "luot_ho_tro__dat <= luot_ho_tro__tong", "words": "Số được hướng dẫn không vượt số lượt đến"},
        {"formula": "ho_cai_dat__dat <= ho_cai_dat__tong", "words": "Số hộ cài đặt không vượt số hộ được vận động"},
        {"formula": "giay_to__dat >= 1", "words": "Tuần nào cũng nên có giấy tờ được số hóa", "strict": False},
    ],
}  # fmt: skip


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, scale: str = "small", **_more: Any) -> None:
    """Fill the module; asked again it changes nothing."""
    now = at or timezone.now()
    if ReportTemplate.objects.exists():
        return
    today, root = timezone.localdate(now), tree().root_ids[0]
    chance = Random(seed)  # noqa: S311 - chance that can be repeated is meant
    before = today - timedelta(days=14)
    version = asking.draft(CONTENT, owner_id=root, by=SYSTEM, at=now)
    asking.publish(version.pk, valid_from=before - timedelta(days=7), by=SYSTEM, at=now)
    ReportTemplate.objects.filter(pk=version.template_id).update(is_demonstration=True)
    communes = sorted(
        Unit.objects.living(today).communes().order_by("code").values_list("pk", "code"), key=lambda one: one[1] != HOME
    )
    named = [pk for pk, _code in communes[: None if scale == "province" else COMMUNES]]
    given = Given(version.template_id, Frequency.WEEK, before, due_days=1, units=named)
    assigned = asking.assign(given, by=SYSTEM, at=now - timedelta(days=14))
    earlier, last, this = (
        periods.open_period(assignment_id=assigned.pk, day=today - timedelta(days=days), by=SYSTEM, at=now)
        for days in (14, 7, 0)
    )
    _employ(timezone.localdate(now))
    if earlier is not None and last is not None and this is not None:
        for each in (earlier, last):
            _past_week(each, chance, now)
        periods.prefill(period_id=this.pk, by=SYSTEM, at=now)
        _this_week(this, chance, now)


def _employ(day: date) -> None:
    """Those who show it: clerk and chairman of the home commune, who asks and who receives at the province."""
    employ(
        day,
        at_home=(("chuyenvien", "reporting.clerk"), ("lanhdao", "reporting.head")),
        centrally=(("lanhdao.tinh", "reporting.designer"), ("kiemsoat", "reporting.receiver")),
    )


def _past_week(period: ReportPeriod, chance: Random, now: datetime) -> None:
    """Most sent and approved; one late, one given back, one missing, one on paper."""
    rows = list(Sheet.objects.filter(period=period).select_related("unit", "period__version").order_by("pk"))
    rows.sort(key=lambda sheet: sheet.unit.code == HOME, reverse=True)
    template = templates.of(period.version)
    for sheet in rows:
        _fill(sheet, template, chance, period.due_at - timedelta(days=1))
    back, late, _missing, paper, *sent = rows[1:] if len(rows) > 5 else [*rows, *rows]
    home = rows[0]
    for sheet in (home, back, late, *sent):
        moment = period.due_at - timedelta(minutes=chance.randrange(30, 1500))
        _send(sheet, template, min(period.due_at + timedelta(hours=20) if sheet is late else moment, now))
    for sheet in sent[: len(sent) * 2 // 3]:
        receiving.approve(sheet_id=sheet.pk, by=SYSTEM, at=now)
    reason = "Dòng 3: số được hướng dẫn cao gấp ba tuần trước, kiểm tra lại."
    receiving.give_back(sheet_id=back.pk, reason=reason, by=SYSTEM, at=now)
    receiving.take_paper(sheet_id=paper.pk, number="12/BC-UBND (minh họa)", by=SYSTEM, at=now)


def _this_week(period: ReportPeriod, chance: Random, now: datetime) -> None:
    """A few have sent already; the home commune is in the middle of it."""
    rows = list(Sheet.objects.filter(period=period).select_related("unit", "period__version").order_by("pk"))
    template = templates.of(period.version)
    for n, sheet in enumerate(rows):
        if sheet.unit.code == HOME:
            _fill(sheet, template, chance, now, only=2)
        elif n % 4 == 0:
            _fill(sheet, template, chance, now)
            _send(sheet, template, now)


def _fill(sheet: Sheet, template: Template, chance: Random, at: datetime, only: int = 99) -> None:
    kept = {one.row: one for one in SheetRow.objects.filter(sheet=sheet)}
    for code in template.input_rows[:only]:
        row = kept.get(code) or SheetRow(sheet=sheet, row=code)
        whole = int(row.system.get("tong", {}).get("value") or chance.randrange(40, 400))
        part = int(whole * chance.uniform(0.5, 0.98))
        given = {"tong": str(whole), "dat": str(part)}
        inputs = {cell.column.code for cell in template.inputs_of(code)}
        row.values = {name: text for name, text in given.items() if name in inputs}
        row.revision, row.filled_at = 1, at
        row.save()
    sheet.filled = reading.filled(sheet, template).filled
    sheet.channel = Channel.EXCEL if chance.random() < 0.3 else Channel.GRID
    sheet.save(update_fields=["filled", "channel"])


def _send(sheet: Sheet, template: Template, at: datetime) -> None:
    sheet.values, sheet.state = reading.filled(sheet, template).kept(), SheetState.SUBMITTED
    sheet.submitted_at = sheet.first_sent_at = at
    sheet.save(update_fields=["values", "state", "submitted_at", "first_sent_at"])
