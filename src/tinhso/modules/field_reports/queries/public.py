"""What everybody may see of a report: the one place where that is decided.

Pages, maps, feeds and programs for the public read rows from ``Report.objects.public()`` and show of each only what
``view`` gives: never a name, a phone number, an exact private place or words as they were sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.queries.catalogue import category_of
from tinhso.modules.field_reports.rules.catalogue import Category
from tinhso.modules.field_reports.rules.publicity import is_shown, masked
from tinhso.modules.field_reports.rules.states import ANSWERED_STATES, FIELD_REPORT, OPEN311


@dataclass(frozen=True, slots=True)
class PublicPhoto:
    """A picture that may be shown; ``id`` is that of its ``Photo``, the file is its ``public_copy``."""

    id: int
    attachment_id: int
    is_after: bool


@dataclass(frozen=True, slots=True)
class PublicReport:
    """A report as everybody may see it. ``status`` is ``open`` or ``closed``, ``state`` our own word for it.

    ``latitude`` and ``longitude`` are as shown: to about 50 m on private land. ``address`` is empty there. ``due_at``
    is None until it is accepted, ``closed_at`` until it is done; ``answer`` is empty until it is published."""

    id: int
    code: str
    title: str
    text: str
    category: Category
    level: str
    state: str
    state_name: str
    status: str
    latitude: float | None
    longitude: float | None
    address: str
    commune: str
    unit: str
    received_at: datetime
    updated_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    answer: str
    rating: int | None
    photos: tuple[PublicPhoto, ...] = ()


def view(report: Report, photos: Iterable[Photo] = (), rating: int | None = None) -> PublicReport:
    """What may be shown of a public report, whose case is at hand (``select_related("case")``): no statement.

    ``photos`` are its rows, of which only those with a public copy are taken. Raises ValueError for a report that is
    not public, so that a forgotten filter shows nothing."""
    if not report.is_public:
        raise ValueError(f"{report.pk} is not public")
    case = report.case
    names = tree().nodes
    is_done = case.state in ANSWERED_STATES
    commune = names.get(report.commune_id or 0)
    return PublicReport(
        id=report.pk,
        code=case.number,
        title=report.masked_title,
        text=report.masked_text,
        category=category_of(report),
        level=report.level,
        state=case.state,
        state_name=FIELD_REPORT.lifecycle.state(case.state).name,
        status=OPEN311[case.state],
        latitude=report.public_latitude,
        longitude=report.public_longitude,
        address="" if report.is_private_land else masked(report.address, [report.sender_name]),
        commune=commune.name if commune else "",
        unit=names[case.unit_id].name if case.unit_id in names else "",
        received_at=report.received_at,
        updated_at=case.updated_at,
        due_at=case.due_at,
        closed_at=case.settled_at if is_done else None,
        answer=report.masked_answer if is_done else "",
        rating=rating,
        photos=tuple(
            PublicPhoto(one.pk, one.public_copy_id, one.stage == Photo.Stage.AFTER)
            for one in of_last_answer(photos)
            if one.public_copy_id is not None
            and one.making == Photo.Making.READY
            and (is_done or one.stage != Photo.Stage.AFTER)
        ),
    )


def of_last_answer(photos: Iterable[Photo]) -> list[Photo]:
    """Without pictures of earlier answers, which were sent back or did not hold."""
    rows = list(photos)
    last = max((one.added_at for one in rows if one.stage == Photo.Stage.AFTER), default=None)
    return [one for one in rows if one.stage != Photo.Stage.AFTER or one.added_at == last]


def should_be_public(report: Report, state: str) -> bool:
    """Whether the report is public in this state: what the actions keep in ``is_public``."""
    return report.parent_id is None and is_shown(
        state=state,
        publicity=category_of(report).publicity,
        is_decided=report.is_public_decided,
        is_wanted=report.public_wanted,
    )
