"""The register of breaches as its pages and its form show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from tinhso.modules.privacy.models import Breach, Telling
from tinhso.modules.privacy.rules.breaches import KINDS, Whom, is_late


@dataclass(frozen=True, slots=True)
class Sheet:
    """A breach with whom it was told to; ``is_late`` by the moment the authority was told, or by now."""

    breach: Breach
    tellings: tuple[Telling, ...]
    authority: Telling | None
    people: Telling | None
    is_late: bool
    are_people_late: bool

    @property
    def kinds(self) -> list[str]:
        return [KINDS[code] for code in KINDS if code in self.breach.kinds]


def sheets(rows: Any, at: datetime) -> list[Sheet]:
    """Two statements however many there are."""
    found = rows.select_related("case").prefetch_related(
        Prefetch("tellings", Telling.objects.select_related("by"))
    )  # fmt: skip
    return [_sheet(one, at) for one in found]


def _sheet(one: Breach, at: datetime) -> Sheet:
    told = tuple(one.tellings.all())
    first = {whom: next((row for row in told if row.whom == whom), None) for whom in Whom}
    authority, people = first[Whom.AUTHORITY], first[Whom.PEOPLE]
    due, is_over = one.case.due_at, one.case.state == "dismissed"
    return Sheet(
        one,
        told,
        authority,
        people,
        not is_over and is_late(due, authority.told_at if authority else None, at),
        not is_over and one.must_tell_people and is_late(due, people.told_at if people else None, at),
    )


def form_data(sheet: Sheet) -> dict[str, Any]:
    """What the form to the authority says, as plain words."""
    one = sheet.breach
    return {
        "number": one.case.number,
        "title": one.case.title,
        "noticed_at": _moment(one.noticed_at),
        "happened_at": _moment(one.happened_at) or "chưa rõ",
        "due_at": _moment(one.case.due_at),
        "kinds": sheet.kinds,
        "people_count": "chưa rõ" if one.people_count is None else str(one.people_count),
        "what": one.what,
        "consequences": one.consequences or "đang đánh giá",
        "measures": one.measures or "đang thực hiện",
        "must_tell_people": one.must_tell_people,
        "tellings": [
            {"name": row.name, "document": row.document, "told_at": _moment(row.told_at)} for row in sheet.tellings
        ],
        "late": "Báo sau thời hạn 72 giờ." if sheet.is_late else "",
    }


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M ngày %d/%m/%Y}" if at else ""
