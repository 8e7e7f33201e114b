"""Lists of public reports by kind, state, commune and period, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.pictures.queries import small_of
from tinhso.kernel.places.points import HIDDEN_AFTER
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Photo, Rating, Report
from tinhso.modules.field_reports.queries.open311 import sentence, shown
from tinhso.modules.field_reports.queries.pages import paged
from tinhso.modules.field_reports.queries.public import PublicReport, view
from tinhso.modules.field_reports.rules import open311

STATES = {"": "Đang xử lý và mới xong", "open": "Đang xử lý", "done": "Đã xong", "all": "Tất cả"}
STATUSES = {"": ("open", "done"), "open": ("open",), "done": ("done", "old"), "all": ("open", "done", "old")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters as they stand in the address. ``period`` is empty, a year or a month (``2026``, ``2026-11``)."""

    kind: str = ""
    state: str = ""
    commune_id: int = 0
    period: str = ""

    @property
    def query(self) -> str:
        """The filters as the words of an address; empty without any."""
        said = {"loai": self.kind, "tinh-trang": self.state, "xa": self.commune_id or "", "ky": self.period}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """From and to (not counted) of the period."""
        if not self.period:
            return None
        year, _, month = self.period.partition("-")
        first = date(int(year), int(month or 1), 1)
        last = date(first.year + 1, 1, 1) if not month else (first + timedelta(days=32)).replace(day=1)
        zone = timezone.get_current_timezone()
        return datetime.combine(first, time(), zone), datetime.combine(last, time(), zone)


def wanted(said: Mapping[str, str], kinds: Iterable[str]) -> Wanted:
    """Filters of an address; what means nothing is left out."""
    kind, state, period = said.get("loai", ""), said.get("tinh-trang", ""), said.get("ky", "")
    commune = said.get("xa", "")
    node = tree().nodes.get(int(commune)) if commune.isdecimal() and len(commune) < 18 else None
    return Wanted(
        kind=kind if kind in set(kinds) else "",
        state=state if state in STATES else "",
        commune_id=node.id if node is not None and node.kind == "commune" else 0,
        period=period if _is_period(period) else "",
    )


def _is_period(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m" if "-" in text else "%Y")  # noqa: DTZ007 - only whether it is one
    except ValueError:
        return False
    return len(text) in (4, 7) and "2000" <= text[:4] <= "2100"


def rows(asked: Wanted, *, at: datetime) -> QuerySet[Report]:
    found = Report.objects.public().select_related("case")
    if asked.kind:
        found = found.filter(category=asked.kind)
    if asked.commune_id:
        found = found.filter(commune_id=asked.commune_id)
    if asked.span:
        found = found.filter(received_at__gte=asked.span[0], received_at__lt=asked.span[1])
    if asked.state == "open":
        found = found.exclude(case__phase=Phase.CLOSED)
    elif asked.state == "done":
        found = found.filter(case__phase=Phase.CLOSED)
    elif not asked.state:
        found = found.filter(~Q(case__phase=Phase.CLOSED) | Q(case__settled_at__gt=at - HIDDEN_AFTER))
    return found.newest_first()


def page(
    asked: Wanted, after: tuple[datetime, int] | None, *, at: datetime, size: int = 20
) -> tuple[list[PublicReport], str]:
    """One page and the key of the next: two statements."""
    got, more = paged(rows(asked, at=at), after, size)
    return shown(got), more


def thumbnails(reports: Iterable[PublicReport]) -> dict[int, int]:
    """For each report with a picture: the number of its first one that has a small copy. One statement."""
    first = {one.id: one.photos[0] for one in reports if one.photos}
    small = small_of(photo.attachment_id for photo in first.values())
    return {report_id: photo.id for report_id, photo in first.items() if photo.attachment_id in small}


@dataclass(frozen=True, slots=True)
class Story:
    """A public report with what happened to it, the newest last."""

    report: PublicReport
    steps: list[dict[str, Any]]


def story(number: str) -> Story | None:
    """What everybody may see of one report: four statements. None when it is not public."""
    row = Report.objects.public().select_related("case").filter(case__number=number).first()
    if row is None:
        return None
    photos = Photo.objects.filter(report=row, public_copy__isnull=False)
    score = Rating.objects.filter(report=row).values_list("score", flat=True).first()
    entries = Entry.objects.filter(case_id=row.pk, verb__in=open311.UPDATES).order_by("seq")
    steps = [{"title": sentence(one.verb, one.data), "at": one.at, "kind": "done"} for one in entries]
    return Story(view(row, photos, score), steps)


def merged_into(number: str) -> str | None:
    """The code of the public report that this one, meant for everybody as well, was merged into."""
    rows = Report.objects.filter(case__number=number, public_wanted=True, parent__is_public=True)
    return rows.values_list("parent__case__number", flat=True).first()


def photo(photo_id: int, *, small: bool) -> Any:
    """The attachment of a picture that everybody may see; None when it, its report or its stage is not shown."""
    found = Photo.objects.select_related("report__case", "public_copy__blob").filter(pk=photo_id).first()
    if found is None or not found.report.is_public:
        return None
    answers = Photo.objects.filter(report=found.report) if found.stage == Photo.Stage.AFTER else [found]
    allowed = {one.id for one in view(found.report, answers).photos}
    if found.pk not in allowed:
        return None
    if not small:
        return found.public_copy
    from tinhso.kernel.pictures.models import Shown

    copy = Shown.objects.select_related("small__blob").filter(large_id=found.public_copy_id).first()
    return copy.small if copy else found.public_copy
