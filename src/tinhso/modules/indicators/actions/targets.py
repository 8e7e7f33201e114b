"""Targets and notes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.actions import note as record
from tinhso.kernel.numerals import plain, shown
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.indicators.models import Indicator, Note, Target
from tinhso.modules.indicators.rules import judging
from tinhso.modules.indicators.rules.periods import FIRST_YEAR, LAST_YEAR
from tinhso.modules.indicators.rules.words import Permission

LONGEST = 4000


def named(unit_id: int) -> str:
    """A unit's name for an entry; NotFound for what is no unit."""
    node = tree().nodes.get(unit_id)
    if node is None:
        raise NotFound
    return node.name


def indicator(code: str) -> Indicator:
    found = Indicator.objects.filter(code=code).first()
    if found is None:
        raise NotFound("indicators.unknown", _("Không có chỉ tiêu này. Chọn lại trong bảng chỉ tiêu."))
    return found


@transaction.atomic
def set_target(
    *, code: str, unit_id: int, year: int, value: Decimal, path: judging.Path = (), document: str,
    revision: int | None = None, is_confirmed: bool = True, by: Actor, at: datetime,
) -> Target:  # fmt: skip
    """Set or change what a unit is to reach in a year. ``revision``: which one was seen; None without looking.

    Raises Refusal ``indicators.target`` for what cannot be, Stale when somebody changed it meanwhile.
    """
    if not by.may(Permission.MANAGE, unit_id):
        raise NotAllowed
    name = named(unit_id)
    _check_target(year, value, path, document)
    found = indicator(code)
    Indicator.objects.select_for_update().get(pk=found.pk)
    row = Target.objects.filter(indicator=found, unit_id=unit_id, year=year).first()
    if revision is not None and revision != (row.revision if row else 0):
        raise Stale
    was = plain(row.value) if row else ""
    kept = [[int(str(month)), str(reached)] for month, reached in path]
    values: dict[str, Any] = {
        "value": value, "path": kept, "document": document.strip()[:250], "is_confirmed": is_confirmed,
        "revision": (row.revision if row else 0) + 1, "set_at": at, "set_by_id": by.account_id,
        "is_demonstration": False,
    }  # fmt: skip
    made, _created = Target.objects.update_or_create(indicator=found, unit_id=unit_id, year=year, defaults=values)
    data = {
        "code": code, "unit": unit_id, "unit_name": name, "year": year, "was": was, "value": shown(value), "path": kept,
        "document": values["document"],
    }  # fmt: skip
    record(subject=f"indicators/indicator/{found.pk}", verb="indicators.set_target", by=by, at=at, data=data)
    return made


def _check_target(year: int, value: Decimal, path: judging.Path, document: str) -> None:
    wrong = list(judging.problems(path, value))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        wrong.append(_("Năm từ 2000 đến 2100."))
    if value < 0:
        wrong.append(_("Mục tiêu không được âm."))
    if not document.strip():
        wrong.append(_("Ghi kế hoạch, nghị quyết giao mục tiêu này."))
    if wrong:
        raise Refusal("indicators.target", " ".join(wrong), field="value")


@transaction.atomic
def add_note(
    *, code: str, unit_id: int, period: Period, causes: str, actions: str, by: Actor, at: datetime
) -> Note:  # fmt: skip
    """Say why a value is as it is, and what is done. Notes are added, never changed."""
    if not by.may(Permission.REPORT, unit_id):
        raise NotAllowed
    name = named(unit_id)
    if len(causes.strip()) < 5:
        raise Refusal("indicators.note", _("Viết nguyên nhân thành câu, ít nhất 5 chữ cái."), field="causes")
    found = indicator(code)
    made = Note.objects.create(
        indicator=found, unit_id=unit_id, since=period.since, months=period.months, causes=causes.strip()[:LONGEST],
        actions=actions.strip()[:LONGEST], written_at=at, written_by_id=by.account_id,
    )  # fmt: skip
    data = {"code": code, "unit": unit_id, "unit_name": name, "period": period.name}
    record(subject=f"indicators/indicator/{found.pk}", verb="indicators.note", by=by, at=at, data=data)
    return made
