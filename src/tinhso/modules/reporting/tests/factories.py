"""A template, its period and sheets in a real province, and the people who work on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import people
from tinhso.kernel.testing.people import actor
from tinhso.kernel.testing.province import Province
from tinhso.modules.reporting.actions import asking, filling, periods
from tinhso.modules.reporting.models import ReportPeriod, ReportVersion, Sheet
from tinhso.modules.reporting.rules.giving import Given
from tinhso.modules.reporting.rules.periods import Frequency

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)  # Wednesday, 9 o'clock in Vietnam
DUE = datetime(2026, 11, 25, 10, tzinfo=UTC)  # two working days after Sunday 22 November; the 24th is a day off
LATE = datetime(2026, 11, 26, 2, tzinfo=UTC)
FULL = {"mot": {"tong": "10", "dat": "9"}, "hai": {"tong": "20", "dat": "1"}}


def content(**more: Any) -> dict[str, Any]:
    """Two rows and their sum, a share, a note, and a number of the platform."""
    return {
        "code": "tuan", "name": "Báo cáo tuần",
        "columns": [
            {"code": "tong", "name": "Tổng số"},
            {"code": "dat", "name": "Số đạt"},
            {"code": "ty_le", "name": "Tỷ lệ", "places": 1, "formula": "dat / tong * 100"},
            {"code": "ghi_chu", "name": "Ghi chú", "kind": "text", "total": "none", "required": False},
        ],
        "rows": [
            {"code": "nhom", "number": "A", "name": "Nhóm", "heading": True},
            {"code": "mot", "number": "1", "name": "Việc một"},
            {"code": "hai", "number": "2", "name": "Việc hai"},
            {"code": "cong", "name": "Cộng", "formula": "mot + hai"},
        ],
        "cells": [{"row": "cong", "column": "ghi_chu", "closed": True}],
        "checks": [{"formula": "dat <= tong", "words": "Số đạt không vượt tổng số"}],
        **more,
    }  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """Who fills for two communes, and who asks and receives at the province."""

    here: Province
    clerk: Account
    head: Account
    stranger: Account
    receiver: Account
    designer: Account


def people_of(here: Province) -> Stage:
    return Stage(
        here,
        people.official("tu", here.commune, "reporting.clerk"),
        people.official("lanh", here.commune, "reporting.head"),
        people.official("khac", here.other, "reporting.head"),
        people.official("nhan", here.department, "reporting.receiver"),
        people.official("yeu.cau", here.department, "reporting.designer"),
    )


def published(stage: Stage, given: dict[str, Any] | None = None) -> ReportVersion:
    version = asking.draft(given or content(), owner_id=stage.here.department.pk, by=actor(stage.designer), at=NOW)
    return asking.publish(version.pk, valid_from=date(2026, 1, 1), by=actor(stage.designer), at=NOW)


def opened(stage: Stage, given: dict[str, Any] | None = None, units: Any = None) -> ReportPeriod:
    """This week's period of a report of two communes, asked for by a department."""
    version = published(stage, given)
    whom = units or (stage.here.commune.pk, stage.here.other.pk)
    asked = Given(version.template_id, Frequency.WEEK, date(2026, 11, 16), units=whom)
    made = asking.assign(asked, by=actor(stage.designer), at=NOW)
    period = periods.open_period(assignment_id=made.pk, day=date(2026, 11, 18), by=SYSTEM, at=NOW)
    assert period is not None
    return period


def sheet(period: ReportPeriod, unit: Any) -> Sheet:
    return Sheet.objects.get(period=period, unit=unit)


def fill(where: Sheet, by: Account, values: dict[str, dict[str, str]] | None = None) -> None:
    for row, given in (values or FULL).items():
        filling.fill(sheet_id=where.pk, row=row, values=given, revision=None, by=actor(by), at=NOW)


def sent(where: Sheet, by: Account, values: dict[str, dict[str, str]] | None = None, at: datetime = NOW) -> Sheet:
    fill(where, by, values)
    return filling.submit(sheet_id=where.pk, by=actor(by), at=at)
